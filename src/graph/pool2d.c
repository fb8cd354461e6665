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

/* The windows of a vector, one after another. */
typedef struct window {
    size_t unit; /* of y */
    size_t row;
    size_t column;
    size_t at; /* its first unit of x */
} window;

static void go_on(const gold_node *node, window *w)
{
    const gold_shape x = node->x[0];

    w->unit++;
    w->at += node->columns;
    if (++w->column == node->y.width) {
        w->column = 0;
        w->at += node->rows * x.width - node->y.width * node->columns;
        if (++w->row == node->y.height) {
            w->row = 0;
            w->at += (x.height - node->y.height * node->rows) * x.width;
        }
    }
}

/* Where row r of y, of all channels, has its first window in x. */
static size_t row_at(const gold_node *node, size_t r)
{
    const gold_shape x = node->x[0];

    return (r / node->y.height * x.height + r % node->y.height * node->rows) *
           x.width;
}

/* Rows of small windows have a copy of their loop, in which sizes are
 * constants. */
#define FOR_WINDOW(node, call)                                                 \
    if ((node)->rows == 2 && (node)->columns == 2) {                           \
        call(2, 2);                                                            \
    } else {                                                                   \
        call((node)->rows, (node)->columns);                                   \
    }
#define INLINED static inline __attribute__((always_inline))

/* y (n) <- averages of windows side by side, in x with rows of `width`. */
INLINED void average(size_t rows, size_t columns, size_t n, size_t width,
                     const real *restrict x, real *restrict y)
{
    const double share = 1.0 / (double)(rows * columns);

    for (size_t j = 0; j < n; j++) {
        double sum = 0.0;

        for (size_t a = 0; a < rows; a++) {
            for (size_t b = 0; b < columns; b++) {
                sum += (double)x[a * width + j * columns + b];
            }
        }
        y[j] = (real)(sum * share);
    }
}

static void avg_forward(const gold_site *s)
{
    const gold_node *node = s->node;
    const size_t n = node->y.width;

    for (size_t q = 0; q < s->n; q++) {
        for (size_t r = 0; r * n < s->out; r++) {
            const real *x = s->x[0] + q * s->in + row_at(node, r);
            real *y = s->y + q * s->out + r * n;

#define AVERAGE(rows, columns) average(rows, columns, n, node->x[0].width, x, y)
            FOR_WINDOW(node, AVERAGE)
        }
    }
}

/* The other way: x += what delta (n) has for it. */
INLINED void spread(size_t rows, size_t columns, size_t n, size_t width,
                    const real *restrict delta, real *restrict x)
{
    const real share = (real)(1.0 / (double)(rows * columns));

    for (size_t j = 0; j < n; j++) {
        const real part = share * delta[j];

        for (size_t a = 0; a < rows; a++) {
            for (size_t b = 0; b < columns; b++) {
                x[a * width + j * columns + b] += part;
            }
        }
    }
}

static void avg_pull(const gold_site *s, size_t m, const real *delta,
                     const gold_pulled *to)
{
    const gold_node *node = s->node;
    const size_t n = node->y.width;

    for (size_t q = 0; q < s->n * m; q++) {
        for (size_t r = 0; r * n < s->out; r++) {
            const real *from = delta + q * s->out + r * n;
            real *x = to->x[0] + q * s->in + row_at(node, r);

#define SPREAD(rows, columns)                                                  \
    spread(rows, columns, n, node->x[0].width, from, x)
            FOR_WINDOW(node, SPREAD)
        }
    }
}

/* The first of several; what is not a number is the largest. Kept: how far it
 * is from the first unit of its window. */
static void max_forward(const gold_site *s)
{
    const gold_node *node = s->node;

    for (size_t q = 0; q < s->n; q++) {
        for (window w = {0}; w.unit < s->out; go_on(node, &w)) {
            const real *x = s->x[0] + q * s->in + w.at;
            real largest = (real)-HUGE_VAL;
            size_t place = 0;

            for (size_t a = 0; a < node->rows; a++) {
                for (size_t b = 0; b < node->columns; b++) {
                    const size_t at = a * node->x[0].width + b;

                    if (!(x[at] <= largest) && !isnan(largest)) {
                        largest = x[at];
                        place = at;
                    }
                }
            }
            s->y[q * s->out + w.unit] = largest;
            s->kept[q * s->out + w.unit] = (real)place;
        }
    }
}

static void max_tangent(const gold_site *s, const gold_motion *by, real *dy)
{
    for (size_t q = 0; q < s->n * by->d; q++) {
        const real *kept = s->kept + q / by->d * s->out;
        const real *dx = by->dx[0] + q * s->in;

        for (window w = {0}; w.unit < s->out; go_on(s->node, &w)) {
            dy[q * s->out + w.unit] = dx[w.at + (size_t)kept[w.unit]];
        }
    }
}

static void max_pull(const gold_site *s, size_t m, const real *delta,
                     const gold_pulled *to)
{
    for (size_t q = 0; q < s->n * m; q++) {
        const real *kept = s->kept + q / m * s->out;
        real *x = to->x[0] + q * s->in;

        for (window w = {0}; w.unit < s->out; go_on(s->node, &w)) {
            x[w.at + (size_t)kept[w.unit]] += delta[q * s->out + w.unit];
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
