/* SPDX-License-Identifier: MIT */
/* y = x_0 x_1 unit by unit, as in gates. */
#include <string.h>

#include "graph/op.h"

static int degree(const gold_node *node, const int *in)
{
    (void)node;
    return in[0] >= 0 && in[1] >= 0 ? in[0] + in[1] : GOLD_NO_DEGREE;
}

/* z (n, d, units) += scale times x (n, units) times y (n, d, units). */
static void add_products(const gold_site *s, size_t d, double scale,
                         const real *x, const real *y, real *z)
{
    for (size_t q = 0; q < s->n * d; q++) {
        const real *row = x + q / d * s->out;

        for (size_t u = 0; u < s->out; u++) {
            z[q * s->out + u] += (real)scale * row[u] * y[q * s->out + u];
        }
    }
}

static void forward(const gold_site *s)
{
    memset(s->y, 0, s->n * s->out * sizeof *s->y);
    add_products(s, 1, 1.0, s->x[0], s->x[1], s->y);
}

static void tangent(const gold_site *s, const gold_motion *by, real *dy)
{
    memset(dy, 0, s->n * by->d * s->out * sizeof *dy);
    for (size_t k = 0; k < 2; k++) {
        if (by->dx[k] != NULL) {
            add_products(s, by->d, 1.0, s->x[1 - k], by->dx[k], dy);
        }
    }
}

static void pull(const gold_site *s, size_t m, const real *delta,
                 const gold_pulled *to)
{
    for (size_t k = 0; k < 2; k++) {
        if (to->x[k] != NULL) {
            add_products(s, m, 1.0, s->x[1 - k], delta, to->x[k]);
        }
    }
}

/* D2f = dx_0i dx_1j + dx_0j dx_1i. */
static void bend(const gold_site *s, const gold_motion *by, const real *delta,
                 const gold_pulled *to)
{
    for (size_t k = 0; k < 2; k++) {
        if (by->dx[k] != NULL && by->dx[1 - k] != NULL) {
            add_products(s, by->d, by->scale, delta, by->dx[1 - k], to->x[k]);
        }
    }
}

const gold_op FN(op_multiply) = {.name = "multiply",
                                 .n_inputs = 2,
                                 .most_inputs = 2,
                                 .shape = FN(same_shape),
                                 .degree = degree,
                                 .forward = forward,
                                 .tangent = tangent,
                                 .pull = pull,
                                 .bend = bend};
