/* SPDX-License-Identifier: MIT */
/* Pooling over windows of x side by side: averages and maxima of a square, what
 * is left over at the end of a side not pooled; and averages of all of it. */
#include <math.h>

#include "graph/op.h"

static const gold_op_key keys[] = {
    {.name = "kernel",
     .offset = offsetof(gold_op_settings, kernel),
     .low = 1,
     .high = 1000,
     .fallback = 2},
    {0},
};

static const char *avg_shape(gold_node *node)
{
    const gold_shape x = node->x[0];

    node->rows = node->set.kernel;
    node->columns = node->set.kernel;
    node->y = (gold_shape){x.channels, x.height / node->rows,
                           x.width / node->columns};
    return gold_shape_units(node->y) == 0
               ? "its window leaves nothing of that: lower its kernel, or the "
                 "number of operations before it that make images smaller"
               : NULL;
}

static const char *global_shape(gold_node *node)
{
    node->rows = node->x[0].height;
    node->columns = node->x[0].width;
    node->y = (gold_shape){node->x[0].channels, 1, 1};
    return NULL;
}

static const char *max_shape(gold_node *node)
{
    const char *error = avg_shape(node);

    node->n_kept = gold_shape_units(node->y);
    return error;
}

/* The unit of x that is the t-th of the window of unit q of y. */
static size_t unit_at(const gold_node *node, size_t q, size_t t)
{
    const gold_shape x = node->x[0];
    const size_t plane = gold_shape_positions(node->y);
    const size_t row =
        q % plane / node->y.width * node->rows + t / node->columns;
    const size_t column = q % node->y.width * node->columns + t % node->columns;

    return (q / plane * x.height + row) * x.width + column;
}

static size_t area_of(const gold_site *s)
{
    return s->node->rows * s->node->columns;
}

static void avg_forward(const gold_site *s)
{
    const size_t area = area_of(s);

    for (size_t q = 0; q < s->n * s->out; q++) {
        const real *x = s->x[0] + q / s->out * s->in;
        double sum = 0.0;

        for (size_t t = 0; t < area; t++) {
            sum += (double)x[unit_at(s->node, q % s->out, t)];
        }
        s->y[q] = (real)(sum / (double)area);
    }
}

static void avg_pull(const gold_site *s, size_t m, const real *delta,
                     const gold_pulled *to)
{
    const size_t area = area_of(s);

    for (size_t q = 0; q < s->n * m * s->out; q++) {
        real *x = to->x[0] + q / s->out * s->in;
        const real share = delta[q] / (real)area;

        for (size_t t = 0; t < area; t++) {
            x[unit_at(s->node, q % s->out, t)] += share;
        }
    }
}

/* The first of several; what is not a number is the largest. Kept: which of its
 * window it is. */
static void max_forward(const gold_site *s)
{
    for (size_t q = 0; q < s->n * s->out; q++) {
        const real *x = s->x[0] + q / s->out * s->in;

        s->y[q] = (real)-HUGE_VAL;
        s->kept[q] = R(0.0);
        for (size_t t = 0; t < area_of(s); t++) {
            const real found = x[unit_at(s->node, q % s->out, t)];

            if (!(found <= s->y[q])) {
                s->y[q] = found;
                s->kept[q] = (real)t;
            }
        }
    }
}

/* Where unit q of vectors (n, d, out) comes from. */
static size_t origin(const gold_site *s, size_t d, size_t q)
{
    const size_t unit = q % s->out;
    const size_t vector = q / s->out;
    const size_t t = (size_t)s->kept[vector / d * s->out + unit];

    return vector * s->in + unit_at(s->node, unit, t);
}

static void max_tangent(const gold_site *s, const gold_motion *by, real *dy)
{
    for (size_t q = 0; q < s->n * by->d * s->out; q++) {
        dy[q] = by->dx[0][origin(s, by->d, q)];
    }
}

static void max_pull(const gold_site *s, size_t m, const real *delta,
                     const gold_pulled *to)
{
    for (size_t q = 0; q < s->n * m * s->out; q++) {
        to->x[0][origin(s, m, q)] += delta[q];
    }
}

#define POOL .n_inputs = 1, .most_inputs = 1, .degree = FN(common_degree)

const gold_op FN(op_avg_pool2d) = {.name = "avg_pool2d",
                                   POOL,
                                   .keys = keys,
                                   .shape = avg_shape,
                                   .forward = avg_forward,
                                   .pull = avg_pull};

const gold_op FN(op_global_avg_pool2d) = {.name = "global_avg_pool2d",
                                          POOL,
                                          .shape = global_shape,
                                          .forward = avg_forward,
                                          .pull = avg_pull};

const gold_op FN(op_max_pool2d) = {.name = "max_pool2d",
                                   POOL,
                                   .keys = keys,
                                   .shape = max_shape,
                                   .forward = max_forward,
                                   .tangent = max_tangent,
                                   .pull = max_pull};
