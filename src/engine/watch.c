/* SPDX-License-Identifier: MIT */
#include "engine/watch.h"

#include <math.h>

#include "goldilocks/memory.h"
#include "goldilocks/random.h"

#include "base/blocks.h"
#include "curv/line.h"
#include "curv/spectrum.h"
#include "linalg/lanczos.h"
#include "linalg/product.h"

#define TOLERANCE 1e-3

static gold_status prepare_sharpness(gold_watch *watch)
{
    const size_t n = watch->start->network.n_parameters;
    const gold_hvp_plan plan = {&watch->start->network,
                                watch->settings->input_scale,
                                FN(samples)(&watch->job->data->train), 1,
                                gold_kept_bytes(watch->job->study)};

    GOLD_TRY(FN(hvp_init)(&watch->hvp, &plan));
    GOLD_TRY(GOLD_ALLOC(n, &watch->vector));
    GOLD_TRY(GOLD_ALLOC(n, &watch->from));
    GOLD_TRY(GOLD_ALLOC(n, &watch->to));
    gold_random_normal(
        gold_stream_of(watch->settings->direction_seed, GOLD_PURPOSE_PROBES, 0),
        0, n, watch->vector);
    return GOLD_OK;
}

static gold_status prepare_curvature(gold_watch *watch, const real *theta)
{
    const size_t d = watch->d;

    if (watch->settings->surface == GOLD_PLANE) {
        GOLD_TRY(FN(directions_init)(&watch->directions, &watch->start->network,
                                     watch->settings, d, theta));
    }
    GOLD_TRY(GOLD_ALLOC(d * d, &watch->g_term));
    GOLD_TRY(GOLD_ALLOC(d * d, &watch->h_term));
    GOLD_TRY(GOLD_ALLOC(d, &watch->eigenvalues));
    return GOLD_ALLOC(gold_spectrum_scratch(d), &watch->scratch);
}

static bool sees_curvature(const gold_watch *watch)
{
    return watch->has_sharpness || watch->d > 0;
}

gold_status FN(watch_init)(gold_watch *watch, const gold_engine_job *job,
                           const gold_settings *settings,
                           const gold_start *start, const real *theta)
{
    const bool *track = job->study->train.track;

    *watch = (gold_watch){.job = job, .settings = settings, .start = start};
    watch->has_sharpness = track[GOLD_TRACK_SHARPNESS];
    watch->d = track[GOLD_TRACK_CURVATURE] ? job->schema->n_eigen : 0;
    if (sees_curvature(watch)) {
        GOLD_TRY(GOLD_ALLOC(start->network.n_parameters, &watch->near));
    }
    if (watch->has_sharpness) {
        GOLD_TRY(prepare_sharpness(watch));
    }
    if (track[GOLD_TRACK_CONDENSATION]) {
        GOLD_TRY(FN(condensation_init)(&watch->condensation, &start->network,
                                       theta));
    }
    return watch->d > 0 ? prepare_curvature(watch, theta) : GOLD_OK;
}

void FN(watch_fini)(gold_watch *watch)
{
    FN(hvp_fini)(&watch->hvp);
    FN(condensation_fini)(&watch->condensation);
    gold_free(watch->near);
    gold_free(watch->vector);
    gold_free(watch->from);
    gold_free(watch->to);
    FN(directions_fini)(&watch->directions);
    gold_free(watch->g_term);
    gold_free(watch->h_term);
    gold_free(watch->eigenvalues);
    gold_free(watch->scratch);
    *watch = (gold_watch){0};
}

bool FN(watch_is_needed)(const gold_watch *watch)
{
    return sees_curvature(watch) || watch->condensation.n > 0;
}

