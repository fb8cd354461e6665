/* SPDX-License-Identifier: MIT */
/* What the tests of the numeric modules share, whatever their precision:
 * random draws, comparisons that a NaN fails, small statistics. */
#ifndef GOLD_PROP_SUPPORT_H
#define GOLD_PROP_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "goldilocks/architecture.h"
#include "goldilocks/memory.h"
#include "goldilocks/settings.h"

/* Random numbers of a test, one after another. */
typedef struct dice {
    uint64_t seed;
    uint64_t at;
} dice;

double dice_uniform(dice *d); /* in (0, 1) */
double dice_normal(dice *d);
size_t dice_below(dice *d, size_t n);         /* 0 .. n - 1 */
void dice_fill(dice *d, size_t n, double *x); /* normal numbers */

/* Largest size of n numbers; infinity when one of them is not a number. */
double largest(size_t n, const double *x);

/* Fails unless every |found - expected| <= tolerance * scale. */
void assert_within(const char *what, size_t n, const double *found,
                   const double *expected, double scale, double tolerance);

/* The same, the scale being the largest expected number. */
void assert_near(const char *what, size_t n, const double *found,
                 const double *expected, double tolerance);

/* Fails unless |found - expected| <= tolerance. */
void assert_number(const char *what, double found, double expected,
                   double tolerance);

double mean_of(size_t n, const double *x);
double deviation_of(size_t n, const double *x); /* of a sample: n - 1 */

/* Slope of the least squares line through (x, y). */
double slope_of(size_t n, const double *x, const double *y);

/* Fails unless errors fall with the square of the steps, which fall, to two
 * hundredths of `scale`. */
void assert_order_two(const char *what, size_t n, const double *steps,
                      const double *errors, double scale);

/* Zeroed room for n numbers, for gold_free. */
double *numbers(size_t n);

/* Eigenvalues of the symmetric matrix m (n, n), ascending; m is kept. */
void eigenvalues_of(size_t n, const double *m, double *values);

/* Trace over Frobenius norm of m (n, n), from its entries. */
double curvature_of(size_t n, const double *m);

/* What a problem is made of (problem.h). */
typedef struct problem_plan {
    gold_settings settings;
    size_t n_in;
    size_t n_classes;
    size_t n;      /* training samples */
    size_t n_test; /* test samples */
    size_t d;      /* directions; 0: none */
    uint64_t data_seed;
    bool is_float;    /* inputs and parameters are rounded to float */
    gold_shape image; /* of a sample; no channels: n_in numbers */
} problem_plan;

enum {
    EVERY_DIRECTION = 1000000 /* as many directions as parameters */
};

/* 5-6-6-3, 20 samples, 8 directions, seeds from `seed`. */
problem_plan small_plan(gold_activation activation, bool bias, uint64_t seed);

/* Has its activation a second derivative? */
static inline bool is_curved(const problem_plan *plan)
{
    return plan->settings.activation == GOLD_TANH ||
           plan->settings.activation == GOLD_SIGMOID;
}

enum {
    N_CONVOLUTIONS = 6,
    N_POOLED_SMOOTHLY = 4 /* the first ones: no maxima, which have kinks */
};

/* Make a plan's network convolutional, on images of 2 x 10 x 9 and six samples:
 * strides 1 and 2, padding or none, average, maximum or no pooling, also with
 * rows left over, one stage or two, a hidden layer after them or none. */
void convolve(problem_plan *plan, size_t which);

#endif
