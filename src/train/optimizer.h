/* SPDX-License-Identifier: MIT */
/**
 * @file optimizer.h
 * One step of an optimizer, by PyTorch's definitions (torch.optim SGD and
 * Adam, their defaults for what settings do not name). Typed.
 *
 *   weight decay  g <- g + weight_decay theta
 *   gd, sgd       theta <- theta - rate g
 *   momentum      b <- momentum b + g (b = g at first), theta <- theta - rate b
 *   adam          m <- 0.9 m + 0.1 g, v <- 0.999 v + 0.001 g^2,
 *                 theta <- theta - rate / (1 - 0.9^t) m /
 *                          (sqrt(v) / sqrt(1 - 0.999^t) + 1e-8)
 */
#ifndef GOLD_TRAIN_OPTIMIZER_H
#define GOLD_TRAIN_OPTIMIZER_H

#include "goldilocks/settings.h"
#include "goldilocks/status.h"

#include "base/real.h"

typedef struct FN(optimizer) {
    gold_optimizer kind;
    double rate;
    double momentum;
    double weight_decay;
    size_t n;      /* parameters */
    uint64_t step; /* steps done */
    real *first;   /* [n] momentum buffer, or Adam's m; NULL where not needed */
    real *second;  /* [n] Adam's v; NULL where not needed */
} FN(optimizer);

/** Make an optimizer for `n` parameters; ended by FN(optimizer_fini). */
GOLD_CHECKED gold_status FN(optimizer_init)(FN(optimizer) * optimizer,
                                            const gold_train_settings *settings,
                                            double rate, size_t n);

/** Free what the optimizer holds; zeroed ones are allowed. */
void FN(optimizer_fini)(FN(optimizer) * optimizer);

/** One step: theta [n] is changed; so is gradient [n], by the decay. */
void FN(optimizer_step)(FN(optimizer) * optimizer, real *gradient, real *theta);

#endif
