/* SPDX-License-Identifier: MIT */
#include "train/gradient.h"

#include <string.h>

#include "goldilocks/memory.h"

#include "base/blocks.h"

static gold_status allocate_layers(FN(passes) * passes)
{
    const gold_network *network = passes->network;

    GOLD_TRY(FN(values_init)(&passes->values, network, passes->block));
    GOLD_TRY(GOLD_ALLOC(network->n_layers, &passes->delta));
    for (size_t l = 0; l < network->n_layers; l++) {
        const size_t units = gold_shape_units(network->layers[l].output);

        GOLD_TRY(GOLD_ALLOC(units * passes->block, &passes->delta[l]));
    }
    return GOLD_OK;
}

gold_status FN(passes_init)(FN(passes) * passes, const gold_network *network,
                            double input_scale, double temperature, size_t most)
{
    *passes = (FN(passes)){.network = network,
                           .input_scale = input_scale,
                           .temperature = temperature,
                           .block = gold_pass_samples(network->widest, most)};
    const gold_run_plan plan = {
        .graph = &network->graph, .n = passes->block, .m = 1};

    GOLD_TRY(gold_graph_exists(&passes->network->graph)
                 ? FN(run_init)(&passes->run, &plan)
                 : allocate_layers(passes));
    GOLD_TRY(GOLD_ALLOC(network->n_out, &passes->logits));
    GOLD_TRY(GOLD_ALLOC(network->n_out, &passes->residual));
    return GOLD_ALLOC(network->n_out, &passes->p);
}

void FN(passes_fini)(FN(passes) * passes)
{
    const size_t n = passes->delta == NULL ? 0 : passes->network->n_layers;

    if (passes->values.network != NULL) {
        FN(values_fini)(&passes->values);
    }
    FN(run_fini)(&passes->run);
    for (size_t l = 0; l < n; l++) {
        gold_free(passes->delta[l]);
    }
    gold_free(passes->delta);
    gold_free(passes->logits);
    gold_free(passes->residual);
    gold_free(passes->p);
    *passes = (FN(passes)){0};
}

/* Logits of a block and their deltas: of class k and sample i at k * by_class +
 * i * by_sample. */
typedef struct top {
    const real *logits;
    real *delta;
    size_t by_class;
    size_t by_sample;
} top;

/* Values of a block, up to the logits. */
static top pass_values(FN(passes) * passes, const real *theta,
                       const FN(block) * block)
{
    const gold_network *network = passes->network;
    const size_t last = network->n_layers - 1;
    const FN(model) model = {network, theta, 1.0, passes->input_scale};

    if (gold_graph_exists(&passes->network->graph)) {
        passes->run.plan.n = block->n;
        FN(run_forward)
        (&passes->run, theta, passes->input_scale, block->inputs);
        const gold_place end = FN(run_output)(&passes->run);

        return (top){end.y, end.delta, 1, network->n_out};
    }
    FN(forward)(&model, block, &passes->values);
    return (top){passes->values.a[last], passes->delta[last], block->n, 1};
}

/* Forward pass of a block: its numbers into `sums`, its residuals times
 * `scale` into the top delta. */
static void pass_forward(FN(passes) * passes, const real *theta,
                         const FN(block) * block, double scale,
                         gold_pass_sums *sums)
{
    const size_t n_classes = passes->network->n_out;
    const gold_loss *loss = passes->network->loss;
    const top t = pass_values(passes, theta, block);
    gold_softmax softmax = {.p = passes->p};

    for (size_t i = 0; i < block->n; i++) {
        const size_t label = block->labels[i];

        for (size_t k = 0; k < n_classes; k++) {
            const real logit = t.logits[k * t.by_class + i * t.by_sample];

            sums->zero_logits += logit == R(0.0) ? 1.0 : 0.0;
            passes->logits[k] = (double)logit / passes->temperature;
        }
        loss->predict(n_classes, passes->logits, label, &softmax);
        sums->loss += softmax.loss;
        sums->entropy += softmax.entropy;
        sums->correct += softmax.top == label ? 1.0 : 0.0;
        loss->slope(n_classes, passes->logits, label, &softmax,
                    passes->residual);
        for (size_t k = 0; k < n_classes; k++) {
            t.delta[k * t.by_class + i * t.by_sample] =
                (real)(scale * passes->residual[k]);
        }
    }
}

/* From the top delta down: gradients of all layers. The first block's replace
 * what was there (keep 0), others are added (keep 1). */
static void pass_backward(FN(passes) * passes, const real *theta,
                          const FN(block) * block, double keep, real *gradient)
{
    const gold_network *network = passes->network;
    const FN(values) *values = &passes->values;
    const FN(model) model = {network, theta, 1.0, passes->input_scale};

    if (gold_graph_exists(&passes->network->graph)) {
        FN(run_pull)(&passes->run, keep > 0.0, gradient);
        return;
    }
    for (size_t l = network->n_layers - 1;; l--) {
        const gold_layer *layer = &network->layers[l];
        const real *delta = passes->delta[l];

        FN(affine_gradient)
        (layer, layer->out, delta,
         FN(feed_of)(values, block, passes->input_scale, l), keep,
         gradient + layer->weights, values->patches);
        if (layer->has_bias) {
            FN(bias_gradient)
            (layer, block->n, delta, keep, gradient + layer->biases);
        }
        if (l == 0) {
            break;
        }
        FN(step_back)(&model, values, l, block->n, delta, passes->delta[l - 1]);
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
