/* SPDX-License-Identifier: MIT */
/**
 * @file roles.h
 * The three things a rank can be in a sweep, and what two of them say to each
 * other. Sending waits for nobody: even a short message to a dead rank may
 * never be taken, so what is sent lies in a buffer that stays.
 *
 * A worker sends a report, the first of which is empty; the coordinator
 * answers each with an order, which may be to stay: that is answered by a sign
 * of life, and another order will follow. Between, a worker sends signs of
 * life. When nothing is left, workers are ordered to leave, say that they heard
 * it, and get the outcome: so the coordinator knows who is there for what ranks
 * do together afterwards.
 */
#ifndef GOLD_SCHED_ROLES_H
#define GOLD_SCHED_ROLES_H

#include "sched/pulse.h"
#include "sched/sweep.h"

enum {
    GOLDI_BATCH = 48 /* tasks of an order at most */
};

/** What came of one task of an order. */
typedef struct goldi_result {
    uint64_t slot;
    double seconds;
    gold_sched_report report;
    uint64_t status; /* what the callbacks returned */
} goldi_result;

/** From worker to coordinator; sent as far as it is filled. */
typedef struct goldi_report {
    char message[sizeof((goldi_sweep *)0)->message]; /* of the last result, if
                                                        it failed */
    uint64_t n_results;
    goldi_result results[GOLDI_BATCH];
} goldi_report;

typedef enum goldi_verb {
    GOLDI_STAY,
    GOLDI_RUN,
    GOLDI_LEAVE
} goldi_verb;

/** From coordinator to worker; sent as far as it is filled. */
typedef struct goldi_order {
    uint64_t verb; /* goldi_verb */
    uint64_t n_tasks;
    struct {
        uint64_t slot;
        uint64_t task;
        uint64_t n_tries;
    } tasks[GOLDI_BATCH];
} goldi_order;

/** How rank 0 found the sweep ended, for everybody. */
typedef struct goldi_ending {
    gold_sched_tally tally;
    gold_status status;
    char message[sizeof((goldi_sweep *)0)->message];
} goldi_ending;

/** The ending of a sweep that was closed. */
goldi_ending goldi_ending_of(const goldi_sweep *sweep);

/** Any other rank: run what rank 0 says, until it ends the sweep.
 *
 * @retval GOLD_ERR_STOPPED  rank 0 is dead. */
GOLD_CHECKED gold_status goldi_work(MPI_Comm comm, const gold_sched_job *job,
                                    goldi_pulse *pulse, goldi_ending *ending);

/** The only rank: do both. */
void goldi_work_alone(goldi_sweep *sweep);

/** Compute and write one task. */
gold_status goldi_run_task(const gold_sched_job *job, goldi_pulse *pulse,
                           uint64_t task, unsigned n_tries,
                           gold_sched_report *report);

#endif
