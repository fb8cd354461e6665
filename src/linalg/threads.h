/* SPDX-License-Identifier: MIT */
/** @file threads.h The BLAS itself: its threads, its memory and its kernel. */
#ifndef GOLD_LINALG_THREADS_H
#define GOLD_LINALG_THREADS_H

#include "goldilocks/status.h"

/**
 * Before the first product: one thread from now on, for OpenBLAS gives
 * different bits for different thread counts, and ranks would crowd each other
 * out. And it takes the memory that it works in, which it keeps: later, where
 * there is none, it would ask for it for ever.
 *
 * @retval GOLD_ERR_MEMORY  there is none.
 */
GOLD_CHECKED gold_status gold_blas_begin(void);

/** Threads that it has now; 0: nobody knows, it is not OpenBLAS. */
int gold_blas_threads(void);

/** Name of the kernel that OpenBLAS chose for this CPU; "unknown" of another
 * BLAS. Static. */
const char *gold_blas_core(void);

/** OpenBLAS's version and build options, or file names of another; static. */
const char *gold_blas_version(void);

#endif
