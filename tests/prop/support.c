/* SPDX-License-Identifier: MIT */
#include "prop/support.h"

#include <math.h>
#include <string.h>

#include "goldilocks/random.h"

#include "linalg/eigen.h"

static gold_stream stream_of(const dice *d)
{
    return gold_stream_of(d->seed, GOLD_PURPOSE_PROBES, 0);
}

double dice_uniform(dice *d)
{
    double x = 0.0;

    gold_random_uniform(stream_of(d), d->at++, 1, &x);
    return x;
}

double dice_normal(dice *d)
{
    const double pi = 3.14159265358979323846;
    const double radius = sqrt(-2.0 * log(dice_uniform(d)));

    return radius * cos(2.0 * pi * dice_uniform(d));
}

size_t dice_below(dice *d, size_t n)
{
    return (size_t)(dice_uniform(d) * (double)n);
}

void dice_fill(dice *d, size_t n, double *x)
{
    gold_random_normal(stream_of(d), d->at, n, x);
    d->at += n;
}

double largest(size_t n, const double *x)
{
    double most = 0.0;

    for (size_t i = 0; i < n; i++) {
        if (isnan(x[i])) {
            return (double)INFINITY;
        }
        most = fmax(most, fabs(x[i]));
    }
    return most;
}

void assert_within(const char *what, size_t n, const double *found,
                   const double *expected, double scale, double tolerance)
{
    for (size_t i = 0; i < n; i++) {
        if (!(fabs(found[i] - expected[i]) <= tolerance * scale)) {
            fail_msg("%s: entry %zu is %.17g instead of %.17g, %g apart, "
                     "tolerance %g",
                     what, i, found[i], expected[i],
                     fabs(found[i] - expected[i]), tolerance * scale);
        }
    }
}

void assert_near(const char *what, size_t n, const double *found,
                 const double *expected, double tolerance)
{
    assert_within(what, n, found, expected, largest(n, expected), tolerance);
}

void assert_number(const char *what, double found, double expected,
                   double tolerance)
{
    assert_within(what, 1, &found, &expected, 1.0, tolerance);
}

double mean_of(size_t n, const double *x)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++) {
        sum += x[i];
    }
    return sum / (double)n;
}

double deviation_of(size_t n, const double *x)
{
    const double mean = mean_of(n, x);
    double sum = 0.0;

    for (size_t i = 0; i < n; i++) {
        sum += (x[i] - mean) * (x[i] - mean);
    }
    return sqrt(sum / (double)(n - 1));
}

double slope_of(size_t n, const double *x, const double *y)
{
    const double x_mean = mean_of(n, x);
    const double y_mean = mean_of(n, y);
    double xy = 0.0;
    double xx = 0.0;

    for (size_t i = 0; i < n; i++) {
        xy += (x[i] - x_mean) * (y[i] - y_mean);
        xx += (x[i] - x_mean) * (x[i] - x_mean);
    }
    return xy / xx;
}

void assert_order_two(const char *what, size_t n, const double *steps,
                      const double *errors, double scale)
{
    double *x = numbers(2 * n);
    double *y = x + n;

    for (size_t s = 0; s < n; s++) {
        x[s] = log(steps[s]);
        y[s] = log(errors[s]);
    }
    /* terms of the next order bend the line a little */
    assert_number(what, slope_of(n, x, y), 2.0, 0.15);
    assert_number(what, errors[n - 1], 0.0, 0.02 * scale);
    gold_free(x);
}

double *numbers(size_t n)
{
    double *x = NULL;

    assert_int_equal(GOLD_ALLOC(n, &x), GOLD_OK);
    return x;
}

void eigenvalues_of(size_t n, const double *m, double *values)
{
    double *copy = numbers(n * n);
    double *scratch = numbers(gold_eigenvalues_scratch(n));

    memcpy(copy, m, n * n * sizeof *m);
    assert_int_equal(gold_eigenvalues(n, copy, values, scratch), GOLD_OK);
    gold_free(scratch);
    gold_free(copy);
}

double curvature_of(size_t n, const double *m)
{
    double trace = 0.0;
    double squares = 0.0;

    for (size_t i = 0; i < n * n; i++) {
        trace += i % (n + 1) == 0 ? m[i] : 0.0;
        squares += m[i] * m[i];
    }
    return trace / sqrt(squares);
}

problem_plan small_plan(gold_activation activation, bool bias, uint64_t seed)
{
    return (problem_plan){
        .settings = {.seed = seed,
                     .direction_seed = seed,
                     .activation = activation,
                     .init = GOLD_KAIMING_NORMAL,
                     .bias_init = GOLD_BIAS_SAME,
                     .bias = bias,
                     .depth = 2,
                     .width = 6,
                     .temperature = 1.0,
                     .input_scale = 1.0},
        .n_in = 5,
        .n_classes = 3,
        .n = 20,
        .d = 8,
        .data_seed = seed + 1000,
    };
}

void convolve(problem_plan *plan, size_t which)
{
    static const struct {
        uint64_t depth, kernel, stride, padding;
        gold_pooling pooling;
        uint64_t pool;
        size_t n_head;
    } shapes[N_CONVOLUTIONS] = {
        {1, 3, 1, 0, GOLD_POOL_AVERAGE, 2, 1},
        {1, 3, 1, 1, GOLD_POOL_AVERAGE, 3, 0},
        {2, 3, 2, 1, GOLD_POOL_NONE, 2, 1},
        {1, 4, 1, 0, GOLD_POOL_NONE, 2, 0},
        {2, 3, 1, 1, GOLD_POOL_MAX, 2, 0},
        {1, 3, 2, 0, GOLD_POOL_MAX, 3, 1},
    };
    gold_settings *settings = &plan->settings;

    which %= N_CONVOLUTIONS;
    plan->image = (gold_shape){2, 10, 9};
    plan->n_in = gold_shape_units(plan->image);
    plan->n = 6;
    settings->kind = GOLD_NETWORK_CNN;
    settings->width = 3;
    settings->growth = 2;
    settings->depth = shapes[which].depth;
    settings->kernel = shapes[which].kernel;
    settings->stride = shapes[which].stride;
    settings->padding = shapes[which].padding;
    settings->pooling = shapes[which].pooling;
    settings->pool = shapes[which].pool;
    settings->n_head = shapes[which].n_head;
    settings->head[0] = 5;
}
