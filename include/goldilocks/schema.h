/* SPDX-License-Identifier: MIT */
/**
 * @file schema.h
 * The result variables: one list that the engine fills and the store writes.
 *
 * The numbers of one point are a *record*: a row of doubles in which every
 * variable has its place. A record starts as NaN (not computed). Variables
 * with more dimensions than the grid take as many doubles as those hold, row
 * major: trace has one a subspace dimension, eigenvalues
 * [subspace_dim][eigen], NaN beyond the spectrum's end.
 *
 * Names are those of the result file (analysis/VARIABLES.md); titles carry the
 * definition in words.
 */
#ifndef GOLDILOCKS_SCHEMA_H
#define GOLDILOCKS_SCHEMA_H

#include "goldilocks/full_variables.h"
#include "goldilocks/study.h"
#include "goldilocks/task.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A dimension that variables have beside those of the grid. */
typedef enum gold_dimension {
    GOLD_DIM_SUBSPACE,    /* subspace_dim: labelled by itself */
    GOLD_DIM_EIGEN,       /* eigen: counts, as all without other labels */
    GOLD_DIM_LAYER,       /* layer */
    GOLD_DIM_EXTREME,     /* extreme */
    GOLD_DIM_PROBE,       /* probe */
    GOLD_DIM_NODE,        /* node */
    GOLD_DIM_EIGENVECTOR, /* eigenvector */
    GOLD_DIM_CLASS,       /* class */
    GOLD_DIM_THRESHOLD,   /* threshold: labelled by itself */
    GOLD_DIM_FULL_EIGEN,  /* full_eigen */
    GOLD_DIM_STEP,        /* trajectory_step: labelled by itself */
    GOLD_DIM_REACH,       /* reached_loss: labelled by itself */
    GOLD_DIM_PARAMETER,   /* parameter */
    GOLD_DIM_PLATEAU,     /* plateau */
    GOLD_DIM_PHASE,       /* phase: from 1 on, as studies count them */
    GOLD_DIM_MOMENT,      /* moment: labelled by itself */
    GOLD_N_DIMENSIONS
} gold_dimension;

/** Dimensions a variable has after those of the grid, and after that of moments
 * where it is measured at several. */
typedef enum gold_extent {
    GOLD_EXTENT_POINT,            /* none */
    GOLD_EXTENT_SUBSPACE,         /* [subspace_dim] */
    GOLD_EXTENT_SPECTRUM,         /* [subspace_dim][eigen] */
    GOLD_EXTENT_LAYER,            /* [layer][subspace_dim] */
    GOLD_EXTENT_EXTREME,          /* [extreme] */
    GOLD_EXTENT_NODES,            /* [probe][node] */
    GOLD_EXTENT_VECTORS,          /* [eigenvector] */
    GOLD_EXTENT_VECTORS_CLASSES,  /* [eigenvector][class] */
    GOLD_EXTENT_THRESHOLDS,       /* [threshold] */
    GOLD_EXTENT_DENSE,            /* [full_eigen] */
    GOLD_EXTENT_TRAJECTORY,       /* [trajectory_step] */
    GOLD_EXTENT_TRAJECTORY_LAYER, /* [trajectory_step][layer] */
    GOLD_EXTENT_REACH,            /* [reached_loss] */
    GOLD_EXTENT_PARAMETERS,       /* [parameter] */
    GOLD_EXTENT_PLATEAU,          /* [plateau] */
    GOLD_EXTENT_PHASES,           /* [phase] */
} gold_extent;

/* A word of train.track, or of train.keep, that a variable is of, stands in a
 * condition as its number, from 1 on. */
#define GOLD_TRACKED(track) (GOLD_WHEN_TRAIN | ((track) + 1) * GOLD_TRACK_UNIT)
#define GOLD_KEPT(keep)     (GOLD_WHEN_TRAIN | ((keep) + 1) * GOLD_KEEP_UNIT)

/** What a study has to have for a variable to be there: all of it, and places
 * along all dimensions of its extent. */
