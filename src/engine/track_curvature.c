/* SPDX-License-Identifier: MIT */
/* Curvature along a training: the sharpness, and what the point's subspace
 * shows.
 *
 * The subspace is that of the point's measurement, at its largest dimension; on
 * the sphere its directions are made orthogonal to where the training is, as
 * they were to the point. */
#include <math.h>

#include "goldilocks/memory.h"

#include "curv/line.h"
#include "curv/spectrum.h"
#include "engine/record.h"
#include "engine/sharpness.h"
#include "engine/watch.h"
#include "linalg/product.h"
#include "nn/directions.h"

/* ---- Sharpness ----------------------------------------------------------- */

static gold_status begin_sharpness(const gold_watch *watch, void *state)
{
    return FN(sharpness_init)(state, watch->job, watch->settings, watch->start);
}

static void end_sharpness(void *state)
{
    FN(sharpness_fini)(state);
}

static gold_status take_sharpness(gold_watch *watch, void *state,
                                  const gold_logged *at)
{
    gold_sharpness *sharpness = state;
    const double before = sharpness->hvp.run.flops;
    double value = 0.0;
    double residual = 0.0;

    GOLD_TRY(FN(sharpness_take)(sharpness, at->theta, &value, &residual));
    watch->flops += sharpness->hvp.run.flops - before;
    FN(watch_put)(watch, at, GOLD_VAR_TRAJECTORY_SHARPNESS, 0, value);
    FN(watch_put)
    (watch, at, GOLD_VAR_TRAJECTORY_SHARPNESS_RESIDUAL, 0, residual);
    return GOLD_OK;
}

const gold_tracker FN(track_sharpness) = {
    .state_bytes = sizeof(gold_sharpness),
    .begin = begin_sharpness,
    .end = end_sharpness,
    .take = take_sharpness,
};

/* Logged values in a record; NULL: there are none. */
static const double *logged_sharpness(const gold_watch *watch,
                                      const gold_training_result *result,
                                      const double *record)
{
    const gold_schema *schema = watch->job->schema;

    return schema->count[GOLD_VAR_TRAJECTORY_SHARPNESS] > 0 &&
                   result->n_logged > 0
               ? record + schema->offset[GOLD_VAR_TRAJECTORY_SHARPNESS]
               : NULL;
}

/* 1 or 0 of logged entries from `first` to before `end`; NaN where they are too
 * few, or flat ground is not known. */
static double catapult_of(const gold_log_entry *log, const double *sharpness,
                          size_t first, size_t end)
{
    bool has_risen = false;

    if (end < first + 2 || !isfinite(sharpness[first])) {
        return (double)NAN;
    }
    for (size_t k = first; k < end; k++) {
        has_risen = has_risen || log[k].loss > log[first].loss;
    }
    return has_risen && log[end - 1].loss < log[first].loss &&
                   sharpness[end - 1] < sharpness[first]
               ? 1.0
               : 0.0;
}

static gold_status put_catapult(const gold_watch *watch,
                                const gold_training_result *result,
                                const gold_log_entry *log, double *record)
{
    const double *sharpness = logged_sharpness(watch, result, record);
    const gold_past *past = &watch->training->past;
    double found = (double)NAN;

    for (size_t i = 0; sharpness != NULL && i <= past->phase; i++) {
        const gold_phase_end *end = &past->ends[i];

        found = fmax(found, catapult_of(log, sharpness, end->first_entry,
                                        end->n_logged));
    }
    gold_record_put(watch->job->schema, record, GOLD_VAR_CATAPULT, found);
    return GOLD_OK;
}

const gold_tracker FN(track_catapult) = {.after = put_catapult};

/* At the rate of the phase in which the last logged step lies. */
static gold_status put_at_edge(const gold_watch *watch,
                               const gold_training_result *result,
                               const gold_log_entry *log, double *record)
{
    const double *sharpness = logged_sharpness(watch, result, record);
    const gold_past *past = &watch->training->past;
    size_t i = past->phase;

    (void)log;
    if (sharpness == NULL) {
        return GOLD_OK;
    }
    while (i > 0 && past->ends[i - 1].n_logged == result->n_logged) {
        i--;
    }
    gold_record_put(watch->job->schema, record,
                    GOLD_VAR_FINAL_SHARPNESS_TIMES_LR,
                    sharpness[result->n_logged - 1] * past->ends[i].plain_rate);
    return GOLD_OK;
}

