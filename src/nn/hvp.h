/* SPDX-License-Identifier: MIT */
/**
 * @file hvp.h
 * Products of the whole Hessian, and of its two terms, with several vectors at
 * a time, exact (Pearlmutter 1994; Schraudolph 2002). Typed.
 *
 * H = G + S is that of the mean loss of outputs / T over n samples; G is the
 * Gauss-Newton term, S the H-term. A product is the tangent of the outputs
 * along v, then the tangent of a pull, from loss'' of the outputs' tangent and
 * with what nodes bend (graph/run.h): times g = 1/(n T^2) and s = 1/(n T); G v
 * has s = 0, S v has g = 0.
 *
 * What the point alone decides - values, slopes, deltas - is computed when
 * going there, and the samples are packed (panels.h) where operations can take
 * them so. Both are kept as far as there is room; the bits of a product do not
 * depend on how much is kept.
 */
#ifndef GOLD_NN_HVP_H
#define GOLD_NN_HVP_H

#include "graph/run.h"
#include "nn/model.h"
#include "nn/term.h"

/** Whose Hessian it is. All borrowed. */
typedef struct gold_hvp_plan {
    const gold_network *network;
    double input_scale;
    gold_batch samples;
    size_t n_directions; /* at a time, at most */
    double most_bytes;   /* to be kept between products, beside one block */
} gold_hvp_plan;

/** Products at a point. */
typedef struct gold_hvp {
    gold_hvp_plan plan;
    const real *theta; /* [n_parameters] the point; borrowed */
    double temperature;
    gold_run run;    /* its flops are those of all products so far */
    size_t block;    /* samples at a time */
    size_t n_blocks; /* which that makes, */
    size_t n_kept;   /* of which the first ones have a base of their own */
    size_t *order;   /* [samples] in which neighbours are alike; NULL: as they
                        come, where they are not packed */
    bool *is_packed; /* [bases] for good, of blocks that are kept */
    double *weights; /* [bases][block][K] of the loss */
    double *numbers; /* [3][K] of one sample */
} gold_hvp;

/** Products with `count` vectors, [count][n_parameters]; NULL: not wanted. */
typedef struct gold_hvp_products {
    real *of[GOLD_N_TERMS];
} gold_hvp_products;

/** Get arrays; ended by FN(hvp_fini), also on failure. */
GOLD_CHECKED gold_status FN(hvp_init)(gold_hvp *hvp, const gold_hvp_plan *plan);

/** Free the arrays; zeroed ones are allowed. */
void FN(hvp_fini)(gold_hvp *hvp);

/** Go to a point; `theta` is borrowed until the next one and must not change
 * between products. */
void FN(hvp_at)(gold_hvp *hvp, const real *theta, double temperature);

/** Change the temperature alone: values and slopes stay. */
void FN(hvp_temper)(gold_hvp *hvp, double temperature);

/**
 * Products at the point, up to a factor of each term that keeps them in the
 * range of `real`: the product is FN(hvp_factor) times what is filled in.
 *
 * @param count     vectors, 1 to plan.n_directions.
 * @param v         [count][n_parameters].
 * @param products  filled; not overlapping v.
 */
void FN(hvp_apply)(gold_hvp *hvp, size_t count, const real *v,
                   const gold_hvp_products *products);

/** The factor of a term's products at this temperature: 1/T^2 of G, 1/T of
 * the H-term, the larger one of H. */
double FN(hvp_factor)(const gold_hvp *hvp, gold_term term);

#endif
