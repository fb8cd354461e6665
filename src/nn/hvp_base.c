/* SPDX-License-Identifier: MIT */
#include "nn/hvp_base.h"

#include <math.h>

#include "goldilocks/memory.h"

#include "base/blocks.h"
#include "nn/softmax.h"

static gold_status layers_init(const gold_network *network, size_t columns,
                               real ***arrays)
{
    GOLD_TRY(GOLD_ALLOC(network->n_layers, arrays));
    for (size_t l = 0; l < network->n_layers; l++) {
        GOLD_TRY(
            GOLD_ALLOC(gold_shape_units(network->layers[l].output) * columns,
                       &(*arrays)[l]));
    }
    return GOLD_OK;
}

static void layers_fini(const gold_network *network, real **arrays)
{
    for (size_t l = 0; arrays != NULL && l < network->n_layers; l++) {
        gold_free(arrays[l]);
    }
    gold_free(arrays);
}

static bool has_panels(const gold_network *network)
{
    return network->layers[0].kind == GOLD_LAYER_LINEAR;
}

static gold_status base_init(const FN(hvp) * hvp, FN(hvp_base) * base)
{
    const gold_network *network = hvp->plan.network;
    const size_t n = hvp->block;

    GOLD_TRY(FN(values_init)(&base->values, network, n));
    GOLD_TRY(layers_init(network, n, &base->delta));
    if (network->is_smooth) {
        GOLD_TRY(layers_init(network, n, &base->bent));
    }
    if (has_panels(network)) {
        GOLD_TRY(FN(panels_init)(&base->panels, n, network->n_in));
    }
    return GOLD_ALLOC(n * network->n_out, &base->p);
}

size_t FN(hvp_n_blocks)(const FN(hvp) * hvp)
{
    return (hvp->plan.samples.n + hvp->block - 1) / hvp->block;
}

double FN(hvp_bytes)(const gold_network *network, size_t n_samples)
{
    const double units = (double)(network->n_hidden + network->n_out);
    const double arrays = network->is_smooth ? 4.0 : 3.0;

    return (double)n_samples * (arrays * units * (double)sizeof(real) +
                                (double)network->n_out * 8.0) +
           (has_panels(network) ? FN(panels_bytes)(n_samples, network->n_in)
                                : 0.0);
}

/* As many bases as there is room for; one at least. */
static void choose_bases(FN(hvp) * hvp)
{
    const double one = FN(hvp_bytes)(hvp->plan.network, hvp->block);
    const double room = floor(hvp->plan.most_bytes / one);
    const size_t wanted = FN(hvp_n_blocks)(hvp);

    hvp->is_whole = room >= (double)wanted || wanted == 1;
    hvp->n_bases = hvp->is_whole ? wanted : 1 + (size_t)fmax(room, 0.0);
}

/* Arrays of the tangents, for all directions at a time. */
static gold_status tangents_init(FN(hvp) * hvp, size_t columns)
{
    const gold_network *network = hvp->plan.network;
    const size_t n_patches = gold_patch_reals(network, columns);
    size_t most = 0;

    GOLD_TRY(layers_init(network, columns, &hvp->dh));
    GOLD_TRY(layers_init(network, columns, &hvp->ddelta));
    GOLD_TRY(GOLD_ALLOC(network->n_layers, &hvp->da));
    for (size_t l = 0; l < network->n_layers; l++) {
        const size_t pooled = gold_shape_units(network->layers[l].pooled);

        hvp->da[l] = hvp->dh[l];
        if (gold_layer_has_pooling(&network->layers[l])) {
            hvp->da[l] = NULL;
            GOLD_TRY(GOLD_ALLOC(pooled * columns, &hvp->da[l]));
            most = pooled > most ? pooled : most;
        }
    }
    GOLD_TRY(GOLD_ALLOC(network->widest * hvp->block, &hvp->one));
    GOLD_TRY(GOLD_ALLOC(network->widest * hvp->block, &hvp->other));
    if (most > 0) {
        GOLD_TRY(GOLD_ALLOC(most * columns, &hvp->below));
    }
    return n_patches > 0 ? GOLD_ALLOC(n_patches, &hvp->patches) : GOLD_OK;
}

