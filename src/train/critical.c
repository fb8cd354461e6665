/* SPDX-License-Identifier: MIT */
#include "train/critical.h"

#include <math.h>

#include "linalg/product.h"

enum {
    MOST_PASSES = 40 /* the first ones look for a loss that rises */
};

static const double precise = 1e-3;
static const double wider = 16.0; /* than a step whose loss does not bend up */

/* Steps are told by that along which a straight line would lose all of the
 * loss. Of the first one the loss falls by enough to be seen in the arithmetic;
 * where it is back after less than `resolved`, it hardly fell, and rounding
 * alone would say where it is back. */
static const double first = sizeof(real) == sizeof(float) ? 1e-3 : 1e-8;
static const double resolved = sizeof(real) == sizeof(float) ? 1e-4 : 1e-11;

/* Steps between which the loss comes back to where it was, and how far it is
 * from there, by the step: that is a straight line for a quadratic. */
typedef struct bracket {
    double low; /* a step too small */
    double at_low;
    double high; /* a step too large; INFINITY while none is known */
    double at_high;
    int side; /* of the last step: 1 high, -1 low, 0 none yet */
} bracket;

/* (loss at a step - loss here) / step. */
static double rise(FN(passes) * passes, const real *theta, const real *gradient,
                   gold_batch samples, real *trial, double loss, double step)
{
    for (size_t i = 0; i < passes->network->n_parameters; i++) {
        trial[i] = (real)((double)theta[i] - step * (double)gradient[i]);
    }
    const double there =
        FN(evaluate)(passes, trial, samples).loss / (double)samples.n;

    return isfinite(there) ? (there - loss) / step : (double)INFINITY;
}

/* Where a straight line through both ends is 0, or the middle where it is
 * none. While no step is too large: where one through 0 and the last step is.
 */
static double next_step(const bracket *b, double squares)
{
    if (!isfinite(b->high)) {
        const double bend = (b->at_low + squares) / b->low;

        return fmax(bend > 0.0 ? squares / bend : 0.0,
                    (bend > 0.0 ? 1.5 : wider) * b->low);
    }
    return isfinite(b->at_high) ? b->low - b->at_low * (b->high - b->low) /
                                               (b->at_high - b->at_low)
                                : 0.5 * (b->low + b->high);
}

/* An end that stays twice is taken for half as far off, or it would stay for
 * ever (the rule of Illinois). */
static void narrow(bracket *b, double step, double at_step)
{
    const int side = at_step > 0.0 ? 1 : -1;

    if (side > 0) {
        b->high = step;
        b->at_high = at_step;
        b->at_low *= b->side == side ? 0.5 : 1.0;
    } else {
        b->low = step;
        b->at_low = at_step;
        b->at_high *= b->side == side ? 0.5 : 1.0;
    }
    b->side = side;
}

double FN(critical_sharpness)(FN(passes) * passes, const real *theta,
                              const real *gradient, gold_batch samples,
                              real *trial, double loss, size_t *n_passes)
{
    const size_t n = passes->network->n_parameters;
    const double squares = FN(dot)(n, gradient, gradient);
    bracket b = {0.0, -squares, (double)INFINITY, (double)INFINITY, 0};
    double step = first * loss / squares;

    *n_passes = 0;
    while (isfinite(step) && step > 0.0 && *n_passes < MOST_PASSES) {
        const double at_step =
            rise(passes, theta, gradient, samples, trial, loss, step);

        ++*n_passes;
        narrow(&b, step, at_step);
        const double next = next_step(&b, squares);

        if (isfinite(b.at_high) && fabs(next - step) <= 0.5 * precise * next) {
            return next * squares >= resolved * loss ? 2.0 / next : (double)NAN;
        }
        step = next;
    }
    return (double)NAN;
}
