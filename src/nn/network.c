/* SPDX-License-Identifier: MIT */
#include "nn/network.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"

static const char *const activation_types[] = {"relu", "leaky_relu", "tanh",
                                               "sigmoid", "identity"};

size_t gold_layer_weights(const gold_layer *layer)
{
    return layer->in * layer->out;
}

/* Units of hidden layer `i` (0 is the first). */
static size_t hidden_units(const gold_settings *settings, size_t i)
{
    static const size_t lenet[] = {300, 100};

    if (settings->kind != GOLD_NETWORK_LENET_300_100) {
        return (size_t)settings->width;
    }
    GOLD_ASSERT(i < sizeof lenet / sizeof *lenet);
    return lenet[i];
}

/* Sums over layers, once these are set. */
static void count_up(gold_network *network)
{
    for (size_t l = 0; l < network->n_layers; l++) {
        gold_layer *layer = &network->layers[l];

        layer->weights = network->n_parameters;
        layer->biases = layer->weights + gold_layer_weights(layer);
        network->n_parameters =
            layer->biases + (layer->has_bias ? layer->out : 0);
        network->n_hidden += layer->has_activation ? layer->out : 0;
        if (layer->out > network->widest) {
            network->widest = layer->out;
        }
    }
}

gold_status gold_network_init(gold_network *network,
                              const gold_settings *settings, size_t n_in,
                              size_t n_out)
{
    const size_t n_hidden_layers = settings->kind == GOLD_NETWORK_LENET_300_100
                                       ? 2
                                       : (size_t)settings->depth;
    const gold_activation phi = settings->activation;

    *network = (gold_network){
        .n_layers = n_hidden_layers + 1,
        .activation = phi,
        .n_in = n_in,
        .n_out = n_out,
        .is_smooth = phi == GOLD_TANH || phi == GOLD_SIGMOID,
    };
    network->is_homogeneous = !network->is_smooth && !settings->bias;
    if (network->n_layers > GOLD_MAX_LAYERS) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "%zu layers, but at most %d are "
                         "possible",
                         network->n_layers, (int)GOLD_MAX_LAYERS);
    }
    GOLD_TRY(GOLD_ALLOC(network->n_layers, &network->layers));
    for (size_t l = 0; l < network->n_layers; l++) {
        const bool is_last = l == n_hidden_layers;

        network->layers[l] = (gold_layer){
            .kind = GOLD_LAYER_LINEAR,
            .in = l == 0 ? n_in : hidden_units(settings, l - 1),
            .out = is_last ? n_out : hidden_units(settings, l),
            .has_bias = settings->bias,
            .has_activation = !is_last,
        };
    }
    count_up(network);
    return GOLD_OK;
}

void gold_network_fini(gold_network *network)
{
    gold_free(network->layers);
    *network = (gold_network){0};
}

double gold_init_variance(gold_init init, size_t in, size_t out)
{
    switch (init) {
    case GOLD_XAVIER_NORMAL:
    case GOLD_XAVIER_UNIFORM:
        return 2.0 / (double)(in + out);
    case GOLD_KAIMING_NORMAL:
    case GOLD_KAIMING_UNIFORM:
        return 2.0 / (double)in;
    case GOLD_LECUN_NORMAL:
    case GOLD_LECUN_UNIFORM:
        break;
    }
    return 1.0 / (double)in;
}

double gold_reference_norm(const gold_network *network,
                           gold_reference reference)
{
    static const gold_init schemes[] = {
        [GOLD_REFERENCE_XAVIER] = GOLD_XAVIER_NORMAL,
        [GOLD_REFERENCE_LECUN] = GOLD_LECUN_NORMAL,
        [GOLD_REFERENCE_KAIMING] = GOLD_KAIMING_NORMAL,
    };
    double sum = 0.0;

    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];

        sum += (double)gold_layer_weights(layer) *
               gold_init_variance(schemes[reference], layer->in, layer->out);
    }
    return sqrt(sum);
}

gold_status gold_network_json(const gold_network *network, char **json)
{
    enum {
        BYTES_PER_LAYER = 160
    };
    const size_t bytes = network->n_layers * BYTES_PER_LAYER + 3;
    size_t used = 0;

    GOLD_TRY(GOLD_ALLOC(bytes, json));
    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];

        used += (size_t)snprintf(
            *json + used, bytes - used,
            "%s{\"type\":\"linear\",\"in\":%zu,\"out\":%zu,\"bias\":%s}",
            l == 0 ? "[" : ",", layer->in, layer->out,
            layer->has_bias ? "true" : "false");
        if (layer->has_activation) {
            used += (size_t)snprintf(*json + used, bytes - used,
                                     ",{\"type\":\"%s\"}",
                                     activation_types[network->activation]);
        }
    }
    (void)snprintf(*json + used, bytes - used, "]");
    return GOLD_OK;
}