static void tangents_fini(FN(hvp) * hvp)
{
    const gold_network *network = hvp->plan.network;

    for (size_t l = 0; hvp->da != NULL && l < network->n_layers; l++) {
        if (hvp->da[l] != hvp->dh[l]) {
            gold_free(hvp->da[l]);
        }
    }
    gold_free(hvp->da);
    layers_fini(network, hvp->dh);
    layers_fini(network, hvp->ddelta);
    gold_free(hvp->one);
    gold_free(hvp->other);
    gold_free(hvp->below);
    gold_free(hvp->patches);
}

/* Order samples so that neighbours are alike. */
static gold_status sort_samples(FN(hvp) * hvp)
{
    const FN(block) *samples = &hvp->plan.samples;

    GOLD_TRY(GOLD_ALLOC(samples->n, &hvp->order));
    GOLD_TRY(GOLD_ALLOC(samples->n, &hvp->labels));
    GOLD_TRY(FN(panels_sort)(samples->n, hvp->plan.network->n_in,
                             samples->inputs, hvp->order));
    for (size_t i = 0; i < samples->n; i++) {
        hvp->labels[i] = samples->labels[hvp->order[i]];
    }
    return GOLD_OK;
}

gold_status FN(hvp_init)(FN(hvp) * hvp, const FN(hvp_plan) * plan)
{
    const gold_network *network = plan->network;

    GOLD_ASSERT(plan->samples.n > 0 && plan->n_directions > 0);
    *hvp = (FN(hvp)){.plan = *plan,
                     .block = gold_hvp_samples(
                         network->widest, plan->n_directions, plan->samples.n)};
    if (gold_graph_exists(&hvp->plan.network->graph)) {
        return FN(hvp_graph_init)(hvp);
    }
    choose_bases(hvp);
    if (has_panels(network)) {
        GOLD_TRY(sort_samples(hvp));
    }
    GOLD_TRY(GOLD_ALLOC(hvp->n_bases, &hvp->bases));
    for (size_t b = 0; b < hvp->n_bases; b++) {
        GOLD_TRY(base_init(hvp, &hvp->bases[b]));
    }
    GOLD_TRY(tangents_init(hvp, plan->n_directions * hvp->block));
    return GOLD_ALLOC(network->n_out, &hvp->logits);
}

void FN(hvp_fini)(FN(hvp) * hvp)
{
    const gold_network *network = hvp->plan.network;

    for (size_t b = 0; hvp->bases != NULL && b < hvp->n_bases; b++) {
        FN(values_fini)(&hvp->bases[b].values);
        FN(panels_fini)(&hvp->bases[b].panels);
        layers_fini(network, hvp->bases[b].delta);
        layers_fini(network, hvp->bases[b].bent);
        gold_free(hvp->bases[b].p);
    }
    gold_free(hvp->bases);
    gold_free(hvp->order);
    gold_free(hvp->labels);
    tangents_fini(hvp);
    FN(hvp_graph_fini)(&hvp->graph);
    gold_free(hvp->logits);
    *hvp = (FN(hvp)){0};
}

FN(block) FN(hvp_block_of)(const FN(hvp) * hvp, size_t b)
{
    const size_t first = b * hvp->block;
    FN(block)
    part =
        FN(block_part)(hvp->plan.network, hvp->plan.samples, first, hvp->block);

    if (hvp->order != NULL) {
        part.inputs = NULL;
        part.labels = hvp->labels + first;
    }
    return part;
}

/* Probabilities and residuals of the logits. */
static void take_residuals(FN(hvp) * hvp, const FN(block) * block,
                           FN(hvp_base) * base)
{
    const size_t n_classes = hvp->plan.network->n_out;
    const size_t last = hvp->plan.network->n_layers - 1;
    const size_t n = block->n;

    for (size_t i = 0; i < n; i++) {
        gold_softmax softmax = {.p = base->p + i * n_classes};

        for (size_t k = 0; k < n_classes; k++) {
            hvp->logits[k] =
                (double)base->values.a[last][k * n + i] / hvp->temperature;
        }
        gold_softmax_of(n_classes, hvp->logits, block->labels[i], &softmax);
        for (size_t k = 0; k < n_classes; k++) {
            base->delta[last][k * n + i] =
                (real)gold_softmax_residual(&softmax, k, block->labels[i]);
        }
    }
}

