/* SPDX-License-Identifier: MIT */
/**
 * @file forward.h
 * Values and slopes of a network on a block of samples. Typed.
 *
 * Arrays of a block are (units, samples): samples are contiguous, so that a
 * convolution's patches, a class's logits and a unit's values are all rows.
 * Units of a layer are those before its pooling unless said.
 */
#ifndef GOLD_NN_FORWARD_H
#define GOLD_NN_FORWARD_H

#include "nn/affine.h"

/** Samples as they come: (n, n_in), row major; borrowed. */
typedef struct FN(block) {
    size_t n;
    const real *inputs;
    const uint8_t *labels;
    const double *targets; /* (n, n_out) where the loss is of values; NULL */
} FN(block);

/** What outputs of sample `i` should be. */
static inline gold_aim FN(aim_of)(const gold_network *network,
                                  const FN(block) * block, size_t i)
{
    return (gold_aim){
        block->labels[i],
        block->targets == NULL ? NULL : block->targets + i * network->n_out};
}

/** Samples [first, first + most), fewer at the end. */
static inline FN(block) FN(block_part)(const gold_network *network,
                                       FN(block) all, size_t first, size_t most)
{
    const size_t left = all.n - first;

    return (FN(block)){
        left < most ? left : most, all.inputs + first * network->n_in,
        all.labels + first,
        all.targets == NULL ? NULL : all.targets + first * network->n_out};
}

/** A network at a point of its line: theta_0 times alpha. Borrowed. */
typedef struct FN(model) {
    const gold_network *network;
    const real *theta; /* theta_0, at scale 1 */
    double alpha;
    double input_scale;
} FN(model);

/** What a forward pass leaves, for up to so many samples, and what passes back
 * need beside their own arrays. */
typedef struct FN(values) {
    const gold_network *network; /* borrowed */
    real **a; /* [n_layers]: a_l (pooled, n) of hidden layers, logits last */
    real **h; /* [n_layers]: phi(z_l) (units, n) before the pooling; a_l
                 where there is none */
    real **slope;  /* [n_layers]: phi'(z_l) (units, n) of hidden layers times
                      the weights of the pooling (pool.h) */
    real *x;       /* (n_in, n) the inputs for a convolution; else NULL */
    real *patches; /* for FN(affine_apply) and its like */
    real *below;   /* (most pooled units of a layer, n); NULL without pooling */
} FN(values);

/** Get arrays for blocks of up to `n` samples; ended by FN(values_fini), also
 * on failure. */
GOLD_CHECKED gold_status FN(values_init)(FN(values) * values,
                                         const gold_network *network, size_t n);

/** Free them, while the network is still there; zeroed ones are allowed. */
void FN(values_fini)(FN(values) * values);

/** a_l, slopes and logits of a block. */
void FN(forward)(const FN(model) * model, const FN(block) * block,
                 const FN(values) * values);

/** The same of inputs that were got ready: FN(feed_of) layer 0. */
void FN(forward_from)(const FN(model) * model, FN(feed) inputs,
                      const FN(values) * values);

/** Get inputs ready for FN(feed_of) layer 0; FN(forward) does it too. */
void FN(take_inputs)(const FN(values) * values, const FN(block) * block);

/** What layer l is applied to, after FN(take_inputs) or FN(forward). */
FN(feed)
FN(feed_of)
(const FN(values) * values, const FN(block) * block, double input_scale,
 size_t l);

/**
 * d loss / d z of the layer below l from that of layer l: down through its
 * affine map, the pooling and the slopes below it.
 *
 * @param delta  (out, positions, n) of layer l.
 * @param below  (units, n) of layer l - 1, filled.
 */
void FN(step_back)(const FN(model) * model, const FN(values) * values, size_t l,
                   size_t n, const real *delta, real *below);

/** The same without the slopes: d loss / d phi(z), before the weights of the
 * pooling. */
void FN(pull_back)(const FN(model) * model, const FN(values) * values, size_t l,
                   size_t n, const real *delta, real *below);

/** out (columns, n) <- rows (n, columns) transposed. */
void FN(transpose)(size_t n, size_t columns, const real *rows, real *out);

/** x (n) *= y (n). */
void FN(multiply)(size_t n, const real *y, real *x);

/** bend (n) = phi''(z) / phi'(z) * factor for a smooth activation, from
 * a = phi(z): tanh -2a, sigmoid 1 - 2a. */
void FN(bend_over_slope)(gold_activation activation, size_t n, const real *a,
                         real *bend);

#endif
