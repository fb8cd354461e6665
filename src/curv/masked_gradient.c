/* SPDX-License-Identifier: MIT */
/* Gradients from residuals of what is on. */
#include <string.h>

#include "curv/masked.h"
#include "linalg/product.h"

enum {
    FEW = 4,   /* residuals for which matrix products do better */
    PAIRS = 96 /* of a unit at a time: with their samples they stay in the
                  nearest cache */
};

static size_t smaller(size_t x, size_t y)
{
    return x < y ? x : y;
}

/* Residuals of a layer as they are: what they have in common shared out, unit
 * by unit; or that itself. */
static const real *share_out(FN(work) * work, size_t l, size_t n, size_t m)
{
    const FN(masked) *masked = work->masked;
    const FN(masked_layer) *layer = &masked->layers[l];
    const size_t k = masked->k;
    FN(tile) tile = {.width = m, .n = k, .terms = masked->terms};

    if (masked->mix == NULL) {
        return layer->common;
    }
    for (size_t c = 0; c < k; c++) {
        masked->terms[c] =
            (gold_tile_term){(uint32_t)c, (uint32_t)(c * masked->ldm)};
    }
    for (size_t s = 0; s < n; s++) {
        const size_t end = layer->start[s + 1];

        tile.b = masked->shares + s * k * masked->ldm;
        for (size_t p = layer->start[s]; p < end; p += tile.rows) {
            tile.rows = FN(tile_rows)(end - p);
            for (size_t i = 0; i < tile.rows; i++) {
                tile.a[i] = layer->common + (p + i) * masked->ldk;
                tile.out[i] = masked->each + layer->place[p + i] * masked->ldm;
            }
            FN(masked_multiply)(work, &tile);
        }
    }
    return masked->each;
}

/* Where the residuals are of what stands at a place, unit by unit. */
static size_t residual_at(const FN(masked) * masked,
                          const FN(masked_layer) * layer, size_t place)
{
    return masked->mix == NULL ? layer->pair[place] * masked->ldk
                               : place * masked->ldm;
}

/* gradients (m, ..) of columns [j, j + width) of unit v's weights +=, from a
 * panel of them: of a whole one where they are, else beside. */
static void take_panel(FN(work) * work, const FN(masked_layer) * layer,
                       size_t v, size_t m, size_t j, const real *each,
                       FN(tile) * tile, real *gradients)
{
    const size_t step = work->network->n_parameters;
    const bool is_whole = tile->width == FN(STRIPE);
    real *to = gradients + layer->node->first + v * layer->node->fan_in + j;
    real sums[FN(TILE_ROWS) * FN(STRIPE)];

    tile->adds = is_whole;
    for (size_t r = 0; r < m; r += tile->rows) {
        tile->rows = FN(tile_rows)(m - r);
        for (size_t x = 0; x < tile->rows; x++) {
            tile->a[x] = each + r + x;
            tile->out[x] =
                is_whole ? to + (r + x) * step : sums + x * FN(STRIPE);
        }
        FN(masked_multiply)(work, tile);
        for (size_t x = 0; !is_whole && x < tile->rows; x++) {
            FN(add_up)
            (tile->width, sums + x * FN(STRIPE), to + (r + x) * step);
        }
    }
}

/* The same of columns from j on, some panels of them, for all units. */
static void take_panels(FN(work) * work, const FN(masked_layer) * layer,
                        size_t n, size_t m, const real *each, size_t j,
                        real *gradients)
{
    const FN(masked) *masked = work->masked;
    const size_t in = layer->node->fan_in;
    const size_t end = smaller(j + GOLD_PANELS * FN(STRIPE), in);
    const real *x = work->run.places[layer->node->inputs[0]].y;
    FN(tile) tile;

    for (size_t at = j; at < end; at += FN(STRIPE)) {
        real *panel = masked->panels + (at - j) * n;
        const size_t width = smaller(in - at, FN(STRIPE));

        for (size_t s = 0; s < n; s++) {
            memcpy(panel + s * FN(STRIPE), x + s * in + at, width * sizeof *x);
        }
    }
    for (size_t v = 0; v < layer->node->fan_out; v++) {
        for (size_t t = layer->begin[v]; t < layer->begin[v + 1]; t += tile.n) {
            tile.terms = masked->terms + t;
            tile.n = smaller(layer->begin[v + 1] - t, PAIRS);
            for (size_t at = j; at < end; at += FN(STRIPE)) {
                tile.b = masked->panels + (at - j) * n;
                tile.width = smaller(in - at, FN(STRIPE));
                take_panel(work, layer, v, m, at, each, &tile, gradients);
            }
        }
    }
}

/* The same of all columns, by a matrix product for each residual. */
static void take_dense(FN(work) * work, const FN(masked_layer) * layer,
                       size_t n, size_t m, const real *each, real *gradients)
{
    const FN(masked) *masked = work->masked;
    const size_t in = layer->node->fan_in;
    const size_t out = layer->node->fan_out;
    const real *x = work->run.places[layer->node->inputs[0]].y;

    for (size_t r = 0; r < m; r++) {
        memset(masked->dense, 0, n * out * sizeof *masked->dense);
        for (size_t v = 0; v < out; v++) {
            for (size_t t = layer->begin[v]; t < layer->begin[v + 1]; t++) {
                masked->dense[layer->sample[t] * out + v] =
                    each[residual_at(masked, layer, t) + r];
            }
        }
        FN(product_tn)
        (out, in, n, 1.0, (FN(matrix)){masked->dense, out}, (FN(matrix)){x, in},
         1.0, gradients + r * work->network->n_parameters + layer->node->first,
         in);
    }
    work->run.flops += 2.0 * (double)(m * n) * (double)(in * out);
}

static void add_biases(FN(work) * work, const FN(masked_layer) * layer,
                       size_t m, const real *each, real *gradients)
{
    const size_t weights = layer->node->fan_in * layer->node->fan_out;
    real *b = gradients + layer->node->first + weights;

    for (size_t v = 0; v < layer->node->fan_out; v++) {
        for (size_t r = 0; r < m; r++) {
            real *to = b + r * work->network->n_parameters + v;
            double sum = (double)*to;

            for (size_t t = layer->begin[v]; t < layer->begin[v + 1]; t++) {
                sum += (double)each[residual_at(work->masked, layer, t) + r];
            }
            *to = (real)sum;
        }
    }
}

void FN(masked_gradient)(FN(work) * work, size_t l, size_t n, size_t m,
                         real *gradients)
{
    const FN(masked) *masked = work->masked;
    const FN(masked_layer) *layer = &masked->layers[l];
    const real *each = share_out(work, l, n, m);

    if (layer->node->set.bias == 1) {
        add_biases(work, layer, m, each, gradients);
    }
    if (m < FEW) {
        take_dense(work, layer, n, m, each, gradients);
        return;
    }
    for (size_t t = 0; t < layer->begin[layer->node->fan_out]; t++) {
        masked->terms[t] =
            (gold_tile_term){(uint32_t)residual_at(masked, layer, t),
                             layer->sample[t] * (uint32_t)FN(STRIPE)};
    }
    for (size_t j = 0; j < layer->node->fan_in; j += GOLD_PANELS * FN(STRIPE)) {
        take_panels(work, layer, n, m, each, j, gradients);
    }
}