typedef enum gold_condition {
    GOLD_WHEN_ALWAYS = 0,
    GOLD_WHEN_SOFTMAX = 1 << 0,    /* a loss that is that of a softmax */
    GOLD_WITH_BOUNDARY = 1 << 1,   /* curvature.boundary */
    GOLD_WITH_SPLIT = 1 << 2,      /* curvature.split */
    GOLD_WHEN_LAYERS = 1 << 3,     /* curvature.layers: each */
    GOLD_WHEN_DIRECTIONS = 1 << 4, /* curvature.resample.directions */
    GOLD_WHEN_HALVES = 1 << 5,     /* curvature.resample.data */
    GOLD_WHEN_LOGITS = 1 << 6,     /* curvature.logit_gradients */
    GOLD_WHEN_FULL = 1 << 7,       /* anything of all parameters */
    GOLD_WITH_EXTREME = 1 << 8,    /* curvature.extreme */
    GOLD_WITH_PROBES = 1 << 9,     /* curvature.trace_probes */
    GOLD_WITH_DENSITY = 1 << 10,   /* curvature.density */
    GOLD_WITH_DENSE = 1 << 11,     /* curvature.dense */
    GOLD_WHEN_SELECT = 1 << 12,    /* train.select */
    GOLD_WHEN_TRAIN = 1 << 13,     /* train: written by train tasks */
    GOLD_WITH_GRID = 1 << 14,      /* samples of 1 or 2 features */
    GOLD_WITH_END = 1 << 15,       /* curvature.at: end */
    GOLD_WHEN_CLASSES = 1 << 16,   /* a data set with classes */
    GOLD_WITH_PHASES = 1 << 17,    /* train.phases, two or more */
    GOLD_WITH_MOMENTS = 1 << 18,   /* curvature.at: steps between */
    GOLD_TRACK_UNIT = 1 << 20,     /* of the number of a gold_track */
    GOLD_KEEP_UNIT = 1 << 26,      /* of the number of a gold_keep */
    GOLD_TRACK_MASK = GOLD_KEEP_UNIT - GOLD_TRACK_UNIT,
    GOLD_WHEN_END = GOLD_WHEN_TRAIN | GOLD_WITH_END,
    GOLD_WHEN_MOMENTS = GOLD_WHEN_TRAIN | GOLD_WITH_MOMENTS,
    GOLD_WHEN_LOGITS_CLASSES = GOLD_WHEN_LOGITS | GOLD_WHEN_CLASSES,
    GOLD_WHEN_TRAIN_CLASSES = GOLD_WHEN_TRAIN | GOLD_WHEN_CLASSES,
    GOLD_WHEN_PHASES = GOLD_WHEN_TRAIN | GOLD_WITH_PHASES,
    GOLD_WHEN_PHASES_CLASSES = GOLD_WHEN_PHASES | GOLD_WHEN_CLASSES,
    GOLD_WHEN_SPLIT = GOLD_WITH_SPLIT,
    GOLD_WHEN_LOGITS_SOFTMAX = GOLD_WHEN_LOGITS | GOLD_WHEN_SOFTMAX,
    GOLD_WHEN_EXTREME = GOLD_WHEN_FULL | GOLD_WITH_EXTREME,
    GOLD_WHEN_EXTREME_SPLIT = GOLD_WHEN_EXTREME | GOLD_WITH_SPLIT,
    GOLD_WHEN_PROBES = GOLD_WHEN_FULL | GOLD_WITH_PROBES,
    GOLD_WHEN_PROBES_SPLIT = GOLD_WHEN_PROBES | GOLD_WITH_SPLIT,
    GOLD_WHEN_DENSITY = GOLD_WHEN_FULL | GOLD_WITH_DENSITY,
    GOLD_WHEN_BOUNDARY = GOLD_WHEN_FULL | GOLD_WITH_BOUNDARY,
    GOLD_WHEN_BOUNDARY_GRID = GOLD_WHEN_BOUNDARY | GOLD_WITH_GRID,
    GOLD_WHEN_DENSE = GOLD_WHEN_FULL | GOLD_WITH_DENSE,
    GOLD_WHEN_DENSE_SPLIT = GOLD_WHEN_DENSE | GOLD_WITH_SPLIT,
    GOLD_WHEN_KEEP_INITIAL = GOLD_KEPT(GOLD_KEEP_INITIAL),
    GOLD_WHEN_KEEP_FINAL = GOLD_KEPT(GOLD_KEEP_FINAL),
    GOLD_WHEN_KEEP_BEST = GOLD_KEPT(GOLD_KEEP_BEST),
#define GOLD_TRACK_CONDITION(id, ...)                                          \
    GOLD_WHEN_TRACK_##id = GOLD_TRACKED(GOLD_TRACK_##id),
    GOLD_TRACK_LIST(GOLD_TRACK_CONDITION, GOLD_TRACK_CONDITION, GOLD_NO_ROW)
#undef GOLD_TRACK_CONDITION
} gold_condition;

#define GOLD_CURVATURE_VARIABLES(X, NAME, name, of, when)                      \
    X(NAME##EIGENVALUES, name "eigenvalues", SPECTRUM, when, "1",              \
      "eigenvalues of " of " restricted to the subspace, V' M V, ascending")   \
    X(NAME##TRACE, name "trace", SUBSPACE, when, "1",                          \
      "trace of " of " restricted to the subspace")                            \
    X(NAME##FROBENIUS_NORM, name "frobenius_norm", SUBSPACE, when, "1",        \
      "Frobenius norm of " of " restricted to the subspace")                   \
    X(NAME##TRACE_OVER_NORM, name "trace_over_norm", SUBSPACE, when, "1",      \
      "trace over Frobenius norm of " of                                       \
      " restricted to the subspace, 0 where the norm is 0")                    \
    X(NAME##POSITIVE_FRACTION, name "positive_fraction", SUBSPACE, when, "1",  \
      "share of eigenvalues above 0 of " of " restricted to the subspace")     \
    X(NAME##UNCERTAIN_FRACTION, name "uncertain_fraction", SUBSPACE, when,     \
      "1",                                                                     \
      "share of eigenvalues of " of                                            \
      " restricted to the subspace that are smaller in size than the "         \
      "arithmetic resolves")                                                   \
    X(NAME##SPECTRAL_NORM, name "spectral_norm", SUBSPACE, when, "1",          \
      "largest size of an eigenvalue of " of " restricted to the subspace")

