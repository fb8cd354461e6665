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
                  FN(matrix) x, bool adds, real *y, size_t ldy)
{
    const size_t positions = positions_of(s);

    for (size_t q = 0; q < n * d; q++) {
        const real *gain = w + q % d * s->step;
        const real *from = x.entries + q / d * x.ld;
        real *to = y + q / d * ldy + q % d * s->out;

        for (size_t u = 0; u < s->out; u++) {
            to[u] = (adds ? to[u] : R(0.0)) + gain[u / positions] * from[u];
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

static void outer(const gold_site *s, size_t n, double scale, FN(matrix) delta,
                  FN(matrix) x, bool adds, real *w)
{
    const size_t positions = positions_of(s);

    for (size_t c = 0; c < s->node->fan_out; c++) {
        double sum = 0.0;

        for (size_t q = 0; q < n; q++) {
            const real *a = delta.entries + q * delta.ld + c * positions;

            sum += FN(dot)(positions, a, x.entries + q * x.ld + c * positions);
        }
        w[c] = (real)((adds ? (double)w[c] : 0.0) + scale * sum);
    }
}

const gold_op FN(op_gain) = {.shape = shape,
                             GOLD_AFFINE,
                             .product = &(gold_product){apply, back, outer}};
