/* SPDX-License-Identifier: MIT */
#include "train/subspace.h"

#include <string.h>

#include "goldilocks/memory.h"

#include "linalg/product.h"

gold_status FN(subspace_init)(FN(subspace) * subspace,
                              const gold_network *network,
                              const FN(directions) * directions,
                              const real *start, bool is_sphere)
{
    *subspace = (FN(subspace)){
        .network = network,
        .directions = directions,
        .start = start,
        .start_norm = FN(norm)(network->n_parameters, start),
        .is_sphere = is_sphere,
        .n = directions->n + (is_sphere ? 1 : 0),
    };
    GOLD_TRY(GOLD_ALLOC(subspace->n, &subspace->x));
    if (is_sphere) {
        subspace->x[0] = (real)subspace->start_norm;
    }
    return GOLD_ALLOC(subspace->n, &subspace->gradient);
}

void FN(subspace_fini)(FN(subspace) * subspace)
{
    gold_free(subspace->x);
    gold_free(subspace->gradient);
    *subspace = (FN(subspace)){0};
}

/* Sparse direction i: its entries in layer l, times `by` there. */
static double sparse_dot(const FN(direction_layer) * part, size_t i,
                         const real *by)
{
    double sum = 0.0;

    for (size_t e = part->start[i]; e < part->start[i + 1]; e++) {
        sum += (double)part->entries[e].value * (double)by[part->entries[e].at];
    }
    return sum;
}

static void sparse_add(const FN(direction_layer) * part, size_t i,
                       double factor, real *to)
{
    for (size_t e = part->start[i]; e < part->start[i + 1]; e++) {
        to[part->entries[e].at] +=
            (real)(factor * (double)part->entries[e].value);
    }
}

void FN(subspace_reduce)(FN(subspace) * subspace, const real *gradient)
{
    const gold_network *network = subspace->network;
    const FN(directions) *directions = subspace->directions;
    const size_t skip = subspace->is_sphere ? 1 : 0;

    if (subspace->is_sphere) {
        subspace->gradient[0] =
            (real)(FN(dot)(network->n_parameters, gradient, subspace->start) /
                   subspace->start_norm);
    }
    for (size_t i = 0; i < directions->n; i++) {
        double sum = 0.0;

        for (size_t l = 0; l < network->n_layers; l++) {
            const gold_layer *layer = &network->layers[l];
            const FN(direction_layer) *part = &directions->layers[l];
            const size_t m = gold_layer_weights(layer);

            if (directions->is_sparse) {
                sum += sparse_dot(part, i, gradient + layer->weights);
                continue;
            }
            sum += FN(dot)(m, part->weights + i * m, gradient + layer->weights);
            if (layer->has_bias) {
                sum += FN(dot)(layer->out, part->biases + i * layer->out,
                               gradient + layer->biases);
            }
        }
        subspace->gradient[skip + i] = (real)sum;
    }
}

void FN(subspace_expand)(const FN(subspace) * subspace, real *theta)
{
    const gold_network *network = subspace->network;
    const FN(directions) *directions = subspace->directions;
    const size_t skip = subspace->is_sphere ? 1 : 0;
    const double along = subspace->is_sphere
                             ? (double)subspace->x[0] / subspace->start_norm
                             : 1.0;

    for (size_t j = 0; j < network->n_parameters; j++) {
        theta[j] = (real)(along * (double)subspace->start[j]);
    }
    for (size_t i = 0; i < directions->n; i++) {
        const double x = (double)subspace->x[skip + i];

        for (size_t l = 0; l < network->n_layers; l++) {
            const gold_layer *layer = &network->layers[l];
            const FN(direction_layer) *part = &directions->layers[l];
            const size_t m = gold_layer_weights(layer);

            if (directions->is_sparse) {
                sparse_add(part, i, x, theta + layer->weights);
                continue;
            }
            FN(add_scaled)
            (m, x, part->weights + i * m, theta + layer->weights);
            if (layer->has_bias) {
                FN(add_scaled)
                (layer->out, x, part->biases + i * layer->out,
                 theta + layer->biases);
            }
        }
    }
}
