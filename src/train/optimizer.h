/* SPDX-License-Identifier: MIT */
/**
 * @file optimizer.h
 * One step of an optimizer, by PyTorch's definitions (torch.optim SGD, RMSprop,
 * Adam and AdamW, and clip_grad_norm_, their defaults for what settings do not
 * name). Typed.
 *
 *   clip_norm     g <- g min(1, clip_norm / (|g| + 1e-6))
 *   weight decay  g <- g + weight_decay theta;
 *                 adamw: theta <- theta - rate weight_decay theta instead
 *   gd, sgd       theta <- theta - rate g
 *   momentum      b <- momentum b + g (b = g at first), theta <- theta - rate b
 *   nesterov      the same b, theta <- theta - rate (g + momentum b)
 *   rmsprop       v <- smoothing v + (1 - smoothing) g^2,
 *                 theta <- theta - rate g / (sqrt(v) + epsilon)
 *   adam, adamw   m <- b1 m + (1 - b1) g, v <- b2 v + (1 - b2) g^2,
 *                 theta <- theta - rate / (1 - b1^t) m /
 *                          (sqrt(v) / sqrt(1 - b2^t) + epsilon)
 */
#ifndef GOLD_TRAIN_OPTIMIZER_H
#define GOLD_TRAIN_OPTIMIZER_H

#include "goldilocks/settings.h"
#include "goldilocks/status.h"

#include "base/real.h"

typedef struct FN(optimizer) {
    const gold_train_settings *settings; /* borrowed */
    double rate;                         /* of the next step */
    size_t n;                            /* parameters */
    uint64_t step;                       /* steps done */
    real *first;  /* [n] b, m, or the v of rmsprop; NULL where not needed */
    real *second; /* [n] v of adam; NULL where not needed */
} FN(optimizer);

/** Make an optimizer for `n` parameters; ended by FN(optimizer_fini). */
GOLD_CHECKED gold_status FN(optimizer_init)(FN(optimizer) * optimizer,
                                            const gold_train_settings *settings,
                                            size_t n);

/** Free what the optimizer holds; zeroed ones are allowed. */
void FN(optimizer_fini)(FN(optimizer) * optimizer);

/** Share of the learning rate at step s + 1 of n, by the schedule, as
 * torch.optim.lr_scheduler's LinearLR, CosineAnnealingLR and StepLR have it. */
double FN(rate_share)(const gold_train_settings *settings, uint64_t s,
                      uint64_t n);

/** One step: theta [n] is changed; so is gradient [n], by clipping and decay.
 */
void FN(optimizer_step)(FN(optimizer) * optimizer, real *gradient, real *theta);

/** One step of n coordinates that keep their length: the part of the gradient
 * along them is taken out, and the length put back. */
void FN(optimizer_step_on_sphere)(FN(optimizer) * optimizer, size_t n,
                                  double length, real *gradient, real *x);

#endif