/* In this order and together, see engine/layers.h. */
#define GOLD_LAYER_VARIABLES(X)                                                \
    X(LAYER_TRACE, "layer_trace", LAYER, LAYERS, "1",                          \
      "trace of the Hessian restricted to a subspace of one layer's "          \
      "parameters")                                                            \
    X(LAYER_FROBENIUS_NORM, "layer_frobenius_norm", LAYER, LAYERS, "1",        \
      "Frobenius norm of the Hessian restricted to a subspace of one layer's " \
      "parameters")                                                            \
    X(LAYER_TRACE_OVER_NORM, "layer_trace_over_norm", LAYER, LAYERS, "1",      \
      "trace over Frobenius norm of the Hessian restricted to a subspace of "  \
      "one layer's parameters, 0 where the norm is 0")                         \
    X(LAYER_POSITIVE_FRACTION, "layer_positive_fraction", LAYER, LAYERS, "1",  \
      "share of eigenvalues above 0 of the Hessian restricted to a subspace "  \
      "of one layer's parameters")                                             \
    X(LAYER_UNCERTAIN_FRACTION, "layer_uncertain_fraction", LAYER, LAYERS,     \
      "1",                                                                     \
      "share of these eigenvalues that are smaller in size than the "          \
      "arithmetic resolves")                                                   \
    X(LAYER_SPECTRAL_NORM, "layer_spectral_norm", LAYER, LAYERS, "1",          \
      "largest size of an eigenvalue of the Hessian restricted to a subspace " \
      "of one layer's parameters")                                             \
    X(LAYER_G_TRACE_OVER_NORM, "layer_g_trace_over_norm", LAYER, LAYERS, "1",  \
      "layer_trace_over_norm of the Gauss-Newton term G")                      \
    X(LAYER_G_SPECTRAL_NORM, "layer_g_spectral_norm", LAYER, LAYERS, "1",      \
      "layer_spectral_norm of the Gauss-Newton term G")                        \
    X(LAYER_H_SPECTRAL_NORM, "layer_h_spectral_norm", LAYER, LAYERS, "1",      \
      "layer_spectral_norm of the H-term (Hessian less G)")                    \
    X(LAYER_TRACE_SHARE, "layer_trace_share", LAYER, LAYERS, "1",              \
      "share of the trace of G, all parameters, that is of one layer: from "   \
      "the trace in the layer's subspace times its parameters over the "       \
      "dimension",                                                             \
      .since = 2)

#define GOLD_SPREAD_VARIABLES(X)                                               \
    X(TRACE_OVER_NORM_DIRECTION_STD, "trace_over_norm_direction_std",          \
      SUBSPACE, DIRECTIONS, "1",                                               \
      "standard deviation of trace_over_norm over bases of the subspace, at "  \
      "the same point")                                                        \
    X(POSITIVE_FRACTION_DIRECTION_STD, "positive_fraction_direction_std",      \
      SUBSPACE, DIRECTIONS, "1",                                               \
      "standard deviation of positive_fraction over bases of the subspace, "   \
      "at the same point")                                                     \
    X(TRACE_OVER_NORM_DIRECTION_MEAN, "trace_over_norm_direction_mean",        \
      SUBSPACE, DIRECTIONS, "1",                                               \
      "mean of trace_over_norm over bases of the subspace, at the same point", \
      .since = 1)                                                              \
    X(POSITIVE_FRACTION_DIRECTION_MEAN, "positive_fraction_direction_mean",    \
      SUBSPACE, DIRECTIONS, "1",                                               \
      "mean of positive_fraction over bases of the subspace, at the same "     \
      "point",                                                                 \
      .since = 1)                                                              \
    X(TRACE_OVER_NORM_DATA_STD, "trace_over_norm_data_std", SUBSPACE, HALVES,  \
      "1",                                                                     \
      "standard error of trace_over_norm from the choice of training "         \
      "samples: its standard deviation over random halves of them")            \
    X(POSITIVE_FRACTION_DATA_STD, "positive_fraction_data_std", SUBSPACE,      \
      HALVES, "1",                                                             \
      "standard error of positive_fraction from the choice of training "       \
      "samples: its standard deviation over random halves of them")

