/* SPDX-License-Identifier: MIT */
#include "nn/network.h"

#include <math.h>

#include "goldilocks/memory.h"

/* Count a layer, and keep it once there is room. */
static void take_layer(void *context, const gold_layer *layer)
{
    gold_network *network = context;

    if (network->layers != NULL) {
        network->layers[network->n_layers] = *layer;
    }
    network->n_layers++;
}

double gold_layer_work(const gold_layer *layer)
{
    const size_t biases = layer->has_bias ? layer->out : 0;

    return (double)gold_layer_products(layer) +
           (double)(biases * gold_layer_positions(layer));
}

/* Only weights are scaled: note the rest, if any. */
static gold_status fix_others(gold_network *network)
{
    size_t n_fixed = 0;

    GOLD_TRY(GOLD_ALLOC(network->n_parameters, &network->is_fixed));
    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];
        const size_t first = layer->is_drawn ? layer->biases : layer->weights;
        const size_t end = layer->weights + gold_layer_parameters(layer);

        for (size_t i = first; i < end; i++) {
            network->is_fixed[i] = true;
            n_fixed++;
        }
    }
    if (n_fixed == 0) {
        gold_free(network->is_fixed);
        network->is_fixed = NULL;
    }
    return GOLD_OK;
}

gold_status gold_network_init(gold_network *network,
                              const gold_settings *settings, gold_shape input,
                              size_t n_out)
{
    *network = (gold_network){
        .n_in = gold_shape_units(input),
        .n_out = n_out,
        .loss = gold_loss_of(settings),
    };
    GOLD_TRY(
        gold_architecture_graph(settings, input, n_out, &network->graph, NULL));
    gold_graph_layers(&network->graph, take_layer, network);
    GOLD_TRY(GOLD_ALLOC(network->n_layers, &network->layers));
    network->n_layers = 0;
    gold_graph_layers(&network->graph, take_layer, network);
    network->n_parameters = network->graph.n_parameters;
    for (size_t l = 0; l < network->n_layers; l++) {
        network->products += gold_layer_work(&network->layers[l]);
    }
    if (settings->scaled == GOLD_SCALED_WEIGHTS) {
        GOLD_TRY(fix_others(network));
    }
    network->degree = gold_graph_last(&network->graph)->degree;
    network->is_homogeneous =
        network->degree != GOLD_NO_DEGREE && network->is_fixed == NULL;
    return GOLD_OK;
}

void gold_network_fini(gold_network *network)
{
    gold_free(network->layers);
    gold_free(network->is_fixed);
    gold_graph_fini(&network->graph);
    *network = (gold_network){0};
}

static double scheme_variance(gold_reference scheme, const gold_layer *layer)
{
    const double in = (double)layer->in;
    const double out = (double)(layer->out * layer->kernel * layer->kernel);

    switch (scheme) {
    case GOLD_REFERENCE_XAVIER:
        return 2.0 / (in + out);
    case GOLD_REFERENCE_KAIMING:
        return 2.0 / in;
    case GOLD_REFERENCE_LECUN:
        break;
    }
    return 1.0 / in;
}

double gold_reference_norm(const gold_network *network,
                           gold_reference reference)
{
    double sum = 0.0;

    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];

        sum += layer->is_drawn ? (double)gold_layer_weights(layer) *
                                     scheme_variance(reference, layer)
                               : 0.0;
    }
    return sqrt(sum);
}

/* Every layer of the same norm, all together of the reference's. */
static double equal_variance(const gold_network *network,
                             gold_reference reference, const gold_layer *layer)
{
    const double norm = gold_reference_norm(network, reference);
    double n_drawn = 0.0;

    for (size_t l = 0; l < network->n_layers; l++) {
        n_drawn += network->layers[l].is_drawn ? 1.0 : 0.0;
    }
    return norm * norm / (n_drawn * (double)gold_layer_weights(layer));
}

/* The hidden units that a layer makes or, the last of those with weights, that
 * it takes. */
static double width_of(const gold_network *network, const gold_layer *layer)
{
    const gold_layer *last = &network->layers[network->n_layers - 1];

    while (!last->is_drawn && last > layer) {
        last--;
    }
    return (double)(layer == last ? layer->in : layer->out);
}

static double init_variance(const gold_network *network,
                            const gold_settings *settings,
                            const gold_layer *layer)
{
    switch (settings->init) {
    case GOLD_XAVIER_NORMAL:
    case GOLD_XAVIER_UNIFORM:
        return scheme_variance(GOLD_REFERENCE_XAVIER, layer);
    case GOLD_KAIMING_NORMAL:
    case GOLD_KAIMING_UNIFORM:
        return scheme_variance(GOLD_REFERENCE_KAIMING, layer);
    case GOLD_LECUN_NORMAL:
    case GOLD_LECUN_UNIFORM:
        return scheme_variance(GOLD_REFERENCE_LECUN, layer);
    case GOLD_ORTHOGONAL:
        return 1.0 / fmax((double)layer->out, (double)layer->in);
    case GOLD_NORMAL:
        return settings->init_std * settings->init_std;
    case GOLD_WIDTH_POWER:
        return pow(width_of(network, layer), -2.0 * settings->init_power);
    case GOLD_TORCH:
        return 1.0 / (3.0 * (double)layer->in);
    case GOLD_EQUAL_NORM:
    case GOLD_INIT_FILE: /* nothing is drawn */
        break;
    }
    return equal_variance(network, settings->reference, layer);
}

double gold_weight_variance(const gold_network *network,
                            const gold_settings *settings, size_t l)
{
    const gold_gains *gains = &settings->gains;
    const double gain = gains->n == 0   ? 1.0
                        : gains->n == 1 ? gains->of[0]
                                        : gains->of[l];

    GOLD_ASSERT(gains->n <= 1 || l < gains->n);
    return gain * gain * init_variance(network, settings, &network->layers[l]);
}
