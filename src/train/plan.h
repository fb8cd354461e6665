/* SPDX-License-Identifier: MIT */
/** @file plan.h What a training is to do, and what it logs. Typed. */
#ifndef GOLD_TRAIN_PLAN_H
#define GOLD_TRAIN_PLAN_H

#include "nn/directions.h"
#include "nn/model.h"
#include "train/augment.h"
#include "train/gradient.h"

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
} gold_log_entry;

/** A logged step, for who knows more of it; all borrowed. */
typedef struct gold_logged {
    const gold_log_entry *entry;
    const real *theta;
    const real *gradient; /* NULL where gradients are not wanted */
    FN(passes) * passes;  /* whose arrays are free */
    double *numbers;      /* [n_numbers] of it, to be filled */
} gold_logged;

/** What is known of a phase that is over. */
typedef struct gold_phase_end {
    uint64_t step; /* of all phases */
    double loss;   /* this to weight_norm of its own samples, as logged */
    double accuracy;
    double test_loss;
    double test_accuracy;
    double weight_norm;
    double learning_rate; /* as applied */
    double outcome;       /* sum of gold_outcome_flag */
    /* Entries of the log: from its beginning, which is logged where it goes on
     * (gold_study.goes_on), else from its own first one; to its last. */
    uint64_t first_entry;
    uint64_t n_logged;
    /* The learning rate of the step that led to that; NaN where steps are no
     * multiples of gradients (gold_optimizer_is_adaptive), or none is logged.
     */
    double plain_rate;
} gold_phase_end;

/** What the phases before one have left to it; zeroed: it is the first. Without
 * gaps. */
typedef struct gold_past {
    uint64_t phase; /* that comes now, from 0 */
    uint64_t steps; /* done before it */
    uint64_t n_logged;
    double flops; /* of all that was done for the training */
    gold_phase_end ends[GOLD_MAX_PHASES];
} gold_past;

/** A training to be done, or a phase of one: then steps are counted from where
 * it begins but in the log. All borrowed. */
typedef struct gold_training {
    const gold_network *network;
    const gold_train_settings *settings;
    gold_past past;
    /* [n_parameters] where the first phase began; NULL: where this one does */
    const real *initial;
    double input_scale;
    double temperature;
    double learning_rate; /* as applied */
    uint64_t seed;        /* of the batches */
    uint64_t n_steps;
    const FN(directions) * directions; /* constraint subspace only */
    gold_batch train;
    gold_batch test;
    gold_augmentation augmentation; /* of the batches, not of what is logged */
    size_t n_log; /* steps to log, ascending, of all phases; those beyond the
                     last are not */
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
    /* Called at every logged step, to fill its numbers; returns the flops that
     * took. NULL: never. */
    double (*observe)(void *observer, const gold_logged *at);
    void *observer;
    size_t n_numbers; /* of a logged step, beside its entry */
    double *numbers;  /* [n_log][n_numbers], of all phases; kept as the log */
    /* Called at steps of all phases, with the flops so far, to add to; false:
     * it was stopped, and is to be called there again. */
    bool (*visit)(void *visitor, size_t i, const real *theta, double *flops);
    void *visitor;
    size_t n_visits;
    const uint64_t *visits; /* [n_visits] */
    size_t n_found;
    double *found; /* [n_found] of the visitor's; kept as the log */
    /* [n_parameters], filled with those of the best logged step
     * (FN(best_entry)), if there is one; NULL: nobody wants them. */
    real *best;
    /* A state once saved by a training of the same plan and initial point, to
     * go on from; NULL, or bytes of another: start at the beginning. */
    const void *resume;
    size_t resume_bytes;
} gold_training;

#endif
