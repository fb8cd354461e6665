/* SPDX-License-Identifier: MIT */
#include "train/optimizer.h"

#include <math.h>

#include "goldilocks/memory.h"

#include "linalg/product.h"

#define BETA_1 R(0.9)
#define BETA_2 R(0.999)

static const double adam_epsilon = 1e-8;

gold_status FN(optimizer_init)(FN(optimizer) * optimizer,
                               const gold_train_settings *settings, double rate,
                               size_t n)
{
    *optimizer = (FN(optimizer)){.kind = settings->optimizer,
                                 .rate = rate,
                                 .momentum = settings->momentum,
                                 .weight_decay = settings->weight_decay,
                                 .n = n};
    if (settings->optimizer == GOLD_MOMENTUM ||
        settings->optimizer == GOLD_ADAM) {
        GOLD_TRY(GOLD_ALLOC(n, &optimizer->first));
    }
    if (settings->optimizer == GOLD_ADAM) {
        GOLD_TRY(GOLD_ALLOC(n, &optimizer->second));
    }
    return GOLD_OK;
}

void FN(optimizer_fini)(FN(optimizer) * optimizer)
{
    gold_free(optimizer->first);
    gold_free(optimizer->second);
    *optimizer = (FN(optimizer)){0};
}

/* The buffer starts as 0, so the first step makes it the gradient. */
static void momentum_step(FN(optimizer) * o, const real *gradient, real *theta)
{
    const real keep = (real)o->momentum;
    const real rate = (real)o->rate;

    for (size_t i = 0; i < o->n; i++) {
        o->first[i] = keep * o->first[i] + gradient[i];
        theta[i] -= rate * o->first[i];
    }
}

static void adam_step(FN(optimizer) * o, const real *gradient, real *theta)
{
    const double t = (double)o->step;
    const real rate = (real)(o->rate / (1.0 - pow((double)BETA_1, t)));
    const real root = (real)(1.0 / sqrt(1.0 - pow((double)BETA_2, t)));
    const real epsilon = (real)adam_epsilon;

    for (size_t i = 0; i < o->n; i++) {
        const real g = gradient[i];

        o->first[i] = BETA_1 * o->first[i] + (R(1.0) - BETA_1) * g;
        o->second[i] = BETA_2 * o->second[i] + (R(1.0) - BETA_2) * g * g;
        theta[i] -= rate * o->first[i] /
                    ((real)sqrt((double)o->second[i]) * root + epsilon);
    }
}

void FN(optimizer_step)(FN(optimizer) * optimizer, real *gradient, real *theta)
{
    optimizer->step++;
    if (optimizer->weight_decay != 0.0) {
        FN(add_scaled)
        (optimizer->n, optimizer->weight_decay, theta, gradient);
    }
    switch (optimizer->kind) {
    case GOLD_GD:
    case GOLD_SGD:
        FN(add_scaled)(optimizer->n, -optimizer->rate, gradient, theta);
        break;
    case GOLD_MOMENTUM:
        momentum_step(optimizer, gradient, theta);
        break;
    case GOLD_ADAM:
        adam_step(optimizer, gradient, theta);
        break;
    }
}
