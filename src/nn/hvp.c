/* SPDX-License-Identifier: MIT */
#include "nn/hvp.h"

#include <math.h>
#include <string.h>

#include "nn/hvp_base.h"
#include "nn/pool.h"

/* A block of samples under way, with its base. */
typedef struct stretch {
    FN(block) samples;
    const FN(hvp_base) * base;
    size_t count; /* directions */
    const real *v;
} stretch;

/* Direction i of from (rows, count, n), as (rows, n): the only one where it
 * is, else copied to `to`. */
static real *take_direction(const stretch *s, size_t i, size_t rows, real *from,
                            real *to)
{
    const size_t n = s->samples.n;

    if (s->count == 1) {
        return from;
    }
    for (size_t row = 0; row < rows; row++) {
        memcpy(to + row * n, from + (row * s->count + i) * n, n * sizeof *to);
    }
    return to;
}

/* Direction i of to (rows, count, n) <- from (rows, n), unless it is there. */
static void put_direction(const stretch *s, size_t i, size_t rows,
                          const real *from, real *to)
{
    const size_t n = s->samples.n;

    for (size_t row = 0; from != to && row < rows; row++) {
        memcpy(to + (row * s->count + i) * n, from + row * n, n * sizeof *to);
    }
}

static FN(feed) feed_of(const FN(hvp) * hvp, const stretch *s, size_t l)
{
    return FN(hvp_feed)(hvp, s->base, &s->samples, l);
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

/* dz of layer l. */
static void push_layer(FN(hvp) * hvp, const stretch *s, size_t l)
{
    const gold_network *network = hvp->plan.network;
    const gold_layer *layer = &network->layers[l];
    const size_t units = gold_shape_units(layer->output);
    const size_t n = s->samples.n;
    real *dz = s->count == 1 ? hvp->dh[l] : hvp->one;

    for (size_t i = 0; i < s->count; i++) {
        const real *change = s->v + i * network->n_parameters;

        FN(affine_apply)
        (layer, layer->out, 1.0, change + layer->weights, feed_of(hvp, s, l),
         0.0, dz, hvp->patches);
        if (layer->has_bias) {
            FN(add_bias)
            (layer, layer->out, n, 1.0, change + layer->biases, dz);
        }
        put_direction(s, i, units, dz, hvp->dh[l]);
    }
    if (l > 0) {
        FN(affine_apply)
        (layer, layer->out, 1.0, hvp->theta + layer->weights,
         (FN(feed)){hvp->da[l - 1], s->count * n, 1.0, false, NULL}, 1.0,
         hvp->dh[l], hvp->patches);
    }
}

/* dh and da of all layers; dz of the logits. */
static void push_tangents(FN(hvp) * hvp, const stretch *s)
{
    const gold_network *network = hvp->plan.network;
    const size_t n = s->samples.n;

    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];

        push_layer(hvp, s, l);
        if (layer->has_activation) {
            multiply_all(gold_shape_units(layer->output), s,
                         s->base->values.slope[l], hvp->dh[l]);
        }
        if (gold_layer_has_pooling(layer)) {
            FN(pool_sum)
            (layer, s->count * n, NULL, hvp->dh[l], hvp->da[l]);
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
            const real *dz = hvp->dh[last] + v * n + i;
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

/* The stretch's part of the products in layer l; the first one's replaces what
 * was there (keep 0), others are added (keep 1). */
static void add_layer_products(const FN(hvp) * hvp, const stretch *s, size_t l,
                               double factor, double keep, real *products)
{
    const gold_network *network = hvp->plan.network;
    const gold_layer *layer = &network->layers[l];
    const size_t n = s->samples.n;

    for (size_t i = 0; i < s->count; i++) {
        real *product = products + i * network->n_parameters;
        const real *ddelta = take_direction(
            s, i, gold_shape_units(layer->output), hvp->ddelta[l], hvp->one);

        FN(affine_gradient)
        (layer, layer->out, ddelta, feed_of(hvp, s, l), keep,
         product + layer->weights, hvp->patches);
        if (layer->has_bias) {
            FN(bias_gradient)
            (layer, n, ddelta, keep, product + layer->biases);
        }
        if (l > 0 && factor != 0.0) {
            const real *da =
                take_direction(s, i, gold_shape_units(layer->input),
                               hvp->da[l - 1], hvp->other);

            FN(affine_gradient)
            (layer, layer->out, s->base->delta[l],
             (FN(feed)){da, n, factor, false, NULL}, 1.0,
             product + layer->weights, hvp->patches);
        }
    }
}

/* ddelta of layer l - 1 from that of layer l. */
static void pull_tangents(FN(hvp) * hvp, const stretch *s, size_t l,
                          double factor)
{
    const gold_network *network = hvp->plan.network;
    const gold_layer *layer = &network->layers[l];
    const gold_layer *lower = &network->layers[l - 1];
    const size_t units = gold_shape_units(layer->input);
    const size_t n = s->samples.n;
    const bool has_pooling = gold_layer_has_pooling(lower);
    real *down = has_pooling ? hvp->below : hvp->ddelta[l - 1];

    FN(affine_pull)
    (layer, s->count * n, 1.0, hvp->theta + layer->weights, hvp->ddelta[l],
     false, down, hvp->patches);
    for (size_t i = 0; factor != 0.0 && i < s->count; i++) {
        real *one = take_direction(s, i, units, down, hvp->one);

        FN(affine_pull)
        (layer, n, factor, s->v + i * network->n_parameters + layer->weights,
         s->base->delta[l], true, one, hvp->patches);
        put_direction(s, i, units, one, down);
    }
    if (has_pooling) {
        FN(pool_spread)(lower, s->count * n, down, hvp->ddelta[l - 1]);
    }
    multiply_all(gold_shape_units(lower->output), s,
                 s->base->values.slope[l - 1], hvp->ddelta[l - 1]);
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
static void pull_back(FN(hvp) * hvp, const stretch *s, gold_hvp_parts which,
                      double keep, real *products)
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
            add_bend(s, gold_shape_units(network->layers[l - 1].output), factor,
                     s->base->bent[l - 1], hvp->dh[l - 1], hvp->ddelta[l - 1]);
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

gold_hvp_parts FN(hvp_parts)(const FN(hvp) * hvp, gold_term term)
{
    const double factor = FN(hvp_factor)(hvp, term);
    const double s = 1.0 / hvp->temperature;

    return (gold_hvp_parts){term == GOLD_TERM_H ? 0.0 : s * s / factor,
                            term == GOLD_TERM_G ? 0.0 : s / factor};
}

void FN(hvp_apply)(FN(hvp) * hvp, size_t count, const real *v,
                   const FN(hvp_products) * products)
{
    GOLD_ASSERT(count > 0 && count <= hvp->plan.n_directions);
    if (gold_graph_exists(&hvp->plan.network->graph)) {
        FN(hvp_graph_apply)(hvp, count, v, products);
        return;
    }
    for (size_t b = 0; b < FN(hvp_n_blocks)(hvp); b++) {
        const bool is_kept = b < FN(hvp_n_kept)(hvp);
        FN(hvp_base) *base = &hvp->bases[is_kept ? b : hvp->n_bases - 1];
        const stretch s = {FN(hvp_block_of)(hvp, b), base, count, v};

        if (!is_kept) {
            FN(hvp_prepare)(hvp, b, base);
        }
        push_tangents(hvp, &s);
        for (int term = 0; term < GOLD_N_TERMS; term++) {
            if (products->of[term] != NULL) {
                pull_back(hvp, &s, FN(hvp_parts)(hvp, (gold_term)term),
                          b == 0 ? 0.0 : 1.0, products->of[term]);
            }
        }
    }
}
