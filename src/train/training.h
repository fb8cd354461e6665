/* SPDX-License-Identifier: MIT */
/**
 * @file training.h
 * One training, from an initial point to its end, or a phase of one, which is
 * a training from where it begins: batches, augmentation, schedule and rules to
 * stop start anew. Only the log runs on, and what is said of the initial point
 * is of that of the first phase. Typed.
 *
 * Step s means after s steps of the optimizer; entry 0 of the log is the
 * initial point. Mini-batches run through a random order of the samples, a new
 * one each epoch, keyed by the train_seed alone; the last one of an epoch may
 * be short. What is logged is of the whole training set as it is, whatever the
 * batch and its augmentation.
 *
 * Sphere (Fort and Scherlis 2019; Omnigrok): the part of the gradient along
 * theta is removed before each step, and after it theta is scaled back to its
 * initial norm. Subspace: see subspace.h.
 *
 * A training can be saved between any two steps, and resumed there later, bit
 * for bit.
 */
#ifndef GOLD_TRAIN_TRAINING_H
#define GOLD_TRAIN_TRAINING_H

#include "train/plan.h"

/** How a training ended. */
typedef enum gold_train_end {
    GOLD_END_STEPS,     /* all steps were done */
    GOLD_END_CONVERGED, /* the accuracy or loss wanted was reached */
    GOLD_END_PATIENCE,  /* no progress */
    GOLD_END_DIVERGED,  /* loss or parameters are not finite */
    GOLD_END_STOPPED,   /* should_stop asked for it; nothing is final */
} gold_train_end;

/** What came of it. */
typedef struct gold_training_result {
    gold_train_end end;
    uint64_t first_step; /* done before, by the training that was resumed */
    uint64_t final_step; /* both of all phases */
    gold_log_entry final;
    size_t n_logged;      /* entries of the log that are filled */
    double weight_change; /* |theta - theta_0| / |theta_0| */
    double flops;         /* of matrix products, of this phase */
} gold_training_result;

/**
 * The first of n logged entries of the highest test accuracy; where targets are
 * values of the lowest test loss, without test samples of the lowest loss.
 * Returns n where that is finite in none.
 */
size_t FN(best_entry)(const gold_training *training, const gold_log_entry *log,
                      size_t n);

/**
 * Train.
 *
 * @param theta   [n_parameters] initial point in, final one out.
 * @param log     [n_log], the first result->n_logged are filled; those of the
 *                phases before stand there, unless it is resumed.
 * @retval GOLD_ERR_MEMORY  no memory.
 */
GOLD_CHECKED gold_status FN(train)(const gold_training *training, real *theta,
                                   gold_log_entry *log,
                                   gold_training_result *result);

#endif
