/* SPDX-License-Identifier: MIT */
/**
 * @file expected.h
 * Statistics of logit gradients, and what a model of independent normal
 * gradients makes of them.
 */
#ifndef GOLD_CURV_EXPECTED_H
#define GOLD_CURV_EXPECTED_H

#include <stdbool.h>

/** J_ik is the gradient of logit k (before the temperature) of sample i by the
 * D parameters, c_k its mean over samples. */
typedef struct gold_logit_gradients {
    double mean_variance;     /* vC: variance over (k, entry) of c_k */
    double residual_variance; /* vE: of J_ik - c_k over (i, k, entry) */
    double within_class;      /* WCA: mean over k of the mean cosine of J_ik
                                 and J_jk, i /= j both labelled k */
    double cross_class;       /* CCA: the same over all i /= j */
    double zero_share;        /* of (i, k) with J_ik = 0; these have no cosine
                                 and are left out of the means */
    double flops;             /* of matrix products */
} gold_logit_gradients;

/**
 * Trace over Frobenius norm of the G-term in d dimensions, as expected of
 * J_ik = c_k + e_ik with independent normal coordinates of variance vC and vE,
 * for many samples:
 *
 *   sqrt(d) (vE + vC) / sqrt(vE^2 + 2 vE vC + vC^2 B)
 *
 * with B = (d + 1) / gamma^2 + 1, which is exact at finite d, or d / gamma^2
 * as published (Vysogorets et al. 2024, Eq. 9; `is_published`). 0 where gamma
 * or both variances are.
 */
double gold_expected_g_curvature(const gold_logit_gradients *gradients,
                                 double d, double gamma, bool is_published);

/** Where a gradient's norm is predicted. */
typedef struct gold_prediction_gap {
    double n_parameters;
    double n_samples;
    double temperature;
    double prior_mismatch; /* of mean prediction and class frequencies */
    double brier_score;    /* mean of |p_i - y_i|^2 */
} gold_prediction_gap;

/**
 * Norm of the gradient of the loss expected of the same model (D-10):
 *
 *   sqrt(D (vC mismatch^2 + vE brier / N)) / T
 */
double gold_expected_gradient_norm(const gold_logit_gradients *gradients,
                                   const gold_prediction_gap *gap);

#endif
