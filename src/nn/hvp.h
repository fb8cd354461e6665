/* SPDX-License-Identifier: MIT */
/**
 * @file hvp.h
 * Products of the whole Hessian, and of its two terms, with several vectors at
 * a time, exact (Pearlmutter 1994; Schraudolph 2002). Typed.
 *
 * H = G + S is that of the mean cross-entropy of softmax(logits / T) over n
 * samples; G is the Gauss-Newton term, S the H-term. A product is a forward
 * pass of the tangent along v, then a backward pass of its tangent:
 *
 *   dz_l = V_l a_(l-1) + W_l da_(l-1),  da_l = phi'(z_l) dz_l
 *   ddelta_L = g (diag p - p p') dz_L
 *   ddelta_l = phi' (s V_(l+1)' delta_(l+1) + W_(l+1)' ddelta_(l+1))
 *              + s phi'' dz_l (W_(l+1)' delta_(l+1))
 *   (H v)_l  = sum over samples ddelta_l a_(l-1)' + s delta_l da_(l-1)'
 *
 * with g = 1/(n T^2) and s = 1/(n T); G v has s = 0, S v has g = 0. Biases are
 * the weights of an input that is always 1. What the point alone decides (a,
 * phi', p, delta) is computed when going there, and inputs are packed
 * (panels.h); both are kept as far as there is
 * room; the bits of a product do not depend on how much is kept.
 */
#ifndef GOLD_NN_HVP_H
#define GOLD_NN_HVP_H

#include "graph/run.h"
#include "nn/forward.h"
#include "nn/term.h"

/** Whose Hessian it is. All borrowed. */
typedef struct FN(hvp_plan) {
    const gold_network *network;
    double input_scale;
    FN(block) samples;
    size_t n_directions; /* at a time, at most */
    double most_bytes;   /* to be kept between products, beside one block */
} FN(hvp_plan);

/** What a point fixes on a block of samples; arrays a layer (units, samples).
 */
typedef struct FN(hvp_base) {
    FN(values) values;
    FN(panels) panels; /* the inputs, where the first layer is linear */
    size_t packed;     /* number of the block in there, from 1 on; 0: none */
    real **delta;      /* n T times d loss / d z */
    real **bent; /* phi'' / phi' times n T d loss / d a; smooth ones only */
    double *p;   /* [samples][K] */
} FN(hvp_base);

/** What a network that is a graph needs instead of bases and tangents. */
typedef struct gold_hvp_graph {
    gold_run run;
    double *numbers; /* (3, K) of one sample */
    double *weights; /* (block, K) of the loss */
    size_t placed;   /* block whose values and deltas are there, from 1 on */
} gold_hvp_graph;

/** Products at a point. */
typedef struct FN(hvp) {
    FN(hvp_plan) plan;
    const real *theta; /* [n_parameters] the point; borrowed */
    double temperature;
    size_t block;    /* samples at a time */
    size_t *order;   /* [samples] in which neighbours are alike; NULL: as they
                       come, for convolutions */
    uint8_t *labels; /* [samples] in that order; NULL likewise */
    size_t n_bases;  /* the last one serves all blocks beyond the others */
    bool is_whole;   /* there is a base for every block */
    FN(hvp_base) * bases;
    real **dh;      /* [n_layers] (units, directions, block) dz times slope; dz
                       of the logits last */
    real **da;      /* the same after the pooling; dh where there is none */
    real **ddelta;  /* as dh */
    real *one;      /* (most units, block) of one direction */
    real *other;    /* the same */
    real *below;    /* (most pooled units, directions, block) */
    real *patches;  /* for as many columns */
    double *logits; /* [K] of one sample */
    gold_hvp_graph graph;
    double flops; /* of matrix products, since the beginning */
} FN(hvp);

/** Products with `count` vectors, [count][n_parameters]; NULL: not wanted. */
typedef struct FN(hvp_products) {
    real *of[GOLD_N_TERMS];
} FN(hvp_products);

/** Get arrays; ended by FN(hvp_fini), also on failure. */
GOLD_CHECKED gold_status FN(hvp_init)(FN(hvp) * hvp, const FN(hvp_plan) * plan);

/** Free the arrays, while the network is still there; zeroed ones are
 * allowed. */
void FN(hvp_fini)(FN(hvp) * hvp);

/** Go to a point; `theta` is borrowed until the next one and must not change
 * between products. */
void FN(hvp_at)(FN(hvp) * hvp, const real *theta, double temperature);

/** Change the temperature alone: logits and slopes stay. */
void FN(hvp_temper)(FN(hvp) * hvp, double temperature);

/**
 * Products at the point, up to a factor of each term that keeps them in the
 * range of `real`: the product is FN(hvp_factor) times what is filled in.
 *
 * @param count     vectors, 1 to plan.n_directions.
 * @param v         [count][n_parameters].
 * @param products  filled; not overlapping v.
 */
void FN(hvp_apply)(FN(hvp) * hvp, size_t count, const real *v,
                   const FN(hvp_products) * products);

/** The factor of a term's products at this temperature: 1/T^2 of G, 1/T of
 * the H-term, the larger one of H. */
double FN(hvp_factor)(const FN(hvp) * hvp, gold_term term);

/** The same for graphs, whose samples stay in their order. */
GOLD_CHECKED gold_status FN(hvp_graph_init)(FN(hvp) * hvp);
void FN(hvp_graph_fini)(gold_hvp_graph *graph);
void FN(hvp_graph_apply)(FN(hvp) * hvp, size_t count, const real *v,
                         const FN(hvp_products) * products);

/** Factors of the header's g and s in what is filled in for a term. */
typedef struct gold_hvp_parts {
    double g;
    double s;
} gold_hvp_parts;

gold_hvp_parts FN(hvp_parts)(const FN(hvp) * hvp, gold_term term);

/** Bytes of what is kept of a point on all samples. */
double FN(hvp_bytes)(const gold_network *network, size_t n_samples);

#endif
