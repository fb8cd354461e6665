/* SPDX-License-Identifier: MIT */
#include "nn/hvp.h"

#include "goldilocks/memory.h"

#include "linalg/product.h"
#include "nn/softmax.h"

enum {
    MOST_BLOCK = 1024,
    N_KINDS = 5 /* of arrays with one entry a layer */
};

static void list_kinds(FN(hvp) * hvp, real ***kinds[N_KINDS])
{
    kinds[0] = &hvp->a;
    kinds[1] = &hvp->slope;
    kinds[2] = &hvp->delta;
    kinds[3] = &hvp->da;
    kinds[4] = &hvp->ddelta;
}

gold_status FN(hvp_init)(FN(hvp) * hvp, const FN(hvp_plan) * plan)
{
    const gold_network *network = plan->network;
    const size_t n = plan->samples.n;
    real ***kinds[N_KINDS];

    *hvp = (FN(hvp)){.plan = *plan, .block = n < MOST_BLOCK ? n : MOST_BLOCK};
    list_kinds(hvp, kinds);
    for (size_t k = 0; k < N_KINDS; k++) {
        GOLD_TRY(GOLD_ALLOC(network->n_layers, kinds[k]));
        for (size_t l = 0; l < network->n_layers; l++) {
            GOLD_TRY(GOLD_ALLOC(network->layers[l].out * hvp->block,
                                &(*kinds[k])[l]));
        }
    }
    GOLD_TRY(GOLD_ALLOC(network->widest * hvp->block, &hvp->bend));
    GOLD_TRY(GOLD_ALLOC(network->n_out, &hvp->logits));
    return GOLD_ALLOC(network->n_out, &hvp->p);
}

void FN(hvp_fini)(FN(hvp) * hvp)
{
    real ***kinds[N_KINDS];

    list_kinds(hvp, kinds);
    for (size_t k = 0; k < N_KINDS; k++) {
        for (size_t l = 0; *kinds[k] != NULL && l < hvp->plan.network->n_layers;
             l++) {
            gold_free((*kinds[k])[l]);
        }
        gold_free(*kinds[k]);
    }
    gold_free(hvp->bend);
    gold_free(hvp->logits);
    gold_free(hvp->p);
    *hvp = (FN(hvp)){0};
}

void FN(hvp_at)(FN(hvp) * hvp, const real *theta)
{
    hvp->theta = theta;
}

/* z (out, n) += bias in every column. */
static void add_bias(const gold_layer *layer, const real *parameters, size_t n,
                     real *z)
{
    for (size_t o = 0; layer->has_bias && o < layer->out; o++) {
        const real shift = parameters[layer->biases + o];

        for (size_t i = 0; i < n; i++) {
            z[o * n + i] += shift;
        }
    }
}

/* da of all layers; dz of the logits. */
static void push_tangent(FN(hvp) * hvp, const real *v, const FN(block) * block)
{
    const gold_network *network = hvp->plan.network;
    const size_t n = block->n;

    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];
        const FN(matrix) change = {v + layer->weights, layer->in};
        const FN(matrix) weights = {hvp->theta + layer->weights, layer->in};

        if (l == 0) {
            FN(product_nt)
            (layer->out, n, layer->in, hvp->plan.input_scale, change,
             (FN(matrix)){block->inputs, layer->in}, 0.0, hvp->da[l], n);
        } else {
            FN(product)
            (layer->out, n, layer->in, 1.0, change,
             (FN(matrix)){hvp->a[l - 1], n}, 0.0, hvp->da[l], n);
            FN(product)
            (layer->out, n, layer->in, 1.0, weights,
             (FN(matrix)){hvp->da[l - 1], n}, 1.0, hvp->da[l], n);
        }
        add_bias(layer, v, n, hvp->da[l]);
        if (layer->has_activation) {
            FN(multiply)(layer->out * n, hvp->slope[l], hvp->da[l]);
        }
    }
}

/* Residuals of the logits and their tangent. Tangents are taken relative to
 * the top class, so that nothing cancels where the softmax saturates. */
static void take_residuals(FN(hvp) * hvp, const FN(block) * block)
{
    const size_t n_classes = hvp->plan.network->n_out;
    const size_t last = hvp->plan.network->n_layers - 1;
    const size_t n = block->n;
    const real *z = hvp->a[last];
    const real *dz = hvp->da[last];
    const double t = hvp->plan.temperature;
    const double scale = 1.0 / ((double)hvp->plan.samples.n * t);
    gold_softmax softmax = {.p = hvp->p};

    for (size_t i = 0; i < n; i++) {
        double mean = 0.0;

        for (size_t k = 0; k < n_classes; k++) {
            hvp->logits[k] = (double)z[k * n + i] / t;
        }
        gold_softmax_of(n_classes, hvp->logits, block->labels[i], &softmax);
        const double top = (double)dz[softmax.top * n + i];

        for (size_t k = 0; k < n_classes; k++) {
            mean += softmax.p[k] * ((double)dz[k * n + i] - top);
        }
        for (size_t k = 0; k < n_classes; k++) {
            const double change = (double)dz[k * n + i] - top - mean;

            hvp->delta[last][k * n + i] =
                (real)(scale *
                       gold_softmax_residual(&softmax, k, block->labels[i]));
            hvp->ddelta[last][k * n + i] =
                (real)(scale / t * softmax.p[k] * change);
        }
    }
}

