/* SPDX-License-Identifier: MIT */
/**
 * @file pool.h
 * Pooling after an activation, on blocks of n samples. Typed.
 *
 * Over its windows a pooled value is a weighted sum: each unit counts 1/area
 * of an average, and 1 or 0 of a maximum, for the largest unit or another. The
 * weight is kept in the unit's slope, so that both kinds are one linear map to
 * everything but the values themselves.
 */
#ifndef GOLD_NN_POOL_H
#define GOLD_NN_POOL_H

#include "base/real.h"
#include "nn/network.h"

/** a (pooled units, n) from h = phi(z) (units, n); the slopes phi'(z) (units,
 * n) are multiplied by the weights, which are 0 outside of all windows. */
void FN(pool_values)(const gold_layer *layer, size_t n, const real *h,
                     real *slope, real *a);

/** to (pooled units, n) = sums over windows of weights times from (units, n);
 * weights NULL: all 1. */
void FN(pool_sum)(const gold_layer *layer, size_t n, const real *weights,
                  const real *from, real *to);

/** Its transpose without weights: to (units, n) gets from (pooled units, n) in
 * all of its window, and 0 outside of all windows. */
void FN(pool_spread)(const gold_layer *layer, size_t n, const real *from,
                     real *to);

#endif
