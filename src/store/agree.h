/* SPDX-License-Identifier: MIT */
/**
 * @file agree.h
 * No rank leaves a collective sequence alone.
 */
#ifndef GOLD_STORE_AGREE_H
#define GOLD_STORE_AGREE_H

#include <mpi.h>

#include "goldilocks/status.h"

/* The first failing rank's status, with its message, on all ranks. Collective.
 */
gold_status goldi_store_agree(MPI_Comm comm, gold_status status);

#endif
