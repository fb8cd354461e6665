/* SPDX-License-Identifier: MIT */
#include "engine/watch.h"

#include <math.h>
#include <string.h>

#include "goldilocks/memory.h"

static const gold_tracker *const trackers[GOLD_N_TRACKS] = {
#define TRACKER(id, name, ...) [GOLD_TRACK_##id] = &FN(track_##name),
    GOLD_TRACK_OTHERS(TRACKER, GOLD_NO_ROW)};

/* The tracker of a word that a study tracks; NULL: none is needed. */
static const gold_tracker *tracker_of(const gold_watch *watch, size_t track)
{
    return watch->job->study->train.track[track] ? trackers[track] : NULL;
}

/* Numbers that a variable has at each logged step; 0: it is none of a log. */
static size_t n_at_step(const gold_schema *schema, gold_variable variable)
{
    gold_dimension of[GOLD_MOST_DIMENSIONS];
    const size_t n = gold_variable_dimensions(variable, of);

    return n > 0 && of[0] == GOLD_DIM_STEP && schema->n_log > 0
               ? schema->count[variable] / schema->n_log
               : 0;
}

gold_status FN(watch_init)(gold_watch *watch, const gold_engine_job *job,
                           const gold_settings *settings,
                           const gold_start *start,
                           const gold_training *training, const real *initial)
{
    *watch = (gold_watch){.job = job,
                          .settings = settings,
                          .start = start,
                          .training = training,
                          .initial = initial};
    for (size_t v = 0; v < GOLD_N_VARIABLES; v++) {
        watch->places[v] = watch->n_numbers;
        watch->n_numbers += n_at_step(job->schema, (gold_variable)v);
    }
    for (size_t i = 0; i < GOLD_N_TRACKS; i++) {
        const gold_tracker *tracker = tracker_of(watch, i);

        if (tracker != NULL && tracker->state_bytes > 0) {
            GOLD_TRY(gold_alloc(tracker->state_bytes, 1, &watch->states[i]));
            GOLD_TRY(tracker->begin(watch, watch->states[i]));
        }
    }
    watch->initial = NULL;
    return GOLD_OK;
}

void FN(watch_fini)(gold_watch *watch)
{
    for (size_t i = 0; i < GOLD_N_TRACKS; i++) {
        const gold_tracker *tracker = trackers[i];

        if (tracker != NULL && watch->states[i] != NULL) {
            tracker->end(watch->states[i]);
            gold_free(watch->states[i]);
        }
    }
    *watch = (gold_watch){0};
}

void FN(watch_put)(const gold_watch *watch, const gold_logged *at,
                   gold_variable variable, size_t i, double value)
{
    if (i < n_at_step(watch->job->schema, variable)) {
        at->numbers[watch->places[variable] + i] = value;
    }
}

double FN(watch_entry)(void *watch, const gold_logged *at)
{
    gold_watch *w = watch;
    const double before = w->flops;

    for (size_t i = 0; i < w->n_numbers; i++) {
        at->numbers[i] = (double)NAN;
    }
#define ENTRY(id, name, ...)                                                   \
    FN(watch_put)(w, at, GOLD_VAR_TRAJECTORY_##id, 0, at->entry->name);
    GOLD_TRACK_ENTRIES(ENTRY, GOLD_NO_ROW)
    for (size_t i = 0; i < GOLD_N_TRACKS; i++) {
        const gold_tracker *tracker = tracker_of(w, i);

        if (tracker != NULL && tracker->take != NULL && w->status == GOLD_OK &&
            isfinite(at->entry->loss)) {
            w->status = tracker->take(w, w->states[i], at);
        }
    }
    return w->flops - before;
}

gold_status FN(watch_before)(gold_watch *watch, const real *theta,
                             double *record)
{
    for (size_t i = 0; i < GOLD_N_TRACKS; i++) {
        const gold_tracker *tracker = tracker_of(watch, i);

        if (tracker != NULL && tracker->before != NULL) {
            GOLD_TRY(tracker->before(watch, theta, record));
        }
    }
    return GOLD_OK;
}

gold_status FN(watch_after)(const gold_watch *watch,
                            const gold_training_result *result,
                            const gold_log_entry *log, double *record)
{
    const gold_schema *schema = watch->job->schema;

    for (size_t v = 0; v < GOLD_N_VARIABLES; v++) {
        const size_t n = n_at_step(schema, (gold_variable)v);

        for (size_t k = 0; n > 0 && k < result->n_logged; k++) {
            memcpy(record + schema->offset[v] + k * n,
                   watch->training->numbers + k * watch->n_numbers +
                       watch->places[v],
                   n * sizeof *record);
        }
    }
    for (size_t i = 0; i < GOLD_N_TRACKS; i++) {
        const gold_tracker *tracker = tracker_of(watch, i);

        if (tracker != NULL && tracker->after != NULL) {
            GOLD_TRY(tracker->after(watch, result, log, record));
        }
    }
    return GOLD_OK;
}
