/* SPDX-License-Identifier: MIT */
#include "nn/affine.h"

#include <string.h>

#include "linalg/product.h"

/* Positions [first, first + count) of a convolution's output. */
typedef struct stretch {
    size_t first;
    size_t count;
} stretch;

/* Where a place under the kernel is in the input at some positions: a run of
 * them that are neighbours there too. */
typedef struct run {
    size_t count;   /* positions */
    bool is_inside; /* else in the padding */
    size_t at;      /* of the first one, in the input plane */
} run;

/* The run that begins at position p of at most `most`, for the place (ky, kx)
 * under the kernel. */
static run run_at(const gold_layer *layer, size_t p, size_t most, size_t ky,
                  size_t kx)
{
    const size_t width = layer->output.width;
    const size_t row = p / width * layer->stride + ky;
    const size_t column = p % width * layer->stride + kx;
    const size_t left = width - p % width;
    run found = {.count = 1};

    if (layer->stride == 1 && layer->padding == 0) {
        found.count = left < most ? left : most;
    }
    found.is_inside = row >= layer->padding && column >= layer->padding &&
                      row - layer->padding < layer->input.height &&
                      column - layer->padding < layer->input.width;
    if (found.is_inside) {
        found.at = (row - layer->padding) * layer->input.width + column -
                   layer->padding;
    }
    return found;
}

/* row (s.count * n) <- row k of the patch matrix of x. */
static void gather_row(const gold_layer *layer, size_t n, const real *x,
                       size_t k, stretch s, real *row)
{
    const size_t area = layer->kernel * layer->kernel;
    const size_t plane = layer->input.height * layer->input.width;
    const real *channel = x + k / area * plane * n;
    const size_t ky = k % area / layer->kernel;
    const size_t kx = k % layer->kernel;

    for (size_t i = 0; i < s.count;) {
        const run r = run_at(layer, s.first + i, s.count - i, ky, kx);

        if (r.is_inside) {
            memcpy(row + i * n, channel + r.at * n, r.count * n * sizeof *row);
        } else {
            memset(row + i * n, 0, n * sizeof *row);
        }
        i += r.count;
    }
}

/* x += what row k of a patch matrix has for it. */
static void scatter_row(const gold_layer *layer, size_t n, const real *row,
                        size_t k, stretch s, real *x)
{
    const size_t area = layer->kernel * layer->kernel;
    const size_t plane = layer->input.height * layer->input.width;
    real *channel = x + k / area * plane * n;
    const size_t ky = k % area / layer->kernel;
    const size_t kx = k % layer->kernel;

    for (size_t i = 0; i < s.count;) {
        const run r = run_at(layer, s.first + i, s.count - i, ky, kx);

        for (size_t j = 0; r.is_inside && j < r.count * n; j++) {
            channel[r.at * n + j] += row[i * n + j];
        }
        i += r.count;
    }
}

/* patches (in, s.count * n) of x. */
static void gather(const gold_layer *layer, FN(feed) x, stretch s,
                   real *patches)
{
    GOLD_ASSERT(!x.is_rows);
    for (size_t k = 0; k < layer->in; k++) {
        gather_row(layer, x.n, x.entries, k, s, patches + k * s.count * x.n);
    }
}

/* The stretch from `first` on that fits into the patches. */
static stretch stretch_at(const gold_layer *layer, size_t n, size_t first)
{
    const size_t most = gold_patch_positions(layer, n);
    const size_t left = gold_layer_positions(layer) - first;

    return (stretch){first, left < most ? left : most};
}

void FN(affine_apply)(const gold_layer *layer, size_t rows, double scale,
                      const real *weights, FN(feed) x, double keep, real *z,
                      real *patches)
{
    const size_t positions = gold_layer_positions(layer);
    const FN(matrix) w = {weights, layer->in};
    const double factor = scale * x.scale;

    if (layer->kind == GOLD_LAYER_LINEAR && x.is_rows) {
        FN(product_nt)
        (rows, x.n, layer->in, factor, w, (FN(matrix)){x.entries, layer->in},
         keep, z, x.n);
        return;
    }
    if (layer->kind == GOLD_LAYER_LINEAR) {
        FN(product)
        (rows, x.n, layer->in, factor, w, (FN(matrix)){x.entries, x.n}, keep, z,
         x.n);
        return;
    }
    for (size_t p = 0; p < positions;) {
        const stretch s = stretch_at(layer, x.n, p);
        const size_t columns = s.count * x.n;

        gather(layer, x, s, patches);
        FN(product)
        (rows, columns, layer->in, factor, w, (FN(matrix)){patches, columns},
         keep, z + p * x.n, positions * x.n);
        p += s.count;
    }
}

