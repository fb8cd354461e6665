/* SPDX-License-Identifier: MIT */
#include "app/dispatch.h"

#include <stdio.h>

#include "goldilocks/memory.h"
#include "goldilocks/sched.h"

#include "app/clock.h"
#include "app/print.h"

enum {
    N_EMPTY = 1000000,
    N_SHORT = 20000
};

static const double short_s = 1e-4;
static const double lease_s = 60.0; /* as studies have */

static gold_status no_op(void *context, uint64_t task, unsigned n_tries,
                         gold_sched_report *report)
{
    (void)context;
    (void)task;
    (void)n_tries;
    report->points_done = 1;
    return GOLD_OK;
}

static gold_status compute_shortly(void *context, uint64_t task,
                                   unsigned n_tries, gold_sched_report *report)
{
    const double end_s = gold_clock_computing() + short_s;

    while (gold_clock_computing() < end_s) {
    }
    return no_op(context, task, n_tries, report);
}

/* Tasks a second of one job. */
static gold_status time_tasks(uint64_t n_tasks,
                              gold_status (*run)(void *, uint64_t, unsigned,
                                                 gold_sched_report *),
                              double *rate)
{
    gold_status status = GOLD_OK;
    uint64_t *tasks = NULL;
    double *costs = NULL;
    gold_sched_tally tally = {0};

    GOLD_GOTO(gold_agree(MPI_COMM_WORLD, GOLD_ALLOC(n_tasks, &tasks)));
    GOLD_GOTO(gold_agree(MPI_COMM_WORLD, GOLD_ALLOC(n_tasks, &costs)));
    for (uint64_t i = 0; i < n_tasks; i++) {
        tasks[i] = i;
        costs[i] = 1.0;
    }
    const gold_sched_job job = {.tasks = tasks,
                                .costs = costs,
                                .n_tasks = n_tasks,
                                .lease_s = lease_s,
                                .run = run};
    const double began_s = gold_clock();

    GOLD_GOTO(gold_sched_run(MPI_COMM_WORLD, &job, &tally));
    *rate = (double)tally.tasks_done / (gold_clock() - began_s);

done:
    gold_free(costs);
    gold_free(tasks);
    return status;
}

gold_status gold_dispatch_bench(void)
{
    int rank = 0;
    int size = 0;
    double empty = 0.0;
    double brief = 0.0;

    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    GOLD_TRY(time_tasks(N_EMPTY, no_op, &empty));
    GOLD_TRY(time_tasks(N_SHORT, compute_shortly, &brief));
    if (rank == 0) {
        const int n_workers = size > 1 ? size - 1 : 1;

        gold_say(stdout,
                 "dispatch, %s: %.0f empty tasks a second; %.0f "
                 "of %.0f us, %.0f %% of what %s could do\n",
                 GOLD_COUNTED(size, "process"), empty, brief, 1e6 * short_s,
                 100.0 * brief * short_s / (double)n_workers,
                 GOLD_COUNTED(n_workers, "worker"));
    }
    return GOLD_OK;
}
