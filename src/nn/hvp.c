/* SPDX-License-Identifier: MIT */
#include "nn/hvp.h"

#include <math.h>

#include "linalg/product.h"
#include "nn/hvp_base.h"

/* Which parts of a term's products there are: the factors of the header's g
 * and s. */
typedef struct parts {
    double g;
    double s;
} parts;

/* A block of samples under way, with its base. */
typedef struct stretch {
    FN(block) samples;
    const FN(hvp_base) * base;
    size_t count; /* directions */
    const real *v;
} stretch;

/* z (out, count, n): row o of direction i += its bias. */
static void add_biases(const gold_layer *layer, const stretch *s,
                       size_t n_parameters, real *z)
{
    const size_t n = s->samples.n;

    for (size_t o = 0; layer->has_bias && o < layer->out; o++) {
        for (size_t i = 0; i < s->count; i++) {
            const real shift = s->v[i * n_parameters + layer->biases + o];
            real *row = z + (o * s->count + i) * n;

            for (size_t k = 0; k < n; k++) {
                row[k] += shift;
            }
        }
    }
}

/* x (units, count, n) *= y (units, n) in every direction. */
static void multiply_all(size_t units, const stretch *s, const real *y, real *x)
{
    const size_t n = s->samples.n;

    for (size_t u = 0; u < units; u++) {
        for (size_t i = 0; i < s->count; i++) {
            FN(multiply)(n, y + u * n, x + (u * s->count + i) * n);
        }
    }
}

/* da of all layers; dz of the logits. */
static void push_tangents(FN(hvp) * hvp, const stretch *s)
{
    const gold_network *network = hvp->plan.network;
    const size_t n = s->samples.n;
    const size_t ld = s->count * n;

    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];
        const FN(matrix) weights = {hvp->theta + layer->weights, layer->in};

        for (size_t i = 0; i < s->count; i++) {
            const FN(matrix) change = {
                s->v + i * network->n_parameters + layer->weights, layer->in};

            if (l == 0) {
                FN(product_nt)
                (layer->out, n, layer->in, hvp->plan.input_scale, change,
                 (FN(matrix)){s->samples.inputs, layer->in}, 0.0,
                 hvp->da[l] + i * n, ld);
            } else {
                FN(product)
                (layer->out, n, layer->in, 1.0, change,
                 (FN(matrix)){s->base->a[l - 1], n}, 0.0, hvp->da[l] + i * n,
                 ld);
            }
        }
        if (l > 0) {
            FN(product)
            (layer->out, ld, layer->in, 1.0, weights,
             (FN(matrix)){hvp->da[l - 1], ld}, 1.0, hvp->da[l], ld);
        }
        add_biases(layer, s, network->n_parameters, hvp->da[l]);
        if (layer->has_activation) {
            multiply_all(layer->out, s, s->base->slope[l], hvp->da[l]);
        }
    }
    hvp->flops += (double)s->count * FN(hvp_pass_flops)(hvp, n, 1.0, 2.0);
}

/* ddelta of the logits, times `factor`. Tangents are taken relative to the top
 * class, so that nothing cancels where the softmax saturates. */
static void curve_logits(FN(hvp) * hvp, const stretch *s, double factor)
{
    const size_t n_classes = hvp->plan.network->n_out;
    const size_t last = hvp->plan.network->n_layers - 1;
    const size_t n = s->samples.n;
    const size_t ld = s->count * n;

    for (size_t i = 0; i < n; i++) {
        const double *p = s->base->p + i * n_classes;
        size_t top = 0;

        for (size_t k = 1; k < n_classes; k++) {
            top = p[k] > p[top] ? k : top;
        }
        for (size_t v = 0; v < s->count; v++) {
            const real *dz = hvp->da[last] + v * n + i;
            real *ddelta = hvp->ddelta[last] + v * n + i;
            const double at_top = (double)dz[top * ld];
            double mean = 0.0;

            for (size_t k = 0; k < n_classes; k++) {
                mean += p[k] * ((double)dz[k * ld] - at_top);
            }
            for (size_t k = 0; k < n_classes; k++) {
                ddelta[k * ld] = (real)(factor * p[k] *
                                        ((double)dz[k * ld] - at_top - mean));
            }
        }
    }
}

/* Sums of the rows of ddelta (out, count, n), direction i, for its biases. */
static void add_bias_product(const gold_layer *layer, const stretch *s,
                             size_t i, const real *ddelta, double keep,
                             real *product)
{
    const size_t n = s->samples.n;

    for (size_t o = 0; layer->has_bias && o < layer->out; o++) {
        const real *row = ddelta + (o * s->count + i) * n;
        double sum = keep * (double)product[layer->biases + o];

        for (size_t k = 0; k < n; k++) {
            sum += (double)row[k];
        }
        product[layer->biases + o] = (real)sum;
    }
}

/* The stretch's part of the products in layer l; the first one's replaces what
 * was there (keep 0), others are added (keep 1). */
