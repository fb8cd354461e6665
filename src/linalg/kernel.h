/* SPDX-License-Identifier: MIT */
/** @file kernel.h What computes sums over what is on: chosen while the program
 * runs, by what the processor has, so that one program serves several kinds. */
#ifndef GOLD_LINALG_KERNEL_H
#define GOLD_LINALG_KERNEL_H

#include <stdbool.h>

#include "goldilocks/status.h"

typedef enum gold_kernel {
    GOLD_KERNEL_BLAS,  /* none: matrix products, of what is off too */
    GOLD_KERNEL_PLAIN, /* tiles in C for any processor */
    GOLD_KERNEL_AVX2,  /* tiles for AVX2 and FMA */
    GOLD_N_KERNELS
} gold_kernel;

typedef struct gold_kernel_choice {
    gold_kernel kernel;
    bool is_forced; /* it computes wherever it can, whatever that costs */
} gold_kernel_choice;

/** Does a kernel have tiles, see linalg/tile.h? */
bool gold_kernel_has_tiles(gold_kernel kernel);

/** Its word in GOLD_KERNEL; static. */
const char *gold_kernel_name(gold_kernel kernel);

/**
 * Force a kernel from now on: that of a word of GOLD_KERNEL; NULL or "": none
 * is forced.
 *
 * @retval GOLD_ERR_USAGE  no kernel has this name, or not on this processor.
 */
GOLD_CHECKED gold_status gold_kernel_force(const char *word);

/** The kernel that is forced, or the best one here: that of AVX2, else of the
 * BLAS, which tiles without AVX2 do not beat. */
gold_kernel_choice gold_kernel_chosen(void);

#endif
