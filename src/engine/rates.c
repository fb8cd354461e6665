/* SPDX-License-Identifier: MIT */
#include "engine/rates.h"

#include <math.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "base/blocks.h"
#include "engine/sharpness.h"

enum {
    MOST_FACTORS = 48 /* of 2, from the rate that the search begins at */
};

/* Of the ends of what is left, when a search ends. */
static const double precise = 1.01;
/* The first rate, by that at which a straight line would lose all of the loss
 * in one step: the search goes up from small ones, to the first that is too
 * large. */
static const double small = 1e-3;

static gold_status by_sharpness(const gold_engine_job *job,
                                const gold_settings *settings,
                                const gold_start *start, const real *theta,
                                double *rate, double *flops)
{
    gold_status status = GOLD_OK;
    gold_sharpness sharpness = {.start = start};
    double value = 0.0;
    double residual = 0.0;

    GOLD_GOTO(FN(sharpness_init)(&sharpness, job, settings, start));
    GOLD_GOTO(FN(sharpness_take)(&sharpness, theta, &value, &residual));
    *flops += sharpness.hvp.run.flops;
    *rate = settings->train.learning_rate * 2.0 / value;
    if (!(value > 0.0 && isfinite(*rate) && *rate > 0.0)) {
        GOLD_FAIL(GOLD_ERR_NUMERIC,
                  "the sharpness is %g where training begins: no unit of a "
                  "learning rate",
                  value);
    }

done:
    FN(sharpness_fini)(&sharpness);
    return status;
}

gold_status FN(rate_applied)(const gold_engine_job *job,
                             const gold_settings *settings,
                             const gold_start *start, double alpha,
                             const real *theta, double *rate, double *flops)
{
    const gold_network *network = &start->network;
    const double degree = network->is_homogeneous ? (double)network->degree
                                                  : (double)network->n_layers;

    *rate = settings->train.learning_rate;
    switch (settings->train.scale_learning_rate) {
    case GOLD_RATE_NONE:
        break;
    case GOLD_RATE_HOMOGENEOUS:
        *rate /= pow(alpha, degree - 2.0);
        break;
    case GOLD_RATE_SHARPNESS:
        return by_sharpness(job, settings, start, theta, rate, flops);
    }
    return GOLD_OK;
}

/* A training of a few steps that leaves nothing but its last entry. */
static gold_status end_of(const gold_training *plan, const real *theta,
                          double rate, uint64_t n_steps, real *trial,
                          gold_training_result *result, double *flops)
{
    const gold_training training = {
        .network = plan->network,
        .settings = plan->settings,
        .input_scale = plan->input_scale,
        .temperature = plan->temperature,
        .learning_rate = rate,
        .seed = plan->seed,
        .n_steps = n_steps,
        .directions = plan->directions,
        .train = plan->train,
        .augmentation = plan->augmentation,
        .wants_gradients = n_steps == 0,
        .stop_accuracy = (double)NAN,
        .stop_loss = (double)NAN,
    };

    memcpy(trial, theta, plan->network->n_parameters * sizeof *trial);
    GOLD_TRY(FN(train)(&training, trial, NULL, result));
    *flops += result->flops;
    return GOLD_OK;
}

/* Try a rate, and make it an end of what is left, [low, high]: too large is one
 * that raises the loss, or kills all logits, whose loss may well be lower. */
static gold_status narrow(const gold_training *plan, const real *theta,
                          double rate, double at_start, real *trial,
                          double ends[2], double *flops)
{
    gold_training_result result;

    GOLD_TRY(
        end_of(plan, theta, rate, GOLD_STABLE_STEPS, trial, &result, flops));
    const bool is_stable = result.end == GOLD_END_STEPS &&
                           result.final.loss <= at_start &&
                           result.final.zero_logits < 1.0;

    ends[is_stable ? 0 : 1] = rate;
    return GOLD_OK;
}

/* The next rate: twice as large until one is too large, half as large until one
 * is not, then between. */
static double next_rate(const double ends[2], double first)
{
    if (ends[0] > 0.0 && isfinite(ends[1])) {
        return sqrt(ends[0] * ends[1]);
    }
    return ends[0] > 0.0       ? 2.0 * ends[0]
           : isfinite(ends[1]) ? 0.5 * ends[1]
                               : first;
}

gold_status FN(rate_stable)(const gold_training *plan, const real *theta,
                            double *rate, double *flops)
{
    gold_status status = GOLD_OK;
    double ends[2] = {0.0, (double)INFINITY};
    gold_training_result start;
    real *trial = NULL;

    *rate = (double)NAN;
    GOLD_GOTO(GOLD_ALLOC(plan->network->n_parameters, &trial));
    GOLD_GOTO(end_of(plan, theta, 0.0, 0, trial, &start, flops));
    const double slope = start.final.gradient_norm * start.final.gradient_norm;
    const double first = small * start.final.loss / slope;

    for (int i = 0; isfinite(first) && first > 0.0 && i < MOST_FACTORS &&
                    !(ends[1] <= precise * ends[0]);
         i++) {
        GOLD_GOTO(narrow(plan, theta, next_rate(ends, first), start.final.loss,
                         trial, ends, flops));
    }
    if (ends[1] <= precise * ends[0]) {
        *rate = sqrt(ends[0] * ends[1]);
    }

done:
    gold_free(trial);
    return status;
}
