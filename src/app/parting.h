/* SPDX-License-Identifier: MIT */
/**
 * @file parting.h
 * How a process ends, and mpirun after it. Open MPI's mpirun waits for every
 * process, for ever when a node is gone or does not answer; and told to outlive
 * processes (--enable-recovery) it ends with 0 whatever they ended with,
 * heeding neither exit codes nor MPI_Abort. So the processes that it started
 * itself end it, by signals, after which it ends with 1: later, if it is still
 * there; at once, if it would hide that work is left. Scripts that start mpirun
 * get the code in a file, which the variable GOLDILOCKS_CODE names.
 */
#ifndef GOLD_APP_PARTING_H
#define GOLD_APP_PARTING_H

#include <stdbool.h>

#include "goldilocks/status.h"

/** A process of this node, to ask later whether it lives; -1 where that cannot
 * be known, as for the number 0. Kept to the end of this process. */
int gold_parting_know(long pid);

/** How a process leaves a sweep in which some are lost. */
typedef struct gold_parting {
    int rank;
    gold_status status; /* of the sweep; its message is said */
    bool is_orphaned;   /* process 0 is silent */
    int first;          /* process 0, from gold_parting_know */
    double lease;       /* run.lease */
    const char *path;   /* of the result */
} gold_parting;

/** Say what there is to say, from one of the processes, and leave. One that
 * process 0 lost, which lives, leaves alone. */
_Noreturn void gold_parting_end(const gold_parting *parting);

/** How long mpirun has to end by itself where silence of `lease` seconds is
 * that of a dead process. */
double gold_parting_patience(double lease);

/**
 * A process is lost: end this one, and mpirun, if it is ours and still there
 * after `patience` seconds. `code` is that of the job, and that of this process
 * if it speaks for all. Where mpirun would hide it, this one stays until mpirun
 * was told to end, for which the one that speaks waits but a moment.
 */
_Noreturn void gold_parting_leave(bool speaks, int code, double patience);

/** Leave the code of the job for whoever started mpirun, which may be about to
 * kill this process, the one that speaks for all. */
void gold_parting_note(int code);

/** All processes are at their end, the one that speaks for all with `code`. On
 * that one; it returns once mpirun can no longer hide it. */
void gold_parting_tell(int code);

#endif
