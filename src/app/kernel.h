/* SPDX-License-Identifier: MIT */
/**
 * @file kernel.h
 * The kernel that OpenBLAS computes with. On a processor that is younger than
 * itself it takes one for the oldest, and is several times slower.
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
 * See that OpenBLAS has a kernel for this processor. It takes one before main,
 * so that this may start the program anew, with OPENBLAS_CORETYPE set. Whoever
 * set it before has his way. Call it first of all.
 */
void gold_ensure_kernel(char **argv);

#endif
