/* SPDX-License-Identifier: MIT */
/**
 * @file subspace.h
 * Training in a few random directions (Fort and Scherlis 2019; Li et al.
 * 2018): the optimizer moves coordinates x, and theta follows.
 *
 * Plane:  theta = theta_0 + V' x, x = 0 at first.
 * Sphere: theta = x_0 u + V' (x_1 .. x_d), u = theta_0 / |theta_0|; x has the
 *         length |theta_0| at first and keeps it: the great sphere through the
 *         initial point in the span of u and V.
 *
 * The directions are those in which curvature is measured for the same seed.
 */
#ifndef GOLD_TRAIN_SUBSPACE_H
#define GOLD_TRAIN_SUBSPACE_H

#include "nn/directions.h"

/** Coordinates of a subspace. Typed. */
typedef struct FN(subspace) {
    const gold_network *network;       /* borrowed */
    const FN(directions) * directions; /* borrowed */
    const real *start;                 /* theta_0, borrowed */
    double start_norm;
    bool is_sphere;
    size_t n;       /* coordinates: d, or d + 1 on the sphere */
    real *x;        /* [n] owned */
    real *gradient; /* [n] of the loss by x, owned */
} FN(subspace);

/** Set up coordinates at the initial point; ended by FN(subspace_fini). */
GOLD_CHECKED gold_status FN(subspace_init)(FN(subspace) * subspace,
                                           const gold_network *network,
                                           const FN(directions) * directions,
                                           const real *start, bool is_sphere);

/** Free what the subspace holds; zeroed ones are allowed. */
void FN(subspace_fini)(FN(subspace) * subspace);

/** subspace->gradient from the gradient by theta [n_parameters]. */
void FN(subspace_reduce)(FN(subspace) * subspace, const real *gradient);

/** theta [n_parameters] from subspace->x. */
void FN(subspace_expand)(const FN(subspace) * subspace, real *theta);

#endif
