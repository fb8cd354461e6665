/* SPDX-License-Identifier: MIT */
/**
 * @file sched.h
 * Coordinator and workers.
 *
 * Rank 0 hands out tasks on request, longest predicted first, never computes
 * (unless it is alone: one process does both roles), and sleeps between polls.
 * Workers run a task through a callback, which also writes the result, and
 * report. What a task is, nobody here knows: a number, a predicted cost.
 *
 * The scheduling depends on clocks; results must not: callbacks get the task
 * alone.
 */
#ifndef GOLDILOCKS_SCHED_H
#define GOLDILOCKS_SCHED_H

#include <stdint.h>

#include <mpi.h>

#include "goldilocks/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What came of one task, as the worker tells the coordinator. */
typedef struct gold_sched_report {
    uint64_t points_done;
    uint64_t points_failed;
} gold_sched_report;

/** How far a sweep is; given to the progress callback on rank 0. */
typedef struct gold_sched_progress {
    uint64_t n_tasks; /* in this session */
    uint64_t tasks_done;
    uint64_t tasks_running;
    uint64_t points_done;
    uint64_t points_failed;
    double elapsed_s;
    double eta_s; /* predicted seconds to the end; NaN: not known yet */
    bool is_last; /* the final call of a sweep */
} gold_sched_progress;

/** One sweep. All pointers borrowed for the call. Callbacks get `context`. */
typedef struct gold_sched_job {
    const uint64_t *tasks; /* [n_tasks] what to do, any order; rank 0 only */
    const double *costs;   /* [n_tasks] predicted cost, any unit; rank 0 only */
    uint64_t n_tasks;      /* rank 0 only */
    void *context;
    /* Run one task and write its result; on any worker. A status that is not
     * GOLD_OK means that the result could not be written: the sweep ends, on
     * all ranks, with that status. Failures of the task itself are results. */
    gold_status (*run)(void *context, uint64_t task, gold_sched_report *report);
    /* Called on rank 0 after every finished task and about twice a second;
     * may be NULL. */
    void (*progress)(void *context, const gold_sched_progress *progress);
    /* Asked on rank 0: hand out nothing more? May be NULL. */
    bool (*should_stop)(void *context);
} gold_sched_job;

/** What came of a sweep; the same on all ranks. */
typedef struct gold_sched_tally {
    uint64_t tasks_done;
    uint64_t tasks_left;
    uint64_t points_done;
    uint64_t points_failed;
    bool was_stopped;
} gold_sched_tally;

/**
 * Do a sweep. Collective on `comm`; every rank returns the same status and
 * tally.
 *
 * @retval GOLD_OK           all tasks were run.
 * @retval GOLD_ERR_STOPPED  should_stop asked for it, with work left.
 * @retval other             the first failure of a `run` callback; its message
 *                           is the failing rank's, on every rank.
 */
GOLD_CHECKED gold_status gold_sched_run(MPI_Comm comm,
                                        const gold_sched_job *job,
                                        gold_sched_tally *tally);

/**
 * Make a local failure everybody's: returns the same status on all ranks, the
 * first failing rank's (GOLD_OK if none), with that rank's message as
 * gold_fail_message() on every rank. Collective on `comm`.
 */
gold_status gold_agree(MPI_Comm comm, gold_status status);

#ifdef __cplusplus
}
#endif
#endif
