/* SPDX-License-Identifier: MIT */
/**
 * @file roles.h
 * The three things a rank can be in a sweep, and what two of them say to each
 * other. A worker sends a report, the first of which has no task to report; the
 * coordinator answers each with an order. An order without a task sends the
 * worker home and is the last. So exactly one message is under way between two
 * ranks, and nobody is sent home while it computes.
 */
#ifndef GOLD_SCHED_ROLES_H
#define GOLD_SCHED_ROLES_H

#include "sched/sweep.h"

enum {
    GOLDI_TAG_REPORT = 1,
    GOLDI_TAG_ORDER = 2
};

/** From worker to coordinator. */
typedef struct goldi_report {
    uint64_t has_task; /* 0: the first report of this worker */
    uint64_t slot;
    uint64_t status; /* what `run` returned */
    uint64_t points_done;
    uint64_t points_failed;
} goldi_report;

/** From coordinator to worker. */
typedef struct goldi_order {
    uint64_t has_task; /* 0: go home */
    uint64_t slot;
    uint64_t task;
} goldi_order;

/** Rank 0 among others: hand out everything, until all workers went home. */
void goldi_coordinate(MPI_Comm comm, goldi_sweep *sweep);

/** Any other rank: run what rank 0 says, until it sends us home. */
void goldi_work(MPI_Comm comm, const gold_sched_job *job);

/** The only rank: do both. */
void goldi_work_alone(goldi_sweep *sweep);

#endif
