/* SPDX-License-Identifier: MIT */
/**
 * @file tracks.h
 * What may be followed along a training: a row for each word of `train.track`
 * and one for each variable that it brings. Where their numbers come from is
 * the engine's: a gold_tracker by the word's name (engine/tracker.h).
 */
#ifndef GOLDILOCKS_TRACKS_H
#define GOLDILOCKS_TRACKS_H

#ifdef __cplusplus
extern "C" {
#endif

/** Flags of a word. */
typedef enum gold_track_trait {
    GOLD_TRACK_USUAL = 1,        /* tracked where a study says nothing */
    GOLD_TRACK_OF_GRADIENT = 2,  /* of all samples, which a step may not need */
    GOLD_TRACK_OF_SHARPNESS = 4, /* that is tracked, too */
} gold_track_trait;

/* What any logged pass over the samples knows: one number of its name, a field
 * of gold_log_entry. */
#define GOLD_TRACK_ENTRIES(E, X)                                               \
    E(LOSS, loss, GOLD_TRACK_USUAL, NULL)                                      \
    X(TRAJECTORY_LOSS, "trajectory_loss", TRAJECTORY, TRACK_LOSS, "nat",       \
      "training loss at logged steps")                                         \
    E(ACCURACY, accuracy, GOLD_TRACK_USUAL, NULL)                              \
    X(TRAJECTORY_ACCURACY, "trajectory_accuracy", TRAJECTORY, TRACK_ACCURACY,  \
      "1", "training accuracy at logged steps")                                \
    E(TEST_LOSS, test_loss, GOLD_TRACK_USUAL, NULL)                            \
    X(TRAJECTORY_TEST_LOSS, "trajectory_test_loss", TRAJECTORY,                \
      TRACK_TEST_LOSS, "nat", "test loss at logged steps")                     \
    E(TEST_ACCURACY, test_accuracy, GOLD_TRACK_USUAL, NULL)                    \
    X(TRAJECTORY_TEST_ACCURACY, "trajectory_test_accuracy", TRAJECTORY,        \
      TRACK_TEST_ACCURACY, "1", "test accuracy at logged steps")               \
    E(WEIGHT_NORM, weight_norm, GOLD_TRACK_USUAL, NULL)                        \
    X(TRAJECTORY_WEIGHT_NORM, "trajectory_weight_norm", TRAJECTORY,            \
      TRACK_WEIGHT_NORM, "1",                                                  \
      "Euclidean norm of the parameter vector at logged steps")                \
    E(GRADIENT_NORM, gradient_norm, GOLD_TRACK_USUAL | GOLD_TRACK_OF_GRADIENT, \
      NULL)                                                                    \
    X(TRAJECTORY_GRADIENT_NORM, "trajectory_gradient_norm", TRAJECTORY,        \
      TRACK_GRADIENT_NORM, "1",                                                \
      "Euclidean norm of the gradient of the training loss at logged steps")   \
    E(COSINE_TO_INIT, cosine_to_init, GOLD_TRACK_USUAL,                        \
      "of the parameters and those at the start")                              \
    X(TRAJECTORY_COSINE_TO_INIT, "trajectory_cosine_to_init", TRAJECTORY,      \
      TRACK_COSINE_TO_INIT, "1",                                               \
      "cosine of the parameter vector and the initial one")                    \
    E(COSINE_GRADIENT, cosine_gradient, GOLD_TRACK_OF_GRADIENT,                \
      "of parameters and gradient")                                            \
    X(TRAJECTORY_COSINE_GRADIENT, "trajectory_cosine_gradient", TRAJECTORY,    \
      TRACK_COSINE_GRADIENT, "1",                                              \
      "cosine of the parameter vector and the gradient of the training loss")  \
    E(ZERO_LOGITS, zero_logits, GOLD_TRACK_USUAL,                              \
      "share of logits that are 0")                                            \
    X(TRAJECTORY_ZERO_LOGITS, "trajectory_zero_logits", TRAJECTORY,            \
      TRACK_ZERO_LOGITS, "1",                                                  \
      "share of training logits that are exactly 0, at logged steps")          \
    E(ENTROPY, entropy, 0, NULL)                                               \
    X(TRAJECTORY_ENTROPY, "trajectory_entropy", TRAJECTORY, TRACK_ENTROPY,     \
      "nat", "mean Shannon entropy of the predictions at logged steps")

/* Of a hidden layer, and `of` it: the first one, or each. */
#define GOLD_CONDENSATION_VARIABLES(X, NAME, name, extent, track, of)          \
    X(TRAJECTORY_##NAME##CONDENSATION_LEAD,                                    \
      "trajectory_" name "condensation_lead", extent, track, "1",              \
      "largest eigenvalue, of a sum of 1, of the mean of w w' over units "     \
      "of " of                                                                 \
      " by their amplitudes |a| |w|, w of norm 1: 1 where all lie on one "     \
      "line")                                                                  \
    X(TRAJECTORY_##NAME##CONDENSATION_RANK,                                    \
      "trajectory_" name "condensation_rank", extent, track, "1",              \
      "exponential of the entropy of these eigenvalues")                       \
    X(TRAJECTORY_##NAME##CONDENSATION_COSINE,                                  \
      "trajectory_" name "condensation_cosine", extent, track, "1",            \
      "mean size of the cosine of two units' weights")                         \
    X(TRAJECTORY_##NAME##CONDENSATION_SHARE,                                   \
      "trajectory_" name "condensation_share", extent, track, "1",             \
      "share of pairs of units whose cosine is above 0.95 in size")            \
    X(TRAJECTORY_##NAME##ORIENTATIONS, "trajectory_" name "orientations",      \
      extent, track, "1",                                                      \
      "clusters of units: from the largest amplitude down, one is new whose "  \
      "cosine with all that began a cluster is below 0.95 in size; those of "  \
      "1 % of the largest count")                                              \
    X(TRAJECTORY_##NAME##AMPLITUDE_MEAN, "trajectory_" name "amplitude_mean",  \
      extent, track, "1", "mean amplitude |a| |w| of units of " of)            \
    X(TRAJECTORY_##NAME##AMPLITUDE_W1, "trajectory_" name "amplitude_w1",      \
      extent, track, "1",                                                      \
      "mean distance of sorted amplitudes from those at the start")            \
    X(TRAJECTORY_##NAME##RELATIVE_DISTANCE,                                    \
      "trajectory_" name "relative_distance", extent, track, "1",              \
      "distance of the weights of " of " from those at the start, over their " \
      "norm there")

/* What takes work of its own, by a tracker named as the word is. */
#define GOLD_TRACK_OTHERS(T, X)                                                \
    T(SHARPNESS, sharpness, 0,                                                 \
      "largest eigenvalue of the Hessian of all parameters")                   \
    X(TRAJECTORY_SHARPNESS, "trajectory_sharpness", TRAJECTORY,                \
      TRACK_SHARPNESS, "1",                                                    \
      "largest eigenvalue of the Hessian, all parameters, at logged steps, "   \
      "as Lanczos' method found it")                                           \
    X(TRAJECTORY_SHARPNESS_RESIDUAL, "trajectory_sharpness_residual",          \
      TRAJECTORY, TRACK_SHARPNESS, "1",                                        \
      "norm of H v - lambda v of the sharpness and its unit vector: an "       \
      "eigenvalue is that near")                                               \
    T(CURVATURE, curvature, 0,                                                 \
      "statistics in the subspace; needs the curvature block")                 \
    X(TRAJECTORY_TRACE_OVER_NORM, "trajectory_trace_over_norm", TRAJECTORY,    \
      TRACK_CURVATURE, "1",                                                    \
      "trace_over_norm at logged steps, in the largest subspace")              \
    X(TRAJECTORY_POSITIVE_FRACTION, "trajectory_positive_fraction",            \
      TRAJECTORY, TRACK_CURVATURE, "1",                                        \
      "positive_fraction at logged steps, in the largest subspace")            \
    T(CONDENSATION, condensation, 0,                                           \
      "how far units of the first hidden layer point in few directions, and "  \
      "have gone")                                                             \
    GOLD_CONDENSATION_VARIABLES(X, , "", TRAJECTORY, TRACK_CONDENSATION,       \
                                "the first hidden layer")                      \
    T(CRITICAL_SHARPNESS, critical_sharpness, GOLD_TRACK_OF_GRADIENT,          \
      "2 over the step along the gradient at which the loss begins to rise")   \
    X(TRAJECTORY_CRITICAL_SHARPNESS, "trajectory_critical_sharpness",          \
      TRAJECTORY, TRACK_CRITICAL_SHARPNESS, "1",                               \
      "2 / eta, eta the smallest step along the negative gradient that "       \
      "leaves the loss where it was, but for narrow rises before it")          \
    T(STAGES, stages, 0,                                                       \
      "first descent and plateaus, found in the logged losses of the first "   \
      "phase at the end")                                                      \
    X(DESCENT_STEP, "descent_step", POINT, TRACK_STAGES, "1",                  \
      "step at which the loss has lost a twentieth of that at the start, "     \
      "between logged steps straight in their logarithm")                      \
    X(PLATEAU_START, "plateau_start", PLATEAU, TRACK_STAGES, "1",              \
      "logged step at which a plateau of the loss begins")                     \
    X(PLATEAU_END, "plateau_end", PLATEAU, TRACK_STAGES, "1",                  \
      "logged step at which it ends")                                          \
    X(PLATEAU_LOSS, "plateau_loss", PLATEAU, TRACK_STAGES, "nat",              \
      "median loss on it")                                                     \
    T(MAX_STABLE_LEARNING_RATE, max_stable_learning_rate, 0,                   \
      "the largest rate at which 100 steps from the start neither raise the "  \
      "loss nor make all logits 0")                                            \
    X(MAX_STABLE_LEARNING_RATE, "max_stable_learning_rate", POINT,             \
      TRACK_MAX_STABLE_LEARNING_RATE, "1",                                     \
      "largest learning rate, to 1 %, at which 100 steps from the start "      \
      "neither raise the loss nor make all logits 0")                          \
    T(LAYER_CONDENSATION, layer_condensation, 0,                               \
      "condensation of each linear layer that one other linear one reads")     \
    GOLD_CONDENSATION_VARIABLES(X, LAYER_, "layer_", TRAJECTORY_LAYER,         \
                                TRACK_LAYER_CONDENSATION, "a layer")           \
    T(LAYER_NORMS, layer_norms, 0,                                             \
      "of each layer's parameters, and what gradient flow conserves of them")  \
    X(TRAJECTORY_LAYER_NORM, "trajectory_layer_norm", TRAJECTORY_LAYER,        \
      TRACK_LAYER_NORMS, "1",                                                  \
      "Euclidean norm of a layer's weights and biases, at logged steps")       \
    X(TRAJECTORY_LAYER_BALANCE, "trajectory_layer_balance", TRAJECTORY_LAYER,  \
      TRACK_LAYER_NORMS, "1",                                                  \
      "sum of squares of the next layer's weights less that of a layer's "     \
      "weights and biases: gradient flow conserves it where homogeneous "      \
      "units lie between the two")                                             \
    T(CATAPULT, catapult, GOLD_TRACK_OF_SHARPNESS,                             \
      "whether the loss rises above its start and comes down to flatter "      \
      "ground; needs sharpness")                                               \
    X(CATAPULT, "catapult", POINT, TRACK_CATAPULT, "1",                        \
      "1 where a logged loss of a phase is above that at its start, and at "   \
      "its last logged step both loss and sharpness are below theirs at its "  \
      "start; else 0; a phase on other samples or labels than the one before " \
      "starts at its first logged step")                                       \
    T(FINAL_SHARPNESS_TIMES_LR, final_sharpness_times_lr,                      \
      GOLD_TRACK_OF_SHARPNESS,                                                 \
      "2 at the edge of stability of gradient descent; needs sharpness")       \
    X(FINAL_SHARPNESS_TIMES_LR, "final_sharpness_times_lr", POINT,             \
      TRACK_FINAL_SHARPNESS_TIMES_LR, "1",                                     \
      "sharpness at the last logged step times the learning rate of the step " \
      "that led there: 2 at the edge of stability of gradient descent; not "   \
      "of adam, adamw and rmsprop")

/* All rows, in order: E and T of words (identifier, name, traits, text or
 * NULL), X of variables (as in GOLD_VARIABLE_LIST). */
#define GOLD_TRACK_LIST(E, T, X)                                               \
    GOLD_TRACK_ENTRIES(E, X) GOLD_TRACK_OTHERS(T, X)

/* For lists of words alone, or of variables. */
#define GOLD_NO_ROW(...)

typedef enum gold_track {
#define GOLD_TRACK_ENUM(id, ...) GOLD_TRACK_##id,
    GOLD_TRACK_LIST(GOLD_TRACK_ENUM, GOLD_TRACK_ENUM, GOLD_NO_ROW)
#undef GOLD_TRACK_ENUM
    GOLD_N_TRACKS
} gold_track;

/** Words with a trait: a bit each. */
#define GOLD_TRACKS_WITH(trait)                                                \
    (0U GOLD_TRACK_LIST(GOLD_##trait##_BIT, GOLD_##trait##_BIT, GOLD_NO_ROW))
#define GOLD_USUAL_BIT(id, name, traits, text)                                 \
    | ((unsigned)((traits)&GOLD_TRACK_USUAL ? 1 : 0) << GOLD_TRACK_##id)
#define GOLD_OF_GRADIENT_BIT(id, name, traits, text)                           \
    | ((unsigned)((traits)&GOLD_TRACK_OF_GRADIENT ? 1 : 0) << GOLD_TRACK_##id)
#define GOLD_OF_SHARPNESS_BIT(id, name, traits, text)                          \
    | ((unsigned)((traits)&GOLD_TRACK_OF_SHARPNESS ? 1 : 0) << GOLD_TRACK_##id)

#ifdef __cplusplus
}
#endif
#endif
