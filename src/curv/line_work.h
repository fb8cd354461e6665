/* SPDX-License-Identifier: MIT */
/**
 * @file line_work.h
 * What the steps of measuring a line share. Private to curv. Typed.
 *
 * Points that one evaluation of the network serves form a *group*: all points
 * of a homogeneous network, else those of one alpha. Within a block of n
 * samples: a group's forward pass, its tangents, then for each *member* the
 * residual, G, the backward pass, and P and Q.
 */
#ifndef GOLD_CURV_LINE_WORK_H
#define GOLD_CURV_LINE_WORK_H

#include "goldilocks/memory.h"

#include "base/blocks.h"
#include "curv/calibration.h"
#include "curv/line.h"
#include "graph/run.h"

/** A point on its way through the line. */
typedef struct gold_member {
    size_t point;        /* index in the line */
    double logit_factor; /* logits of the group times this enter softmax */
    double g_factor;     /* what the accumulated G is multiplied by */
    double s_factor;     /* ... the accumulated S */
    double gradient_factor;
    double spread_unit;    /* power of 2 times which logits have squares that
                              are numbers */
    double residual_scale; /* residuals are held divided by this */
    double weight_scale;   /* roots of probabilities are held divided by it */
    double *g;             /* [d][d] lower triangle */
    double *p;             /* [d][d] */
    double *q;             /* [d][d] lower triangle; NULL unless smooth */
} gold_member;

/** Points that share a forward pass. */
typedef struct gold_group {
    double alpha;
    size_t first; /* of its members, which stand in a row */
    size_t count;
} gold_group;

/** One place where a sparse direction needs an entry of C. */
typedef struct FN(use) {
    size_t at;     /* in the layer's weights */
    size_t column; /* of its matrix: the input unit */
    size_t direction;
    real value;
} FN(use);

/** All such places of a layer, by column, then by entry, then by direction:
 * what a column's entries share stays in the cache. */
typedef struct FN(use_list) {
    size_t n;
    FN(use) * items;
} FN(use_list);

/** What P by classes needs; see classes.c. Zero where no layer wants it. */
typedef struct FN(classes) {
    real **delta;      /* [n_layers] (K-1, out, n) of unit residuals */
    real **directions; /* [n_layers] (out, d, in) */
    real *rows;        /* (out, samples, K-1) delta of some samples */
    real *tangents;    /* (samples, d, in) */
    real *products;    /* (samples, K-1, some directions, in) V' delta */
    real *second;      /* (samples, K-1, some directions, d) T */
    real *residual;    /* (members, samples, K-1) */
    real *p;           /* (members, d, d) of one block */
} FN(classes);

/** What a network that runs as a graph needs instead of most of what follows.
 */
typedef struct gold_graph_work {
    gold_run run;
    real *theta;      /* [n_parameters] at a group's alpha */
    real *outputs;    /* (K, n) */
    double *numbers;  /* (2 + d, K) of one sample */
    double *tangents; /* (n, K, d) of outputs */
    double *sums;     /* (most, d, d) S of one block */
} gold_graph_work;

