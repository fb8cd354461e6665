/* SPDX-License-Identifier: MIT */
/** @file launch.h How this process was started, by its environment. */
#ifndef GOLD_APP_LAUNCH_H
#define GOLD_APP_LAUNCH_H

#include <stdbool.h>

typedef struct gold_launch {
    const char *launcher; /* "srun"; static; NULL: none that is known */
    int n_started;        /* processes that the launcher started; 1 without */
    int n_granted;        /* tasks of the SLURM job; 0 outside of one */
    int rank;             /* that the launcher gave this process; 0 without */
} gold_launch;

/** What the environment says. */
gold_launch gold_launch_read(void);

/** The launcher started several processes, yet MPI has but this one: each of
 * them would do all of the work, and write the same file. `size` is MPI's. */
bool gold_launch_is_alone_by_mistake(const gold_launch *launch, int size);

/** Nothing started this process, as far as it knows from here on: MPI, which is
 * about to be started, looks for no launcher. What a job is called stays. */
void gold_launch_forget(void);

/** Open MPI keeps a daemon beside a process that nothing started, which looks
 * for ssh or rsh and gives up without them (`env -i`), though it has nobody to
 * start: it looks no further, unless OMPI_MCA_plm says where. Others than Open
 * MPI heed no such variable. Before MPI starts. */
void gold_launch_isolate(void);

/** Say on stderr if it is alone by mistake. The lock of the result file lets
 * one of the copies write; the others end. */
void gold_launch_warn(int size);

#endif
