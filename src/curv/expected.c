/* SPDX-License-Identifier: MIT */
#include "curv/expected.h"

#include <math.h>

double gold_expected_g_curvature(const gold_logit_gradients *gradients,
                                 double d, double gamma, bool is_published)
{
    const double whole =
        gradients->mean_variance + gradients->residual_variance;
    const double c = gradients->mean_variance / whole;
    const double e = gradients->residual_variance / whole;

    if (!(whole > 0.0) || !(gamma > 0.0)) {
        return whole >= 0.0 && gamma >= 0.0 ? 0.0 : (double)NAN;
    }
    const double spread =
        is_published ? d / (gamma * gamma) : (d + 1.0) / (gamma * gamma) + 1.0;

    return sqrt(d) / sqrt(e * e + 2.0 * e * c + c * c * spread);
}

double gold_expected_gradient_norm(const gold_logit_gradients *gradients,
                                   const gold_prediction_gap *gap)
{
    const double of_means =
        gradients->mean_variance * gap->prior_mismatch * gap->prior_mismatch;
    const double of_rest =
        gradients->residual_variance * gap->brier_score / gap->n_samples;

    return sqrt(gap->n_parameters * (of_means + of_rest)) / gap->temperature;
}
