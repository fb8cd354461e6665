/* SPDX-License-Identifier: MIT */
/**
 * @file sched.h
 * Coordinator and workers.
 *
 * Rank 0 hands out tasks on request, longest predicted first, never computes
 * (unless it is alone: one process does both roles), and sleeps between polls.
 * Workers run a task through two callbacks, which compute and write the result,
 * and report. What a task is, nobody here knows: a number, a kind, a predicted
 * cost. Tasks of one kind take seconds that grow with their costs, nearly in
 * proportion; how, is learnt as they end. Short tasks are handed out many at a
 * time.
 *
 * Workers may be lost. Each shows a sign of life every few seconds, also while
 * it computes (a thread does that), and one that is silent for `lease_s` is
 * taken for dead: its task goes to another worker, and after `n_attempts` is
 * given up. A worker that was only slow does no harm: whatever it reports late
 * is taken if it is news, and it gets work again.
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

enum {
    GOLD_SCHED_KINDS = 2 /* of tasks, each with a rate of its own */
};

/** What came of one task, as the worker tells the coordinator. */
typedef struct gold_sched_report {
    uint64_t points_done;
    uint64_t points_failed;
    bool was_stopped; /* it was left half way: somebody wants the end */
} gold_sched_report;

/** How predictions of tasks, made when they started, and what they took
 * compare. */
typedef struct gold_sched_errors {
    uint64_t n_tasks;   /* whose time was predicted; 0: the rest says nothing */
    double predicted_s; /* of all of them */
    double taken_s;     /* by all of them */
    double typical;     /* a task's time is off by this ratio; 0.1: 10 % */
} gold_sched_errors;

/** How far a sweep is; given to the progress callback on rank 0. */
typedef struct gold_sched_progress {
    uint64_t n_tasks; /* in this session */
    uint64_t tasks_done;
    uint64_t tasks_running;
    uint64_t points_done;
    uint64_t points_failed;
    double elapsed_s;
    double eta_s;      /* predicted seconds to the end; NaN: not known yet */
    double earliest_s; /* the end should lie between these two; the same */
    double latest_s;
    bool is_last; /* the final call of a sweep */
} gold_sched_progress;

/** A task that takes far longer than predicted, or is given up. */
typedef struct gold_sched_trouble {
    uint64_t task;
    int rank;           /* who runs it, or did last */
    unsigned n_tries;   /* how often it was handed out */
    double seconds;     /* that it takes by now */
    double predicted_s; /* that it should have taken; NaN: nobody knows */
} gold_sched_trouble;

/** One sweep. All pointers borrowed for the call. Callbacks get `context`; all
 * but `run` may be NULL. */
typedef struct gold_sched_job {
    const uint64_t *tasks; /* [n_tasks] what to do, any order; rank 0 only */
    const double *costs;   /* [n_tasks] predicted cost; rank 0 only */
    const uint8_t *kinds;  /* [n_tasks]; rank 0 only; NULL: all of kind 0 */
    uint64_t n_tasks;      /* rank 0 only */
    double rates[GOLD_SCHED_KINDS];   /* seconds of a unit of cost, as far as
                                         known beforehand; 0: not; rank 0 only */
    bool may_pause[GOLD_SCHED_KINDS]; /* tasks go on where they were left, so
                                         they may start late; rank 0 only */
    double lease_s;      /* silence of a dead worker; 0: workers never die */
    unsigned n_attempts; /* how often a task is handed out; 0: once */
    void *context;
    /* Called on every rank when all have come: from here on nobody waits for
     * one that dies, but where workers never die. */
    void (*begin)(void *context);
    /* Compute one task; on any worker. It must not call MPI: meanwhile a thread
     * does. A status of GOLD_ERR_MEMORY hands the task to another worker, as if
     * this one had died; any other that is not GOLD_OK ends the sweep, on all
     * ranks. Failures of the task itself are results. */
    gold_status (*run)(void *context, uint64_t task, unsigned n_tries,
                       gold_sched_report *report);
    /* Write the result of the task that was just computed, unless it was
     * stopped; may call MPI, but nothing collective. The same statuses. */
    gold_status (*commit)(void *context, uint64_t task,
                          gold_sched_report *report);
    /* On rank 0: mark a task as failed that was handed out n_attempts times and
     * killed its worker each time. */
    gold_status (*give_up)(void *context, const gold_sched_trouble *trouble,
                           gold_sched_report *report);
    /* Called on rank 0 after every finished task and about twice a second. */
    void (*progress)(void *context, const gold_sched_progress *progress);
    /* Called on rank 0, once for each time that a task goes to a worker. */
    void (*say_late)(void *context, const gold_sched_trouble *trouble);
    /* Called on rank 0 when a worker was silent for too long, which held so
     * many tasks. */
    void (*say_lost)(void *context, int rank, double silence_s,
                     unsigned n_tasks);
    /* Asked on rank 0: hand out nothing more? */
    bool (*should_stop)(void *context);
    /* Asked on rank 0: seconds until the end that somebody set. A task that is
     * predicted to take longer does not start, unless it may pause. */
    double (*time_left)(void *context);
} gold_sched_job;

/** What came of a sweep; the same on all ranks. */
typedef struct gold_sched_tally {
    uint64_t tasks_done;
    uint64_t tasks_left;
    uint64_t points_done;
    uint64_t points_failed;
    bool was_stopped;
    int n_lost;       /* ranks that are dead: nothing collective is possible */
    bool is_orphaned; /* rank 0 is one of them, and the rest says nothing */
    gold_sched_errors errors;
} gold_sched_tally;

/**
 * Do a sweep. Collective on `comm`; every rank that lives returns the same
 * status and tally.
 *
 * When `tally->n_lost` is above 0, no rank may take part in anything collective
 * afterwards, MPI_Finalize included: say what there is to say and _exit. Signs
 * of life while computing need MPI_THREAD_SERIALIZED; under less, workers never
 * die, as with a lease of 0.
 *
 * @retval GOLD_OK           all tasks were run.
 * @retval GOLD_ERR_STOPPED  should_stop asked for it, or the time was too
 * short, or no worker lives, with work left.
 * @retval other             the first failure of a `run` callback; its message
 *                           is the failing rank's, on every rank (cut to
 *                           1000 bytes).
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
