/* SPDX-License-Identifier: MIT */
/**
 * @file moves.h
 * What directions are in the parameters of a node: rows, or lists of the few
 * entries that are not 0. Typed.
 */
#ifndef GOLD_GRAPH_MOVES_H
#define GOLD_GRAPH_MOVES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/real.h"

/** An entry that is not 0. */
typedef struct gold_entry {
    size_t at; /* in the node's parameters: weights, then biases */
    real value;
} gold_entry;

/** Those of one direction, ascending. */
typedef struct gold_few {
    const gold_entry *entries;
    size_t n;
} gold_few;

/** An entry of some direction in the weights, a matrix. */
typedef struct gold_use {
    size_t column;
    size_t row;
    size_t direction;
    real value;
} gold_use;

/** Of d directions. Zeroed: they leave the node's parameters alone. */
typedef struct gold_moves {
    const real *w; /* d rows of weights, step apart; NULL: few or none */
    size_t step;
    const real *b; /* d rows of biases likewise; NULL where there are none */
    size_t b_step;
    const gold_entry *entries; /* few: direction after direction */
    const size_t *start;       /* [d + 1] where each one's begin; NULL: not few
                                */
    gold_use *uses; /* the same of weights, by column, then by row, what shares
                       one stays in the cache; NULL: they are not sorted */
    size_t n_uses;
} gold_moves;

/** Do they move it? */
static inline bool gold_has_moves(const gold_moves *moves)
{
    return moves->w != NULL || moves->start != NULL;
}

static inline gold_few gold_few_of(const gold_moves *moves, size_t i)
{
    return (gold_few){moves->entries + moves->start[i],
                      moves->start[i + 1] - moves->start[i]};
}

#endif
