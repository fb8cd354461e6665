/* SPDX-License-Identifier: MIT */
/**
 * @file members.h
 * What the coordinator knows about the workers: what each has been handed, and
 * when it was last heard of.
 */
#ifndef GOLD_SCHED_MEMBERS_H
#define GOLD_SCHED_MEMBERS_H

#include "sched/roles.h"

typedef struct goldi_member {
    double heard_s;  /* its last sign of life */
    double handed_s; /* when it got its tasks */
    double predicted_s;
    MPI_Request sending; /* of the last order, or of the outcome */
    goldi_order order;   /* the last one */
    uint32_t n_tasks;    /* that it holds; 0: it waits for an order */
    bool is_idle;        /* it waits for an order */
    bool is_lost;        /* it was silent for too long */
    bool was_late;       /* and that has been said */
    bool has_left;
} goldi_member;

/** Rank 0 among others: hand out everything, close the sweep, and tell all
 * workers that live its ending.
 *
 * @param members  [size of comm] zeroed; that of rank 0 is unused.
 */
void goldi_coordinate(MPI_Comm comm, goldi_sweep *sweep, goldi_member *members,
                      goldi_ending *ending);

/** Fill the order of a member with the next tasks: one, or as many short ones
 * as take some milliseconds. False: there is nothing to do. */
bool goldi_member_feed(goldi_member *member, goldi_sweep *sweep, int rank,
                       double now_s);

/** The member came back with a report, or is taken for dead: what it still
 * held of tasks waits again. */
void goldi_member_release(goldi_member *member, goldi_sweep *sweep, int rank);

/** Is what it holds far beyond the predicted time, and nobody said so yet? */
bool goldi_member_is_late(const goldi_member *member, double now_s);

#endif
