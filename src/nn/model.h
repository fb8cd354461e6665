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
    const double *targets; /* (n, n_out) where the loss is of values; NULL */
} gold_batch;

/** What outputs of sample `i` should be. */
static inline gold_aim FN(aim_of)(const gold_network *network,
                                  const gold_batch *batch, size_t i)
{
    return (gold_aim){
        batch->labels[i],
        batch->targets == NULL ? NULL : batch->targets + i * network->n_out};
}

/** Samples [first, first + most), fewer at the end. */
static inline gold_batch FN(batch_part)(const gold_network *network,
                                        gold_batch all, size_t first,
                                        size_t most)
{
    const size_t left = all.n - first;

    return (gold_batch){
        left < most ? left : most, all.inputs + first * network->n_in,
        all.labels + first,
        all.targets == NULL ? NULL : all.targets + first * network->n_out};
}

/** A network at a point of its line: theta_0 times alpha. Borrowed. */
typedef struct gold_model {
    const gold_network *network;
    const real *theta; /* theta_0, at scale 1 */
    double alpha;
    double input_scale;
} gold_model;

#endif
