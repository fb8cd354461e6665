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
    node->n_scratch = fan_in * gold_shape_positions(node->y); /* a patch */
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
    size_t at; /* in the input, of the first */
} reach;

static reach reach_of(const gold_op_settings *set, size_t tap, size_t side,
                      size_t n_places)
{
    const size_t stride = set->stride;
    const size_t before = set->padding > tap ? set->padding - tap : 0;
    const size_t end = side + set->padding;
    const size_t left = end > tap ? end - tap : 0;
    /* one division less where it costs as much as a row */
    const size_t beyond = stride == 1 ? left : (left + stride - 1) / stride;
    const size_t from = stride == 1 ? before : (before + stride - 1) / stride;

    return (reach){from, beyond < n_places ? beyond : n_places,
                   from * stride + tap - set->padding};
}

/* A row of a patch (in, positions): its places, and where in the input they
 * are. */
typedef struct tap {
    reach rows;
    reach columns;
} tap;

static tap tap_of(const gold_node *node, size_t row, size_t column)
{
    return (tap){reach_of(&node->set, row, node->x[0].height, node->y.height),
                 reach_of(&node->set, column, node->x[0].width, node->y.width)};
}

static tap tap_at(const gold_node *node, size_t k)
{
    const size_t kernel = node->set.kernel;

    return tap_of(node, k / kernel % kernel, k % kernel);
}

/* What of an input channel is under a tap at the places of row i. */
static size_t input_at(const gold_node *node, const tap *t, size_t i)
{
    return (t->rows.at + (i - t->rows.from) * node->set.stride) *
               node->x[0].width +
           t->columns.at;
}

/* Rows of numbers, and how far they are apart on either side. */
typedef struct strip {
    size_t rows;
    size_t count;
    const real *from;
    size_t from_ld;
    real *to;
    size_t to_ld;
} strip;

/* Columns from *j on, `step` at a time, a constant: rows are short, and a call
 * of memcpy would take longer than they do. */
static inline __attribute__((always_inline)) void
copy_columns(const strip *s, size_t step, size_t *j)
{
    for (; *j + step <= s->count; *j += step) {
        const real *from = s->from + *j;
        real *to = s->to + *j;

        for (size_t i = 0; i < s->rows; i++) {
            memcpy(to + i * s->to_ld, from + i * s->from_ld, step * sizeof *to);
        }
    }
}

static void copy_strip(const strip *s)
{
    size_t j = 0;

    copy_columns(s, 8, &j);
    copy_columns(s, 4, &j);
    copy_columns(s, 1, &j);
}

/* What of x is under a tap, and where it goes in a row (positions). */
static strip under_tap(const gold_node *node, const tap *t, const real *x,
                       real *row)
{
    return (strip){
        .rows = t->rows.to - t->rows.from,
        .count = t->columns.to - t->columns.from,
        .from = x + input_at(node, t, t->rows.from),
        .from_ld = node->set.stride * node->x[0].width,
        .to = row + t->rows.from * node->y.width + t->columns.from,
        .to_ld = node->y.width,
    };
}

/* row (positions) <- what is under a tap, where it is in the input. */
static void gather_tap(const gold_node *node, const tap *t, const real *x,
                       real *row)
{
    const size_t stride = node->set.stride;
    const strip s = under_tap(node, t, x, row);

    if (stride == 1) {
        copy_strip(&s);
        return;
    }
    for (size_t i = 0; i < s.rows; i++) {
        for (size_t j = 0; j < s.count; j++) {
            s.to[i * s.to_ld + j] = s.from[i * s.from_ld + j * stride];
        }
    }
}

/* The same, added. */
static inline __attribute__((always_inline)) void
add_columns(const strip *s, size_t step, real factor, size_t *j)
{
    for (; *j + step <= s->count; *j += step) {
        const real *restrict from = s->from + *j;
        real *restrict to = s->to + *j;

        for (size_t i = 0; i < s->rows; i++) {
            for (size_t k = 0; k < step; k++) {
                to[i * s->to_ld + k] += factor * from[i * s->from_ld + k];
            }
        }
    }
}

static void add_strip(const strip *s, real factor)
{
    size_t j = 0;

    add_columns(s, 8, factor, &j);
    add_columns(s, 4, factor, &j);
    add_columns(s, 1, factor, &j);
}

