/* SPDX-License-Identifier: MIT */
/**
 * @file block.h
 * What the steps of measuring a line share. Private to curv. Typed.
 *
 * Points that one evaluation of the network serves form a *group*: all points
 * of a homogeneous network, else those of one alpha. Within a block of n
 * samples: a group's forward pass, its tangents, then for each *member* the
 * residual and G; then S and gradients of all of them.
 */
#ifndef GOLD_CURV_LINE_WORK_H
#define GOLD_CURV_LINE_WORK_H

#include "goldilocks/memory.h"

#include "base/blocks.h"
#include "curv/calibration.h"
#include "curv/line.h"
#include "graph/run.h"
#include "linalg/kernel.h"

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
    double *s;             /* [d][d] */
} gold_member;

/** Points that share a forward pass. */
typedef struct gold_group {
    double alpha;
    size_t first; /* of its members, which stand in a row */
    size_t count;
} gold_group;

/** Everything a line needs while it is measured. */
typedef struct FN(work) FN(work);

/** A way to tangents, second derivatives and gradients of a block; a table of
 * them is in curv/ways.c. */
typedef struct FN(way) {
    const char *name;
    size_t bytes; /* of a block's arrays, see gold_graph_samples */
    /* Multiplications a sample, about, beside the forward pass; infinite for
     * lines that it is not for. */
    double (*cost)(const FN(work) * work);
    /* What a run of so many samples must have, */
    gold_run_plan (*plan)(const FN(work) * work, size_t n);
    size_t (*reals)(const FN(work) * work); /* and a sample beside it. */
    gold_status (*init)(FN(work) * work);   /* ended by fini, also on failure */
    void (*fini)(FN(work) * work);
    /* Tangents of outputs, into work->tangents; d > 0. */
    void (*tangent)(FN(work) * work, size_t n, bool is_again);
    /* work->sums and gradients of a group += those of a block whose residuals
     * are at work->residuals. */
    void (*second)(FN(work) * work, const gold_group *group, size_t n,
                   real *gradients);
} FN(way);

/** Where the residuals of a block go. */
typedef struct FN(residuals) {
    size_t k;    /* in common to all of a sample; 0: each is alone */
    real *mix;   /* (m, n k) what each is the sum of; NULL: it is not one */
    real *delta; /* (n, k or m, outputs) */
} FN(residuals);

struct FN(work) {
    const FN(line) * line;
    const gold_network *network;
    const FN(way) * way;
    struct FN(masked) * masked; /* of curv/masked.h, where that is the way */
    gold_kernel_choice kernel;
    size_t d;     /* directions; 0 without */
    size_t block; /* samples of a block */
    size_t n_groups;
    size_t n_members; /* finite ones, after the survey */
    size_t most;      /* members of the largest group */
    gold_group *groups;
    gold_member *members;
    /* One block of n samples, one group: */
    gold_run run;
    FN(residuals) residuals;
    real *theta;         /* [n_parameters] at the group's alpha */
    const real *outputs; /* (n, K) logits */
    double *numbers;     /* (2 + d, K) of one sample */
    double *tangents;    /* (n, K, d) of outputs */
    real *rows;          /* (n, K, d) B times these, of one member */
    real *small;         /* (d, d) */
    double *sums;        /* (most, d, d) S */
    real *gradient;      /* (all members, n_parameters) */
    double *logits;      /* [K] of one sample */
    double *p;           /* [K] */
    double *mean_p;      /* (all points, K) mean prediction */
    double *gram;        /* [d][d] lower triangle of V' V; on the sphere only */
    gold_confusion *confusion; /* [all points]; NULL unless wanted */
};

/** The cheapest way, or the one that is forced. */
const FN(way) * FN(way_of)(const FN(work) * work);

extern const FN(way) FN(way_masked); /* curv/masked.h */

/** Samples [first, first + work->block) of a set, fewer at its end. */
gold_batch FN(work_block)(const FN(work) * work, gold_batch all, size_t first);

/** Residuals of a sample that are sums of fewer, where a group has so many
 * members; else 0. */
size_t FN(common_of)(const FN(work) * work);

/** Samples of a block. */
size_t FN(block_size)(const FN(work) * work);

/** Get the arrays of a block of work->block samples; ended by FN(block_fini),
 * also on failure. */
gold_status FN(block_init)(FN(work) * work);
void FN(block_fini)(FN(work) * work);

/** Values of a block at a group's alpha; `is_again`: it is that of the call
 * before. */
void FN(block_evaluate)(FN(work) * work, const gold_group *group,
                        const gold_batch *block, bool is_again);

/** A block's part of all members' terms and gradients, once it is evaluated. */
void FN(block_measure)(FN(work) * work, const gold_group *group,
                       const gold_batch *block, bool is_again);

/** Predictions at every point, training and test; drops members whose loss is
 * not finite; sets the scales. */
void FN(survey)(FN(work) * work, gold_line_result *results);

#endif
