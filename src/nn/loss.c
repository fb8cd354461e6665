/* SPDX-License-Identifier: MIT */
#include "nn/loss.h"

#include <math.h>

#include "nn/softmax.h"

/* ---- Cross-entropy ------------------------------------------------------ */

static void softmax_predict(size_t k, const double *z, gold_aim aim,
                            gold_softmax *softmax)
{
    gold_softmax_of(k, z, aim.label, softmax);
}

static void softmax_slope(size_t k, const double *z, gold_aim aim,
                          const gold_softmax *softmax, double *residual)
{
    (void)z;
    for (size_t i = 0; i < k; i++) {
        residual[i] = gold_softmax_residual(softmax, i, aim.label);
    }
}

static double softmax_residual(size_t k, const double *z, gold_aim aim,
                               double *weights, double *residual)
{
    gold_softmax softmax = {.p = weights};

    softmax_predict(k, z, aim, &softmax);
    softmax_slope(k, z, aim, &softmax, residual);
    return softmax.loss;
}

/* c (k) <- y less its mean under p; relative to the top class first, so that
 * nothing cancels where that takes all. */
static void center(size_t k, const double *p, const double *y, double *c)
{
    size_t top = 0;
    double mean = 0.0;

    for (size_t i = 1; i < k; i++) {
        top = p[i] > p[top] ? i : top;
    }
    for (size_t i = 0; i < k; i++) {
        mean += p[i] * (y[i] - y[top]);
    }
    for (size_t i = 0; i < k; i++) {
        c[i] = y[i] - y[top] - mean;
    }
}

/* loss'' = diag(p) - pp', so b = sqrt(p) (y - p'y), relative to the top class
 * as above; b of that one is room for the means. */
static void softmax_rows(size_t k, const double *weights, size_t d,
                         const double *y, double *b)
{
    size_t top = 0;

    for (size_t i = 1; i < k; i++) {
        top = weights[i] > weights[top] ? i : top;
    }
    const double *zero = y + top * d;
    double *mean = b + top * d;

    for (size_t v = 0; v < d; v++) {
        mean[v] = 0.0;
    }
    for (size_t i = 0; i < k; i++) {
        for (size_t v = 0; i != top && v < d; v++) {
            mean[v] += weights[i] * (y[i * d + v] - zero[v]);
        }
    }
    for (size_t i = 0; i < k; i++) {
        const double root = sqrt(weights[i]);

        for (size_t v = 0; i != top && v < d; v++) {
            b[i * d + v] = root * (y[i * d + v] - zero[v] - mean[v]);
        }
    }
    for (size_t v = 0; v < d; v++) {
        mean[v] *= -sqrt(weights[top]);
    }
}

static void softmax_curve(size_t k, const double *weights, const double *y,
                          double *h)
{
    center(k, weights, y, h);
    for (size_t i = 0; i < k; i++) {
        h[i] *= weights[i];
    }
}

const gold_loss gold_cross_entropy = {
    "cross-entropy",  true,         softmax_predict, softmax_slope,
    softmax_residual, softmax_rows, softmax_curve};

/* ---- Mean square: loss'' is 2 / k, whatever z --------------------------- */

static double gap_of(const double *z, gold_aim aim, size_t i)
{
    const double one_hot = i == aim.label ? 1.0 : 0.0;

    return z[i] - (aim.targets != NULL ? aim.targets[i] : one_hot);
}

static void square_slope(size_t k, const double *z, gold_aim aim,
                         const gold_softmax *softmax, double *residual)
{
    for (size_t i = 0; i < k; i++) {
        residual[i] = softmax->p[i] * gap_of(z, aim, i);
    }
}

/* It has no entropy and no rest. */
static void square_predict(size_t k, const double *z, gold_aim aim,
                           gold_softmax *softmax)
{
    double sum = 0.0;

    softmax->top = 0;
    softmax->residual = 0.0;
    for (size_t i = 0; i < k; i++) {
        const double gap = gap_of(z, aim, i);

        sum += gap * gap;
        softmax->p[i] = 2.0 / (double)k;
        softmax->residual = fmax(softmax->residual, fabs(softmax->p[i] * gap));
        softmax->top = z[i] > z[softmax->top] ? i : softmax->top;
    }
    softmax->loss = sum / (double)k;
    softmax->entropy = (double)NAN;
    softmax->rest = (double)NAN;
}

static double square_residual(size_t k, const double *z, gold_aim aim,
                              double *weights, double *residual)
{
    gold_softmax softmax = {.p = weights};

    square_predict(k, z, aim, &softmax);
    square_slope(k, z, aim, &softmax, residual);
    return softmax.loss;
}

static void square_rows(size_t k, const double *weights, size_t d,
                        const double *y, double *b)
{
    for (size_t i = 0; i < k * d; i++) {
        b[i] = sqrt(weights[i / d]) * y[i];
    }
}

static void square_curve(size_t k, const double *weights, const double *y,
                         double *h)
{
    for (size_t i = 0; i < k; i++) {
        h[i] = weights[i] * y[i];
    }
}

const gold_loss gold_mean_square = {
    "mse",           false,       square_predict, square_slope,
    square_residual, square_rows, square_curve};

const gold_loss *gold_loss_of(const gold_settings *settings)
{
    static const gold_loss *const losses[] = {
        [GOLD_CROSS_ENTROPY] = &gold_cross_entropy,
        [GOLD_MEAN_SQUARE] = &gold_mean_square,
    };

    return losses[settings->loss];
}
