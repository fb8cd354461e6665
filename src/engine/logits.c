/* SPDX-License-Identifier: MIT */
#include "engine/logits.h"

#include <math.h>

#include "curv/logits.h"
#include "engine/record.h"

/* What of the first k points is known already of alpha; NULL: nothing. */
static const gold_logit_gradients *known_of(const FN(line) * line, size_t k,
                                            const gold_logit_gradients *found)
{
    for (size_t p = 0; p < k; p++) {
        if (line->network->is_homogeneous ||
            !(line->points[p].alpha < line->points[k].alpha ||
              line->points[p].alpha > line->points[k].alpha)) {
            return &found[p];
        }
    }
    return NULL;
}

gold_status FN(line_logits)(const FN(line) * line, size_t n_samples,
                            gold_logit_gradients *found, double *flops)
{
    const bool is_homogeneous = line->network->is_homogeneous;
    const double power = 2.0 * ((double)line->network->degree - 1.0);
    gold_batch samples = line->train;

    samples.n = n_samples < samples.n ? n_samples : samples.n;
    for (size_t p = 0; p < line->n_points; p++) {
        const double alpha = is_homogeneous ? 1.0 : line->points[p].alpha;
        const gold_model model = {line->network, line->theta, alpha,
                                  line->input_scale};
        const gold_logit_gradients *known = known_of(line, p, found);

        if (known != NULL) {
            found[p] = *known;
            continue;
        }
        GOLD_TRY(FN(logit_gradients)(&model, &samples, &found[p]));
        *flops += found[p].flops;
    }
    for (size_t p = 0; is_homogeneous && p < line->n_points; p++) {
        const double scale = pow(line->points[p].alpha, power);

        found[p].mean_variance *= scale;
        found[p].residual_variance *= scale;
    }
    return GOLD_OK;
}

void FN(record_logits)(const gold_schema *schema, const FN(line) * line,
                       const gold_line_point *point,
                       const gold_line_result *result,
                       const gold_logit_gradients *gradients, double *record)
{
    const gold_prediction_gap gap = {
        .n_parameters = (double)line->network->n_parameters,
        .n_samples = (double)line->train.n,
        .temperature = point->temperature,
        .prior_mismatch = result->prior_mismatch,
        .brier_score = result->brier_score,
    };
    const struct {
        gold_variable variable;
        double value;
    } numbers[] = {
        {GOLD_VAR_CALIBRATION_ERROR, result->calibration_error},
        {GOLD_VAR_TEST_CALIBRATION_ERROR, result->test_calibration_error},
        {GOLD_VAR_BRIER_SCORE, result->brier_score},
        {GOLD_VAR_GAMMA_P, result->gamma},
        {GOLD_VAR_LOGIT_GRADIENT_MEAN_VARIANCE, gradients->mean_variance},
        {GOLD_VAR_LOGIT_GRADIENT_RESIDUAL_VARIANCE,
         gradients->residual_variance},
        {GOLD_VAR_WITHIN_CLASS_ALIGNMENT, gradients->within_class},
        {GOLD_VAR_CROSS_CLASS_ALIGNMENT, gradients->cross_class},
        {GOLD_VAR_ZERO_LOGIT_GRADIENTS, gradients->zero_share},
        {GOLD_VAR_EXPECTED_GRADIENT_NORM,
         gold_expected_gradient_norm(gradients, &gap)},
    };

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        gold_record_put(schema, record, numbers[i].variable, numbers[i].value);
    }
    for (size_t k = 0; k < schema->count[GOLD_VAR_EXPECTED_G_TRACE_OVER_NORM];
         k++) {
        const double d = (double)schema->dims[k];

        record[schema->offset[GOLD_VAR_EXPECTED_G_TRACE_OVER_NORM] + k] =
            gold_expected_g_curvature(gradients, d, result->gamma, false);
        record[schema->offset[GOLD_VAR_EXPECTED_G_TRACE_OVER_NORM_PUBLISHED] +
               k] =
            gold_expected_g_curvature(gradients, d, result->gamma, true);
    }
}
