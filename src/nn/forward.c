/* SPDX-License-Identifier: MIT */
#include "nn/forward.h"

#include "goldilocks/memory.h"

#include "base/vecmath.h"
#include "nn/pool.h"

/* PyTorch's default. */
#define LEAKY_SLOPE R(0.01)

void FN(multiply)(size_t n, const real *y, real *x)
{
    for (size_t i = 0; i < n; i++) {
        x[i] *= y[i];
    }
}

void FN(bend_over_slope)(gold_activation activation, size_t n, const real *a,
                         real *bend)
{
    const real one = activation == GOLD_TANH ? R(0.0) : R(1.0);

    for (size_t i = 0; i < n; i++) {
        bend[i] = one - R(2.0) * a[i];
    }
}

/* z (n) <- phi(z), piecewise linear with this slope below 0; slope (n) its
 * derivative, the lower one at 0 as in PyTorch. */
static void activate_linear(size_t n, real below, real *z, real *slope)
{
    for (size_t i = 0; i < n; i++) {
        slope[i] = z[i] > R(0.0) ? R(1.0) : below;
        z[i] *= slope[i];
    }
}

static void activate_tanh(size_t n, real *z, real *slope)
{
    for (size_t i = 0; i < n; i++) {
        z[i] = VEC_TANH(z[i]);
        slope[i] = R(1.0) - z[i] * z[i];
    }
}

static void activate_sigmoid(size_t n, real *z, real *slope)
{
    for (size_t i = 0; i < n; i++) {
        z[i] = R(1.0) / (R(1.0) + VEC_EXP(-z[i]));
        slope[i] = z[i] * (R(1.0) - z[i]);
    }
}

static void activate(gold_activation activation, size_t n, real *z, real *slope)
{
    switch (activation) {
    case GOLD_RELU:
        activate_linear(n, R(0.0), z, slope);
        break;
    case GOLD_LEAKY_RELU:
        activate_linear(n, LEAKY_SLOPE, z, slope);
        break;
    case GOLD_TANH:
        activate_tanh(n, z, slope);
        break;
    case GOLD_SIGMOID:
        activate_sigmoid(n, z, slope);
        break;
    case GOLD_IDENTITY:
        activate_linear(n, R(1.0), z, slope);
        break;
    }
}

/* Most pooled units of a layer; 0 where none has a pooling. */
static size_t most_pooled(const gold_network *network)
{
    size_t most = 0;

    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];
        const size_t units = gold_shape_units(layer->pooled);

        if (gold_layer_has_pooling(layer) && units > most) {
            most = units;
        }
    }
    return most;
}

gold_status FN(values_init)(FN(values) * values, const gold_network *network,
                            size_t n)
{
    const size_t n_patches = gold_patch_reals(network, n);
    const size_t n_pooled = most_pooled(network);

    *values = (FN(values)){.network = network};
    GOLD_TRY(GOLD_ALLOC(network->n_layers, &values->a));
    GOLD_TRY(GOLD_ALLOC(network->n_layers, &values->h));
    GOLD_TRY(GOLD_ALLOC(network->n_layers, &values->slope));
    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];
        const size_t units = gold_shape_units(layer->output) * n;

        GOLD_TRY(GOLD_ALLOC(units, &values->h[l]));
        values->a[l] = values->h[l];
        if (gold_layer_has_pooling(layer)) {
            values->a[l] = NULL;
            GOLD_TRY(
                GOLD_ALLOC(gold_shape_units(layer->pooled) * n, &values->a[l]));
        }
        if (layer->has_activation) {
            GOLD_TRY(GOLD_ALLOC(units, &values->slope[l]));
        }
    }
    if (network->layers[0].kind == GOLD_LAYER_CONV2D) {
        GOLD_TRY(GOLD_ALLOC(network->n_in * n, &values->x));
    }
    if (n_patches > 0) {
        GOLD_TRY(GOLD_ALLOC(n_patches, &values->patches));
    }
    return n_pooled > 0 ? GOLD_ALLOC(n_pooled * n, &values->below) : GOLD_OK;
}

void FN(values_fini)(FN(values) * values)
{
    for (size_t l = 0; values->slope != NULL && l < values->network->n_layers;
         l++) {
        gold_free(values->slope[l]);
        if (values->a[l] != values->h[l]) {
            gold_free(values->a[l]);
        }
        gold_free(values->h[l]);
    }
    gold_free(values->a);
    gold_free(values->h);
    gold_free(values->slope);
    gold_free(values->x);
    gold_free(values->patches);
    gold_free(values->below);
    *values = (FN(values)){0};
}

/* In tiles that fit the cache. */
void FN(transpose)(size_t n, size_t columns, const real *rows, real *out)
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

void FN(take_inputs)(const FN(values) * values, const FN(block) * block)
{
    if (values->x != NULL) {
        FN(transpose)
        (block->n, values->network->n_in, block->inputs, values->x);
    }
}

FN(feed)
FN(feed_of)
(const FN(values) * values, const FN(block) * block, double input_scale,
 size_t l)
{
    if (l > 0) {
        return (FN(feed)){values->a[l - 1], block->n, 1.0, false};
    }
    if (values->x != NULL) {
        return (FN(feed)){values->x, block->n, input_scale, false};
    }
    return (FN(feed)){block->inputs, block->n, input_scale, true};
}

void FN(forward)(const FN(model) * model, const FN(block) * block,
                 const FN(values) * values)
{
    FN(take_inputs)(values, block);
    FN(forward_from)
    (model, FN(feed_of)(values, block, model->input_scale, 0), values);
}

void FN(forward_from)(const FN(model) * model, FN(feed) inputs,
                      const FN(values) * values)
{
    const gold_network *network = model->network;
    const size_t n = inputs.n;
    FN(feed) x = inputs;

    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];
        real *h = values->h[l];

        FN(affine_apply)
        (layer, layer->out, model->alpha, model->theta + layer->weights, x, 0.0,
         h, values->patches);
        if (layer->has_bias) {
            FN(add_bias)
            (layer, layer->out, n, model->alpha, model->theta + layer->biases,
             h);
        }
        if (layer->has_activation) {
            activate(network->activation, gold_shape_units(layer->output) * n,
                     h, values->slope[l]);
        }
        if (gold_layer_has_pooling(layer)) {
            FN(pool_values)(layer, n, h, values->slope[l], values->a[l]);
        }
        x = (FN(feed)){values->a[l], n, 1.0, false};
    }
}

void FN(pull_back)(const FN(model) * model, const FN(values) * values, size_t l,
                   size_t n, const real *delta, real *below)
{
    const gold_layer *layer = &model->network->layers[l];
    const gold_layer *lower = &model->network->layers[l - 1];
    const bool has_pooling = gold_layer_has_pooling(lower);

    FN(affine_pull)
    (layer, n, model->alpha, model->theta + layer->weights, delta, false,
     has_pooling ? values->below : below, values->patches);
    if (has_pooling) {
        FN(pool_spread)(lower, n, values->below, below);
    }
}

void FN(step_back)(const FN(model) * model, const FN(values) * values, size_t l,
                   size_t n, const real *delta, real *below)
{
    const gold_layer *lower = &model->network->layers[l - 1];

    FN(pull_back)(model, values, l, n, delta, below);
    FN(multiply)
    (gold_shape_units(lower->output) * n, values->slope[l - 1], below);
}
