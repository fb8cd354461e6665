/* SPDX-License-Identifier: MIT */
/** @file draw.h Initial parameters. Typed. */
#ifndef GOLD_NN_DRAW_H
#define GOLD_NN_DRAW_H

#include "base/real.h"
#include "nn/network.h"

/**
 * Draw the parameter vector of a point at scale 1, from the streams of its
 * seed alone: weights with their gold_weight_variance, biases 0 or with the
 * variance of their layer's weights.
 *
 * @param theta  [n_parameters], filled.
 * @return       its Euclidean norm.
 */
double FN(draw)(const gold_network *network, const gold_settings *settings,
                real *theta);

#endif
