/* SPDX-License-Identifier: MIT */
#include "engine/sharpness.h"

#include <math.h>

#include "goldilocks/memory.h"
#include "goldilocks/random.h"

#include "base/blocks.h"
#include "linalg/lanczos.h"
#include "linalg/product.h"

#define TOLERANCE 1e-3

gold_status FN(sharpness_init)(gold_sharpness *s, const gold_engine_job *job,
                               const gold_settings *settings,
                               const gold_start *start)
{
    const size_t n = start->network.n_parameters;
    const gold_hvp_plan plan = {&start->network, settings->input_scale,
                                FN(samples)(&job->data->train), 1,
                                gold_kept_bytes(job->study)};

    *s = (gold_sharpness){.settings = settings, .start = start};
    GOLD_TRY(FN(hvp_init)(&s->hvp, &plan));
    GOLD_TRY(GOLD_ALLOC(n, &s->vector));
    GOLD_TRY(GOLD_ALLOC(n, &s->near));
    GOLD_TRY(GOLD_ALLOC(n, &s->from));
    GOLD_TRY(GOLD_ALLOC(n, &s->to));
    gold_random_normal(
        gold_stream_of(settings->direction_seed, GOLD_PURPOSE_PROBES, 0), 0, n,
        s->vector);
    return GOLD_OK;
}

void FN(sharpness_fini)(gold_sharpness *s)
{
    FN(hvp_fini)(&s->hvp);
    gold_free(s->vector);
    gold_free(s->near);
    gold_free(s->from);
    gold_free(s->to);
    *s = (gold_sharpness){0};
}

/* y = H x, of doubles. */
static bool apply_hessian(void *context, const double *x, double *y)
{
    gold_sharpness *s = context;
    const size_t n = s->start->network.n_parameters;
    const double factor = FN(hvp_factor)(&s->hvp, GOLD_TERM_HESSIAN);
    const gold_hvp_products products = {{[GOLD_TERM_HESSIAN] = s->to}};

    for (size_t i = 0; i < n; i++) {
        s->from[i] = (real)x[i];
    }
    FN(hvp_apply)(&s->hvp, 1, s->from, &products);
    for (size_t i = 0; i < n; i++) {
        y[i] = factor * (double)s->to[i];
    }
    return true;
}

gold_status FN(sharpness_take)(gold_sharpness *s, const real *theta,
                               double *value, double *residual)
{
    const gold_network *network = &s->start->network;
    const size_t n = network->n_parameters;
    const double alpha =
        FN(start_near)(s->start, FN(norm)(n, theta), theta, s->near);
    /* At which the network there predicts what it does at theta. */
    const double temperature =
        network->is_homogeneous
            ? s->settings->temperature * pow(alpha, -(double)network->degree)
            : s->settings->temperature;
    const gold_lanczos lanczos = {
        .n = n,
        .apply = apply_hessian,
        .context = s,
        .start = s->vector,
        .most_steps = GOLD_SHARPNESS_STEPS,
        .tolerance = TOLERANCE,
    };
    gold_lanczos_result result;

    FN(hvp_at)(&s->hvp, s->near, temperature);
    GOLD_TRY(gold_lanczos_largest(&lanczos, &result));
    *value = result.value / (alpha * alpha);
    *residual = result.residual / (alpha * alpha);
    return GOLD_OK;
}
