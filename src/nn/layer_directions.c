/* SPDX-License-Identifier: MIT */
#include "goldilocks/memory.h"

#include "nn/directions.h"

gold_status FN(directions_in_layer)(FN(directions) * directions,
                                    const gold_network *network,
                                    const gold_settings *settings, size_t layer,
                                    size_t n, const real *theta)
{
    gold_status status = GOLD_OK;
    gold_layer alone = network->layers[layer];
    gold_network view = *network;
    FN(directions) drawn = {0};
    FN(directions) made = {.is_confined = true, .layer = layer};
    const gold_direction_streams streams = {
        settings->direction_seed, GOLD_PURPOSE_LAYER_DIRECTIONS,
        (uint32_t)(layer * GOLD_BASIS_STREAMS)};
    const real *part = theta + alone.weights;

    view.n_layers = 1;
    view.layers = &alone;
    view.n_parameters = gold_layer_parameters(&alone);
    alone.biases -= alone.weights;
    alone.weights = 0;
    GOLD_GOTO(FN(directions_draw)(&drawn, &view, settings, streams, n, part));
    made.n = n;
    made.is_sparse = drawn.is_sparse;
    made.n_entries = drawn.n_entries;
    made.n_layers = network->n_layers;
    GOLD_GOTO(GOLD_ALLOC(network->n_layers, &made.layers));
    for (size_t l = 0; made.is_sparse && l < network->n_layers; l++) {
        if (l != layer) {
            GOLD_GOTO(GOLD_ALLOC(n + 1, &made.layers[l].start));
        }
    }
    made.layers[layer] = drawn.layers[0];
    drawn.layers[0] = (FN(direction_layer)){0};
    *directions = made;
    made = (FN(directions)){0};

done:
    FN(directions_fini)(&made);
    FN(directions_fini)(&drawn);
    return status;
}
