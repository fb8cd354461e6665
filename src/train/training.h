/* SPDX-License-Identifier: MIT */
/**
 * @file training.h
 * One training, from an initial point to its end. Typed.
 *
 * Step s means after s steps of the optimizer; entry 0 of the log is the
 * initial point. Mini-batches run through a random order of the samples, a new
 * one each epoch, keyed by the seed alone; the last one of an epoch may be
 * short. What is logged is of the whole training set as it is, whatever the
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

#include "nn/directions.h"
#include "nn/forward.h"
#include "train/augment.h"

/** What is known at a logged step; of the training set unless said. */
typedef struct gold_log_entry {
    double loss;
    double accuracy;
    double test_loss; /* NaN without test samples */
    double test_accuracy;
    double weight_norm;
    double gradient_norm; /* NaN where gradients are not wanted */
    double cosine_to_init;
    double cosine_gradient; /* of theta and the gradient; NaN as above */
    double zero_logits;
    double entropy;
    double sharpness; /* this and what follows by `observe`; else NaN */
    double sharpness_residual;
    double trace_over_norm;
    double positive_fraction;
} gold_log_entry;

/** How a training ended. */
typedef enum gold_train_end {
    GOLD_END_STEPS,     /* all steps were done */
    GOLD_END_CONVERGED, /* the accuracy or loss wanted was reached */
    GOLD_END_PATIENCE,  /* no progress */
    GOLD_END_DIVERGED,  /* loss or parameters are not finite */
    GOLD_END_STOPPED,   /* should_stop asked for it; nothing is final */
} gold_train_end;

/** A training to be done. All borrowed. */
typedef struct FN(training) {
    const gold_network *network;
    const gold_train_settings *settings;
    double input_scale;
    double temperature;
    double learning_rate; /* as applied */
    uint64_t seed;        /* of the batches */
    uint64_t n_steps;
    const FN(directions) * directions; /* constraint subspace only */
    FN(block) train;
    FN(block) test;
    gold_augmentation augmentation; /* of the batches, not of what is logged */
    size_t n_log; /* steps to log, ascending; those beyond n_steps are not */
    const uint64_t *log_steps;
    bool wants_gradients; /* in the log */
    double stop_accuracy; /* NaN: no such rule */
    double stop_loss;
    uint64_t stop_patience; /* log entries; 0: no such rule */
    /* Asked before every step but the first; NULL: never. */
    bool (*should_stop)(void *context);
    bool (*should_save)(void *context);
    /* Gets the state when should_save or should_stop said yes; NULL: nobody
     * wants it. The bytes are borrowed for the call. */
    void (*save)(void *context, const void *bytes, size_t n_bytes);
    void *context;
    /* Called at every logged step whose loss is finite, to fill what of the
     * entry is its own; returns the flops that took. NULL: never. */
    double (*observe)(void *observer, const real *theta, gold_log_entry *entry);
    void *observer;
    /* A state once saved by a training of the same plan and initial point, to
     * go on from; NULL, or bytes of another: start at the beginning. */
    const void *resume;
    size_t resume_bytes;
} FN(training);

/** What came of it. */
typedef struct gold_training_result {
    gold_train_end end;
    uint64_t first_step; /* done before, by the training that was resumed */
    uint64_t final_step;
    gold_log_entry final;
    size_t n_logged;      /* entries of the log that were filled */
    double weight_change; /* |theta - theta_0| / |theta_0| */
    double flops;         /* of matrix products */
} gold_training_result;

/**
 * Train.
 *
 * @param theta   [n_parameters] initial point in, final one out.
 * @param log     [n_log], the first result->n_logged are filled.
 * @retval GOLD_ERR_MEMORY  no memory.
 */
GOLD_CHECKED gold_status FN(train)(const FN(training) * training, real *theta,
                                   gold_log_entry *log,
                                   gold_training_result *result);

#endif
