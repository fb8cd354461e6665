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
    /* One block of n samples, one group: */
    gold_run run;
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
} FN(work);

/** Samples [first, first + work->block) of a set, fewer at its end. */
gold_batch FN(work_block)(const FN(work) * work, gold_batch all, size_t first);

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