#define GOLD_LOGIT_VARIABLES(X)                                                \
    X(CALIBRATION_ERROR, "calibration_error", POINT, LOGITS_SOFTMAX, "1",      \
      "expected calibration error, 10 bins of confidence, training set")       \
    X(TEST_CALIBRATION_ERROR, "test_calibration_error", POINT, LOGITS_SOFTMAX, \
      "1", "expected calibration error, 10 bins of confidence, test set")      \
    X(BRIER_SCORE, "brier_score", POINT, LOGITS_SOFTMAX, "1",                  \
      "mean squared distance of prediction and one-hot label, training set")   \
    X(GAMMA_P, "gamma_p", POINT, LOGITS_SOFTMAX, "1",                          \
      "Gamma(P): trace over Frobenius norm of the mean of diag p - pp', 0 "    \
      "where all predictions are sure")                                        \
    X(LOGIT_GRADIENT_MEAN_VARIANCE, "logit_gradient_mean_variance", POINT,     \
      LOGITS, "1",                                                             \
      "vC: variance over classes and parameters of the mean over samples of "  \
      "the gradients of logits")                                               \
    X(LOGIT_GRADIENT_RESIDUAL_VARIANCE, "logit_gradient_residual_variance",    \
      POINT, LOGITS, "1",                                                      \
      "vE: variance over samples, classes and parameters of the gradients of " \
      "logits less their mean over samples")                                   \
    X(WITHIN_CLASS_ALIGNMENT, "within_class_alignment", POINT, LOGITS_CLASSES, \
      "1",                                                                     \
      "mean over classes of the mean cosine of the gradients of a class's "    \
      "logit at two samples of that class")                                    \
    X(CROSS_CLASS_ALIGNMENT, "cross_class_alignment", POINT, LOGITS_CLASSES,   \
      "1",                                                                     \
      "mean over classes of the mean cosine of the gradients of a class's "    \
      "logit at any two samples")                                              \
    X(ZERO_LOGIT_GRADIENTS, "zero_logit_gradients", POINT, LOGITS, "1",        \
      "share of gradients of logits that are 0 and have no cosine")            \
    X(EXPECTED_GRADIENT_NORM, "expected_gradient_norm", POINT, LOGITS_SOFTMAX, \
      "1",                                                                     \
      "gradient norm expected of independent logit gradients: sqrt(D (vC "     \
      "prior_mismatch^2 + vE brier_score / N)) / T")                           \
    X(EXPECTED_G_TRACE_OVER_NORM, "expected_g_trace_over_norm", SUBSPACE,      \
      LOGITS_SOFTMAX, "1",                                                     \
      "g_trace_over_norm expected of independent logit gradients: sqrt(d) "    \
      "(vE + vC) / sqrt(vE^2 + 2 vE vC + vC^2 ((d + 1) / gamma_p^2 + 1))")     \
    X(EXPECTED_G_TRACE_OVER_NORM_PUBLISHED,                                    \
      "expected_g_trace_over_norm_published", SUBSPACE, LOGITS_SOFTMAX, "1",   \
      "the same as published, for large d: with d / gamma_p^2 in place of "    \
      "(d + 1) / gamma_p^2 + 1")                                               \
    X(G_DOMINANCE, "g_dominance", SUBSPACE, LOGITS, "1",                       \
      "g_spectral_norm over g_spectral_norm + h_spectral_norm: above 1/2, G "  \
      "dominates the H-term; 0 where both are 0")

/* Of the samples and labels of each phase. */
#define GOLD_PHASE_VARIABLES(X)                                                \
    X(PHASE_STEP, "phase_step", PHASES, PHASES, "1",                           \
      "steps of all phases done when a phase ended", .since = 3)               \
    X(PHASE_LOSS, "phase_loss", PHASES, PHASES, "nat",                         \
      "training loss when a phase ended", .since = 3)                          \
    X(PHASE_ACCURACY, "phase_accuracy", PHASES, PHASES_CLASSES, "1",           \
      "training accuracy when a phase ended", .since = 3)                      \
    X(PHASE_TEST_LOSS, "phase_test_loss", PHASES, PHASES, "nat",               \
      "test loss when a phase ended", .since = 3)                              \
    X(PHASE_TEST_ACCURACY, "phase_test_accuracy", PHASES, PHASES_CLASSES, "1", \
      "test accuracy when a phase ended", .since = 3)                          \
    X(PHASE_WEIGHT_NORM, "phase_weight_norm", PHASES, PHASES, "1",             \
      "Euclidean norm of the parameter vector when a phase ended", .since = 3) \
    X(PHASE_LEARNING_RATE, "phase_learning_rate", PHASES, PHASES, "1",         \
      "learning rate of a phase after scale_learning_rate", .since = 3)        \
    X(PHASE_OUTCOME, "phase_outcome", PHASES, PHASES, "1",                     \
      "how a phase ended: sum of flags, as outcome", .since = 3)

