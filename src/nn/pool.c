/* SPDX-License-Identifier: MIT */
#include "nn/pool.h"

#include <string.h>

/* Rows of n samples over windows: where that of unit (c, y, x) begins. */
static size_t unit_at(gold_shape shape, size_t c, size_t y, size_t x)
{
    return (c * shape.height + y) * shape.width + x;
}

/* The first unit of the window of pooled unit q. */
static size_t window_at(const gold_layer *layer, size_t q)
{
    const gold_shape pooled = layer->pooled;
    const size_t plane = pooled.height * pooled.width;

    return unit_at(layer->output, q / plane,
                   q % plane / pooled.width * layer->pool,
                   q % pooled.width * layer->pool);
}

/* Units of a window from its first one. */
static size_t step_at(const gold_layer *layer, size_t w)
{
    return w / layer->pool * layer->output.width + w % layer->pool;
}

/* rows of units outside of all windows <- 0. */
static void clear_rest(const gold_layer *layer, size_t n, real *rows)
{
    const gold_shape shape = layer->output;
    const size_t height = layer->pooled.height * layer->pool;
    const size_t width = layer->pooled.width * layer->pool;

    for (size_t c = 0; c < shape.channels; c++) {
        for (size_t y = 0; y < shape.height; y++) {
            const size_t x = y < height ? width : 0;

            memset(rows + unit_at(shape, c, y, x) * n, 0,
                   (shape.width - x) * n * sizeof *rows);
        }
    }
}

/* Of the n samples of a window, a <- the largest of h; slopes of the others <-
 * 0. h and slope begin at the window. */
static void take_largest(const gold_layer *layer, size_t n, const real *h,
                         real *slope, real *a)
{
    const size_t area = layer->pool * layer->pool;

    for (size_t i = 0; i < n; i++) {
        size_t best = 0;

        for (size_t w = 1; w < area; w++) {
            if (h[step_at(layer, w) * n + i] >
                h[step_at(layer, best) * n + i]) {
                best = w;
            }
        }
        for (size_t w = 0; w < area; w++) {
            if (w != best) {
                slope[step_at(layer, w) * n + i] = R(0.0);
            }
        }
        a[i] = h[step_at(layer, best) * n + i];
    }
}

void FN(pool_values)(const gold_layer *layer, size_t n, const real *h,
                     real *slope, real *a)
{
    const size_t count = gold_shape_units(layer->pooled);
    const real share = R(1.0) / (real)(layer->pool * layer->pool);

    clear_rest(layer, n, slope);
    if (layer->pooling == GOLD_POOL_MAX) {
        for (size_t q = 0; q < count; q++) {
            const size_t at = window_at(layer, q) * n;

            take_largest(layer, n, h + at, slope + at, a + q * n);
        }
        return;
    }
    for (size_t i = 0; i < gold_shape_units(layer->output) * n; i++) {
        slope[i] *= share;
    }
    FN(pool_sum)(layer, n, NULL, h, a);
    for (size_t i = 0; i < count * n; i++) {
        a[i] *= share;
    }
}

void FN(pool_sum)(const gold_layer *layer, size_t n, const real *weights,
                  const real *from, real *to)
{
    const size_t count = gold_shape_units(layer->pooled);
    const size_t area = layer->pool * layer->pool;

    memset(to, 0, count * n * sizeof *to);
    for (size_t q = 0; q < count; q++) {
        for (size_t w = 0; w < area; w++) {
            const size_t at = (window_at(layer, q) + step_at(layer, w)) * n;

            for (size_t i = 0; weights == NULL && i < n; i++) {
                to[q * n + i] += from[at + i];
            }
            for (size_t i = 0; weights != NULL && i < n; i++) {
                to[q * n + i] += weights[at + i] * from[at + i];
            }
        }
    }
}

void FN(pool_spread)(const gold_layer *layer, size_t n, const real *from,
                     real *to)
{
    const size_t count = gold_shape_units(layer->pooled);
    const size_t area = layer->pool * layer->pool;

    clear_rest(layer, n, to);
    for (size_t q = 0; q < count; q++) {
        for (size_t w = 0; w < area; w++) {
            memcpy(to + (window_at(layer, q) + step_at(layer, w)) * n,
                   from + q * n, n * sizeof *to);
        }
    }
}
