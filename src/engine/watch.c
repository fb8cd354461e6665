/* SPDX-License-Identifier: MIT */
#include "engine/watch.h"

#include "goldilocks/memory.h"

#include "curv/line.h"
#include "curv/spectrum.h"
#include "linalg/product.h"

static gold_status prepare_curvature(gold_watch *watch, const real *theta)
{
    const size_t d = watch->d;

    GOLD_TRY(GOLD_ALLOC(watch->start->network.n_parameters, &watch->near));
    if (watch->settings->surface == GOLD_PLANE) {
        GOLD_TRY(FN(directions_init)(&watch->directions, &watch->start->network,
                                     watch->settings, d, theta));
    }
    GOLD_TRY(GOLD_ALLOC(d * d, &watch->g_term));
    GOLD_TRY(GOLD_ALLOC(d * d, &watch->h_term));
    GOLD_TRY(GOLD_ALLOC(d, &watch->eigenvalues));
    return GOLD_ALLOC(gold_spectrum_scratch(d), &watch->scratch);
}

gold_status FN(watch_init)(gold_watch *watch, const gold_engine_job *job,
                           const gold_settings *settings,
                           const gold_start *start, const real *theta)
{
    const bool *track = job->study->train.track;

    *watch = (gold_watch){.job = job, .settings = settings, .start = start};
    watch->has_sharpness = track[GOLD_TRACK_SHARPNESS];
    watch->d = track[GOLD_TRACK_CURVATURE] ? job->schema->n_eigen : 0;
    if (watch->has_sharpness) {
        GOLD_TRY(FN(sharpness_init)(&watch->sharpness, job, settings, start));
    }
    if (track[GOLD_TRACK_CONDENSATION]) {
        GOLD_TRY(FN(condensation_init)(&watch->condensation, &start->network,
                                       theta));
    }
    return watch->d > 0 ? prepare_curvature(watch, theta) : GOLD_OK;
}

void FN(watch_fini)(gold_watch *watch)
{
    FN(sharpness_fini)(&watch->sharpness);
    FN(condensation_fini)(&watch->condensation);
    gold_free(watch->near);
    FN(directions_fini)(&watch->directions);
    gold_free(watch->g_term);
    gold_free(watch->h_term);
    gold_free(watch->eigenvalues);
    gold_free(watch->scratch);
    *watch = (gold_watch){0};
}

bool FN(watch_is_needed)(const gold_watch *watch)
{
    return watch->has_sharpness || watch->d > 0 || watch->condensation.n > 0;
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

static gold_status take_curvature(gold_watch *watch, const real *theta,
                                  gold_log_entry *entry, double *flops)
{
    const size_t n = watch->start->network.n_parameters;
    const bool is_sphere = watch->settings->surface == GOLD_SPHERE;
    const double alpha =
        FN(start_near)(watch->start, FN(norm)(n, theta), theta, watch->near);
    const gold_line_point here = {alpha, watch->settings->temperature};
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
    const double before = w->sharpness.hvp.run.flops;
    double flops = 0.0;

    if (w->has_sharpness && w->status == GOLD_OK) {
        w->status = FN(sharpness_take)(&w->sharpness, theta, &entry->sharpness,
                                       &entry->sharpness_residual);
    }
    if (w->d > 0 && w->status == GOLD_OK) {
        w->status = take_curvature(w, theta, entry, &flops);
    }
    if (w->condensation.n > 0 && w->status == GOLD_OK) {
        w->status = FN(condensation_take)(&w->condensation, theta, entry);
    }
    return flops + w->sharpness.hvp.run.flops - before;
}
