/* SPDX-License-Identifier: MIT */
/**
 * @file affine.h
 * What the affine map of a layer does to a block of n samples: the map, its
 * transpose, the gradient of its weights. Typed.
 *
 * Arrays are (units, n) with samples contiguous, so an image is (channels,
 * height, width, n). A convolution is the matrix product of a linear layer
 * with more columns: its patch matrix (in, positions * n) has a row for each
 * place under the kernel and a column for each position and sample. It is made
 * of some positions at a time, so that it stays in the cache. z (out,
 * positions, n) is (out, positions * n).
 *
 * `rows` may be any multiple of layer->out where several matrices stand one
 * above another: those of several directions, or the deltas of several points.
 * `patches` has room for gold_patch_reals numbers; NULL for linear layers.
 */
#ifndef GOLD_NN_AFFINE_H
#define GOLD_NN_AFFINE_H

#include "base/real.h"
#include "nn/network.h"

/** What a layer is applied to. Borrowed. */
typedef struct FN(feed) {
    const real *entries;
    size_t n;     /* samples */
    double scale; /* the values are the entries times this */
    bool is_rows; /* (n, units), as samples come; of linear layers only */
} FN(feed);

/** z (rows, positions * n) = scale W x + keep z, with W (rows, in). */
void FN(affine_apply)(const gold_layer *layer, size_t rows, double scale,
                      const real *weights, FN(feed) x, double keep, real *z,
                      real *patches);

/** below (units of the input, n) = scale W' delta, with delta (out, positions *
 * n); added to what is there where `adds`. */
void FN(affine_pull)(const gold_layer *layer, size_t n, double scale,
                     const real *weights, const real *delta, bool adds,
                     real *below, real *patches);

/** gradient (rows, in) = delta x' + keep gradient, with delta (rows, positions
 * * n): the gradient of the weights, of the sum over samples and positions. */
void FN(affine_gradient)(const gold_layer *layer, size_t rows,
                         const real *delta, FN(feed) x, double keep,
                         real *gradient, real *patches);

/** z (rows, positions * n) += scale bias (rows), in every column. */
void FN(add_bias)(const gold_layer *layer, size_t rows, size_t n, double scale,
                  const real *bias, real *z);

/** gradient (out) = sum over columns of delta (out, positions * n), + keep
 * gradient; sums in double. */
void FN(bias_gradient)(const gold_layer *layer, size_t n, const real *delta,
                       double keep, real *gradient);

/** Row k of the patch matrix of x (units, n), all positions: x itself for a
 * linear layer, else `scratch` (positions * n), filled. */
const real *FN(patch_row)(const gold_layer *layer, size_t n, const real *x,
                          size_t k, real *scratch);

#endif
