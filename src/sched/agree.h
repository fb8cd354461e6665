/* SPDX-License-Identifier: MIT */
#ifndef GOLD_SCHED_AGREE_H
#define GOLD_SCHED_AGREE_H

#include <mpi.h>

#include "goldilocks/status.h"

/**
 * Make rank `root`'s status and message everybody's and return the status. The
 * other ranks' `status` is ignored. Collective on `comm`.
 */
gold_status goldi_share_failure(MPI_Comm comm, int root, gold_status status);

#endif