/* The block's part of the product in layer l; the first block's replaces what
 * was there (keep 0), others are added (keep 1). */
static void add_layer_product(const FN(hvp) * hvp, size_t l,
                              const FN(block) * block, double keep,
                              real *product)
{
    const gold_layer *layer = &hvp->plan.network->layers[l];
    const size_t n = block->n;
    const FN(matrix) delta = {hvp->delta[l], n};
    const FN(matrix) ddelta = {hvp->ddelta[l], n};
    real *weights = product + layer->weights;

    if (l == 0) {
        FN(product)
        (layer->out, layer->in, n, hvp->plan.input_scale, ddelta,
         (FN(matrix)){block->inputs, layer->in}, keep, weights, layer->in);
    } else {
        FN(product_nt)
        (layer->out, layer->in, n, 1.0, ddelta, (FN(matrix)){hvp->a[l - 1], n},
         keep, weights, layer->in);
        FN(product_nt)
        (layer->out, layer->in, n, 1.0, delta, (FN(matrix)){hvp->da[l - 1], n},
         1.0, weights, layer->in);
    }
    for (size_t o = 0; layer->has_bias && o < layer->out; o++) {
        double sum = keep * (double)product[layer->biases + o];

        for (size_t i = 0; i < n; i++) {
            sum += (double)ddelta.entries[o * n + i];
        }
        product[layer->biases + o] = (real)sum;
    }
}

/* delta and ddelta (units, n) of a hidden layer from what came down to them;
 * phi'' dz = (phi'' / phi') da. */
static void pass_activation(const FN(hvp) * hvp, size_t l, size_t count)
{
    const gold_network *network = hvp->plan.network;
    real *delta = hvp->delta[l];
    real *ddelta = hvp->ddelta[l];

    FN(multiply)(count, hvp->slope[l], ddelta);
    if (network->is_smooth) {
        FN(bend_over_slope)
        (network->activation, count, hvp->a[l], hvp->bend);
        for (size_t i = 0; i < count; i++) {
            ddelta[i] += hvp->bend[i] * hvp->da[l][i] * delta[i];
        }
    }
    FN(multiply)(count, hvp->slope[l], delta);
}

/* From the top residuals down: the product in all layers. */
static void pull_back(FN(hvp) * hvp, const real *v, const FN(block) * block,
                      double keep, real *product)
{
    const gold_network *network = hvp->plan.network;
    const size_t n = block->n;

    for (size_t l = network->n_layers - 1;; l--) {
        const gold_layer *layer = &network->layers[l];
        const FN(matrix) weights = {hvp->theta + layer->weights, layer->in};
        const FN(matrix) change = {v + layer->weights, layer->in};

        add_layer_product(hvp, l, block, keep, product);
        if (l == 0) {
            break;
        }
        FN(product_tn)
        (layer->in, n, layer->out, 1.0, weights, (FN(matrix)){hvp->delta[l], n},
         0.0, hvp->delta[l - 1], n);
        FN(product_tn)
        (layer->in, n, layer->out, 1.0, change, (FN(matrix)){hvp->delta[l], n},
         0.0, hvp->ddelta[l - 1], n);
        FN(product_tn)
        (layer->in, n, layer->out, 1.0, weights,
         (FN(matrix)){hvp->ddelta[l], n}, 1.0, hvp->ddelta[l - 1], n);
        pass_activation(hvp, l - 1, layer->in * n);
    }
}

/* Matrix product flops of one product: eight products a layer, but three in
 * the first. */
static double product_flops(const FN(hvp_plan) * plan)
{
    const double n = (double)plan->samples.n;
    const double first = (double)gold_layer_weights(&plan->network->layers[0]);

    return 2.0 * n * (8.0 * (double)plan->network->n_parameters - 5.0 * first);
}

void FN(hvp_apply)(FN(hvp) * hvp, const real *v, real *product)
{
    const FN(block) all = hvp->plan.samples;
    const FN(model)
        model = {hvp->plan.network, hvp->theta, 1.0, hvp->plan.input_scale};

    for (size_t i = 0; i < all.n; i += hvp->block) {
        const size_t left = all.n - i;
        const FN(block)
            part = {left < hvp->block ? left : hvp->block,
                    all.inputs + i * hvp->plan.network->n_in, all.labels + i};

        FN(forward)(&model, &part, &(FN(values)){hvp->a, hvp->slope});
        push_tangent(hvp, v, &part);
        take_residuals(hvp, &part);
        pull_back(hvp, v, &part, i == 0 ? 0.0 : 1.0, product);
    }
    hvp->flops += product_flops(&hvp->plan);
}
