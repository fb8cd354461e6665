/* SPDX-License-Identifier: MIT */
/**
 * @file loss.h
 * Losses of one sample, as tables: one row each. In double.
 *
 * Of K outputs z and what they should be. What derivatives need of z, its
 * weights (K), is filled in with the value; so they keep their digits where
 * softmax saturates.
 */
#ifndef GOLD_NN_LOSS_H
#define GOLD_NN_LOSS_H

#include <stdint.h>

#include "goldilocks/settings.h"

#include "nn/softmax.h"

/** What the outputs of a sample should be. Borrowed. */
typedef struct gold_aim {
    uint8_t label;
    const double *targets; /* [K]; NULL: 1 at the label and 0 elsewhere */
} gold_aim;

typedef struct gold_loss {
    const char *name;
    bool is_balanced; /* residuals sum to 0 */

    /** What softmax.h tells of one, p being the weights; of other losses those
     * of its numbers that they have. */
    void (*predict)(size_t k, const double *z, gold_aim aim,
                    gold_softmax *softmax);

    /** residual (k) <- d loss / d z, of what was predicted. */
    void (*slope)(size_t k, const double *z, gold_aim aim,
                  const gold_softmax *softmax, double *residual);

    /** Both: the value; residual and weights (k), filled. */
    double (*residual)(size_t k, const double *z, gold_aim aim, double *weights,
                       double *residual);

    /** b (k, d) <- B y for d of y (k, d), where B'B = loss''. */
    void (*rows)(size_t k, const double *weights, size_t d, const double *y,
                 double *b);

    /** h (k) <- loss'' y. */
    void (*curve)(size_t k, const double *weights, const double *y, double *h);
} gold_loss;

/** Minus the logarithm of the label's softmax, of labels only. Weights: the
 * softmax. */
extern const gold_loss gold_cross_entropy;

/** The mean over outputs of (z - y)^2, y the targets: what PyTorch's MSELoss
 * is. */
extern const gold_loss gold_mean_square;

/** The loss of a point. */
const gold_loss *gold_loss_of(const gold_settings *settings);

#endif
