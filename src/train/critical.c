/* SPDX-License-Identifier: MIT */
#include "train/critical.h"

#include <math.h>

#include "linalg/product.h"

enum {
    MOST_CLIMBS = 40, /* passes that look for a loss that rises */
    MOST_CLOSE = 256, /* steps that are looked at closely, 32 octaves */
    MOST_PASSES = 500 /* with 37 of far apart steps, and one top in two steps */
};

static const double precise = 1e-3;   /* of the step that is found */
static const double parabolic = 0.02; /* a parabola's step is that near */
static const double wider = 16.0; /* than a step whose loss does not bend up */
static const double below = 16.0; /* a step at which the loss may be back */
static const double apart = 1.0905077326652577; /* 2^(1/8), of close steps */
static const double far = 2.0;                  /* of those before them */

/* Steps are told by that along which a straight line would lose all of the
 * loss. Of the first one the loss falls by enough for its bend to be seen in
 * the arithmetic; where it is back after less than `resolved`, it hardly fell,
 * and rounding alone would say where it is back. */
static const double first = sizeof(real) == sizeof(float) ? 1e-2 : 1e-6;
static const double resolved = sizeof(real) == sizeof(float) ? 1e-4 : 1e-11;

/* The loss along the negative gradient. */
typedef struct descent {
    FN(passes) * passes;
    const real *theta;
    const real *gradient;
    gold_batch samples;
    real *trial;
    double loss; /* at theta */
    double squares;
    double soonest; /* step at which the loss may be back, by what was seen */
    size_t n_passes;
} descent;

/* Steps between which the loss comes back to where it was, and how far it is
 * from there, by the step: that is a straight line for a quadratic. */
typedef struct bracket {
    double low; /* a step too small; 0 at first */
    double at_low;
    double high; /* a step too large; INFINITY while none is known */
    double at_high;
} bracket;

/* Where the parabola of the gradient and a step is back; INFINITY: nowhere. */
static double parabola(const descent *d, double step, double at_step)
{
    const double bend = (at_step + d->squares) / step;

    return bend > 0.0 ? d->squares / bend : (double)INFINITY;
}

/* (loss at a step - loss here) / step. */
static double rise(descent *d, double step)
{
    const size_t n = d->passes->network->n_parameters;

    for (size_t i = 0; i < n; i++) {
        d->trial[i] =
            (real)((double)d->theta[i] - step * (double)d->gradient[i]);
    }
    const double there = FN(evaluate)(d->passes, d->trial, d->samples).loss /
                         (double)d->samples.n;

    const double at_step = (there - d->loss) / step;

    d->n_passes++;
    if (!isfinite(at_step)) {
        return (double)INFINITY;
    }
    d->soonest = fmin(d->soonest, parabola(d, step, at_step));
    return at_step;
}

/* Take a step for an end. Is it too large? */
static bool narrow(descent *d, bracket *b, double step)
{
    const double at_step = rise(d, step);
    const bool is_high = at_step > 0.0;

    *(is_high ? &b->high : &b->low) = step;
    *(is_high ? &b->at_high : &b->at_low) = at_step;
    return is_high;
}

/* Where a straight line through both ends is 0, or the middle where it is none;
 * so far in from the ends that a step which is hardly beyond one is found. */
static double between(const bracket *b)
{
    const double in = 0.25 * precise * b->high;
    const double step =
        isfinite(b->at_high)
            ? b->low - b->at_low * (b->high - b->low) / (b->at_high - b->at_low)
            : 0.5 * (b->low + b->high);

    return fmin(fmax(step, b->low + in), b->high - in);
}

/* Look for a step that is too large. Returns where the parabola of the first
 * one tried is back. */
