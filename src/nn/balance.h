/* SPDX-License-Identifier: MIT */
/** @file balance.h How the layers of a network share its norm. Typed. */
#ifndef GOLD_NN_BALANCE_H
#define GOLD_NN_BALANCE_H

#include "base/real.h"
#include "nn/network.h"

/**
 * kappa = sqrt(2 sum_{l<m} 1/(v_l v_m)) / sum_l 1/v_l, v_l the mean square of
 * the weights of layer l. Between 0, where one layer has all of the sum of the
 * 1/v_l, and sqrt(1 - 1/L), where L layers have the same v. The same at every
 * scale. NaN where a layer has no weights but zeros.
 *
 * In a bias-free ReLU network layer l has a share of about 1/v_l of the trace
 * of G, and the blocks of the H-term between layers l and m a squared norm of
 * about 1/(v_l v_m).
 */
double FN(kappa)(const gold_network *network, const real *theta);

/** The least root mean square of the weights of a layer. */
double FN(least_typical)(const gold_network *network, const real *theta);

/** By about how much the layers together multiply what passes through them: the
 * product of root mean squares times roots of the numbers of inputs. */
double FN(own_scale)(const gold_network *network, const real *theta);

#endif
