/* SPDX-License-Identifier: MIT */
#include "nn/forward.h"

#include "base/vecmath.h"
#include "linalg/product.h"

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

/* z (out, n) += alpha b (out) in every column. */
static void add_bias(const FN(model) * model, const gold_layer *layer, size_t n,
                     real *z)
{
    const real *bias = model->theta + layer->biases;

    for (size_t o = 0; o < layer->out; o++) {
        const real shift = (real)(model->alpha * (double)bias[o]);

        for (size_t i = 0; i < n; i++) {
            z[o * n + i] += shift;
        }
    }
}

void FN(forward)(const FN(model) * model, const FN(block) * block,
                 const FN(values) * values)
{
    const gold_network *network = model->network;
    const size_t n = block->n;

    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];
        const FN(matrix) weights = {model->theta + layer->weights, layer->in};

        if (l == 0) {
            FN(product_nt)
            (layer->out, n, layer->in, model->alpha * model->input_scale,
             weights, (FN(matrix)){block->inputs, layer->in}, 0.0, values->a[l],
             n);
        } else {
            FN(product)
            (layer->out, n, layer->in, model->alpha, weights,
             (FN(matrix)){values->a[l - 1], n}, 0.0, values->a[l], n);
        }
        if (layer->has_bias) {
            add_bias(model, layer, n, values->a[l]);
        }
        if (layer->has_activation) {
            activate(network->activation, layer->out * n, values->a[l],
                     values->slope[l]);
        }
    }
}
