/* SPDX-License-Identifier: MIT */
#include "app/troubles.h"

#include <stdio.h>

#include "goldilocks/task.h"

#include "app/print.h"

void gold_say_lost(void *context, int rank, double silence_s, unsigned n_tasks)
{
    (void)context;
    gold_say(stderr,
             "goldilocks: process %d was silent for %.0f s (run.lease): "
             "it must be dead, and others do its %u task%s\n",
             rank, silence_s, n_tasks, n_tasks == 1 ? "" : "s");
}

void gold_say_late(const gold_study *study, const gold_sched_trouble *trouble)
{
    const size_t point =
        gold_task_kind_of(study, (size_t)trouble->task) == GOLD_TASK_TRAIN
            ? (size_t)trouble->task - gold_n_measure_tasks(study)
            : gold_task_point(study, (size_t)trouble->task, 0);
    char place[256];
    char took[GOLD_PRINT_BYTES];
    char wanted[GOLD_PRINT_BYTES];

    gold_say(stderr,
             "goldilocks: process %d is at %s for %s, predicted were %s: "
             "does it hang?\n",
             trouble->rank,
             gold_study_describe(study, point, place, sizeof place),
             gold_print_duration(trouble->seconds, took),
             gold_print_duration(trouble->predicted_s, wanted));
}
