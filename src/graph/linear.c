/* SPDX-License-Identifier: MIT */
/* linear: w (out, in). */
#include <string.h>

#include "graph/op.h"

static const gold_op_key keys[] = {
    GOLD_KEY_OUT,
    GOLD_KEY_BIAS,
    {0},
};

enum {
    TILE = 64 /* samples that a product with few entries takes at a time */
};

static const char *shape(gold_node *node)
{
    node->y = (gold_shape){node->set.out, 1, 1};
    node->n_scratch = TILE * (node->set.out + node->x[0].channels);
    node->is_drawn = true;
    return gold_shape_positions(node->x[0]) != 1
               ? "it needs a plain vector: put a flatten before it"
               : FN(op_affine_shape)(node, node->set.out, node->x[0].channels);
}

static void apply(const gold_site *s, size_t n, size_t d, const real *w,
                  size_t step, const real *x, bool adds, real *y)
{
    for (size_t i = 0; i < d; i++) {
        if (x == NULL) {
            FN(panels_apply)
            (s->packed, s->out, w + i * step, adds, y + i * s->out, d * s->out);
            continue;
        }
        FN(product_nt)
        (n, s->out, s->in, 1.0, (FN(matrix)){x, s->in},
         (FN(matrix)){w + i * step, s->in}, adds ? 1.0 : 0.0, y + i * s->out,
         d * s->out);
    }
}

static void back(const gold_site *s, size_t n, double scale, const real *w,
                 FN(matrix) delta, bool adds, real *x, size_t ldx)
{
    FN(product)
    (n, s->in, s->out, scale, delta, (FN(matrix)){w, s->in}, adds ? 1.0 : 0.0,
     x, ldx);
}

static void outer(const gold_site *s, size_t n, size_t m, double scale,
                  FN(matrix) delta, FN(matrix) x, bool adds, real *w,
                  size_t step)
{
    for (size_t r = 0; r < m; r++) {
        const real *one = delta.entries + r * s->out;

        if (x.entries == NULL) {
            FN(panels_gradient)
            (s->packed, s->out, scale, one, delta.ld, adds, w + r * step);
            continue;
        }
        FN(product_tn)
        (s->out, s->in, n, scale, (FN(matrix)){one, delta.ld}, x,
         adds ? 1.0 : 0.0, w + r * step, s->in);
    }
}

/* A tile of vectors, units apart: entry by entry, all of its vectors. */
static void apply_tile(const gold_site *s, gold_few w, const real *x, real *y)
{
    const size_t weights = s->in * s->out;

    memset(y, 0, s->out * TILE * sizeof *y);
    for (size_t e = 0; e < w.n; e++) {
        const gold_entry entry = w.entries[e];
        const bool is_bias = entry.at >= weights;
        const real *from = x + (is_bias ? 0 : entry.at % s->in * TILE);
        real *to = y + (is_bias ? entry.at - weights : entry.at / s->in) * TILE;

        for (size_t i = 0; i < TILE; i++) {
            to[i] += entry.value * (is_bias ? R(1.0) : from[i]);
        }
    }
}

static void apply_few(const gold_site *s, size_t n, size_t d,
                      const gold_moves *w, const real *x, real *y)
{
    real *from = s->scratch;
    real *to = from + TILE * s->in;

    memset(from, 0, TILE * s->in * sizeof *from);
    for (size_t q = 0; q < n; q += TILE) {
        const size_t count = n - q < TILE ? n - q : TILE;

        FN(turn)
        (count, s->in, (FN(matrix)){x + q * s->in, s->in}, from, TILE);
        for (size_t j = 0; j < d; j++) {
            apply_tile(s, gold_few_of(w, j), from, to);
            FN(turn)
            (s->out, count, (FN(matrix)){to, TILE}, y + (q * d + j) * s->out,
             d * s->out);
        }
    }
}

static void back_few(const gold_site *s, size_t n, gold_few w, FN(matrix) delta,
                     real *x, size_t ldx)
{
    enum {
        MOST = 64
    };
    size_t from[MOST];
    size_t to[MOST];

    for (size_t e = 0; e < w.n; e += MOST) {
        const gold_entry *entries = w.entries + e;
        size_t count = 0;

        while (count < MOST && e + count < w.n &&
               entries[count].at < s->in * s->out) {
            from[count] = entries[count].at / s->in;
            to[count] = entries[count].at % s->in;
            count++;
        }
        for (size_t q = 0; q < n; q++) {
            for (size_t k = 0; k < count; k++) {
                x[q * ldx + to[k]] +=
                    entries[k].value * delta.entries[q * delta.ld + from[k]];
            }
        }
    }
}

static void squares(const gold_site *s, size_t m, const real *delta,
                    double *sums)
{
    for (size_t q = 0; q < s->n; q++) {
        const real *x = s->x[0] + q * s->in;
        const double reach = FN(dot)(s->in, x, x);

        for (size_t r = q * m; r < (q + 1) * m; r++) {
            const real *one = delta + r * s->out;

            sums[r] += reach * FN(dot)(s->out, one, one);
        }
    }
}

static void cross(const gold_site *s, gold_share of, const real *delta,
                  const real *dx, real *c)
{
    FN(product_tn)
    (of.m * s->out, of.d * s->in, s->n, 1.0,
     (FN(matrix)){delta + of.first_m * s->out, of.all_m * s->out},
     (FN(matrix)){dx + of.first_d * s->in, of.all_d * s->in}, 0.0, c,
     of.d * s->in);
}

const gold_op FN(op_linear) = {
    .name = "linear",
    .keys = keys,
    .shape = shape,
    .takes_packed = true,
    GOLD_AFFINE,
    .product = &(gold_product){apply, back, outer, apply_few, back_few, cross,
                               squares, NULL, true}};
