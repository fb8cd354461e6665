/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <math.h>

#include "goldilocks/random.h"

#include "data/generate.h"

gold_status goldi_function_plan(const gold_data_block *data,
                                gold_dataset_plan *plan)
{
    const gold_function *function = &data->function;

    (void)plan;
    if (!(function->from < function->to &&
          isfinite(function->to - function->from))) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "data.from is %g and data.to is %g; points lie "
                         "between them",
                         function->from, function->to);
    }
    if (data->features != 1 && function->spacing == GOLD_SPACING_EVEN) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "data.spacing: even is of one feature; of %" PRIu64
                         " take random",
                         data->features);
    }
    return GOLD_OK;
}

/* Training points from one end to the other, test points in the middle of
 * equal parts. */
static double even_point(const gold_function *function, goldi_half half,
                         size_t i, size_t n)
{
    const double place = half == GOLDI_TEST || n < 2
                             ? ((double)i + 0.5) / (double)n
                             : (double)i / (double)(n - 1);

    return (1.0 - place) * function->from + place * function->to;
}

static void draw_points(const gold_dataset_plan *plan, goldi_half half,
                        goldi_raw *raw)
{
    const gold_function *function = &plan->data.function;
    const gold_stream stream =
        gold_stream_of(plan->data.seed, GOLD_PURPOSE_DATA, (uint32_t)half);
    const size_t n = raw->n * plan->n_features;

    if (function->spacing == GOLD_SPACING_RANDOM) {
        gold_random_uniform(stream, 0, n, raw->reals);
    }
    for (size_t i = 0; i < n; i++) {
        const double u = raw->reals[i];

        raw->reals[i] = function->spacing == GOLD_SPACING_EVEN
                            ? even_point(function, half, i, n)
                            : (1.0 - u) * function->from + u * function->to;
    }
}

static double phi(gold_ridge_kind kind, double z)
{
    switch (kind) {
    case GOLD_RIDGE_SIN:
        return sin(z);
    case GOLD_RIDGE_RELU:
        return fmax(z, 0.0);
    case GOLD_RIDGE_TANH:
        return tanh(z);
    default:
        return 1.0;
    }
}

static double ridge_at(const gold_ridge *ridge, size_t n_features,
                       const double *x)
{
    double z = ridge->shift;
    double sum = 0.0;

    if (ridge->kind == GOLD_RIDGE_CONSTANT) {
        return ridge->factor;
    }
    for (size_t j = 0; j < ridge->n_slopes; j++) {
        z += ridge->slope[j] * x[j];
    }
    for (size_t j = 0; ridge->n_slopes == 0 && j < n_features; j++) {
        sum += phi(ridge->kind, ridge->slope[0] * x[j] + ridge->shift);
    }
    return ridge->factor * (ridge->n_slopes > 0 ? phi(ridge->kind, z) : sum);
}

gold_status goldi_function(const gold_dataset_plan *plan, goldi_half half,
                           const size_t *slots, goldi_raw *raw)
{
    const gold_function *function = &plan->data.function;

    (void)slots;
    draw_points(plan, half, raw);
    for (size_t i = 0; i < raw->n; i++) {
        for (size_t r = 0; r < function->n_ridges; r++) {
            const gold_ridge *ridge = &function->ridges[r];

            raw->targets[i * plan->n_classes + ridge->output] += ridge_at(
                ridge, plan->n_features, raw->reals + i * plan->n_features);
        }
    }
    return GOLD_OK;
}
