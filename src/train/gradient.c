/* SPDX-License-Identifier: MIT */
#include "train/gradient.h"

#include "goldilocks/memory.h"

#include "linalg/product.h"
#include "nn/softmax.h"

enum {
    MOST_BLOCK = 1024
};

gold_status FN(passes_init)(FN(passes) * passes, const gold_network *network,
                            double input_scale, double temperature, size_t most)
{
    const size_t n_layers = network->n_layers;

    *passes = (FN(passes)){.network = network,
                           .input_scale = input_scale,
                           .temperature = temperature,
                           .block = most < MOST_BLOCK ? most : MOST_BLOCK};
    GOLD_TRY(GOLD_ALLOC(n_layers, &passes->a));
    GOLD_TRY(GOLD_ALLOC(n_layers, &passes->slope));
    GOLD_TRY(GOLD_ALLOC(n_layers, &passes->delta));
    for (size_t l = 0; l < n_layers; l++) {
        const size_t units = network->layers[l].out * passes->block;

        GOLD_TRY(GOLD_ALLOC(units, &passes->a[l]));
        GOLD_TRY(GOLD_ALLOC(units, &passes->slope[l]));
        GOLD_TRY(GOLD_ALLOC(units, &passes->delta[l]));
    }
    GOLD_TRY(GOLD_ALLOC(network->n_out, &passes->logits));
    return GOLD_ALLOC(network->n_out, &passes->p);
}

static void free_arrays(real **arrays, size_t n)
{
    for (size_t l = 0; arrays != NULL && l < n; l++) {
        gold_free(arrays[l]);
    }
    gold_free(arrays);
}

void FN(passes_fini)(FN(passes) * passes)
{
    const size_t n = passes->network == NULL ? 0 : passes->network->n_layers;

    free_arrays(passes->a, n);
    free_arrays(passes->slope, n);
    free_arrays(passes->delta, n);
    gold_free(passes->logits);
    gold_free(passes->p);
    *passes = (FN(passes)){0};
}

/* Forward pass of a block: its numbers into `sums`, its residuals times
 * `scale` into the top delta. */
static void pass_forward(FN(passes) * passes, const real *theta,
                         const FN(block) * block, double scale,
                         gold_pass_sums *sums)
{
    const gold_network *network = passes->network;
    const size_t last = network->n_layers - 1;
    const size_t n_classes = network->n_out;
    const size_t n = block->n;
    const FN(model) model = {network, theta, 1.0, passes->input_scale};
    gold_softmax softmax = {.p = passes->p};

    FN(forward)(&model, block, &(FN(values)){passes->a, passes->slope});
    for (size_t i = 0; i < n; i++) {
        const size_t label = block->labels[i];

        for (size_t k = 0; k < n_classes; k++) {
            const real logit = passes->a[last][k * n + i];

            sums->zero_logits += logit == R(0.0) ? 1.0 : 0.0;
            passes->logits[k] = (double)logit / passes->temperature;
        }
        gold_softmax_of(n_classes, passes->logits, label, &softmax);
        sums->loss += softmax.loss;
        sums->entropy += softmax.entropy;
        sums->correct += softmax.top == label ? 1.0 : 0.0;
        for (size_t k = 0; k < n_classes; k++) {
            passes->delta[last][k * n + i] =
                (real)(scale * gold_softmax_residual(&softmax, k, label));
        }
    }
}

/* The block's part of the gradient of layer l; the first block's replaces
 * what was there (keep 0), others are added (keep 1). */
static void add_layer_gradient(const FN(passes) * passes, size_t l,
                               const FN(block) * block, double keep,
                               real *gradient)
{
    const gold_layer *layer = &passes->network->layers[l];
    const size_t n = block->n;
    const real *delta = passes->delta[l];
    real *weights = gradient + layer->weights;

    if (l == 0) {
        FN(product)
        (layer->out, layer->in, n, passes->input_scale, (FN(matrix)){delta, n},
         (FN(matrix)){block->inputs, layer->in}, keep, weights, layer->in);
    } else {
        FN(product_nt)
        (layer->out, layer->in, n, 1.0, (FN(matrix)){delta, n},
         (FN(matrix)){passes->a[l - 1], n}, keep, weights, layer->in);
    }
    for (size_t o = 0; layer->has_bias && o < layer->out; o++) {
        double sum = keep * (double)gradient[layer->biases + o];

        for (size_t i = 0; i < n; i++) {
            sum += (double)delta[o * n + i];
        }
        gradient[layer->biases + o] = (real)sum;
    }
}

/* From the top delta down: gradients of all layers. */
static void pass_backward(FN(passes) * passes, const real *theta,
                          const FN(block) * block, double keep, real *gradient)
{
    const gold_network *network = passes->network;
    const size_t n = block->n;

    for (size_t l = network->n_layers - 1;; l--) {
        const gold_layer *layer = &network->layers[l];

        add_layer_gradient(passes, l, block, keep, gradient);
        if (l == 0) {
            break;
        }
        FN(product_tn)
        (layer->in, n, layer->out, 1.0,
         (FN(matrix)){theta + layer->weights, layer->in},
         (FN(matrix)){passes->delta[l], n}, 0.0, passes->delta[l - 1], n);
        FN(multiply)
        (layer->in * n, passes->slope[l - 1], passes->delta[l - 1]);
    }
}

/* Samples [first, first + passes->block) of a set, fewer at its end. */
static FN(block) part_of(const FN(passes) * passes, FN(block) all, size_t first)
{
    const size_t left = all.n - first;

    return (FN(block)){left < passes->block ? left : passes->block,
                       all.inputs + first * passes->network->n_in,
                       all.labels + first};
}

gold_pass_sums FN(evaluate)(FN(passes) * passes, const real *theta,
                            FN(block) samples)
{
    gold_pass_sums sums = {0};

    for (size_t i = 0; i < samples.n; i += passes->block) {
        const FN(block) part = part_of(passes, samples, i);

        pass_forward(passes, theta, &part, 0.0, &sums);
    }
    return sums;
}

gold_pass_sums FN(gradient)(FN(passes) * passes, const real *theta,
                            FN(block) samples, real *gradient)
{
    const double scale = 1.0 / ((double)samples.n * passes->temperature);
    gold_pass_sums sums = {0};

    for (size_t i = 0; i < samples.n; i += passes->block) {
        const FN(block) part = part_of(passes, samples, i);

        pass_forward(passes, theta, &part, scale, &sums);
        pass_backward(passes, theta, &part, i == 0 ? 0.0 : 1.0, gradient);
    }
    return sums;
}
