/* SPDX-License-Identifier: MIT */
#include "app/flips.h"

#include <math.h>

/* Heights that differ by rounding count as the same. */
#define SAME 1e-9

/* Mean of a look with the signs of blocks flipped whose bit is set. */
static double mean_flipped(const goldi_look *look, unsigned flip)
{
    double sum = 0.0;

    for (size_t k = 0; k < GOLDI_BLOCKS; k++) {
        sum += (flip >> k & 1U) != 0 ? -look->sums[k] : look->sums[k];
    }
    return sum / (double)look->n;
}

/* Heights [n_looks] of all looks with signs flipped, NaN where seeds are too
 * few. */
static void measure(size_t n_looks, const goldi_look *looks, unsigned flip,
                    double least, double *work, double *height)
{
    double *seen = work;
    double *variance = work + n_looks;

    for (size_t k = 0; k < n_looks; k++) {
        height[k] = mean_flipped(&looks[k], flip);
        seen[k] = goldi_look_variance(looks[k].n, height[k], looks[k].square);
    }
    goldi_looks_scatter(n_looks, seen, least, variance);
    for (size_t k = 0; k < n_looks; k++) {
        height[k] = looks[k].n < GOLDI_ENOUGH_SEEDS
                        ? (double)NAN
                        : height[k] * sqrt((double)looks[k].n / variance[k]);
    }
}

/* Count a flip with such a peak where it is as high as what is seen. */
static void count(size_t n_looks, const double *seen, double peak,
                  double *n_as_high)
{
    for (size_t k = 0; k < n_looks; k++) {
        n_as_high[k] += peak >= seen[k] - SAME * fabs(seen[k]) ? 1.0 : 0.0;
    }
}

void goldi_flips_test(size_t n_looks, const goldi_look *looks, size_t n_seeds,
                      double least, double *work, double *share)
{
    double *seen = work;
    double *height = work + n_looks;
    const size_t n_blocks = n_seeds < GOLDI_BLOCKS ? n_seeds : GOLDI_BLOCKS;
    /* the others are opposites of these */
    const unsigned n_flips =
        n_seeds < GOLDI_ENOUGH_SEEDS ? 0U : 1U << (n_blocks - 1);

    for (size_t k = 0; k < n_looks; k++) {
        share[k] = 0.0;
    }
    for (unsigned flip = 0; flip < n_flips; flip++) {
        double highest = -(double)INFINITY;
        double lowest = (double)INFINITY;

        measure(n_looks, looks, flip, least, work + 2 * n_looks, height);
        for (size_t k = 0; k < n_looks; k++) {
            seen[k] = flip == 0 ? height[k] : seen[k];
            highest = fmax(highest, height[k]);
            lowest = fmin(lowest, height[k]);
        }
        count(n_looks, seen, highest, share);
        count(n_looks, seen, -lowest, share);
    }
    for (size_t k = 0; k < n_looks; k++) {
        share[k] =
            looks[k].n < GOLDI_ENOUGH_SEEDS ? 1.0 : share[k] / (2.0 * n_flips);
    }
}
