/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "curv/line_work.h"
#include "linalg/product.h"

/* x (n) += value. */
static void add_constant(size_t n, real value, real *x)
{
    for (size_t i = 0; i < n; i++) {
        x[i] += value;
    }
}

/* out (columns, n) <- rows (n, columns) transposed, in tiles that fit the
 * cache. */
static void transpose(size_t n, size_t columns, const real *rows, real *out)
{
    enum {
        TILE = 32
    };

    for (size_t i0 = 0; i0 < n; i0 += TILE) {
        const size_t i1 = i0 + TILE < n ? i0 + TILE : n;

        for (size_t j = 0; j < columns; j++) {
            for (size_t i = i0; i < i1; i++) {
                out[j * n + i] = rows[i * columns + j];
            }
        }
    }
}

/* dz (d, out, n) += V^i a over the entries of sparse directions; a (in, n). */
static void add_sparse_part(const FN(work) * work, size_t l, size_t n,
                            double scale, const real *a, real *dz)
{
    const gold_layer *layer = &work->network->layers[l];
    const FN(direction_layer) *part = &work->line->directions->layers[l];
    const size_t m = gold_layer_weights(layer);

    for (size_t i = 0; i < work->d; i++) {
        real *tangent = dz + i * layer->out * n;

        for (size_t e = part->start[i]; e < part->start[i + 1]; e++) {
            const FN(sparse_entry) entry = part->entries[e];

            if (entry.at >= m) {
                add_constant(n, entry.value, tangent + (entry.at - m) * n);
            } else {
                FN(add_scaled)
                (n, scale * (double)entry.value, a + entry.at % layer->in * n,
                 tangent + entry.at / layer->in * n);
            }
        }
    }
}

/* dz (d, out, n) += the directions' biases, in every column. */
static void add_bias_part(const FN(work) * work, size_t l, size_t n, real *dz)
{
    const real *biases = work->line->directions->layers[l].biases;

    if (biases == NULL) {
        return;
    }
    for (size_t u = 0; u < work->d * work->network->layers[l].out; u++) {
        add_constant(n, biases[u], dz + u * n);
    }
}

/* Where layer l stands from the one that directions are confined to, if they
 * are to any: below it, at it or above it. */
static bool is_below(const FN(directions) * directions, size_t l)
{
    return directions->is_confined && l < directions->layer;
}

static bool is_above(const FN(directions) * directions, size_t l)
{
    return directions->is_confined && l > directions->layer;
}

void FN(first_tangent)(FN(work) * work, const FN(block) * block)
{
    const FN(directions) *directions = work->line->directions;
    const gold_layer *layer = &work->network->layers[0];
    const size_t rows = work->d * layer->out;
    const size_t n = block->n;

    if (is_below(directions, 0)) {
        memset(work->first, 0, rows * n * sizeof *work->first);
        return;
    }
    if (directions->is_sparse) {
        transpose(n, layer->in, block->inputs, work->inputs_t);
        memset(work->first, 0, rows * n * sizeof *work->first);
        add_sparse_part(work, 0, n, work->line->input_scale, work->inputs_t,
                        work->first);
        return;
    }
    FN(product_nt)
    (rows, n, layer->in, work->line->input_scale,
     (FN(matrix)){directions->layers[0].weights, layer->in},
     (FN(matrix)){block->inputs, layer->in}, 0.0, work->first, n);
    work->flops += 2.0 * (double)(rows * n) * (double)layer->in;
    add_bias_part(work, 0, n, work->first);
}

/* dz_l = V_l a_(l-1) + alpha W_l da_(l-1), for all directions. */
static void layer_tangent(FN(work) * work, const gold_group *group, size_t l,
                          size_t n)
{
    const FN(directions) *directions = work->line->directions;
    const gold_layer *layer = &work->network->layers[l];
    const size_t rows = work->d * layer->out;
    const FN(matrix) weights = {work->line->theta + layer->weights, layer->in};
    real *dz = work->dz[l];

    if (is_below(directions, l) || is_above(directions, l)) {
        memset(dz, 0, rows * n * sizeof *dz);
    } else if (directions->is_sparse) {
        memset(dz, 0, rows * n * sizeof *dz);
        add_sparse_part(work, l, n, 1.0, work->a[l - 1], dz);
    } else {
        FN(product)
        (rows, n, layer->in, 1.0,
         (FN(matrix)){directions->layers[l].weights, layer->in},
         (FN(matrix)){work->a[l - 1], n}, 0.0, dz, n);
        work->flops += 2.0 * (double)(rows * n) * (double)layer->in;
        add_bias_part(work, l, n, dz);
    }
    if (directions->is_confined && !is_above(directions, l)) {
        return; /* nothing comes from below */
    }
    for (size_t i = 0; i < work->d; i++) {
        FN(product)
        (layer->out, n, layer->in, group->alpha, weights,
         (FN(matrix)){work->da[l - 1] + i * layer->in * n, n}, 1.0,
         dz + i * layer->out * n, n);
    }
    work->flops += 2.0 * (double)(rows * n) * (double)layer->in;
}

/* da = phi'(z) dz, in place unless dz is wanted as well. */
static void pass_activation(FN(work) * work, size_t l, size_t n)
{
    const size_t units = work->network->layers[l].out * n;

    if (work->da[l] != work->dz[l]) {
        memcpy(work->da[l], work->dz[l], work->d * units * sizeof(real));
    }
    if (work->network->activation == GOLD_IDENTITY) {
        return;
    }
    for (size_t i = 0; i < work->d; i++) {
        FN(multiply)(units, work->slope[l], work->da[l] + i * units);
    }
}

void FN(tangents)(FN(work) * work, const gold_group *group,
                  const FN(block) * block)
{
    const gold_network *network = work->network;
    const size_t n = block->n;

    if (work->dz[0] != work->first) {
        memcpy(work->dz[0], work->first,
               work->d * network->layers[0].out * n * sizeof(real));
    }
    for (size_t l = 0; l < network->n_layers; l++) {
        if (l > 0) {
            layer_tangent(work, group, l, n);
        }
        if (network->layers[l].has_activation) {
            pass_activation(work, l, n);
        }
    }
}

void FN(center_tangents)(FN(work) * work, const FN(block) * block)
{
    const size_t last = work->network->n_layers - 1;
    const size_t n_classes = work->network->n_out;
    const size_t n = block->n;
    const real *logits = work->a[last];

    memset(work->top, 0, n * sizeof *work->top);
    for (size_t k = 1; k < n_classes; k++) {
        for (size_t i = 0; i < n; i++) {
            if (logits[k * n + i] > logits[work->top[i] * n + i]) {
                work->top[i] = k;
            }
        }
    }
    for (size_t v = 0; v < work->d; v++) {
        real *tangent = work->dz[last] + v * n_classes * n;

        for (size_t i = 0; i < n; i++) {
            work->ref[i] = tangent[work->top[i] * n + i];
        }
        for (size_t k = 0; k < n_classes; k++) {
            for (size_t i = 0; i < n; i++) {
                tangent[k * n + i] -= work->ref[i];
            }
        }
    }
}