/** Everything a line needs while it is measured. */
typedef struct FN(work) {
    const FN(line) * line;
    const gold_network *network;
    size_t d;     /* directions; 0 without */
    size_t block; /* samples of a block */
    size_t n_groups;
    size_t n_members; /* finite ones, after the survey */
    size_t most;      /* members of the largest group */
    gold_group *groups;
    gold_member *members;
    double flops;
    /* One block of n samples, one group: */
    FN(values) values;
    const real *outputs; /* (K, n) logits */
    gold_graph_work graph;
    real **dz;      /* [n_layers] (d, units, n) tangents before phi; J v last */
    real **da;      /* [n_layers] (d, pooled, n) after phi and pooling; = dz
                       without pooling unless smooth */
    real **delta;   /* [n_layers] (members, units, n) d loss / d z */
    real *first;    /* (d, units_1, n) x V_1, kept where several groups use
                       it */
    real *inputs_t; /* (in, n) inputs, samples contiguous; sparse only, and
                       not where the values have them */
    real *patch_row;   /* (most positions, n); convolutions only */
    real *weights;     /* (3, K, n) weights of the G-term, see terms.c */
    real *bend;        /* (widest, n) phi''(z) of one layer; smooth only */
    real *ref;         /* (n) J v of the top class, one direction */
    size_t *top;       /* [n] class of the largest logit */
    real *factor_rows; /* (d, widest K or units, n) rows of a Gram matrix */
    real *product;     /* C for some directions and all members, or weight
                          gradients of all members */
    real *small;       /* (rows, d) results of contractions */
    real *gradient;    /* (all members, n_parameters) */
    double *logits;    /* [K] of one sample */
    double *p;         /* [K] */
    double *mean_p;    /* (all points, K) mean prediction */
    double *gram;      /* [d][d] lower triangle of V' V; on the sphere only */
    gold_confusion *confusion; /* [all points]; NULL unless wanted */
    FN(use_list) * uses;       /* [n_layers]; sparse only */
    real *use_rows;      /* (rows, positions, n) delta where C is needed; sparse
                            only */
    real *use_tangents;  /* (d, positions, n) patch rows of tangents; sparse
                            convolutions only */
    FN(classes) classes; /* dense only */
} FN(work);

/** A model at a group's alpha. */
FN(model) FN(work_model)(const FN(work) * work, const gold_group *group);

/** Samples [first, first + work->block) of a set, fewer at its end. */
FN(block) FN(work_block)(const FN(work) * work, FN(block) all, size_t first);

/** Samples of a block. */
size_t FN(block_size)(const FN(work) * work);

/** Get the arrays of a block, of work->block samples; freed by the line. */
gold_status FN(allocate_arrays)(FN(work) * work);

/** Values of a block at a group's alpha; work->outputs. */
void FN(line_evaluate)(FN(work) * work, const gold_group *group,
                       const FN(block) * block);

/** The same for graphs: samples of a block; arrays, of work->block samples;
 * their end; values; and all of a member's terms and gradients from a block
 * whose values are there, `is_again`: at another alpha than just before. */
size_t FN(graph_block_size)(const FN(work) * work);
gold_status FN(graph_allocate)(FN(work) * work);
void FN(graph_free)(gold_graph_work *graph);
void FN(graph_evaluate)(FN(work) * work, const gold_group *group,
                        const FN(block) * block);
void FN(graph_measure)(FN(work) * work, const gold_group *group,
                       const FN(block) * block, bool is_again);

/** Predictions at every point, training and test; drops members whose loss is
 * not finite; sets the scales. */
void FN(survey)(FN(work) * work, gold_line_result *results);

/** x V_1 of a block, for all directions: into work->first. */
void FN(first_tangent)(FN(work) * work, const FN(block) * block);

/** dz and da of all layers, for a group whose forward pass is done. */
void FN(tangents)(FN(work) * work, const gold_group *group,
                  const FN(block) * block);

/** Make J v relative to the top class of each sample (G sees only
 * differences), which keeps near-ties exact. */
void FN(center_tangents)(FN(work) * work, const FN(block) * block);

/** One member's part of G from this block, and its residual into delta. */
void FN(add_g_term)(FN(work) * work, const gold_group *group, size_t r,
                    const FN(block) * block);

/** Backward pass of all members of a group, their gradients, and Q. */
void FN(backward)(FN(work) * work, const gold_group *group,
                  const FN(block) * block);

/** P of all members of a group, from delta and the tangents. */
void FN(add_p_term)(FN(work) * work, const gold_group *group,
                    const FN(block) * block);

/** Does P of layer l cost less by classes, for a group of `count` members? */
bool FN(prefers_classes)(const FN(work) * work, size_t count, size_t l);

/** Arrays for P by classes, where some layer prefers it. */
gold_status FN(allocate_classes)(FN(work) * work);

/** Free them; partly allocated ones are allowed. */
void FN(free_classes)(FN(work) * work);

/** P of those layers that prefer classes. */
void FN(add_p_by_classes)(FN(work) * work, const gold_group *group,
                          const FN(block) * block);

#endif
