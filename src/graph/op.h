/* SPDX-License-Identifier: MIT */
/**
 * @file op.h
 * What a kind of operation is: one table of functions, in one file. Typed.
 *
 * Directions v_i of all parameters carry tangents forward, dy_i = Df[dx_i,
 * v_i]; the loss pulls delta = d loss / d y backward. Then
 *
 *   v_i' Hessian v_j = G_ij + S_ij
 *   G_ij = sum over samples           (B dz_i)' (B dz_j)
 *   S_ij = sum over nodes and samples < delta, D2f[(dx_i, v_i), (dx_j, v_j)] >
 *
 * with z the outputs and B'B = loss''.
 *
 * Arrays are (samples, vectors, units), units = (channels, height, width): a
 * value is one vector a sample, tangents are d, deltas of m residuals m. So all
 * that a sample has for them - its patches, slopes, masks - is read once, a
 * product with the weights is one matrix product for all vectors, and a kind
 * without parameters need not know of vectors: n samples of d are n d.
 */
#ifndef GOLD_GRAPH_OP_H
#define GOLD_GRAPH_OP_H

#include "goldilocks/graph.h"

#include "base/real.h"
#include "graph/moves.h"
#include "linalg/panels.h"
#include "linalg/product.h"

/** A node at work on n samples: what its functions may read; forward fills in
 * y and kept. */
typedef struct gold_site {
    const gold_node *node;
    size_t n;
    size_t in;  /* units of the first input */
    size_t out; /* units of y */
    const real *w;
    const real *x[GOLD_MOST_INPUTS]; /* (n, units) each; NULL: packed */
    const gold_panels *packed;       /* the samples, where x is NULL */
    real *y;                         /* (n, out) */
    real *kept;                      /* (n, n_kept) */
    real *bent;    /* (n, n_bent), where second derivatives are wanted; else
                      NULL */
    real *scratch; /* what `room` asks for */
    double *flops; /* of products, which functions add to it */
} gold_site;

/** What d directions do to a node. dx is NULL where they do not move the input,
 * which only kinds with parameters or several inputs meet. */
typedef struct gold_motion {
    size_t d;
    const real *dx[GOLD_MOST_INPUTS]; /* (n, d, units) each, or NULL */
    gold_moves moves;                 /* of the node's parameters */
    double scale;                     /* of what bend adds */
    gold_second_way way;              /* of affine kinds */
} gold_motion;

/** Where a pull adds, or what it replaces: whoever comes first. x is NULL where
 * the input does not depend on parameters, or where nobody asks for it; w
 * likewise. */
typedef struct gold_pulled {
    real *x[GOLD_MOST_INPUTS]; /* (n, m, units) each, or NULL */
    bool adds[GOLD_MOST_INPUTS];
    real *w; /* m rows, step apart, or NULL */
    size_t step;
    bool adds_w;
} gold_pulled;

/** Residuals at a node: m of them, each a sum of k that they have in common;
 * what is linear in them is done for whichever are fewer. */
typedef struct gold_deltas {
    size_t m;
    const real *each; /* (n, m, out); of kinds with parameters only */
    size_t k;
    const real *common; /* (n, k, out) */
    FN(matrix) mix;     /* (m, n k); NULL: each is common */
} gold_deltas;

/** Some of m residuals and of d directions: from the first ones on. */
typedef struct gold_share {
    size_t all_m;
    size_t all_d;
    size_t first_m;
    size_t first_d;
    size_t m;
    size_t d;
} gold_share;

/** A bilinear product w * x: three contractions of one form, the sum over n
 * samples of <delta, w * x>, and those of a w with few entries: y and x are 0
 * before. ld is from one vector, or sample, to the next. */
typedef struct gold_product {
    /* y (n, d, out): w_i * x for d vectors w, step apart, and x (n, in) */
    void (*apply)(const gold_site *s, size_t n, size_t d, const real *w,
                  size_t step, const real *x, bool adds, real *y);
    /* x: scale times what the form has beside x */
    void (*back)(const gold_site *s, size_t n, double scale, const real *w,
                 FN(matrix) delta, bool adds, real *x, size_t ldx);
    /* w_r: scale times what it has beside w, for m delta of a sample, (m, out);
     * w are step apart */
    void (*outer)(const gold_site *s, size_t n, size_t m, double scale,
                  FN(matrix) delta, FN(matrix) x, bool adds, real *w,
                  size_t step);
    void (*apply_few)(const gold_site *s, size_t n, size_t d,
                      const gold_moves *w, const real *x, real *y);
    void (*back_few)(const gold_site *s, size_t n, gold_few w, FN(matrix) delta,
                     real *x, size_t ldx);
    /* c (of.m fan_out, of.d fan_in) <- the sums over samples of delta (n,
     * m, out) beside dx (n, d, in): outer of several at once. NULL: there is
     * none. */
    void (*cross)(const gold_site *s, gold_share of, const real *delta,
                  const real *dx, real *c);
    /* squares (n, m) += of w_r that outer makes of each sample alone. NULL: by
     * outer. */
    void (*squares)(const gold_site *s, size_t m, const real *delta,
                    double *squares);
    /* reals of scratch that outer and cross need beside node->n_scratch, for m
     * deltas; NULL: none */
    size_t (*room)(const gold_node *node, size_t m);
    bool is_matrix; /* w * x is that of a matrix and a vector */
} gold_product;

