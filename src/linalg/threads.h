/* SPDX-License-Identifier: MIT */
/** @file threads.h The BLAS itself: its threads and its kernel. */
#ifndef GOLD_LINALG_THREADS_H
#define GOLD_LINALG_THREADS_H

/** One thread from now on: OpenBLAS gives different bits for different thread
 * counts, and ranks would crowd each other out. */
void gold_blas_single_thread(void);

/** Name of the kernel that OpenBLAS chose for this CPU; static. */
const char *gold_blas_core(void);

/** OpenBLAS's version and build options; static. */
const char *gold_blas_version(void);

#endif