static double climb(descent *d, bracket *b)
{
    double step = first * d->loss / d->squares;
    double first_back = (double)INFINITY;

    while (!isfinite(b->high) && d->n_passes < MOST_CLIMBS && step > 0.0 &&
           isfinite(step)) {
        const double at_step = narrow(d, b, step) ? b->at_high : b->at_low;
        const double back = parabola(d, step, at_step);

        first_back = d->n_passes == 1 ? back : first_back;
        step = isfinite(back) ? fmax(back, 1.5 * step) : wider * step;
    }
    return first_back;
}

/* Of three steps that are close to each other, and how far the loss is from
 * where it was at each: does it rise between them, at the top of the parabola
 * through them? */
static bool has_top(descent *d, bracket *b, double last, double ratio,
                    const double at[3])
{
    const double bend = 0.5 * (at[0] + at[2]) - at[1];
    const double slope = 0.5 * (at[2] - at[0]);
    const double to_top = -slope / (2.0 * bend); /* from the middle, in steps */
    const double top = at[1] + 0.5 * slope * to_top;
    const bracket before = *b;

    /* It may be as much higher again as the ends are lower. */
    if (!(at[1] > at[0] && at[1] >= at[2]) ||
        top + at[1] - fmin(at[0], at[2]) <= 0.0) {
        return false;
    }
    if (!narrow(d, b, last * pow(ratio, to_top - 1.0))) {
        *b = before;
        return false;
    }
    b->low = last / (to_top > 0.0 ? ratio : ratio * ratio);
    b->at_low = at[to_top > 0.0 ? 1 : 0] / b->low;
    return true;
}

/* The first step that is too large, of those from the smallest whose fall is
 * resolved on: far apart, and close to each other from where the loss may be
 * back. */
static void scan(descent *d, bracket *b)
{
    const double low = b->low;
    const double at_low = b->at_low;
    const double smallest = resolved * d->loss / d->squares;
    const double close = fmax(d->soonest / below, smallest);
    const double ratio = fmax(apart, pow(b->high / close, 1.0 / MOST_CLOSE));
    double at[3] = {(double)NAN, (double)NAN, (double)NAN};
    double step = smallest;

    *b = (bracket){0.0, -d->squares, b->high, b->at_high};
    while (step < b->high && d->n_passes < MOST_PASSES && !narrow(d, b, step)) {
        if (step < close) {
            step = fmin(far * step, close);
            continue;
        }
        at[0] = at[1];
        at[1] = at[2];
        at[2] = step * b->at_low;
        if (has_top(d, b, step, ratio, at)) {
            return;
        }
        step *= ratio;
    }
    if (low > b->low && low < b->high) {
        b->low = low;
        b->at_low = at_low;
    }
}

/* An end that stays twice is taken for half as far off, or it would stay for
 * ever (the rule of Illinois). */
static void refine(descent *d, bracket *b)
{
    int before = -1;

    while (b->high - b->low > precise * b->high && d->n_passes < MOST_PASSES) {
        const int is_high = narrow(d, b, between(b));

        if (is_high == before) {
            *(is_high != 0 ? &b->at_low : &b->at_high) *= 0.5;
        }
        before = is_high;
    }
}

double FN(critical_sharpness)(FN(passes) * passes, const real *theta,
                              const real *gradient, gold_batch samples,
                              real *trial, double loss, size_t *n_passes)
{
    const double squares =
        FN(dot)(passes->network->n_parameters, gradient, gradient);
    descent d = {passes, theta,   gradient,       samples, trial,
                 loss,   squares, loss / squares, 0};
    bracket b = {0.0, -squares, (double)INFINITY, (double)INFINITY};
    const double back = climb(&d, &b);
    double found = (double)NAN;

    if (isfinite(b.high)) {
        (void)narrow(&d, &b, between(&b));
        if (!isfinite(back) ||
            !(fabs(between(&b) - back) <= parabolic * back)) {
            scan(&d, &b);
        }
        refine(&d, &b);
        const double step = between(&b);

        found = d.n_passes < MOST_PASSES && step * squares >= resolved * loss
                    ? 2.0 / step
                    : (double)NAN;
    }
    *n_passes = d.n_passes;
    return found;
}
