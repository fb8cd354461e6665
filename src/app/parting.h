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

#include <mpi.h>

/** Process 0 of `comm`, to ask later whether it lives, where it is of this node
 * too; -1: it is not, or that cannot be known. Collective. Kept to the end of
 * this process. */
int gold_parting_know_first(MPI_Comm comm, MPI_Comm node);

/** It was there, and is. */
bool gold_parting_lives(int known);

/** How long mpirun has to end by itself where silence of `lease` seconds is
 * that of a dead process. */
double gold_parting_patience(double lease);

/** Say that a process is lost, and who ends mpirun where it waits for that one.
 * `path` is the result file, for `goldilocks status`. */
void gold_parting_say(const char *path, double patience);

/**
 * A process is lost: end this one, and mpirun, if it is ours and still there
 * after `patience` seconds. `code` is that of the job, and that of this process
 * if it speaks for all. Where mpirun would hide it, this one stays until mpirun
 * was told to end, for which the one that speaks waits but a moment.
 */
_Noreturn void gold_parting_leave(bool speaks, int code, double patience);

/** All processes are at their end, the one that speaks for all with `code`. On
 * that one; it returns once mpirun can no longer hide it. */
void gold_parting_tell(int code);

#endif