/* x += factor times row, where the tap is in the input. */
static void scatter_tap(const gold_node *node, const tap *t, real factor,
                        const real *row, real *x)
{
    const size_t stride = node->set.stride;
    const strip s = {
        .rows = t->rows.to - t->rows.from,
        .count = t->columns.to - t->columns.from,
        .from = row + t->rows.from * node->y.width + t->columns.from,
        .from_ld = node->y.width,
        .to = x + input_at(node, t, t->rows.from),
        .to_ld = stride * node->x[0].width,
    };

    if (stride == 1) {
        add_strip(&s, factor);
        return;
    }
    for (size_t i = 0; i < s.rows; i++) {
        for (size_t j = 0; j < s.count; j++) {
            s.to[i * s.to_ld + j * stride] +=
                factor * s.from[i * s.from_ld + j];
        }
    }
}

/* y += factor times what is under the tap. */
static void add_tap(const gold_node *node, const tap *t, real factor,
                    const real *x, real *y)
{
    const size_t stride = node->set.stride;
    const strip s = under_tap(node, t, x, y);

    if (stride == 1) {
        add_strip(&s, factor);
        return;
    }
    for (size_t i = 0; i < s.rows; i++) {
        for (size_t j = 0; j < s.count; j++) {
            s.to[i * s.to_ld + j] +=
                factor * s.from[i * s.from_ld + j * stride];
        }
    }
}

/* The patch of x, rows ld apart. */
static void gather(const gold_node *node, const real *x, real *patch, size_t ld)
{
    const size_t area = node->set.kernel * node->set.kernel;
    const size_t plane = gold_shape_positions(node->x[0]);
    const size_t positions = gold_shape_positions(node->y);

    for (size_t k = 0; k < area; k++) {
        const tap t = tap_at(node, k);

        for (size_t c = 0; c < node->x[0].channels; c++) {
            real *row = patch + (c * area + k) * ld;

            if (node->set.padding > 0) {
                memset(row, 0, positions * sizeof *row);
            }
            gather_tap(node, &t, x + c * plane, row);
        }
    }
}

/* x += what a patch has for it. */
static void scatter(const gold_node *node, const real *patch, real *x)
{
    const size_t area = node->set.kernel * node->set.kernel;
    const size_t plane = gold_shape_positions(node->x[0]);
    const size_t positions = gold_shape_positions(node->y);

    for (size_t k = 0; k < area; k++) {
        const tap t = tap_at(node, k);

        for (size_t c = 0; c < node->x[0].channels; c++) {
            scatter_tap(node, &t, R(1.0), patch + (c * area + k) * positions,
                        x + c * plane);
        }
    }
}

