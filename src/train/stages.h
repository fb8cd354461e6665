/* SPDX-License-Identifier: MIT */
/**
 * @file stages.h
 * Stages of a training, from its logged losses (after Chen et al. 2024, arXiv
 * 2410.20119, which has no numbers for them).
 *
 * The first descent is where the loss has lost a twentieth of what it was at
 * the start. A plateau is where the slope -d ln L / d ln t, by least squares
 * over 0.06 decades to either side, stays below 0.1 for at least 0.15 decades.
 * Steps count from 1; logs of at least 40 entries a decade show them.
 */
#ifndef GOLD_TRAIN_STAGES_H
#define GOLD_TRAIN_STAGES_H

#include <stddef.h>
#include <stdint.h>

#include "goldilocks/settings.h"

/** In steps; NaN where there is none. */
typedef struct gold_stages {
    double descent_step;
    double plateau_start[GOLD_MAX_PLATEAUS];
    double plateau_end[GOLD_MAX_PLATEAUS];
    double plateau_loss[GOLD_MAX_PLATEAUS]; /* the median on it */
} gold_stages;

/**
 * Find them.
 *
 * @param n       logged entries.
 * @param steps   [n], ascending.
 * @param losses  [n].
 * @param scratch [n] doubles.
 */
gold_stages gold_stages_of(size_t n, const uint64_t *steps,
                           const double *losses, double *scratch);

#endif
