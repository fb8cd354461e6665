/* SPDX-License-Identifier: MIT */
#include "engine/rates.h"

#include <math.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "base/blocks.h"
#include "engine/sharpness.h"

enum {
    MOST_FACTORS = 40 /* of 2, from the rate that the search begins at */
};

/* Of the ends of what is left, when a search ends. */
static const double precise = 1.01;

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

/* A training of a few steps that leaves nothing but its loss; NaN or infinite
 * where it diverged. */
static gold_status loss_after(const gold_training *plan, const real *theta,
                              double rate, uint64_t n_steps, real *trial,
                              double *loss, double *flops)
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
        .stop_accuracy = (double)NAN,
        .stop_loss = (double)NAN,
    };
    gold_training_result result;

    memcpy(trial, theta, plan->network->n_parameters * sizeof *trial);
    GOLD_TRY(FN(train)(&training, trial, NULL, &result));
    *loss = result.end == GOLD_END_STEPS ? result.final.loss : (double)NAN;
    *flops += result.flops;
    return GOLD_OK;
}

/* Narrow [low, high] by one training: twice as far where one end is not known
 * yet. */
static gold_status narrow(const gold_training *plan, const real *theta,
                          double at_start, real *trial, double ends[2],
                          double *flops)
{
    const bool is_below = ends[0] > 0.0;
    const bool is_above = isfinite(ends[1]);
    const double rate = is_below && is_above ? sqrt(ends[0] * ends[1])
                        : is_below           ? 2.0 * ends[0]
                        : is_above           ? 0.5 * ends[1]
                                             : plan->learning_rate;
    double loss = 0.0;

    GOLD_TRY(
        loss_after(plan, theta, rate, GOLD_STABLE_STEPS, trial, &loss, flops));
    ends[loss <= at_start ? 0 : 1] = rate;
    return GOLD_OK;
}

gold_status FN(rate_stable)(const gold_training *plan, const real *theta,
                            double *rate, double *flops)
{
    gold_status status = GOLD_OK;
    double ends[2] = {0.0, (double)INFINITY};
    double at_start = 0.0;
    real *trial = NULL;

    *rate = (double)NAN;
    GOLD_GOTO(GOLD_ALLOC(plan->network->n_parameters, &trial));
    GOLD_GOTO(loss_after(plan, theta, 0.0, 0, trial, &at_start, flops));
    for (int i = 0; i < MOST_FACTORS && !(ends[1] <= precise * ends[0]); i++) {
        GOLD_GOTO(narrow(plan, theta, at_start, trial, ends, flops));
    }
    if (ends[1] <= precise * ends[0]) {
        *rate = sqrt(ends[0] * ends[1]);
    }

done:
    gold_free(trial);
    return status;
}
