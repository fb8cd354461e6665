/* SPDX-License-Identifier: MIT */
#include "nn/balance.h"

#include <math.h>

#include "linalg/product.h"

/* The mean square of a layer's weights, as its root; infinite for gains, which
 * are not drawn. */
static double typical(const gold_network *network, const real *theta, size_t l)
{
    const gold_layer *layer = &network->layers[l];
    const size_t n = gold_layer_weights(layer);

    return layer->is_drawn
               ? FN(norm)(n, theta + layer->weights) / sqrt((double)n)
               : HUGE_VAL;
}

double FN(least_typical)(const gold_network *network, const real *theta)
{
    double least = HUGE_VAL;

    for (size_t l = 0; l < network->n_layers; l++) {
        least = fmin(least, typical(network, theta, l));
    }
    return least;
}

double FN(own_scale)(const gold_network *network, const real *theta)
{
    double scale = 1.0;

    for (size_t l = 0; l < network->n_layers; l++) {
        if (network->layers[l].is_drawn) {
            scale *= typical(network, theta, l) *
                     sqrt((double)network->layers[l].in);
        }
    }
    return scale;
}

/* With a_l = v_min / v_l, which neither overflow nor underflow where they
 * count; added up by pairs, as 1 - sum a^2 / (sum a)^2 would cancel. */
double FN(kappa)(const gold_network *network, const real *theta)
{
    const double least = FN(least_typical)(network, theta);
    double sum = 0.0;
    double pairs = 0.0;

    for (size_t l = 0; l < network->n_layers; l++) {
        const double root = least / typical(network, theta, l);
        const double a = root * root;

        pairs += sum * a;
        sum += a;
    }
    return sqrt(2.0 * pairs) / sum;
}
