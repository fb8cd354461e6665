/* SPDX-License-Identifier: MIT */
/**
 * @file few.h
 * P of directions that have few entries in a matrix w, see affine.c. Typed.
 *
 * Across, but of those entries of C = sum over samples delta dx' alone that
 * some direction uses: rows of delta that meet a column of dx are set beside
 * each other, for all residuals, and multiplied at once.
 */
#ifndef GOLD_GRAPH_FEW_H
#define GOLD_GRAPH_FEW_H

#include "graph/op.h"

/** Multiplications a sample, about. */
double FN(few_work)(const gold_node *node, const gold_moves *moves, size_t d,
                    size_t m);

/** Reals of scratch beside node->n_scratch, for n samples. */
size_t FN(few_room)(const gold_node *node, size_t n, size_t d, size_t m);

/** The `second` of an affine kind. */
void FN(few_second)(const gold_site *s, const gold_motion *by,
                    const gold_deltas *deltas, double *sums);

#endif