#define GOLD_TRAINING_VARIABLES(X)                                             \
    GOLD_TRACK_LIST(GOLD_NO_ROW, GOLD_NO_ROW, X)                               \
    X(LEARNING_RATE_APPLIED, "learning_rate_applied", POINT, TRAIN, "1",       \
      "learning rate after scale_learning_rate")                               \
    X(FINAL_STEP, "final_step", POINT, TRAIN, "1",                             \
      "steps done when training ended")                                        \
    X(FINAL_LOSS, "final_loss", POINT, TRAIN, "nat",                           \
      "training loss when training ended")                                     \
    X(FINAL_ACCURACY, "final_accuracy", POINT, TRAIN_CLASSES, "1",             \
      "training accuracy when training ended")                                 \
    X(FINAL_TEST_LOSS, "final_test_loss", POINT, TRAIN, "nat",                 \
      "test loss when training ended")                                         \
    X(FINAL_TEST_ACCURACY, "final_test_accuracy", POINT, TRAIN_CLASSES, "1",   \
      "test accuracy when training ended")                                     \
    X(BEST_TEST_ACCURACY, "best_test_accuracy", POINT, TRAIN_CLASSES, "1",     \
      "highest test accuracy at a logged step")                                \
    X(BEST_TEST_STEP, "best_test_step", POINT, TRAIN_CLASSES, "1",             \
      "first logged step with the highest test accuracy")                      \
    X(FINAL_WEIGHT_NORM, "final_weight_norm", POINT, TRAIN, "1",               \
      "Euclidean norm of the parameter vector when training ended")            \
    X(FINAL_ZERO_LOGITS, "final_zero_logits", POINT, TRAIN, "1",               \
      "share of training logits that are exactly 0 when training ended")       \
    X(FINAL_COSINE_TO_INIT, "final_cosine_to_init", POINT, TRAIN, "1",         \
      "cosine of the final parameter vector and the initial one")              \
    X(WEIGHT_CHANGE, "weight_change", POINT, TRAIN, "1",                       \
      "distance moved over the norm of the initial parameter vector")          \
    X(STEPS_TO_LOSS, "steps_to_loss", REACH, TRAIN, "1",                       \
      "first logged step with a training loss at most reached_loss")           \
    X(OUTCOME, "outcome", POINT, TRAIN, "1",                                   \
      "how training ended: sum of flags")                                      \
    GOLD_PHASE_VARIABLES(X)                                                    \
    X(INITIAL_PARAMETERS, "initial_parameters", PARAMETERS, KEEP_INITIAL, "1", \
      "parameters where training began, in PyTorch's order")                   \
    X(FINAL_PARAMETERS, "final_parameters", PARAMETERS, KEEP_FINAL, "1",       \
      "parameters where training ended, in PyTorch's order")                   \
    X(BEST_PARAMETERS, "best_parameters", PARAMETERS, KEEP_BEST, "1",          \
      "parameters at the logged step of the highest test accuracy, or lowest " \
      "loss, in PyTorch's order")

/** Flags of `outcome`. */
typedef enum gold_outcome_flag {
    GOLD_CONVERGED = 1, /* reached stop.accuracy or stop.loss */
    GOLD_PATIENCE = 2,  /* no progress for stop.patience log entries */
    GOLD_DIVERGED = 4,  /* loss or parameters not finite at final_step */
    GOLD_COLLAPSED = 8, /* all training logits exactly 0 at the end */
    GOLD_LAZY = 16,     /* weight_change below train.lazy */
} gold_outcome_flag;

#define GOLD_NORM_VARIABLE(X)                                                  \
    X(WEIGHT_NORM, "weight_norm", POINT, ALWAYS, "1",                          \
      "Euclidean norm of the parameter vector")

#define GOLD_FIT_VARIABLES(X)                                                  \
    X(LOSS, "loss", POINT, ALWAYS, "nat",                                      \
      "mean loss of the training set: the cross-entropy of softmax(logits / "  \
      "temperature), or the mean square where network.loss says so")           \
    X(ACCURACY, "accuracy", POINT, CLASSES, "1",                               \
      "share of training samples whose largest logit is their label's")        \
    X(TEST_LOSS, "test_loss", POINT, ALWAYS, "nat",                            \
      "mean loss of the test set, as loss")                                    \
    X(TEST_ACCURACY, "test_accuracy", POINT, CLASSES, "1",                     \
      "share of test samples whose largest logit is their label's")

#define GOLD_ZERO_VARIABLE(X)                                                  \
    X(ZERO_LOGITS, "zero_logits", POINT, ALWAYS, "1",                          \
      "share of logits that are exactly 0")

