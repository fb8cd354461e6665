/* SPDX-License-Identifier: MIT */
/** @file model.h Samples, and a network at a point. Typed. */
#ifndef GOLD_NN_MODEL_H
#define GOLD_NN_MODEL_H

#include "base/real.h"
#include "nn/network.h"

/** Samples as they come: (n, n_in), row major; borrowed. */
typedef struct gold_batch {
    size_t n;
    const real *inputs;
    const uint8_t *labels;
} gold_batch;

/** A network at a point of its line: theta_0 times alpha. Borrowed. */
typedef struct gold_model {
    const gold_network *network;
    const real *theta; /* theta_0, at scale 1 */
    double alpha;
    double input_scale;
} gold_model;

#endif
