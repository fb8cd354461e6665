/* SPDX-License-Identifier: MIT */
#include "train/optimizer.h"

#include <math.h>

#include "goldilocks/memory.h"

#include "linalg/product.h"

gold_status FN(optimizer_init)(FN(optimizer) * optimizer,
                               const gold_train_settings *settings, size_t n)
{
    const size_t vectors = gold_optimizer_vectors(settings->optimizer);

    *optimizer = (FN(optimizer)){.settings = settings, .n = n};
    if (vectors > 0) {
        GOLD_TRY(GOLD_ALLOC(n, &optimizer->first));
    }
    return vectors > 1 ? GOLD_ALLOC(n, &optimizer->second) : GOLD_OK;
}

void FN(optimizer_fini)(FN(optimizer) * optimizer)
{
    gold_free(optimizer->first);
    gold_free(optimizer->second);
    *optimizer = (FN(optimizer)){0};
}

double FN(rate_share)(const gold_train_settings *settings, uint64_t s,
                      uint64_t n)
{
    const uint64_t warmup = settings->warmup;
    const double floor_share = settings->decay_floor;

    if (s < warmup) {
        return (double)(s + 1) / (double)warmup;
    }
    const uint64_t n_falls = settings->decay == GOLD_DECAY_STEP
                                 ? (s - warmup) / settings->decay_every
                                 : 0;
    const double share = (double)(s - warmup) / (double)(n - warmup);

    switch (settings->decay) {
    case GOLD_DECAY_LINEAR:
        return 1.0 - (1.0 - floor_share) * share;
    case GOLD_DECAY_COSINE:
        return floor_share +
               (1.0 - floor_share) * 0.5 * (1.0 + cos(acos(-1.0) * share));
    case GOLD_DECAY_STEP:
        return pow(settings->decay_factor, (double)n_falls);
    case GOLD_DECAY_NONE:
        break;
    }
    return 1.0;
}

static void plain_step(FN(optimizer) * o, const real *gradient, real *theta)
{
    FN(add_scaled)(o->n, -o->rate, gradient, theta);
}

/* The buffer starts as 0, so the first step makes it the gradient. */
static void momentum_step(FN(optimizer) * o, const real *gradient, real *theta)
{
    const real keep = (real)o->settings->momentum;
    const real rate = (real)o->rate;

    for (size_t i = 0; i < o->n; i++) {
        o->first[i] = keep * o->first[i] + gradient[i];
        theta[i] -= rate * o->first[i];
    }
}

static void nesterov_step(FN(optimizer) * o, const real *gradient, real *theta)
{
    const real keep = (real)o->settings->momentum;
    const real rate = (real)o->rate;

    for (size_t i = 0; i < o->n; i++) {
        o->first[i] = keep * o->first[i] + gradient[i];
        theta[i] -= rate * (gradient[i] + keep * o->first[i]);
    }
}

static void rmsprop_step(FN(optimizer) * o, const real *gradient, real *theta)
{
    const real keep = (real)o->settings->smoothing;
    const real rate = (real)o->rate;
    const real epsilon = (real)o->settings->epsilon;

    for (size_t i = 0; i < o->n; i++) {
        const real g = gradient[i];

        o->first[i] = keep * o->first[i] + (R(1.0) - keep) * g * g;
        theta[i] -= rate * g / ((real)sqrt((double)o->first[i]) + epsilon);
    }
}

static void adam_step(FN(optimizer) * o, const real *gradient, real *theta)
{
    const double t = (double)o->step;
    const real beta_1 = (real)o->settings->betas[0];
    const real beta_2 = (real)o->settings->betas[1];
    const real rate = (real)(o->rate / (1.0 - pow((double)beta_1, t)));
    const real root = (real)(1.0 / sqrt(1.0 - pow((double)beta_2, t)));
    const real epsilon = (real)o->settings->epsilon;

    for (size_t i = 0; i < o->n; i++) {
        const real g = gradient[i];

        o->first[i] = beta_1 * o->first[i] + (R(1.0) - beta_1) * g;
        o->second[i] = beta_2 * o->second[i] + (R(1.0) - beta_2) * g * g;
        theta[i] -= rate * o->first[i] /
                    ((real)sqrt((double)o->second[i]) * root + epsilon);
    }
}

/* A gradient that is too long is made shorter. */
static void clip(const FN(optimizer) * o, real *gradient)
{
    const double limit = o->settings->clip_norm;
    const double norm = limit > 0.0 ? FN(norm)(o->n, gradient) : 0.0;
    const double factor = limit / (norm + 1e-6);

    for (size_t i = 0; limit > 0.0 && factor < 1.0 && i < o->n; i++) {
        gradient[i] = (real)(factor * (double)gradient[i]);
    }
}

void FN(optimizer_step)(FN(optimizer) * optimizer, real *gradient, real *theta)
{
    static void (*const steps[])(FN(optimizer) * o, const real *gradient,
                                 real *theta) = {
        [GOLD_GD] = plain_step,          [GOLD_SGD] = plain_step,
        [GOLD_MOMENTUM] = momentum_step, [GOLD_NESTEROV] = nesterov_step,
        [GOLD_RMSPROP] = rmsprop_step,   [GOLD_ADAM] = adam_step,
        [GOLD_ADAMW] = adam_step,
    };
    const gold_train_settings *settings = optimizer->settings;
    const double decay = settings->weight_decay;

    optimizer->step++;
    clip(optimizer, gradient);
    if (decay != 0.0 && settings->optimizer == GOLD_ADAMW) {
        FN(add_scaled)(optimizer->n, -optimizer->rate * decay, theta, theta);
    } else if (decay != 0.0) {
        FN(add_scaled)(optimizer->n, decay, theta, gradient);
    }
    steps[settings->optimizer](optimizer, gradient, theta);
}

void FN(optimizer_step_on_sphere)(FN(optimizer) * optimizer, size_t n,
                                  double length, real *gradient, real *x)
{
    FN(add_scaled)
    (n, -FN(dot)(n, gradient, x) / FN(dot)(n, x, x), x, gradient);
    FN(optimizer_step)(optimizer, gradient, x);
    const double factor = length / FN(norm)(n, x);

    for (size_t i = 0; i < n; i++) {
        x[i] = (real)(factor * (double)x[i]);
    }
}
