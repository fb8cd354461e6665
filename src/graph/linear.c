/* SPDX-License-Identifier: MIT */
/* linear: w (out, in). */
#include "graph/op.h"

static const gold_op_key keys[] = {
    GOLD_KEY_OUT,
    GOLD_KEY_BIAS,
    {0},
};

static const char *shape(gold_node *node)
{
    node->y = (gold_shape){node->set.out, 1, 1};
    node->is_drawn = true;
    return gold_shape_positions(node->x[0]) != 1
               ? "it needs a plain vector: put a flatten before it"
               : FN(op_affine_shape)(node, node->set.out, node->x[0].channels);
}

static void apply(const gold_site *s, size_t n, size_t d, const real *w,
                  FN(matrix) x, bool adds, real *y, size_t ldy)
{
    for (size_t i = 0; i < d; i++) {
        FN(product_nt)
        (n, s->out, s->in, 1.0, x, (FN(matrix)){w + i * s->step, s->in},
         adds ? 1.0 : 0.0, y + i * s->out, ldy);
    }
}

static void back(const gold_site *s, size_t n, double scale, const real *w,
                 FN(matrix) delta, bool adds, real *x, size_t ldx)
{
    FN(product)
    (n, s->in, s->out, scale, delta, (FN(matrix)){w, s->in}, adds ? 1.0 : 0.0,
     x, ldx);
}

static void outer(const gold_site *s, size_t n, double scale, FN(matrix) delta,
                  FN(matrix) x, bool adds, real *w)
{
    FN(product_tn)
    (s->out, s->in, n, scale, delta, x, adds ? 1.0 : 0.0, w, s->in);
}

const gold_op FN(op_linear) = {.name = "linear",
                               .keys = keys,
                               .shape = shape,
                               GOLD_AFFINE,
                               .product = &(gold_product){apply, back, outer}};
