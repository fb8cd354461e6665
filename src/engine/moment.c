/* SPDX-License-Identifier: MIT */
#include "engine/moment.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "engine/measure.h"
#include "linalg/product.h"

/* What is not finite at a moment leaves no number of it. */
static void clear(const gold_schema *schema, double *record)
{
    for (size_t v = 0; v < GOLD_N_VARIABLES; v++) {
        for (size_t k = 0; k < schema->count[v]; k++) {
            record[schema->offset[v] + k] = (double)NAN;
        }
    }
}

gold_status FN(measure_moment)(const gold_moment_at *at, gold_outcome *outcome,
                               gold_verdict *verdict,
                               gold_inspection *inspection)
{
    gold_settings settings;
    gold_engine_job job = *at->job;
    gold_start there = *at->start;
    gold_outcome found = {
        .n_points = 1, .records = outcome->records, .verdicts = verdict};

    *verdict = (gold_verdict){.state = GOLD_STATE_PENDING};
    job.schema = at->schema;
    gold_study_point(job.study, job.task->points[0], &settings);
    const double alpha =
        FN(start_near)(at->start, at->norm, at->theta, at->near);

    there.theta = at->near;
    there.norm = at->norm / alpha;
    there.fixed_norm = 0.0; /* that is of all parameters */
    const gold_status status =
        FN(measure_at)(&job, &settings, &there, alpha, &found, inspection);

    outcome->flops += found.flops;
    if (status == GOLD_ERR_NUMERIC) {
        verdict->state = GOLD_STATE_FAILED;
        (void)snprintf(verdict->message, sizeof verdict->message, "%.80s",
                       gold_fail_message());
    } else if (status != GOLD_OK) {
        return status;
    }
    if (verdict->state == GOLD_STATE_FAILED) {
        clear(at->schema, outcome->records);
    }
    return GOLD_OK;
}

gold_status FN(moments_init)(gold_moments *moments, const gold_engine_job *job,
                             const gold_start *start)
{
    const gold_schema *schema = job->schema;

    *moments = (gold_moments){.job = job,
                              .start = start,
                              .first = gold_schema_first_of_moments(schema)};
    if (schema->n_moments == 0) {
        return GOLD_OK;
    }
    moments->n_found = schema->record_length - moments->first;
    GOLD_TRY(GOLD_ALLOC(1, &moments->schema));
    GOLD_TRY(GOLD_ALLOC(start->network.n_parameters, &moments->near));
    GOLD_TRY(GOLD_ALLOC(schema->record_length, &moments->record));
    GOLD_TRY(GOLD_ALLOC(moments->n_found, &moments->found));
    for (size_t i = 0; i < moments->n_found; i++) {
        moments->found[i] = (double)NAN;
    }
    return GOLD_OK;
}

void FN(moments_fini)(gold_moments *moments)
{
    gold_free(moments->schema);
    gold_free(moments->near);
    gold_free(moments->record);
    gold_free(moments->found);
    *moments = (gold_moments){0};
}

/* Keep what was measured; the schema is the moment's. */
static void keep(gold_moments *moments)
{
    const gold_schema *schema = moments->schema;

    for (size_t v = 0; v < GOLD_N_VARIABLES; v++) {
        if (schema->count[v] > 0) {
            memcpy(moments->found + schema->offset[v] - moments->first,
                   moments->record + schema->offset[v],
                   schema->count[v] * sizeof *moments->found);
        }
    }
}

bool FN(moments_visit)(void *moments, size_t i, const real *theta,
                       double *flops)
{
    gold_moments *m = moments;
    gold_verdict verdict;
    gold_outcome outcome = {.n_points = 1, .records = m->record};
    const gold_moment_at at = {
        .job = m->job,
        .schema = m->schema,
        .start = m->start,
        .theta = theta,
        .norm = FN(norm)(m->start->network.n_parameters, theta),
        .near = m->near};

    gold_schema_at_moment(m->job->schema, i, m->schema);
    gold_record_clear(m->schema, m->record, 1);
    m->status = FN(measure_moment)(&at, &outcome, &verdict, NULL);
    if (m->status != GOLD_OK || verdict.state == GOLD_STATE_PENDING) {
        return false;
    }
    *flops += outcome.flops;
    keep(m);
    return true;
}

/* Is there any number of a moment, whose schema it is? */
static bool has_any(const gold_schema *schema, const double *record)
{
    bool is_found = false;

    for (size_t v = 0; v < GOLD_N_VARIABLES; v++) {
        for (size_t k = 0; k < schema->count[v]; k++) {
            is_found = is_found || isfinite(record[schema->offset[v] + k]);
        }
    }
    return is_found;
}

void FN(moments_put)(const gold_moments *moments, uint64_t final_step,
                     double *record, gold_verdict *verdict)
{
    if (moments->n_found == 0) {
        return;
    }
    const gold_schema *schema = moments->job->schema;

    memcpy(record + moments->first, moments->found,
           moments->n_found * sizeof *record);
    for (size_t i = 0;
         i < schema->n_moments && schema->moments[i] <= final_step &&
         verdict->message[0] == '\0';
         i++) {
        gold_schema_at_moment(schema, i, moments->schema);
        const char *why =
            has_any(moments->schema, record)
                ? FN(unresolved)(
                      moments->schema, record,
                      record[moments->schema->offset[GOLD_VAR_ZERO_LOGITS]])
                : "logits, gradients or curvature are not finite";

        if (why != NULL) {
            (void)snprintf(verdict->message, sizeof verdict->message,
                           "curvature at step %" PRIu64 ": %s",
                           schema->moments[i], why);
        }
    }
}
