/* SPDX-License-Identifier: MIT */
/**
 * @file kernel.h
 * The kernel that OpenBLAS computes with. On a processor that is younger than
 * itself it takes one for the oldest, and is several times slower. And its
 * threads, which nobody here uses: each takes 128 MiB of address space, and
 * waits for ever where there are none.
 */
#ifndef GOLD_APP_KERNEL_H
#define GOLD_APP_KERNEL_H

#include <stdbool.h>

/** What a processor has of that matters here. */
typedef struct gold_processor {
    bool has_avx2;   /* with FMA */
    bool has_avx512; /* F, BW, DQ and VL */
} gold_processor;

gold_processor gold_processor_here(void);

/** A kernel for this processor where `core` is one for processors without AVX;
 * NULL: it is none. Static. */
const char *gold_better_kernel(const char *core, gold_processor processor);

/**
 * See that OpenBLAS has a kernel for this processor, and no threads where
 * memory is limited. It takes both before main, so that this may start the
 * program anew, with OPENBLAS_CORETYPE, which whoever set it before has his way
 * with, and OPENBLAS_NUM_THREADS set, or with another BLAS OMP_NUM_THREADS.
 * Call it first of all.
 */
void gold_ensure_blas(char **argv);

#endif