#define GOLD_PREDICTION_VARIABLES(X)                                           \
    X(LOGIT_SPREAD, "logit_spread", POINT, ALWAYS, "1",                        \
      "z: root mean square over samples of the standard deviation of "         \
      "logits / temperature over classes")                                     \
    X(ENTROPY, "entropy", POINT, SOFTMAX, "nat",                               \
      "mean Shannon entropy of the predicted distribution")                    \
    X(CONFIDENCE, "confidence", POINT, SOFTMAX, "1",                           \
      "mean largest predicted probability")                                    \
    X(GRADIENT_NORM, "gradient_norm", POINT, ALWAYS, "1",                      \
      "Euclidean norm of the gradient of the loss, all parameters")

#define GOLD_PRIOR_VARIABLE(X)                                                 \
    X(PRIOR_MISMATCH, "prior_mismatch", POINT, SOFTMAX, "1",                   \
      "Euclidean distance of the mean prediction from the class frequencies")

#define GOLD_CURVATURE_LIST(X)                                                 \
    GOLD_CURVATURE_VARIABLES(X, , "", "the Hessian", ALWAYS)                   \
    GOLD_CURVATURE_VARIABLES(X, G_, "g_", "the Gauss-Newton term G", SPLIT)    \
    GOLD_CURVATURE_VARIABLES(X, H_, "h_", "the H-term (Hessian less G)",       \
                             SPLIT)                                            \
    GOLD_LAYER_VARIABLES(X)                                                    \
    X(KAPPA, "kappa", POINT, LAYERS, "1",                                      \
      "layer balance: root of 2 sum over pairs of layers of 1/(v_l v_m), "     \
      "over the sum over layers of 1/v_l, v_l the mean square of a layer's "   \
      "weights",                                                               \
      .since = 2)                                                              \
    GOLD_SPREAD_VARIABLES(X)                                                   \
    GOLD_LOGIT_VARIABLES(X)                                                    \
    GOLD_FULL_VARIABLES(X)

/* What every training leaves of where it ended: at moments between it is
 * measured with the rest. */
#define GOLD_LEFT_VARIABLES(X)                                                 \
    GOLD_NORM_VARIABLE(X)                                                      \
    GOLD_FIT_VARIABLES(X)                                                      \
    GOLD_ZERO_VARIABLE(X)

/* What is measured where training ended, too, where curvature.at says so: as
 * variables of their own that train tasks write, named "final_" and what they
 * are at the start; and at steps between, named "moment_", along dimension
 * moment. */
#define GOLD_MOMENT_VARIABLES(X)                                               \
    GOLD_PREDICTION_VARIABLES(X)                                               \
    GOLD_PRIOR_VARIABLE(X)                                                     \
    GOLD_CURVATURE_LIST(X)

/* identifier, name, extent, condition, units, title; of those that files begun
 * by earlier versions do not have: .since */
#define GOLD_VARIABLE_LIST(X)                                                  \
    X(PARAMETERS, "parameters", POINT, ALWAYS, "1",                            \
      "number of parameters of the network")                                   \
    GOLD_NORM_VARIABLE(X)                                                      \
    X(NORM_OVER_REFERENCE, "norm_over_reference", POINT, ALWAYS, "1",          \
      "weight norm over the norm expected of the reference scheme")            \
    X(ALPHA, "alpha", POINT, ALWAYS, "1",                                      \
      "factor between the drawn parameter vector and the point")               \
    GOLD_FIT_VARIABLES(X)                                                      \
    GOLD_PREDICTION_VARIABLES(X)                                               \
    GOLD_ZERO_VARIABLE(X)                                                      \
    GOLD_PRIOR_VARIABLE(X)                                                     \
    GOLD_CURVATURE_LIST(X)                                                     \
    X(PROBE_SEED, "probe_seed", POINT, FULL, "1",                              \
      "seed of the random vectors behind the numbers of all parameters: that " \
      "of the point")                                                          \
    X(SELECTED, "selected", POINT, SELECT, "1",                                \
      "why the point is trained: sum of flags, 0 where it is not")             \
    GOLD_TRAINING_VARIABLES(X)

enum {
    GOLD_SCHEMA_MINOR = 4 /* of the file format, the latest: to be raised by who
                             adds variables to what studies could ask for */
};

typedef enum gold_variable {
#define GOLD_VARIABLE_ENUM(id, name, extent, when, units, ...) GOLD_VAR_##id,
    GOLD_VARIABLE_LIST(GOLD_VARIABLE_ENUM)
#undef GOLD_VARIABLE_ENUM
#define GOLD_FINAL_ENUM(id, name, extent, when, units, ...) GOLD_VAR_FINAL_##id,
    GOLD_MOMENT_VARIABLES(GOLD_FINAL_ENUM)
#undef GOLD_FINAL_ENUM
#define GOLD_BETWEEN_ENUM(id, name, extent, when, units, ...)                  \
    GOLD_VAR_MOMENT_##id,
        GOLD_LEFT_VARIABLES(GOLD_BETWEEN_ENUM)
            GOLD_MOMENT_VARIABLES(GOLD_BETWEEN_ENUM)
#undef GOLD_BETWEEN_ENUM
                GOLD_N_VARIABLES
} gold_variable;

