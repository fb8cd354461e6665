/* SPDX-License-Identifier: MIT */
/* The gain and shift that follow a norm: w (channels), or one for each unit. */
#include "graph/op.h"

static const char *shape(gold_node *node)
{
    const gold_shape x = node->x[0];

    node->y = x;
    return FN(op_affine_shape)(
        node, node->set.is_each ? gold_shape_units(x) : x.channels, 1);
}

static size_t positions_of(const gold_site *s)
{
    return s->out / s->node->fan_out;
}

static void apply(const gold_site *s, size_t n, size_t d, const real *w,
                  size_t step, const real *x, bool adds, real *y)
{
    const size_t positions = positions_of(s);

    for (size_t q = 0; q < n * d; q++) {
        const real *gain = w + q % d * step;
        const real *from = x + q / d * s->in;

        for (size_t u = 0; u < s->out; u++) {
            y[q * s->out + u] = (adds ? y[q * s->out + u] : R(0.0)) +
                                gain[u / positions] * from[u];
        }
    }
}

static void back(const gold_site *s, size_t n, double scale, const real *w,
                 FN(matrix) delta, bool adds, real *x, size_t ldx)
{
    const size_t positions = positions_of(s);

    for (size_t q = 0; q < n; q++) {
        for (size_t u = 0; u < s->out; u++) {
            x[q * ldx + u] = (adds ? x[q * ldx + u] : R(0.0)) +
                             (real)scale * w[u / positions] *
                                 delta.entries[q * delta.ld + u];
        }
    }
}

static void outer(const gold_site *s, size_t n, size_t m, double scale,
                  FN(matrix) delta, FN(matrix) x, bool adds, real *w,
                  size_t step)
{
    const size_t positions = positions_of(s);

    for (size_t t = 0; t < m * s->node->fan_out; t++) {
        const size_t at = t % s->node->fan_out * positions;
        real *to = w + t / s->node->fan_out * step + t % s->node->fan_out;
        double sum = 0.0;

        for (size_t q = 0; q < n; q++) {
            const real *a =
                delta.entries + q * delta.ld + t / s->node->fan_out * s->out;

            sum += FN(dot)(positions, a + at, x.entries + q * x.ld + at);
        }
        *to = (real)((adds ? (double)*to : 0.0) + scale * sum);
    }
}

static void apply_few(const gold_site *s, size_t n, size_t d,
                      const gold_moves *w, const real *x, real *y)
{
    const size_t positions = positions_of(s);
    const size_t gains = s->node->fan_out;

    for (size_t q = 0; q < n * d; q++) {
        const gold_few few = gold_few_of(w, q % d);

        for (size_t e = 0; e < few.n; e++) {
            const size_t at = few.entries[e].at % gains * positions;
            const bool is_bias = few.entries[e].at >= gains;

            for (size_t p = 0; p < positions; p++) {
                y[q * s->out + at + p] +=
                    few.entries[e].value *
                    (is_bias ? R(1.0) : x[q / d * s->in + at + p]);
            }
        }
    }
}

static void back_few(const gold_site *s, size_t n, gold_few w, FN(matrix) delta,
                     real *x, size_t ldx)
{
    const size_t positions = positions_of(s);

    for (size_t q = 0; q < n; q++) {
        for (size_t e = 0; e < w.n && w.entries[e].at < s->node->fan_out; e++) {
            const size_t at = w.entries[e].at * positions;

            for (size_t p = 0; p < positions; p++) {
                x[q * ldx + at + p] +=
                    w.entries[e].value * delta.entries[q * delta.ld + at + p];
            }
        }
    }
}

const gold_op FN(op_gain) = {
    .shape = shape,
    GOLD_AFFINE,
    .product = &(gold_product){apply, back, outer, apply_few, back_few, NULL,
                               NULL, NULL, false}};