/* delta of all layers from the residuals down. */
static void pull_residuals(const FN(hvp) * hvp, size_t n, FN(hvp_base) * base)
{
    const gold_network *network = hvp->plan.network;
    const FN(model) model = {network, hvp->theta, 1.0, hvp->plan.input_scale};

    for (size_t l = network->n_layers - 1; l > 0; l--) {
        const size_t count =
            gold_shape_units(network->layers[l - 1].output) * n;
        real *delta = base->delta[l - 1];

        FN(pull_back)(&model, &base->values, l, n, base->delta[l], delta);
        if (network->is_smooth) {
            FN(bend_over_slope)
            (network->activation, count, base->values.h[l - 1],
             base->bent[l - 1]);
            FN(multiply)(count, delta, base->bent[l - 1]);
        }
        FN(multiply)(count, base->values.slope[l - 1], delta);
    }
}

double FN(hvp_pass_flops)(const FN(hvp) * hvp, size_t n, double first,
                          double others)
{
    const gold_network *network = hvp->plan.network;
    const double m = (double)gold_layer_products(&network->layers[0]);

    return 2.0 * (double)n * (first * m + others * (network->products - m));
}

static void settle(FN(hvp) * hvp, const FN(block) * block, FN(hvp_base) * base)
{
    take_residuals(hvp, block, base);
    pull_residuals(hvp, block->n, base);
    hvp->flops += FN(hvp_pass_flops)(hvp, block->n, 0.0, 1.0);
}

/* Inputs do not change from point to point. */
static void pack_inputs(const FN(hvp) * hvp, size_t b, const FN(block) * block,
                        FN(hvp_base) * base)
{
    if (base->packed != b + 1) {
        FN(panels_fill)
        (&base->panels, block->n, hvp->plan.samples.inputs,
         hvp->order + b * hvp->block);
        base->packed = b + 1;
    }
}

void FN(hvp_prepare)(FN(hvp) * hvp, size_t b, FN(hvp_base) * base)
{
    const FN(model)
        model = {hvp->plan.network, hvp->theta, 1.0, hvp->plan.input_scale};
    const FN(block) block = FN(hvp_block_of)(hvp, b);

    if (hvp->order != NULL) {
        pack_inputs(hvp, b, &block, base);
    }
    FN(take_inputs)(&base->values, &block);
    FN(forward_from)
    (&model, FN(hvp_feed)(hvp, base, &block, 0), &base->values);
    hvp->flops += FN(hvp_pass_flops)(hvp, block.n, 1.0, 1.0);
    settle(hvp, &block, base);
}

FN(feed)
FN(hvp_feed)
(const FN(hvp) * hvp, const FN(hvp_base) * base, const FN(block) * block,
 size_t l)
{
    if (l == 0 && hvp->order != NULL) {
        return (FN(feed)){NULL, block->n, hvp->plan.input_scale, false,
                          &base->panels};
    }
    return FN(feed_of)(&base->values, block, hvp->plan.input_scale, l);
}

size_t FN(hvp_n_kept)(const FN(hvp) * hvp)
{
    return hvp->is_whole ? hvp->n_bases : hvp->n_bases - 1;
}

void FN(hvp_at)(FN(hvp) * hvp, const real *theta, double temperature)
{
    hvp->theta = theta;
    hvp->temperature = temperature;
    hvp->graph.placed = 0;
    for (size_t b = 0; b < FN(hvp_n_kept)(hvp); b++) {
        FN(hvp_prepare)(hvp, b, &hvp->bases[b]);
    }
}

void FN(hvp_temper)(FN(hvp) * hvp, double temperature)
{
    hvp->temperature = temperature;
    hvp->graph.placed = 0;
    for (size_t b = 0; b < FN(hvp_n_kept)(hvp); b++) {
        const FN(block) block = FN(hvp_block_of)(hvp, b);

        settle(hvp, &block, &hvp->bases[b]);
    }
}