static void apply(const gold_site *s, size_t n, size_t d, const real *w,
                  size_t step, const real *x, bool adds, real *y)
{
    const size_t in = s->node->fan_in;
    const size_t out = s->node->fan_out;
    const size_t positions = gold_shape_positions(s->node->y);
    const size_t together = step == out * in ? d : 1;

    for (size_t q = 0; q < n; q++) {
        gather(s->node, x + q * s->in, s->scratch, positions);
        for (size_t i = 0; i < d; i += together) {
            FN(product)
            (together * out, positions, in, 1.0, (FN(matrix)){w + i * step, in},
             (FN(matrix)){s->scratch, positions}, adds ? 1.0 : 0.0,
             y + (q * d + i) * s->out, positions);
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
        (in, positions, s->node->fan_out, scale, (FN(matrix)){w, in},
         (FN(matrix)){delta.entries + q * delta.ld, positions}, 0.0, s->scratch,
         positions);
        if (!adds) {
            memset(x + q * ldx, 0, s->in * sizeof *x);
        }
        scatter(s->node, s->scratch, x + q * ldx);
    }
}

/* Of all m at once, for the patches are made once. */
static void outer(const gold_site *s, size_t n, size_t m, double scale,
                  FN(matrix) delta, FN(matrix) x, bool adds, real *w,
                  size_t step)
{
    const size_t in = s->node->fan_in;
    const size_t out = s->node->fan_out;
    const size_t positions = gold_shape_positions(s->node->y);
    const bool is_direct = m == 1 || step == out * in;
    real *sum = is_direct ? w : s->scratch + s->node->n_scratch;

    for (size_t q = 0; q < n; q++) {
        const bool keeps = q > 0 || (is_direct && adds);

        gather(s->node, x.entries + q * x.ld, s->scratch, positions);
        FN(product_nt)
        (m * out, in, positions, scale,
         (FN(matrix)){delta.entries + q * delta.ld, positions},
         (FN(matrix)){s->scratch, positions}, keeps ? 1.0 : 0.0, sum, in);
    }
    for (size_t r = 0; !is_direct && n > 0 && r < m; r++) {
        if (!adds) {
            memset(w + r * step, 0, out * in * sizeof *w);
        }
        FN(add_up)(out * in, sum + r * out * in, w + r * step);
    }
}

static void apply_few(const gold_site *s, size_t n, size_t d,
                      const gold_moves *w, const real *x, real *y)
{
    const gold_node *node = s->node;
    const size_t plane = gold_shape_positions(node->x[0]);
    const size_t positions = gold_shape_positions(node->y);
    const size_t area = node->set.kernel * node->set.kernel;

    for (size_t i = 0; i < d; i++) {
        const gold_few few = gold_few_of(w, i);

        for (size_t e = 0; e < few.n; e++) {
            const gold_entry entry = few.entries[e];
            const bool is_bias = entry.at >= node->fan_out * node->fan_in;
            const size_t channel = is_bias
                                       ? entry.at - node->fan_out * node->fan_in
                                       : entry.at / node->fan_in;
            const size_t k = is_bias ? 0 : entry.at % node->fan_in;
            const tap t = tap_at(node, k);

            for (size_t q = 0; q < n; q++) {
                real *row = y + (q * d + i) * s->out + channel * positions;

                for (size_t p = 0; is_bias && p < positions; p++) {
                    row[p] += entry.value;
                }
                if (!is_bias) {
                    add_tap(node, &t, entry.value,
                            x + q * s->in + k / area * plane, row);
                }
            }
        }
    }
}

static void back_few(const gold_site *s, size_t n, gold_few w, FN(matrix) delta,
                     real *x, size_t ldx)
{
    const gold_node *node = s->node;
    const size_t plane = gold_shape_positions(node->x[0]);
    const size_t positions = gold_shape_positions(node->y);
    const size_t area = node->set.kernel * node->set.kernel;

    for (size_t e = 0;
         e < w.n && w.entries[e].at < node->fan_out * node->fan_in; e++) {
        const size_t k = w.entries[e].at % node->fan_in;
        const size_t channel = w.entries[e].at / node->fan_in;
        const tap t = tap_at(node, k);

        for (size_t q = 0; q < n; q++) {
            scatter_tap(node, &t, w.entries[e].value,
                        delta.entries + q * delta.ld + channel * positions,
                        x + q * ldx + k / area * plane);
        }
    }
}

enum {
    PATCH_REALS = 64 << 10 /* aimed at: of a size that stays in the cache */
};

/* Samples whose patches stand side by side. */
static size_t patches_of(const gold_node *node)
{
    const size_t fitting =
        PATCH_REALS / (node->fan_in * gold_shape_positions(node->y));

    return fitting > 0 ? fitting : 1;
}

static size_t room(const gold_node *node, size_t m)
{
    const size_t sums = m * node->fan_out * node->fan_in;
    const size_t patches = patches_of(node) * gold_shape_positions(node->y) *
                           (m * node->fan_out + node->fan_in);

    return sums > patches ? sums : patches;
}

/* to (rows, n positions) <- from (n, rows, positions), ld from sample to
 * sample. */
static void set_beside(size_t n, size_t rows, size_t positions, FN(matrix) from,
                       real *to)
{
    for (size_t q = 0; q < n; q++) {
        for (size_t r = 0; r < rows; r++) {
            memcpy(to + (r * n + q) * positions,
                   from.entries + q * from.ld + r * positions,
                   positions * sizeof *to);
        }
    }
}

static void cross(const gold_site *s, gold_share of, const real *delta,
                  const real *dx, real *c)
{
    const gold_node *node = s->node;
    const size_t in = node->fan_in;
    const size_t rows = of.m * node->fan_out;
    const size_t positions = gold_shape_positions(node->y);
    const size_t most = patches_of(node);
    const FN(matrix) from = {delta + of.first_m * s->out, of.all_m * s->out};
    real *beside = s->scratch + node->n_scratch; /* (rows, samples positions) */
    real *patches = beside + most * positions * rows;

    for (size_t q = 0; q < s->n; q += most) {
        const size_t n = s->n - q < most ? s->n - q : most;
        const size_t columns = n * positions;

        set_beside(n, rows, positions,
                   (FN(matrix)){from.entries + q * from.ld, from.ld}, beside);
        for (size_t i = 0; i < of.d; i++) {
            const real *x = dx + (q * of.all_d + of.first_d + i) * s->in;

            for (size_t k = 0; k < n; k++) {
                gather(node, x + k * of.all_d * s->in, patches + k * positions,
                       columns);
            }
            FN(product_nt)
            (rows, in, columns, 1.0, (FN(matrix)){beside, columns},
             (FN(matrix)){patches, columns}, q == 0 ? 0.0 : 1.0, c + i * in,
             of.d * in);
        }
    }
}

const gold_op FN(op_conv2d) = {
    .name = "conv2d",
    .keys = keys,
    .shape = shape,
    GOLD_AFFINE,
    .product = &(gold_product){apply, back, outer, apply_few, back_few, cross,
                               NULL, room, false}};
