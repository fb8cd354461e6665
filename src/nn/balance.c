/* SPDX-License-Identifier: MIT */
#include "nn/balance.h"

#include <math.h>

#include "linalg/product.h"

/* 2 sum_{l<m} a_l a_m = (sum a)^2 - sum a^2, with a_l = 1/v_l. */
double FN(kappa)(const gold_network *network, const real *theta)
{
    double sum = 0.0;
    double squares = 0.0;

    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];
        const double n =
            layer->is_drawn ? (double)gold_layer_weights(layer) : 0.0;
        const double norm =
            FN(norm)(gold_layer_weights(layer), theta + layer->weights);
        const double a = n / (norm * norm);

        sum += a;
        squares += a * a;
    }
    return sqrt(fmax(1.0 - squares / (sum * sum), 0.0));
}
