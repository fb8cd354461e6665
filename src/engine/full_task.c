/* SPDX-License-Identifier: MIT */
#include "engine/full_task.h"

#include <stdio.h>
#include <string.h>

#include "engine/full.h"

/* Copy the numbers of all parameters from one record to another. */
static void copy_full(const gold_schema *schema, const double *from, double *to)
{
    for (int v = 0; v < GOLD_N_VARIABLES; v++) {
        if ((gold_variable_about((gold_variable)v)->condition &
             GOLD_WHEN_FULL) != 0) {
            memcpy(to + schema->offset[v], from + schema->offset[v],
                   schema->count[v] * sizeof *to);
        }
    }
}

/* The first point of the task that is distinct point k. */
static size_t first_of(const gold_full_line *line, size_t k)
{
    size_t i = 0;

    while (line->distinct_of[i] != k) {
        i++;
    }
    return i;
}

/* Give the others what the first point of distinct point k has. */
static void share(const gold_engine_job *job, const gold_full_line *line,
                  size_t k, gold_outcome *outcome)
{
    const size_t length = job->schema->record_length;
    const size_t first = first_of(line, k);

    for (size_t i = first + 1; i < outcome->n_points; i++) {
        if (line->distinct_of[i] == k) {
            copy_full(job->schema, outcome->records + first * length,
                      outcome->records + i * length);
            outcome->verdicts[i] = outcome->verdicts[first];
        }
    }
}

/* One distinct point. */
static gold_status do_point(gold_full *full, const gold_full_line *line,
                            size_t k, gold_outcome *outcome,
                            gold_inspection *inspection)
{
    const gold_engine_job *job = full->job;
    const size_t first = first_of(line, k);
    gold_verdict *verdict = &outcome->verdicts[first];

    if (verdict->state != GOLD_STATE_DONE) {
        return GOLD_OK;
    }
    const gold_status status = FN(full_measure)(
        full, &line->points[k],
        outcome->records + first * job->schema->record_length, inspection);

    if (status == GOLD_ERR_NUMERIC) {
        verdict->state = GOLD_STATE_FAILED;
        (void)snprintf(verdict->message, sizeof verdict->message,
                       "all parameters at weight norm %g: %.70s",
                       line->points[k].alpha * line->start->norm,
                       gold_fail_message());
    } else if (status != GOLD_OK) {
        return status;
    }
    share(job, line, k, outcome);
    return GOLD_OK;
}

/* As if the task had not begun. */
static void forget(const gold_engine_job *job, gold_outcome *outcome)
{
    gold_record_clear(job->schema, outcome->records, outcome->n_points);
    for (size_t i = 0; i < outcome->n_points; i++) {
        outcome->verdicts[i] = (gold_verdict){.state = GOLD_STATE_PENDING};
    }
}

gold_status FN(full_points)(const gold_engine_job *job,
                            const gold_full_line *line, gold_outcome *outcome,
                            gold_inspection *inspection)
{
    gold_status status = GOLD_OK;
    gold_full full = {0};

    if (!gold_study_has_full(job->study)) {
        return GOLD_OK;
    }
    GOLD_GOTO(FN(full_init)(&full, job, line->settings, line->start));
    for (size_t k = 0; k < line->n_distinct && !full.is_stopped; k++) {
        GOLD_GOTO(do_point(&full, line, k, outcome, inspection));
    }
    outcome->flops += full.hvp.run.flops;
    if (full.is_stopped) {
        forget(job, outcome);
    }

done:
    FN(full_fini)(&full);
    return status;
}
