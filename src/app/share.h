/* SPDX-License-Identifier: MIT */
/** @file share.h What rank 0 reads, in everybody's hands. */
#ifndef GOLD_APP_SHARE_H
#define GOLD_APP_SHARE_H

#include <mpi.h>

#include "goldilocks/dataset.h"
#include "goldilocks/study.h"

/** A data set held once per node, in shared memory. Zero it before use. */
typedef struct gold_shared_data {
    gold_dataset data; /* view of the node's copy */
    MPI_Comm node;
    MPI_Win window;
    bool is_shared;
} gold_shared_data;

/**
 * Read a study on rank 0 and give it to all ranks. Collective on `comm`; every
 * rank returns the same status.
 *
 * Errors of the study are printed on stderr by rank 0, and the message is then
 * empty.
 */
GOLD_CHECKED gold_status gold_share_study(MPI_Comm comm, const char *path,
                                          const char *overrides,
                                          gold_study **study);

/**
 * Read the data set of a study on rank 0 and put one copy on every node.
 * Collective on `comm`; every rank returns the same status.
 *
 * @param shared  ended by gold_unshare_data, also on failure.
 */
GOLD_CHECKED gold_status gold_share_data(MPI_Comm comm, const gold_study *study,
                                         gold_shared_data *shared);

/** The number of process 0 of `comm`, on its node; 0 on others. Collective. */
long gold_share_first(MPI_Comm comm, const gold_shared_data *shared);

/** Give the copy back. Collective on the communicator it was shared on;
 * zeroed ones are allowed. */
void gold_unshare_data(gold_shared_data *shared);

/**
 * Read a study without MPI and print what is wrong with it on stderr.
 *
 * @param may_look  at the file of its samples, for what the study leaves to
 *                  that to say; else the study stays without.
 * @retval GOLD_ERR_CONFIG  with an empty message: the errors are printed.
 */
GOLD_CHECKED gold_status gold_load_study(const char *path,
                                         const char *overrides, bool may_look,
                                         gold_study **study);

#endif
