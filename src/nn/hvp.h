/* SPDX-License-Identifier: MIT */
/**
 * @file hvp.h
 * Products of the whole Hessian with vectors, exact (Pearlmutter 1994). Typed.
 *
 * H is that of the mean cross-entropy of softmax(logits / temperature) over
 * samples. A product is a forward pass with its tangent along v, then a
 * backward pass with its tangent:
 *
 *   dz_l = V_l a_(l-1) + W_l da_(l-1),  da_l = phi'(z_l) dz_l
 *   ddelta_L = (diag p - p p') dz_L / (n T^2)
 *   ddelta_l = phi' (V_(l+1)' delta_(l+1) + W_(l+1)' ddelta_(l+1))
 *              + phi'' dz_l (W_(l+1)' delta_(l+1))
 *   (H v)_l  = sum over samples ddelta_l a_(l-1)' + delta_l da_(l-1)'
 *
 * Biases are the weights of an input that is always 1.
 */
#ifndef GOLD_NN_HVP_H
#define GOLD_NN_HVP_H

#include "nn/forward.h"

/** Whose Hessian it is. All borrowed. */
typedef struct FN(hvp_plan) {
    const gold_network *network;
    double input_scale;
    double temperature;
    FN(block) samples;
} FN(hvp_plan);

/** Products at a point, with the arrays of one block of samples. */
typedef struct FN(hvp) {
    FN(hvp_plan) plan;
    const real *theta; /* [n_parameters] the point; borrowed */
    size_t block;      /* samples at a time */
    real **a;          /* [n_layers] (out, block) */
    real **slope;      /* the same */
    real **delta;      /* the same */
    real **da;         /* the same; dz of the logits last */
    real **ddelta;     /* the same */
    real *bend;        /* (widest, block) */
    double *logits;    /* [K] of one sample */
    double *p;         /* [K] */
    double flops;      /* of matrix products, since the beginning */
} FN(hvp);

/** Get arrays; ended by FN(hvp_fini), also on failure. */
GOLD_CHECKED gold_status FN(hvp_init)(FN(hvp) * hvp, const FN(hvp_plan) * plan);

/** Free the arrays, while the network is still there; zeroed ones are
 * allowed. */
void FN(hvp_fini)(FN(hvp) * hvp);

/** Go to a point; `theta` is borrowed until the next one and must not change
 * between products. */
void FN(hvp_at)(FN(hvp) * hvp, const real *theta);

/**
 * H v at the point.
 *
 * @param v        [n_parameters].
 * @param product  [n_parameters], filled; not v itself.
 */
void FN(hvp_apply)(FN(hvp) * hvp, const real *v, real *product);

#endif
