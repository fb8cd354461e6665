/* SPDX-License-Identifier: MIT */
/**
 * @file state.h
 * What a training under way knows that its plan and initial point do not say,
 * as one block of bytes and back. Typed.
 *
 * The bytes are for the same program on the same kind of computer, later: they
 * are numbers as they lie in memory, after a header with sizes. A training
 * that takes them back goes on bit for bit.
 */
#ifndef GOLD_TRAIN_STATE_H
#define GOLD_TRAIN_STATE_H

#include "train/plan.h"

enum {
    GOLD_STATE_VECTORS = 6
};

/** Numbers that change from step to step; borrowed. */
typedef struct gold_state_vector {
    size_t n; /* 0: there is no such vector */
    real *numbers;
} gold_state_vector;

/** A training under way, after `step` steps of its phase, before what is logged
 * there. */
typedef struct gold_train_state {
    const gold_training *plan;
    uint64_t step;
    uint64_t optimizer_step;
    uint64_t n_logged;
    uint64_t since_lowest;
    double lowest_loss;
    double flops;
    gold_state_vector vectors[GOLD_STATE_VECTORS];
    gold_log_entry *log; /* [plan->n_log], n_logged of them filled; borrowed */
} gold_train_state;

/** Bytes that a state of this plan and these vectors needs at most. */
size_t FN(state_room)(const gold_train_state *state);

/**
 * What a phase that was under way has to begin with, for its plan.
 *
 * @param n             parameters.
 * @param n_phases      of the training.
 * @param[out] past     of the phase.
 * @param[out] start    [n] where it began.
 * @return              false, with nothing touched, when the bytes are of no
 *                      such phase, or of the first one.
 */
bool FN(state_past)(const void *bytes, size_t n_bytes, size_t n,
                    size_t n_phases, gold_past *past, real *start);

/** Put a state into `bytes`, which has room; returns how many were filled. */
size_t FN(state_save)(const gold_train_state *state, void *bytes);

/**
 * Take a state back: its numbers, its vectors and its log are filled.
 *
 * @param state  with plan, sizes and addresses of the vectors, and log set.
 * @return       false, with nothing touched, when the bytes are not those of
 *               such a training in this precision.
 */
bool FN(state_restore)(gold_train_state *state, const void *bytes, size_t n);

#endif
