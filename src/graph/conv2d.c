/* SPDX-License-Identifier: MIT */
/* conv2d: w (out, channels, kernel, kernel), the matrix (out, in) of a linear
 * layer at each position, applied to the patch (in, positions) of a sample. */
#include <string.h>

#include "graph/op.h"

static const gold_op_key keys[] = {
    GOLD_KEY_OUT,
    {.name = "kernel",
     .offset = offsetof(gold_op_settings, kernel),
     .low = 1,
     .high = 1000,
     .fallback = 3},
    {.name = "stride",
     .offset = offsetof(gold_op_settings, stride),
     .low = 1,
     .high = 1000,
     .fallback = 1},
    {.name = "padding",
     .offset = offsetof(gold_op_settings, padding),
     .high = 999},
    GOLD_KEY_BIAS,
    {0},
};

/* Places of the kernel along a side; 0: it does not fit. */
static size_t places(const gold_op_settings *set, size_t side)
{
    const size_t padded = side + 2 * set->padding;

    return padded < set->kernel || set->padding >= set->kernel
               ? 0
               : (padded - set->kernel) / set->stride + 1;
}

static const char *shape(gold_node *node)
{
    const gold_op_settings *set = &node->set;
    const gold_shape x = node->x[0];
    const size_t fan_in = x.channels * set->kernel * set->kernel;

    node->y =
        (gold_shape){set->out, places(set, x.height), places(set, x.width)};
    node->n_scratch = fan_in * gold_shape_positions(node->y);
    node->is_drawn = true;
    return set->padding >= set->kernel
               ? "its padding must be less than its kernel"
           : node->n_scratch == 0
               ? "its kernel does not fit into that: lower it, or the number "
                 "of operations before it that make images smaller"
               : FN(op_affine_shape)(node, set->out, fan_in);
}

/* Where a tap of the kernel meets the input along a side. */
typedef struct reach {
    size_t from; /* places [from, to); those beside are in the padding */
    size_t to;
} reach;

static reach reach_of(const gold_op_settings *set, size_t tap, size_t side,
                      size_t n_places)
{
    const size_t stride = set->stride;
    const size_t before = set->padding > tap ? set->padding - tap : 0;
    const size_t end = side + set->padding;
    const size_t beyond = end > tap ? (end - tap - 1) / stride + 1 : 0;

    return (reach){(before + stride - 1) / stride,
                   beyond < n_places ? beyond : n_places};
}

/* The rows of a patch (in, positions) of one place under the kernel, a row each
 * channel: its places, and where in a channel of the input the first one is. */
typedef struct tap {
    reach rows;
    reach columns;
    size_t at;
} tap;

static tap tap_at(const gold_node *node, size_t place)
{
    const gold_op_settings *set = &node->set;
    const gold_shape x = node->x[0];
    const size_t a = place / set->kernel;
    const size_t b = place % set->kernel;
    tap t = {.rows = reach_of(set, a, x.height, node->y.height),
             .columns = reach_of(set, b, x.width, node->y.width)};
    const size_t row = t.rows.from * set->stride + a - set->padding;
    const size_t column = t.columns.from * set->stride + b - set->padding;

    t.at = row * x.width + column;
    return t;
}

/* A row of a patch (positions) <- channel x; the padding is 0 already. */
static void gather_row(const gold_node *node, const tap *t, const real *x,
                       real *row)
{
    const size_t stride = node->set.stride;
    const size_t count = t->columns.to - t->columns.from;

    for (size_t i = t->rows.from; i < t->rows.to; i++) {
        real *to = row + i * node->y.width + t->columns.from;
        const real *from =
            x + t->at + (i - t->rows.from) * stride * node->x[0].width;

        if (stride == 1) {
            memcpy(to, from, count * sizeof *to);
            continue;
        }
        for (size_t j = 0; j < count; j++) {
            to[j] = from[j * stride];
        }
    }
}