/* y = H x, of doubles. */
static bool apply_hessian(void *context, const double *x, double *y)
{
    gold_watch *watch = context;
    const size_t n = watch->start->network.n_parameters;
    const double factor = FN(hvp_factor)(&watch->hvp, GOLD_TERM_HESSIAN);
    const gold_hvp_products products = {{[GOLD_TERM_HESSIAN] = watch->to}};

    for (size_t i = 0; i < n; i++) {
        watch->from[i] = (real)x[i];
    }
    FN(hvp_apply)(&watch->hvp, 1, watch->from, &products);
    for (size_t i = 0; i < n; i++) {
        y[i] = factor * (double)watch->to[i];
    }
    return true;
}

/* The temperature at which the network at `near` predicts what it does at the
 * watched point. */
static double near_temperature(const gold_watch *watch)
{
    const double degree = (double)watch->start->network.degree;

    return watch->start->network.is_homogeneous
               ? watch->settings->temperature * pow(watch->alpha, -degree)
               : watch->settings->temperature;
}

static gold_status take_sharpness(gold_watch *watch, gold_log_entry *entry)
{
    const double scale = 1.0 / (watch->alpha * watch->alpha);
    const gold_lanczos lanczos = {
        .n = watch->start->network.n_parameters,
        .apply = apply_hessian,
        .context = watch,
        .start = watch->vector,
        .most_steps = GOLD_SHARPNESS_STEPS,
        .tolerance = TOLERANCE,
    };
    gold_lanczos_result result;

    FN(hvp_at)(&watch->hvp, watch->near, near_temperature(watch));
    GOLD_TRY(gold_lanczos_largest(&lanczos, &result));
    entry->sharpness = scale * result.value;
    entry->sharpness_residual = scale * result.residual;
    return GOLD_OK;
}

/* Spectrum of G + S; what is not finite leaves NaN. */
static void take_spectrum(gold_watch *watch, gold_log_entry *entry)
{
    const size_t d = watch->d;
    gold_spectrum spectrum = {.eigenvalues = watch->eigenvalues};

    for (size_t i = 0; i < d * d; i++) {
        watch->h_term[i] += watch->g_term[i];
    }
    if (gold_spectrum_of(d, watch->h_term, d, watch->scratch, &spectrum) ==
        GOLD_OK) {
        entry->trace_over_norm = spectrum.trace_over_norm;
        entry->positive_fraction = spectrum.positive_fraction;
    }
}

static gold_status take_curvature(gold_watch *watch, gold_log_entry *entry,
                                  double *flops)
{
    const bool is_sphere = watch->settings->surface == GOLD_SPHERE;
    const gold_line_point here = {watch->alpha, watch->settings->temperature};
    gold_line_result result = {.g_term = watch->g_term,
                               .h_term = watch->h_term};
    const FN(line) line = {
        .network = &watch->start->network,
        .theta = watch->near,
        .input_scale = watch->settings->input_scale,
        .train = FN(samples)(&watch->job->data->train),
        .directions = &watch->directions,
        .is_sphere = is_sphere,
        .n_points = 1,
        .points = &here,
    };

    if (is_sphere) {
        FN(directions_fini)(&watch->directions);
        GOLD_TRY(FN(directions_init)(&watch->directions, &watch->start->network,
                                     watch->settings, watch->d, watch->near));
    }
    GOLD_TRY(FN(line_measure)(&line, &result, flops));
    take_spectrum(watch, entry);
    return GOLD_OK;
}

double FN(watch_entry)(void *watch, const real *theta, gold_log_entry *entry)
{
    gold_watch *w = watch;
    const double before = w->hvp.run.flops;
    const size_t n = w->start->network.n_parameters;
    double flops = 0.0;

    if (sees_curvature(w)) {
        w->alpha = FN(start_near)(w->start, FN(norm)(n, theta), theta, w->near);
    }
    if (w->has_sharpness && w->status == GOLD_OK) {
        w->status = take_sharpness(w, entry);
    }
    if (w->d > 0 && w->status == GOLD_OK) {
        w->status = take_curvature(w, entry, &flops);
    }
    if (w->condensation.n > 0 && w->status == GOLD_OK) {
        w->status = FN(condensation_take)(&w->condensation, theta, entry);
    }
    return flops + w->hvp.run.flops - before;
}