/** A kind of operation. Functions that may be NULL have a meaning then. */
typedef struct gold_op {
    const char *name; /* NULL: not for lists */
    size_t n_inputs;  /* the least */
    size_t most_inputs;
    const gold_op_key *keys;
    bool replaces;     /* pull heeds to->adds; else it always adds to x */
    bool is_in_place;  /* y may be x where nothing bends, and delta to->x */
    bool takes_packed; /* x may be the packed samples */
    bool keeps_units;  /* unit k of y comes from unit k of each x, but for what
                          all units are divided by or less */

    /** Fill in the node from node->x and node->set; what is wrong, or NULL. */
    const char *(*shape)(gold_node *node);

    /** The node's degree if inputs have the degrees `in`. */
    int (*degree)(const gold_node *node, const int *in);

    /** Reals of scratch, for what a plan says. NULL: node->n_scratch. */
    size_t (*room)(const gold_node *node, const gold_run_plan *plan);

    /** y, kept <- f(x, w). NULL: a view; y is x in another shape. */
    void (*forward)(const gold_site *s);

    /** dy (n, d, out) <- Df[dx, v]. NULL: f is linear without parameters, dy is
     * forward of dx. */
    void (*tangent)(const gold_site *s, const gold_motion *by, real *dy);

    /** to: Df' delta, for delta (n, m, out). */
    void (*pull)(const gold_site *s, size_t m, const real *delta,
                 const gold_pulled *to);

    /** to += scale D2f[(dx_i, v_i), .]' delta for each i, delta (n, out): what
     * the tangent of pull has beside a pull of delta's tangent. NULL: D2f = 0.
     */
    void (*bend)(const gold_site *s, const gold_motion *by, const real *delta,
                 const gold_pulled *to);

    /** sums (m, d, d) += <delta_r, D2f[(dx_i, v_i), (dx_j, v_j)]>. NULL:
     * bend_i times dx_j; of kinds without parameters. */
    void (*second)(const gold_site *s, const gold_motion *by,
                   const gold_deltas *deltas, double *sums);

    /** squares (n, m) += |w|^2 of what pull makes of each sample alone; of
     * kinds with parameters. */
    void (*squares)(const gold_site *s, size_t m, const real *delta,
                    double *squares);

    /** The product of an affine kind. NULL for others. */
    const gold_product *product;
} gold_op;

/** The kinds; NULL ends them. Node 0 has kind 0. */
extern const gold_op *const FN(ops)[];

extern const gold_op FN(op_activation);
extern const gold_op FN(op_add);
extern const gold_op FN(op_avg_pool2d);
extern const gold_op FN(op_conv2d);
extern const gold_op FN(op_flatten);
extern const gold_op FN(op_gain);
extern const gold_op FN(op_global_avg_pool2d);
extern const gold_op FN(op_group_norm);
extern const gold_op FN(op_layer_norm);
extern const gold_op FN(op_linear);
extern const gold_op FN(op_max_pool2d);
extern const gold_op FN(op_multiply);
extern const gold_op FN(op_rms_norm);

/* ---- What several kinds share ------------------------------------------ */

/** y has the shape of all inputs; a `shape`. */
const char *FN(same_shape)(gold_node *node);

/** The degree of all inputs, if it is one; a `degree`. */
int FN(common_degree)(const gold_node *node, const int *in);

/** y (n) += x (n). */
void FN(add_up)(size_t n, const real *x, real *y);

/** At the end of an affine kind's shape: w (fan_out, fan_in), and a bias for
 * each of fan_out equal parts of y. */
const char *FN(op_affine_shape)(gold_node *node, size_t fan_out, size_t fan_in);

/** The functions of all affine kinds, y = w * x + bias. */
int FN(op_affine_degree)(const gold_node *node, const int *in);
void FN(op_affine_forward)(const gold_site *s);
void FN(op_affine_tangent)(const gold_site *s, const gold_motion *by, real *dy);
void FN(op_affine_pull)(const gold_site *s, size_t m, const real *delta,
                        const gold_pulled *to);
void FN(op_affine_bend)(const gold_site *s, const gold_motion *by,
                        const real *delta, const gold_pulled *to);
void FN(op_affine_second)(const gold_site *s, const gold_motion *by,
                          const gold_deltas *deltas, double *sums);
void FN(op_affine_squares)(const gold_site *s, size_t m, const real *delta,
                           double *squares);
size_t FN(op_affine_room)(const gold_node *node, const gold_run_plan *plan);

/** Keys of affine kinds that draw weights. */
#define GOLD_KEY_OUT                                                           \
    {                                                                          \
        .name = "out", .offset = offsetof(gold_op_settings, out), .low = 1,    \
        .high = 1000000, .is_needed = true                                     \
    }
#define GOLD_KEY_BIAS                                                          \
    {                                                                          \
        .name = "bias", .offset = offsetof(gold_op_settings, bias), .high = 1, \
        .fallback = GOLD_SIZE_OF_BIAS, .is_bool = true                         \
    }

/** These in a table. */
#define GOLD_AFFINE                                                            \
    .n_inputs = 1, .most_inputs = 1, .replaces = true,                         \
    .degree = FN(op_affine_degree), .room = FN(op_affine_room),                \
    .forward = FN(op_affine_forward), .tangent = FN(op_affine_tangent),        \
    .pull = FN(op_affine_pull), .bend = FN(op_affine_bend),                    \
    .second = FN(op_affine_second), .squares = FN(op_affine_squares)

#endif