/* Channel x += what a row of a patch has for it. */
static void scatter_row(const gold_node *node, const tap *t, const real *row,
                        real *x)
{
    const size_t stride = node->set.stride;
    const size_t count = t->columns.to - t->columns.from;

    for (size_t i = t->rows.from; i < t->rows.to; i++) {
        const real *from = row + i * node->y.width + t->columns.from;
        real *to = x + t->at + (i - t->rows.from) * stride * node->x[0].width;

        for (size_t j = 0; j < count; j++) {
            to[j * stride] += from[j];
        }
    }
}

static void gather(const gold_node *node, const real *x, real *patch)
{
    const size_t area = node->set.kernel * node->set.kernel;
    const size_t positions = gold_shape_positions(node->y);

    if (node->set.padding > 0) {
        memset(patch, 0, node->n_scratch * sizeof *patch);
    }
    for (size_t place = 0; place < area; place++) {
        const tap t = tap_at(node, place);

        for (size_t c = 0; c < node->x[0].channels; c++) {
            gather_row(node, &t, x + c * gold_shape_positions(node->x[0]),
                       patch + (c * area + place) * positions);
        }
    }
}

/* x += what a patch has for it. */
static void scatter(const gold_node *node, const real *patch, real *x)
{
    const size_t area = node->set.kernel * node->set.kernel;
    const size_t positions = gold_shape_positions(node->y);

    for (size_t place = 0; place < area; place++) {
        const tap t = tap_at(node, place);

        for (size_t c = 0; c < node->x[0].channels; c++) {
            scatter_row(node, &t, patch + (c * area + place) * positions,
                        x + c * gold_shape_positions(node->x[0]));
        }
    }
}

static void apply(const gold_site *s, size_t n, size_t d, const real *w,
                  FN(matrix) x, bool adds, real *y, size_t ldy)
{
    const size_t in = s->node->fan_in;
    const size_t positions = gold_shape_positions(s->node->y);

    for (size_t q = 0; q < n; q++) {
        gather(s->node, x.entries + q * x.ld, s->scratch);
        for (size_t i = 0; i < d; i++) {
            FN(product)
            (s->node->y.channels, positions, in, 1.0,
             (FN(matrix)){w + i * s->step, in},
             (FN(matrix)){s->scratch, positions}, adds ? 1.0 : 0.0,
             y + q * ldy + i * s->out, positions);
        }
    }
}

static void back(const gold_site *s, size_t n, double scale, const real *w,
                 FN(matrix) delta, bool adds, real *x, size_t ldx)
{
    const size_t in = s->node->fan_in;
    const size_t positions = gold_shape_positions(s->node->y);

    for (size_t q = 0; q < n; q++) {
        FN(product_tn)
        (in, positions, s->node->y.channels, scale, (FN(matrix)){w, in},
         (FN(matrix)){delta.entries + q * delta.ld, positions}, 0.0, s->scratch,
         positions);
        if (!adds) {
            memset(x + q * ldx, 0, s->in * sizeof *x);
        }
        scatter(s->node, s->scratch, x + q * ldx);
    }
}

static void outer(const gold_site *s, size_t n, double scale, FN(matrix) delta,
                  FN(matrix) x, bool adds, real *w)
{
    const size_t in = s->node->fan_in;
    const size_t positions = gold_shape_positions(s->node->y);

    for (size_t q = 0; q < n; q++) {
        gather(s->node, x.entries + q * x.ld, s->scratch);
        FN(product_nt)
        (s->node->y.channels, in, positions, scale,
         (FN(matrix)){delta.entries + q * delta.ld, positions},
         (FN(matrix)){s->scratch, positions}, adds || q > 0 ? 1.0 : 0.0, w, in);
    }
}

const gold_op FN(op_conv2d) = {.name = "conv2d",
                               .keys = keys,
                               .shape = shape,
                               GOLD_AFFINE,
                               .product = &(gold_product){apply, back, outer}};
