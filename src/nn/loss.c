/* SPDX-License-Identifier: MIT */
#include "nn/loss.h"

#include <math.h>

#include "nn/softmax.h"

/* ---- Cross-entropy ------------------------------------------------------ */

static double softmax_residual(size_t k, const double *z, size_t label,
                               double *weights, double *residual)
{
    gold_softmax softmax = {.p = weights};

    gold_softmax_of(k, z, label, &softmax);
    for (size_t i = 0; i < k; i++) {
        residual[i] = gold_softmax_residual(&softmax, i, label);
    }
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

/* loss'' = diag(p) - pp', so b = sqrt(p) (y - p'y). */
static void softmax_rows(size_t k, const double *weights, const double *y,
                         double *b)
{
    center(k, weights, y, b);
    for (size_t i = 0; i < k; i++) {
        b[i] *= sqrt(weights[i]);
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

const gold_loss gold_cross_entropy = {"cross-entropy", softmax_residual,
                                      softmax_rows, softmax_curve};

/* ---- Mean square: loss'' is 2 / k, whatever z --------------------------- */

static double square_residual(size_t k, const double *z, size_t label,
                              double *weights, double *residual)
{
    double sum = 0.0;

    for (size_t i = 0; i < k; i++) {
        const double gap = z[i] - (i == label ? 1.0 : 0.0);

        sum += gap * gap;
        residual[i] = 2.0 * gap / (double)k;
        weights[i] = 2.0 / (double)k;
    }
    return sum / (double)k;
}

static void square_rows(size_t k, const double *weights, const double *y,
                        double *b)
{
    for (size_t i = 0; i < k; i++) {
        b[i] = sqrt(weights[i]) * y[i];
    }
}

static void square_curve(size_t k, const double *weights, const double *y,
                         double *h)
{
    for (size_t i = 0; i < k; i++) {
        h[i] = weights[i] * y[i];
    }
}

const gold_loss gold_mean_square = {"mse", square_residual, square_rows,
                                    square_curve};
