/* SPDX-License-Identifier: MIT */
/**
 * @file parallel.h
 * Opening a file for all processes by MPI-IO, and being sure that it is the
 * file that was meant.
 *
 * ROMIO (MPICH and its relatives; Open MPI on Lustre) takes what stands before
 * a colon, anywhere in a name, for a kind of file system: "ufs:y.h5" opens
 * y.h5, and "at 12:00.h5" nothing. Open MPI's own part fails on names of one
 * letter. So MPI-IO gets names that say nothing else than a path: with a slash,
 * and without a colon.
 */
#ifndef GOLD_STORE_PARALLEL_H
#define GOLD_STORE_PARALLEL_H

#include <hdf5.h>
#include <mpi.h>

#include "goldilocks/status.h"

/* Fail if there is no such name for a path; before anything is made. */
GOLD_CHECKED gold_status goldi_parallel_check(const char *path);

/**
 * Open for writing. Collective on `comm`; every rank returns the same status.
 *
 * @param descriptor  of the same file, open in this process.
 * @retval GOLD_ERR_IO  it cannot be opened, or MPI-IO opened another one,
 *                      which is closed unchanged.
 */
GOLD_CHECKED gold_status goldi_parallel_open(MPI_Comm comm, const char *path,
                                             int descriptor, hid_t *file);

#endif