void FN(affine_pull)(const gold_layer *layer, size_t n, double scale,
                     const real *weights, const real *delta, bool adds,
                     real *below, real *patches)
{
    const size_t positions = gold_layer_positions(layer);
    const FN(matrix) w = {weights, layer->in};

    if (layer->kind == GOLD_LAYER_LINEAR) {
        FN(product_tn)
        (layer->in, n, layer->out, scale, w, (FN(matrix)){delta, n},
         adds ? 1.0 : 0.0, below, n);
        return;
    }
    if (!adds) {
        memset(below, 0, gold_shape_units(layer->input) * n * sizeof *below);
    }
    for (size_t p = 0; p < positions;) {
        const stretch s = stretch_at(layer, n, p);
        const size_t columns = s.count * n;

        FN(product_tn)
        (layer->in, columns, layer->out, scale, w,
         (FN(matrix)){delta + p * n, positions * n}, 0.0, patches, columns);
        for (size_t k = 0; k < layer->in; k++) {
            scatter_row(layer, n, patches + k * columns, k, s, below);
        }
        p += s.count;
    }
}

void FN(affine_gradient)(const gold_layer *layer, size_t rows,
                         const real *delta, FN(feed) x, double keep,
                         real *gradient, real *patches)
{
    const size_t positions = gold_layer_positions(layer);
    const size_t in = layer->in;

    if (layer->kind == GOLD_LAYER_LINEAR && x.is_rows) {
        FN(product)
        (rows, in, x.n, x.scale, (FN(matrix)){delta, x.n},
         (FN(matrix)){x.entries, in}, keep, gradient, in);
        return;
    }
    if (layer->kind == GOLD_LAYER_LINEAR) {
        FN(product_nt)
        (rows, in, x.n, x.scale, (FN(matrix)){delta, x.n},
         (FN(matrix)){x.entries, x.n}, keep, gradient, in);
        return;
    }
    for (size_t p = 0; p < positions;) {
        const stretch s = stretch_at(layer, x.n, p);
        const size_t columns = s.count * x.n;

        gather(layer, x, s, patches);
        FN(product_nt)
        (rows, in, columns, x.scale,
         (FN(matrix)){delta + p * x.n, positions * x.n},
         (FN(matrix)){patches, columns}, p == 0 ? keep : 1.0, gradient, in);
        p += s.count;
    }
}

void FN(add_bias)(const gold_layer *layer, size_t rows, size_t n, double scale,
                  const real *bias, real *z)
{
    const size_t columns = gold_layer_positions(layer) * n;

    for (size_t o = 0; o < rows; o++) {
        const real shift = (real)(scale * (double)bias[o]);

        for (size_t i = 0; i < columns; i++) {
            z[o * columns + i] += shift;
        }
    }
}

void FN(bias_gradient)(const gold_layer *layer, size_t n, const real *delta,
                       double keep, real *gradient)
{
    const size_t columns = gold_layer_positions(layer) * n;

    for (size_t o = 0; o < layer->out; o++) {
        double sum = keep * (double)gradient[o];

        for (size_t i = 0; i < columns; i++) {
            sum += (double)delta[o * columns + i];
        }
        gradient[o] = (real)sum;
    }
}

const real *FN(patch_row)(const gold_layer *layer, size_t n, const real *x,
                          size_t k, real *scratch)
{
    if (layer->kind == GOLD_LAYER_LINEAR) {
        return x + k * n;
    }
    gather_row(layer, n, x, k, (stretch){0, gold_layer_positions(layer)},
               scratch);
    return scratch;
}
