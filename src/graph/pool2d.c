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

/* Kept are units of x, as reals. */
static const char *max_shape(gold_node *node)
{
    const char *error = avg_shape(node);

    node->n_kept = gold_shape_units(node->y);
    return error == NULL && gold_shape_units(node->x[0]) > 1 << 24
               ? "its input has too many units"
               : error;
}

/* Units of x of the windows of a row of y, row i of channel c. */
static size_t row_at(const gold_node *node, size_t c, size_t i)
{
    const gold_shape x = node->x[0];

    return (c * x.height + i * node->rows) * x.width;
}

/* Sums over windows of x (channels, height, width), times share. */
static void sum_windows(const gold_node *node, real share, const real *x,
                        real *y)
{
    const size_t width = node->y.width;

    for (size_t r = 0; r < node->y.channels * node->y.height; r++) {
        const real *from =
            x + row_at(node, r / node->y.height, r % node->y.height);

        for (size_t j = 0; j < width; j++) {
            real sum = R(0.0);

            for (size_t a = 0; a < node->rows; a++) {
                const real *row =
                    from + a * node->x[0].width + j * node->columns;

                for (size_t b = 0; b < node->columns; b++) {
                    sum += row[b];
                }
            }
            y[r * width + j] = share * sum;
        }
    }
}

static void spread_windows(const gold_node *node, real share, const real *y,
                           real *x)
{
    const size_t width = node->y.width;

    for (size_t r = 0; r < node->y.channels * node->y.height; r++) {
        real *to = x + row_at(node, r / node->y.height, r % node->y.height);

        for (size_t a = 0; a < node->rows; a++) {
            for (size_t j = 0; j < width; j++) {
                real *row = to + a * node->x[0].width + j * node->columns;

                for (size_t b = 0; b < node->columns; b++) {
                    row[b] += share * y[r * width + j];
                }
            }
        }
    }
}

static real share_of(const gold_node *node)
{
    return R(1.0) / (real)(node->rows * node->columns);
}

static void avg_forward(const gold_site *s)
{
    for (size_t q = 0; q < s->n; q++) {
        sum_windows(s->node, share_of(s->node), s->x[0] + q * s->in,
                    s->y + q * s->out);
    }
}

static void avg_pull(const gold_site *s, size_t m, const real *delta,
                     const gold_pulled *to)
{
    for (size_t q = 0; q < s->n * m; q++) {
        spread_windows(s->node, share_of(s->node), delta + q * s->out,
                       to->x[0] + q * s->in);
    }
}

/* The first of the largest of a window that begins at `from`; what is not a
 * number is the largest. */
static size_t largest_at(const gold_node *node, const real *x, size_t from)
{
    size_t best = from;

    for (size_t t = 1; t < node->rows * node->columns; t++) {
        const size_t at =
            from + t / node->columns * node->x[0].width + t % node->columns;

        best = x[at] <= x[best] || isnan(x[best]) ? best : at;
    }
    return best;
}

static void max_forward(const gold_site *s)
{
    const size_t width = s->node->y.width;
    const size_t height = s->node->y.height;

    for (size_t q = 0; q < s->n * s->out / width; q++) {
        const size_t own = q % (s->out / width);
        const real *x = s->x[0] + q / (s->out / width) * s->in;
        const size_t from = row_at(s->node, own / height, own % height);

        for (size_t j = 0; j < width; j++) {
            const size_t at =
                largest_at(s->node, x, from + j * s->node->columns);

            s->y[q * width + j] = x[at];
            s->kept[q * width + j] = (real)at;
        }
    }
}

static void max_tangent(const gold_site *s, const gold_motion *by, real *dy)
{
    for (size_t q = 0; q < s->n * by->d; q++) {
        const real *kept = s->kept + q / by->d * s->out;
        const real *x = by->dx[0] + q * s->in;

        for (size_t u = 0; u < s->out; u++) {
            dy[q * s->out + u] = x[(size_t)kept[u]];
        }
    }
}

static void max_pull(const gold_site *s, size_t m, const real *delta,
                     const gold_pulled *to)
{
    for (size_t q = 0; q < s->n * m; q++) {
        const real *kept = s->kept + q / m * s->out;
        real *x = to->x[0] + q * s->in;

        for (size_t u = 0; u < s->out; u++) {
            x[(size_t)kept[u]] += delta[q * s->out + u];
        }
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