const gold_tracker FN(track_final_sharpness_times_lr) = {.after = put_at_edge};

/* ---- The subspace -------------------------------------------------------- */

typedef struct subspace {
    size_t d;                  /* directions */
    FN(directions) directions; /* in the plane */
    real *near;                /* [n_parameters] of FN(start_near) */
    double *g_term;            /* [d][d] */
    double *h_term;            /* [d][d], then their sum */
    double *eigenvalues;       /* [d] */
    double *scratch;           /* of the spectrum */
} subspace;

static gold_status begin_curvature(const gold_watch *watch, void *state)
{
    subspace *s = state;

    s->d = watch->job->schema->n_eigen;
    GOLD_TRY(GOLD_ALLOC(watch->start->network.n_parameters, &s->near));
    if (watch->settings->surface == GOLD_PLANE) {
        GOLD_TRY(FN(directions_init)(&s->directions, &watch->start->network,
                                     watch->settings, s->d, watch->initial));
    }
    GOLD_TRY(GOLD_ALLOC(s->d * s->d, &s->g_term));
    GOLD_TRY(GOLD_ALLOC(s->d * s->d, &s->h_term));
    GOLD_TRY(GOLD_ALLOC(s->d, &s->eigenvalues));
    return GOLD_ALLOC(gold_spectrum_scratch(s->d), &s->scratch);
}

static void end_curvature(void *state)
{
    subspace *s = state;

    gold_free(s->near);
    FN(directions_fini)(&s->directions);
    gold_free(s->g_term);
    gold_free(s->h_term);
    gold_free(s->eigenvalues);
    gold_free(s->scratch);
}

/* Spectrum of G + S; what is not finite leaves NaN. */
static void take_spectrum(const gold_watch *watch, const subspace *s,
                          const gold_logged *at)
{
    gold_spectrum spectrum = {.eigenvalues = s->eigenvalues};

    for (size_t i = 0; i < s->d * s->d; i++) {
        s->h_term[i] += s->g_term[i];
    }
    if (gold_spectrum_of(s->d, s->h_term, s->d, s->scratch, &spectrum) ==
        GOLD_OK) {
        FN(watch_put)
        (watch, at, GOLD_VAR_TRAJECTORY_TRACE_OVER_NORM, 0,
         spectrum.trace_over_norm);
        FN(watch_put)
        (watch, at, GOLD_VAR_TRAJECTORY_POSITIVE_FRACTION, 0,
         spectrum.positive_fraction);
    }
}

static gold_status take_curvature(gold_watch *watch, void *state,
                                  const gold_logged *at)
{
    subspace *s = state;
    const gold_network *network = &watch->start->network;
    const bool is_sphere = watch->settings->surface == GOLD_SPHERE;
    const double alpha =
        FN(start_near)(watch->start, FN(norm)(network->n_parameters, at->theta),
                       at->theta, s->near);
    const gold_line_point here = {alpha, watch->settings->temperature};
    gold_line_result result = {.g_term = s->g_term, .h_term = s->h_term};
    const FN(line) line = {
        .network = network,
        .theta = s->near,
        .input_scale = watch->settings->input_scale,
        .train = FN(samples)(&watch->job->data->train),
        .directions = &s->directions,
        .is_sphere = is_sphere,
        .n_points = 1,
        .points = &here,
    };
    double flops = 0.0;

    if (is_sphere) {
        FN(directions_fini)(&s->directions);
        GOLD_TRY(FN(directions_init)(&s->directions, network, watch->settings,
                                     s->d, s->near));
    }
    GOLD_TRY(FN(line_measure)(&line, &result, &flops));
    watch->flops += flops;
    take_spectrum(watch, s, at);
    return GOLD_OK;
}

const gold_tracker FN(track_curvature) = {
    .state_bytes = sizeof(subspace),
    .begin = begin_curvature,
    .end = end_curvature,
    .take = take_curvature,
};
