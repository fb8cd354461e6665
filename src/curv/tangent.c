/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "curv/line_work.h"
#include "linalg/product.h"
#include "nn/pool.h"

/* x (n) += value. */
static void add_constant(size_t n, real value, real *x)
{
    for (size_t i = 0; i < n; i++) {
        x[i] += value;
    }
}

/* dz (d, units, n) += V^i a over the entries of sparse directions; a (in, n).
 */
static void add_sparse_part(const FN(work) * work, size_t l, size_t n,
                            double scale, const real *a, real *dz)
{
    const gold_layer *layer = &work->network->layers[l];
    const FN(direction_layer) *part = &work->line->directions->layers[l];
    const size_t m = gold_layer_weights(layer);
    const size_t columns = gold_layer_positions(layer) * n;

    for (size_t i = 0; i < work->d; i++) {
        real *tangent = dz + i * layer->out * columns;

        for (size_t e = part->start[i]; e < part->start[i + 1]; e++) {
            const gold_entry entry = part->entries[e];

            if (entry.at >= m) {
                add_constant(columns, entry.value,
                             tangent + (entry.at - m) * columns);
            } else {
                FN(add_scaled)
                (columns, scale * (double)entry.value,
                 FN(patch_row)(layer, n, a, entry.at % layer->in,
                               work->patch_row),
                 tangent + entry.at / layer->in * columns);
            }
        }
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

/* dz (d, units, n) = V^i times what layer l is applied to, for all directions.
 * `columns` is that as (units, n), which sparse directions need. */
static void take_direct_part(FN(work) * work, size_t l, FN(feed) x,
                             const real *columns, real *dz)
{
    const FN(directions) *directions = work->line->directions;
    const gold_layer *layer = &work->network->layers[l];
    const size_t rows = work->d * layer->out;
    const size_t count = rows * gold_layer_positions(layer) * x.n;

    if (is_below(directions, l) || is_above(directions, l)) {
        memset(dz, 0, count * sizeof *dz);
        return;
    }
    if (directions->is_sparse) {
        memset(dz, 0, count * sizeof *dz);
        add_sparse_part(work, l, x.n, x.scale, columns, dz);
        return;
    }
    FN(affine_apply)
    (layer, rows, 1.0, directions->layers[l].weights, x, 0.0, dz,
     work->values.patches);
    if (layer->has_bias) {
        FN(add_bias)
        (layer, rows, x.n, 1.0, directions->layers[l].biases, dz);
    }
    work->flops +=
        2.0 * (double)(work->d * x.n) * (double)gold_layer_products(layer);
}

void FN(first_tangent)(FN(work) * work, const FN(block) * block)
{
    const real *columns = work->values.x;

    FN(take_inputs)(&work->values, block);
    if (work->inputs_t != NULL) {
        FN(transpose)
        (block->n, work->network->n_in, block->inputs, work->inputs_t);
        columns = work->inputs_t;
    }
    take_direct_part(
        work, 0, FN(feed_of)(&work->values, block, work->line->input_scale, 0),
        columns, work->first);
}

/* dz_l = V_l a_(l-1) + alpha W_l da_(l-1), for all directions. */
static void layer_tangent(FN(work) * work, const gold_group *group, size_t l,
                          size_t n)
{
    const gold_layer *layer = &work->network->layers[l];
    const size_t units = gold_shape_units(layer->output);
    const size_t below = gold_shape_units(layer->input);
    const real *a = work->values.a[l - 1];
    const FN(directions) *directions = work->line->directions;

    take_direct_part(work, l, (FN(feed)){a, n, 1.0, false}, a, work->dz[l]);
    if (directions->is_confined && !is_above(directions, l)) {
        return; /* nothing comes from below */
    }
    for (size_t i = 0; i < work->d; i++) {
        FN(affine_apply)
        (layer, layer->out, group->alpha, work->line->theta + layer->weights,
         (FN(feed)){work->da[l - 1] + i * below * n, n, 1.0, false}, 1.0,
         work->dz[l] + i * units * n, work->values.patches);
    }
    work->flops +=
        2.0 * (double)(work->d * n) * (double)gold_layer_products(layer);
}

/* da = pooled phi'(z) dz, in place unless dz is wanted as well. */
static void pass_activation(FN(work) * work, size_t l, size_t n)
{
    const gold_layer *layer = &work->network->layers[l];
    const real *slope = work->values.slope[l];
    const size_t units = gold_shape_units(layer->output) * n;
    const size_t pooled = gold_shape_units(layer->pooled) * n;

    if (gold_layer_has_pooling(layer)) {
        for (size_t i = 0; i < work->d; i++) {
            FN(pool_sum)
            (layer, n, slope, work->dz[l] + i * units,
             work->da[l] + i * pooled);
        }
        return;
    }
    if (work->da[l] != work->dz[l]) {
        memcpy(work->da[l], work->dz[l], work->d * units * sizeof(real));
    }
    if (work->network->activation == GOLD_IDENTITY) {
        return;
    }
    for (size_t i = 0; i < work->d; i++) {
        FN(multiply)(units, slope, work->da[l] + i * units);
    }
}

void FN(tangents)(FN(work) * work, const gold_group *group,
                  const FN(block) * block)
{
    const gold_network *network = work->network;
    const size_t n = block->n;

    if (work->dz[0] != work->first) {
        memcpy(work->dz[0], work->first,
               work->d * gold_shape_units(network->layers[0].output) * n *
                   sizeof(real));
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
    const real *logits = work->values.a[last];

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