typedef struct gold_variable_info {
    const char *name;
    gold_extent extent;
    unsigned condition; /* a gold_condition */
    const char *units;
    const char *title;
    unsigned since; /* minor version of the file format that brought it, up to
                       GOLD_SCHEMA_MINOR; 0: it was always there */
} gold_variable_info;

/** What is known of a variable; static. */
const gold_variable_info *gold_variable_about(gold_variable variable);

/** Where each variable of a study stands in a record. Value type. */
typedef struct gold_schema {
    size_t n_dims; /* subspace dimensions; 0 without curvature */
    size_t dims[GOLD_MAX_DIMS];
    size_t n_eigen;   /* the largest of them */
    size_t n_layers;  /* of the deepest network, where layers are looked at */
    size_t n_extreme; /* eigenvalues at each end; 0: not wanted */
    size_t n_vectors; /* eigenvectors held against gradients; 0: none */
    size_t n_classes; /* where these are looked at by class */
    size_t n_thresholds; /* of shares of all eigenvectors; 0: not wanted */
    size_t n_probes;     /* of the density */
    size_t n_nodes;      /* of the density, of each probe */
    size_t n_dense; /* parameters of the largest network within dense.limit */
    size_t n_train; /* training samples */
    size_t n_log;   /* logged steps; 0 without training */
    uint64_t log_steps[GOLD_MAX_LOG];
    size_t n_reach; /* losses to reach */
    double reach[GOLD_MAX_REACH];
    size_t n_plateaus; /* GOLD_MAX_PLATEAUS */
    size_t n_phases;   /* of training, where they are two or more */
    size_t n_moments;  /* steps of training at which curvature is measured */
    uint64_t moments[GOLD_MAX_MOMENTS];
    size_t n_kept; /* parameters of the largest network, where train.keep keeps
                      them */
    size_t offset[GOLD_N_VARIABLES]; /* first double in the record */
    size_t count[GOLD_N_VARIABLES];  /* doubles; 0: not in this study */
    size_t record_length;            /* doubles of one record */
} gold_schema;

/** Lay out the records of a study on `n_train` training samples. */
void gold_schema_init(gold_schema *schema, const gold_study *study,
                      size_t n_train);

/** The records of where training ended: those of `schema`, in which what is
 * measured at the start stands where the same of the end does, and nothing else
 * has a place. */
void gold_schema_at_end(const gold_schema *schema, gold_schema *end);

/** The same of moment i between. */
void gold_schema_at_moment(const gold_schema *schema, size_t i,
                           gold_schema *moment);

/** Where the numbers of moments between begin in a record, of which they are
 * the last. */
size_t gold_schema_first_of_moments(const gold_schema *schema);

/** Threshold i of the published generalisation measures. */
double gold_alignment_threshold(size_t i);

/** The variable that says of the end what this one says of the start;
 * GOLD_N_VARIABLES: none. */
gold_variable gold_variable_at_end(gold_variable variable);

/** The variable that says of moments between what this one says of the start;
 * GOLD_N_VARIABLES: none. */
gold_variable gold_variable_at_moments(gold_variable variable);

/** What one that says something of the end, or of moments between, says of the
 * start; GOLD_N_VARIABLES: it is none of these. */
gold_variable gold_variable_at_start(gold_variable variable);

/** Units of a variable in files of this schema: a loss that is no entropy is
 * not in nats. */
const char *gold_variable_units(const gold_schema *schema,
                                gold_variable variable);

/** Leave variables out, as if the study had not asked for them: those that a
 * file begun by an earlier version does not have. */
void gold_schema_drop(gold_schema *schema,
                      const bool is_missing[GOLD_N_VARIABLES]);

/** Log as files of format 2.3 do: without the ends of phases. */
void gold_schema_forget_ends(gold_schema *schema, const gold_study *study);

/** Minor version of the file format that has these variables: that of the
 * newest of them, so that earlier versions read what they can. */
unsigned gold_schema_minor(const gold_schema *schema);

typedef struct gold_dimension_info {
    const char *name;      /* in files */
    const char *long_name; /* NULL: the name says it */
    const char *units;     /* NULL: counts */
    bool is_real;          /* labels are no whole numbers */
    const char *letter;    /* before a label in names of columns; NULL: too many
                              places for columns */
} gold_dimension_info;

/** What is known of a dimension; static. */
const gold_dimension_info *gold_dimension_about(gold_dimension dimension);

/** Places along a dimension; 0: the study has it not. */
size_t gold_dimension_size(const gold_schema *schema, gold_dimension dimension);

/** Label of place `i`: what its coordinate variable says. */
double gold_dimension_label(const gold_schema *schema, gold_dimension dimension,
                            size_t i);

