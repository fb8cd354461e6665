/* SPDX-License-Identifier: MIT */
/**
 * @file flips.h
 * The sign-flip test (Fisher 1935) over whole seeds.
 *
 * Noise that is as likely as its opposite, each seed for itself, is as likely
 * with the signs of any seeds flipped, whatever its radii have to do with each
 * other and however it scatters. Of all the 2^n ways to flip, the one that is
 * seen has the highest peak by chance with p = (ways with a peak as high) /
 * 2^n: exact, no approximation. Where there are more than 10 seeds, every tenth
 * is flipped together: that is a group of flips as well.
 */
#ifndef GOLD_APP_FLIPS_H
#define GOLD_APP_FLIPS_H

#include "app/looks.h"

enum {
    /* Seeds from which on the test can tell: fewer have no 2^-n below 5 %. */
    GOLDI_ENOUGH_SEEDS = 5
};

/**
 * The p of each look: the share of flips with which the highest look of enough
 * seeds, each measured by its mean over the standard error of chance, is as
 * high.
 *
 * @param least what goldi_looks_scatter takes.
 * @param work  [4 n_looks] to work with.
 * @param share [n_looks] receives it; 1 for looks of too few seeds.
 */
void goldi_flips_test(size_t n_looks, const goldi_look *looks, size_t n_seeds,
                      double least, double *work, double *share);

#endif
