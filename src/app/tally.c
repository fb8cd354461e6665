/* SPDX-License-Identifier: MIT */
#include "app/tally.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "app/print.h"

size_t gold_counts_missing(const gold_counts *counts)
{
    return counts->of[GOLD_STATE_FAILED] + counts->of[GOLD_STATE_PENDING];
}

size_t goldi_n_tasks(const gold_study *study, gold_task_kind kind)
{
    return kind == GOLD_TASK_TRAIN ? study->n_points
                                   : gold_n_measure_tasks(study);
}

void goldi_past_of(const gold_study *study, gold_task_kind kind,
                   const uint8_t *states, const double *seconds,
                   goldi_past *past)
{
    const bool is_point =
        kind == GOLD_TASK_TRAIN || gold_line_length(study) == 1;

    for (size_t point = 0; point < study->n_points; point++) {
        goldi_past *task =
            &past[is_point ? point : gold_task_of_point(study, point)];

        task->has[states[point]] = true;
        if (seconds[point] > task->seconds) {
            task->seconds = seconds[point];
        }
    }
}

gold_status goldi_tally_count(const gold_study *study, gold_task_kind kind,
                              const uint8_t *states, const double *seconds,
                              goldi_tally *tally)
{
    goldi_past *past = NULL;

    *tally = (goldi_tally){.n_points = study->n_points,
                           .n_tasks = goldi_n_tasks(study, kind)};
    for (size_t point = 0; point < study->n_points; point++) {
        tally->points.of[states[point]]++;
    }
    if (seconds == NULL) {
        return GOLD_OK;
    }
    GOLD_TRY(GOLD_ALLOC(tally->n_tasks, &past));
    goldi_past_of(study, kind, states, seconds, past);
    for (size_t id = 0; id < tally->n_tasks; id++) {
        const bool *has = past[id].has;

        tally->tasks_begun +=
            has[GOLD_STATE_DONE] || has[GOLD_STATE_FAILED] ? 1 : 0;
        tally->tasks_pending += has[GOLD_STATE_PENDING] ? 1 : 0;
        tally->seconds += past[id].seconds;
    }
    if (kind == GOLD_TASK_TRAIN) {
        tally->n_tasks -= tally->points.of[GOLD_STATE_EXCLUDED];
    }
    gold_free(past);
    return GOLD_OK;
}

const char *goldi_state_word(uint8_t state)
{
    static const char *const words[] = {"pending", "done", "failed",
                                        "excluded"};

    return words[state];
}

double goldi_tally_percent(const goldi_tally *tally)
{
    const size_t wanted =
        tally->n_points - tally->points.of[GOLD_STATE_EXCLUDED];
    const size_t done = tally->points.of[GOLD_STATE_DONE];

    if (done == wanted) {
        return 100.0;
    }
    return floor(1000.0 * (double)done / (double)wanted) / 10.0;
}

char *goldi_tally_words(const goldi_tally *tally, char text[160])
{
    static const gold_state order[] = {GOLD_STATE_FAILED, GOLD_STATE_PENDING,
                                       GOLD_STATE_EXCLUDED};
    char count[GOLD_PRINT_BYTES];
    char all[GOLD_PRINT_BYTES];
    int used = snprintf(
        text, 160, "%s of %s done (%.4g %%)",
        gold_print_count((double)tally->points.of[GOLD_STATE_DONE], count),
        gold_print_count(
            (double)(tally->n_points - tally->points.of[GOLD_STATE_EXCLUDED]),
            all),
        goldi_tally_percent(tally));

    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (tally->points.of[order[i]] > 0) {
            used += snprintf(
                text + used, 160 - (size_t)used, ", %s %s",
                gold_print_count((double)tally->points.of[order[i]], count),
                goldi_state_word((uint8_t)order[i]));
        }
    }
    return text;
}
