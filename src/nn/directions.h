/* SPDX-License-Identifier: MIT */
/**
 * @file directions.h
 * The random subspace: d directions in parameter space. Typed.
 *
 * Dense directions (gaussian) are orthonormal and stand layer by layer: all d
 * parts in layer 0, then all d parts in layer 1 and so on, so that a layer's
 * parts are one matrix. Sparse ones (sparse-sign: each entry +-1 with
 * probability 1/sqrt(D), scaled to unit length, not orthogonalised) are lists
 * of their entries. Direction i depends on (seed, i, D) alone: the first k of
 * d are the k of a smaller subspace.
 *
 * On the sphere, directions are made orthogonal to the point and then treated
 * as dense ones. Sparse ones are not orthogonal to each other there either, as
 * FN(directions_gram) tells.
 */
#ifndef GOLD_NN_DIRECTIONS_H
#define GOLD_NN_DIRECTIONS_H

#include "goldilocks/random.h"

#include "base/real.h"
#include "graph/moves.h"
#include "nn/network.h"

/** The parts of all directions in one layer. */
typedef struct FN(direction_layer) {
    real *weights;       /* dense: [n][out][in] */
    real *biases;        /* dense: [n][out]; NULL without biases */
    gold_entry *entries; /* sparse: direction after direction */
    size_t *start;       /* sparse: [n + 1] where each direction's begin */
} FN(direction_layer);

typedef struct FN(directions) {
    size_t n;
    bool is_sparse;
    bool is_confined; /* directions are 0 in all layers but `layer`, whose
                         arrays alone are there (and `start` of all) */
    size_t layer;
    size_t n_layers;
    FN(direction_layer) * layers; /* [n_layers] */
    size_t n_entries;             /* sparse: non-zeros of all directions */
} FN(directions);

/**
 * Draw `n` directions for a network; ended by FN(directions_fini).
 *
 * @param theta  [n_parameters] the point, which `surface` sphere needs; its
 *               length does not matter.
 * @retval GOLD_ERR_NUMERIC  more directions than parameters, or directions
 *                           that happen to depend on each other.
 */
GOLD_CHECKED gold_status FN(directions_init)(FN(directions) * directions,
                                             const gold_network *network,
                                             const gold_settings *settings,
                                             size_t n, const real *theta);

enum {
    GOLD_BASIS_STREAMS = 4096 /* of one basis, which has fewer directions */
};

/** Where the numbers of directions come from: direction i from part
 * `first` + i. */
typedef struct gold_direction_streams {
    uint64_t seed;
    gold_purpose purpose;
    uint32_t first;
} gold_direction_streams;

/** The same from other streams. */
GOLD_CHECKED gold_status FN(directions_draw)(FN(directions) * directions,
                                             const gold_network *network,
                                             const gold_settings *settings,
                                             gold_direction_streams streams,
                                             size_t n, const real *theta);

/** The same with directions in the parameters of one layer; on the sphere
 * orthogonal to theta's part there. They depend on (seed, layer, i, parameters
 * of the layer) alone. */
GOLD_CHECKED gold_status FN(directions_in_layer)(FN(directions) * directions,
                                                 const gold_network *network,
                                                 const gold_settings *settings,
                                                 size_t layer, size_t n,
                                                 const real *theta);

/** Free what the directions hold; zeroed ones are allowed. */
void FN(directions_fini)(FN(directions) * directions);

/** Direction `i` as one vector in the order of the parameters:
 * row [n_parameters], filled. */
void FN(direction_unpack)(const FN(directions) * directions,
                          const gold_network *network, size_t i, double *row);

/**
 * Products of dense directions with each other, V' V, in double: the identity
 * where they are orthonormal.
 *
 * @param[out] gram  [n][n] lower triangle; what is above it is 0.
 * @retval GOLD_ERR_MEMORY  no memory.
 */
GOLD_CHECKED gold_status FN(directions_gram)(const FN(directions) * directions,
                                             const gold_network *network,
                                             double *gram);

#endif