/** Name of item `i` of a variable: "trace_d10", "layer_trace_l0_d10"; NULL: it
 * has too many for columns. Returns `name`. */
char *gold_item_name(const gold_schema *schema, gold_variable variable,
                     size_t i, char name[GOLD_NAME_BYTES]);

enum {
    GOLD_MOST_DIMENSIONS = 3 /* of a variable, beside those of the grid */
};

/** The dimensions of a variable after those of the grid, in order. Returns how
 * many. */
size_t gold_variable_dimensions(gold_variable variable,
                                gold_dimension of[GOLD_MOST_DIMENSIONS]);

/** Where the places of one study's dimensions stand in a larger study's; arrays
 * owned. Zero it before use. */
typedef struct gold_record_map {
    const gold_schema *part;  /* borrowed */
    const gold_schema *whole; /* borrowed */
    size_t *place[GOLD_N_DIMENSIONS];
} gold_record_map;

/**
 * Place the dimensions of a part by their labels. Ended by
 * gold_record_map_fini, also on failure.
 *
 * @param name  of the part, for the message.
 * @retval GOLD_ERR_MISMATCH  the whole lacks a label of the part.
 */
GOLD_CHECKED gold_status gold_record_map_init(gold_record_map *map,
                                              const gold_schema *part,
                                              const gold_schema *whole,
                                              const char *name);

/** Free what a map holds; zeroed ones are allowed. */
void gold_record_map_fini(gold_record_map *map);

/** Put a record of the part where it stands in one of the whole; what the part
 * lacks is NaN, variables that the whole has not are passed over.
 *
 * @param from  [part's record_length].
 * @param to    [whole's record_length], filled. */
void gold_record_map_put(const gold_record_map *map, const double *from,
                         double *to);

/**
 * Fail unless a study logs each of its trainings at the steps at which a larger
 * study would: the logs, and what is derived from them (best_test_step,
 * steps_to_loss, stop.patience), are then the same.
 *
 * @param name  of the part, for the message.
 * @retval GOLD_ERR_MISMATCH  it does not: names the steps.
 */
GOLD_CHECKED gold_status gold_check_logs(const gold_study *part,
                                         const gold_schema *of_part,
                                         const gold_schema *of_whole,
                                         const char *name);

/** Kind of the tasks that compute a variable. */
gold_task_kind gold_variable_task(gold_variable variable);

/** Fill `n` records with NaN. */
void gold_record_clear(const gold_schema *schema, double *records, size_t n);

/** How alike two records have to be. */
typedef enum gold_likeness {
    GOLD_LIKE_BITS,    /* every bit, any NaN for another */
    GOLD_LIKE_FLOAT32, /* to the rounding of measurements in float32 */
    GOLD_LIKE_FLOAT64, /* the same in float64 */
} gold_likeness;

/** Likeness of a point measured twice, next to other points of its line: sums
 * are taken in another order. */
gold_likeness gold_likeness_of(gold_precision precision);

/**
 * Compare what tasks of a kind wrote of one point.
 *
 * To rounding: 1e-4 in float32 and 1e-9 in float64, of the size of the quantity
 * itself, or of its matrix where terms cancel. Shares of eigenvalues by sign
 * may differ by as many as are uncertain; how many are uncertain is not
 * compared.
 *
 * @param[out] variable  the first that differs.
 * @param[out] item      of its doubles.
 * @return               whether they are alike.
 */
bool gold_record_is_like(const gold_schema *schema, gold_task_kind kind,
                         gold_likeness likeness, const double *a,
                         const double *b, gold_variable *variable,
                         size_t *item);

enum {
    GOLD_MESSAGE_BYTES = 120
}; /* message_measure, with the zero */

/** What became of one point of a task. */
typedef struct gold_verdict {
    gold_state state;
    char message[GOLD_MESSAGE_BYTES]; /* why, or what its numbers lack; or "" */
} gold_verdict;

/** What a task leaves behind; filled by the engine, written by the store. */
typedef struct gold_outcome {
    size_t n_points;        /* of the task */
    double *records;        /* [n_points][record_length]; owned */
    gold_verdict *verdicts; /* [n_points]; owned */
    double flops;           /* counted, whole task */
    double seconds;         /* whole task; set by who measures time */
    int rank;               /* who did it; set by who knows */
    int attempts;           /* how often it was tried; set by who knows */
} gold_outcome;

/** Get room for the outcome of a task; ended by gold_outcome_fini. All records
 * NaN, all verdicts pending. */
GOLD_CHECKED gold_status gold_outcome_init(gold_outcome *outcome,
                                           const gold_schema *schema,
                                           size_t n_points);

/** Free what the outcome holds; zeroed ones are allowed. */
void gold_outcome_fini(gold_outcome *outcome);

#ifdef __cplusplus
}
#endif
#endif