static void add_layer_products(const FN(hvp) * hvp, const stretch *s, size_t l,
                               double factor, double keep, real *products)
{
    const gold_network *network = hvp->plan.network;
    const gold_layer *layer = &network->layers[l];
    const size_t n = s->samples.n;
    const size_t ld = s->count * n;

    for (size_t i = 0; i < s->count; i++) {
        const FN(matrix) ddelta = {hvp->ddelta[l] + i * n, ld};
        real *product = products + i * network->n_parameters;
        real *weights = product + layer->weights;

        if (l == 0) {
            FN(product)
            (layer->out, layer->in, n, hvp->plan.input_scale, ddelta,
             (FN(matrix)){s->samples.inputs, layer->in}, keep, weights,
             layer->in);
        } else {
            FN(product_nt)
            (layer->out, layer->in, n, 1.0, ddelta,
             (FN(matrix)){s->base->a[l - 1], n}, keep, weights, layer->in);
        }
        if (l > 0 && factor != 0.0) {
            FN(product_nt)
            (layer->out, layer->in, n, factor,
             (FN(matrix)){s->base->delta[l], n},
             (FN(matrix)){hvp->da[l - 1] + i * n, ld}, 1.0, weights, layer->in);
        }
        add_bias_product(layer, s, i, hvp->ddelta[l], keep, product);
    }
}

/* ddelta of layer l - 1 from that of layer l. */
static void pull_tangents(FN(hvp) * hvp, const stretch *s, size_t l,
                          double factor)
{
    const gold_network *network = hvp->plan.network;
    const gold_layer *layer = &network->layers[l];
    const size_t n = s->samples.n;
    const size_t ld = s->count * n;
    real *down = hvp->ddelta[l - 1];

    FN(product_tn)
    (layer->in, ld, layer->out, 1.0,
     (FN(matrix)){hvp->theta + layer->weights, layer->in},
     (FN(matrix)){hvp->ddelta[l], ld}, 0.0, down, ld);
    for (size_t i = 0; factor != 0.0 && i < s->count; i++) {
        FN(product_tn)
        (layer->in, n, layer->out, factor,
         (FN(matrix)){s->v + i * network->n_parameters + layer->weights,
                      layer->in},
         (FN(matrix)){s->base->delta[l], n}, 1.0, down + i * n, ld);
    }
    multiply_all(layer->in, s, s->base->slope[l - 1], down);
}

/* ddelta (units, count, n) += factor bent (units, n) da (units, count, n). */
static void add_bend(const stretch *s, size_t units, double factor,
                     const real *bent, const real *da, real *ddelta)
{
    const size_t n = s->samples.n;
    const real f = (real)factor;

    for (size_t row = 0; row < units * s->count; row++) {
        const real *b = bent + row / s->count * n;

        for (size_t k = 0; k < n; k++) {
            ddelta[row * n + k] += f * b[k] * da[row * n + k];
        }
    }
}

/* From the logits down: the products of one term in all layers. */
static void pull_back(FN(hvp) * hvp, const stretch *s, parts which, double keep,
                      real *products)
{
    const gold_network *network = hvp->plan.network;
    const double n = (double)hvp->plan.samples.n;
    const double factor = which.s / n;

    curve_logits(hvp, s, which.g / n);
    for (size_t l = network->n_layers - 1;; l--) {
        add_layer_products(hvp, s, l, factor, keep, products);
        if (l == 0) {
            break;
        }
        pull_tangents(hvp, s, l, factor);
        if (network->is_smooth && factor != 0.0) {
            add_bend(s, network->layers[l].in, factor, s->base->bent[l - 1],
                     hvp->da[l - 1], hvp->ddelta[l - 1]);
        }
    }
    hvp->flops +=
        (double)s->count *
        FN(hvp_pass_flops)(hvp, s->samples.n, 1.0, factor != 0.0 ? 4.0 : 2.0);
}

double FN(hvp_factor)(const FN(hvp) * hvp, gold_term term)
{
    const double s = 1.0 / hvp->temperature;
    const double g = s * s;

    switch (term) {
    case GOLD_TERM_G:
        return g;
    case GOLD_TERM_H:
        return s;
    default:
        return fmax(g, s);
    }
}

static parts parts_of(const FN(hvp) * hvp, gold_term term)
{
    const double factor = FN(hvp_factor)(hvp, term);
    const double s = 1.0 / hvp->temperature;

    return (parts){term == GOLD_TERM_H ? 0.0 : s * s / factor,
                   term == GOLD_TERM_G ? 0.0 : s / factor};
}

void FN(hvp_apply)(FN(hvp) * hvp, size_t count, const real *v,
                   const FN(hvp_products) * products)
{
    GOLD_ASSERT(count > 0 && count <= hvp->plan.n_directions);
    for (size_t b = 0; b < FN(hvp_n_blocks)(hvp); b++) {
        const bool is_kept = b < FN(hvp_n_kept)(hvp);
        FN(hvp_base) *base = &hvp->bases[is_kept ? b : hvp->n_bases - 1];
        const stretch s = {FN(hvp_block_of)(hvp, b), base, count, v};

        if (!is_kept) {
            FN(hvp_prepare)(hvp, &s.samples, base);
        }
        push_tangents(hvp, &s);
        for (int term = 0; term < GOLD_N_TERMS; term++) {
            if (products->of[term] != NULL) {
                pull_back(hvp, &s, parts_of(hvp, (gold_term)term),
                          b == 0 ? 0.0 : 1.0, products->of[term]);
            }
        }
    }
}
