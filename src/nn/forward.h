/* SPDX-License-Identifier: MIT */
/**
 * @file forward.h
 * Values and slopes of a network on a block of samples. Typed.
 *
 * Arrays of a block are (units, samples): samples are contiguous, so that a
 * convolution's patches, a class's logits and a unit's values are all rows.
 */
#ifndef GOLD_NN_FORWARD_H
#define GOLD_NN_FORWARD_H

#include "base/real.h"
#include "nn/network.h"

/** Samples as they come: (n, n_in), row major; borrowed. */
typedef struct FN(block) {
    size_t n;
    const real *inputs;
    const uint8_t *labels;
} FN(block);

/** A network at a point of its line: theta_0 times alpha. Borrowed. */
typedef struct FN(model) {
    const gold_network *network;
    const real *theta; /* theta_0, at scale 1 */
    double alpha;
    double input_scale;
} FN(model);

/** What a forward pass leaves; arrays of the caller. */
typedef struct FN(values) {
    real **a;     /* [n_layers]: a_l (out, n) of hidden layers, logits last */
    real **slope; /* [n_layers]: phi'(z_l) (out, n) of hidden layers; the array
                     may be NULL when slopes are not wanted */
} FN(values);

/** a_l, slopes and logits of a block. */
void FN(forward)(const FN(model) * model, const FN(block) * block,
                 const FN(values) * values);

/** x (n) *= y (n). */
void FN(multiply)(size_t n, const real *y, real *x);

/** bend (n) = phi''(z) / phi'(z) * factor for a smooth activation, from
 * a = phi(z): tanh -2a, sigmoid 1 - 2a. */
void FN(bend_over_slope)(gold_activation activation, size_t n, const real *a,
                         real *bend);

#endif
