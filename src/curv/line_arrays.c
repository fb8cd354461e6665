/* SPDX-License-Identifier: MIT */
/* The arrays of a block of samples, and how many samples make one. */
#include "curv/line_work.h"

static size_t larger(size_t x, size_t y)
{
    return x > y ? x : y;
}

static gold_line_extent extent_of(const FN(work) * work)
{
    const gold_network *network = work->network;
    gold_line_extent extent = {
        .units = network->n_hidden + network->n_out,
        .first = gold_shape_units(network->layers[0].output),
        .widest = network->widest,
        .inputs = network->n_in,
        .outputs = network->n_out,
        .directions = work->d,
        .members = work->most,
        .has_groups = work->n_groups > 1,
        .is_smooth = network->is_smooth,
        .has_positions = network->layers[0].kind != GOLD_LAYER_LINEAR,
    };

    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];

        extent.pooled +=
            gold_layer_has_pooling(layer) ? gold_shape_units(layer->pooled) : 0;
    }
    return extent;
}

size_t FN(block_size)(const FN(work) * work)
{
    const gold_line_extent extent = extent_of(work);

    return gold_line_samples(&extent, sizeof(real), work->line->train.n);
}

/* Arrays of one block, layer by layer. */
static gold_status allocate_layers(FN(work) * work)
{
    const gold_network *network = work->network;
    const size_t n = work->block;
    const size_t count = network->n_layers;

    GOLD_TRY(FN(values_init)(&work->values, network, n));
    GOLD_TRY(GOLD_ALLOC(count, &work->dz));
    GOLD_TRY(GOLD_ALLOC(count, &work->da));
    GOLD_TRY(GOLD_ALLOC(count, &work->delta));
    for (size_t l = 0; l < count; l++) {
        const gold_layer *layer = &network->layers[l];
        const size_t units = gold_shape_units(layer->output) * n;
        const size_t pooled = gold_shape_units(layer->pooled) * n;

        GOLD_TRY(GOLD_ALLOC(work->most * units, &work->delta[l]));
        if (work->d == 0) {
            continue;
        }
        GOLD_TRY(GOLD_ALLOC(work->d * units, &work->dz[l]));
        work->da[l] = work->dz[l];
        if (gold_layer_has_pooling(layer) ||
            (layer->has_activation && network->is_smooth)) {
            work->da[l] = NULL;
            GOLD_TRY(GOLD_ALLOC(work->d * pooled, &work->da[l]));
        }
    }
    return GOLD_OK;
}

/* Most positions of a layer from `first` on; 0 without convolutions there. */
static size_t most_positions(const gold_network *network, size_t first)
{
    size_t most = 0;

    for (size_t l = first; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];

        if (layer->kind == GOLD_LAYER_CONV2D) {
            most = larger(most, gold_layer_positions(layer));
        }
    }
    return most;
}

/* Arrays that sparse directions need beyond the layers'. */
static gold_status allocate_sparse(FN(work) * work, size_t rows)
{
    const gold_network *network = work->network;
    const size_t n = work->block;
    const size_t positions = most_positions(network, 1);

    if (work->values.x == NULL) {
        GOLD_TRY(GOLD_ALLOC(network->n_in * n, &work->inputs_t));
    } else {
        GOLD_TRY(GOLD_ALLOC(most_positions(network, 0) * n, &work->patch_row));
    }
    if (positions > 0) {
        GOLD_TRY(GOLD_ALLOC(work->d * positions * n, &work->use_tangents));
    }
    return GOLD_ALLOC(rows * larger(positions, 1) * n, &work->use_rows);
}

/* Arrays that directions need beyond the layers'. */
static gold_status allocate_tangents(FN(work) * work)
{
    const gold_network *network = work->network;
    const size_t n = work->block;
    const size_t d = work->d;
    const size_t rows = larger(work->most, GOLD_PRODUCT_ROWS);
    const gold_line_extent extent = extent_of(work);

    work->first = work->dz[0];
    if (work->n_groups > 1) {
        work->first = NULL;
        GOLD_TRY(GOLD_ALLOC(d * gold_shape_units(network->layers[0].output) * n,
                            &work->first));
    }
    if (work->line->directions->is_sparse) {
        GOLD_TRY(allocate_sparse(work, rows));
    } else if (!work->line->directions->is_confined) { /* else there is no P */
        GOLD_TRY(FN(allocate_classes)(work));
    }
    GOLD_TRY(GOLD_ALLOC(d * gold_line_factor_units(&extent) * n,
                        &work->factor_rows));
    return GOLD_ALLOC(larger(rows, d) * d, &work->small);
}

/* Room for C of some directions, or for the weight gradients of all members in
 * a convolution. */
static gold_status allocate_product(FN(work) * work)
{
    const gold_network *network = work->network;
    const size_t rows = larger(work->most, GOLD_PRODUCT_ROWS);
    const FN(directions) *directions = work->line->directions;
    const bool has_c =
        work->d > 0 && !directions->is_sparse && !directions->is_confined;
    size_t most = 0;

    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];
        const size_t m = gold_layer_weights(layer);

        if (has_c && l > 0) {
            most = larger(most, rows * m);
        }
        if (layer->kind == GOLD_LAYER_CONV2D) {
            most = larger(most, work->most * m);
        }
    }
    return most > 0 ? GOLD_ALLOC(most, &work->product) : GOLD_OK;
}

gold_status FN(allocate_arrays)(FN(work) * work)
{
    GOLD_TRY(allocate_layers(work));
    GOLD_TRY(allocate_product(work));
    return work->d > 0 ? allocate_tangents(work) : GOLD_OK;
}
