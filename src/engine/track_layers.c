/* SPDX-License-Identifier: MIT */
/* Layers along a training: how their units condense, and their norms. */
#include <math.h>

#include "goldilocks/memory.h"

#include "engine/watch.h"
#include "linalg/product.h"
#include "train/condensation.h"

/* ---- Condensation -------------------------------------------------------- */

typedef struct condensing {
    size_t n_layers; /* that are looked at, from the first one on */
    gold_condensation *layers;
} condensing;

static gold_status begin_layers(const gold_watch *watch, condensing *c,
                                size_t n_layers)
{
    const gold_network *network = &watch->start->network;

    GOLD_TRY(GOLD_ALLOC(n_layers, &c->layers));
    c->n_layers = n_layers;
    for (size_t l = 0; l < n_layers; l++) {
        const size_t reader = gold_graph_reader(&network->graph, l);

        if (reader > 0) {
            GOLD_TRY(FN(condensation_init)(&c->layers[l], network, l, reader,
                                           watch->initial));
        }
    }
    return GOLD_OK;
}

static gold_status begin_first(const gold_watch *watch, void *state)
{
    return begin_layers(watch, state, 1);
}

static gold_status begin_all(const gold_watch *watch, void *state)
{
    return begin_layers(watch, state, watch->start->network.n_layers - 1);
}

static void end_layers(void *state)
{
    condensing *c = state;

    for (size_t l = 0; l < c->n_layers; l++) {
        FN(condensation_fini)(&c->layers[l]);
    }
    gold_free(c->layers);
}

/* Put what is known of each layer, as the variables of which `lead` is the
 * first one. */
static gold_status take_layers(const gold_watch *watch, const condensing *c,
                               const gold_logged *at, gold_variable lead)
{
    for (size_t l = 0; l < c->n_layers; l++) {
        double numbers[GOLD_N_CONDENSED];

        if (c->layers[l].n == 0) {
            continue;
        }
        GOLD_TRY(FN(condensation_take)(&c->layers[l], at->theta, numbers));
        for (size_t i = 0; i < GOLD_N_CONDENSED; i++) {
            FN(watch_put)
            (watch, at, (gold_variable)(lead + i), l, numbers[i]);
        }
    }
    return GOLD_OK;
}

static gold_status take_first(gold_watch *watch, void *state,
                              const gold_logged *at)
{
    return take_layers(watch, state, at, GOLD_VAR_TRAJECTORY_CONDENSATION_LEAD);
}

static gold_status take_all(gold_watch *watch, void *state,
                            const gold_logged *at)
{
    return take_layers(watch, state, at,
                       GOLD_VAR_TRAJECTORY_LAYER_CONDENSATION_LEAD);
}

const gold_tracker FN(track_condensation) = {
    .state_bytes = sizeof(condensing),
    .begin = begin_first,
    .end = end_layers,
    .take = take_first,
};

const gold_tracker FN(track_layer_condensation) = {
    .state_bytes = sizeof(condensing),
    .begin = begin_all,
    .end = end_layers,
    .take = take_all,
};

/* ---- Norms --------------------------------------------------------------- */

static gold_status take_norms(gold_watch *watch, void *state,
                              const gold_logged *at)
{
    const gold_network *network = &watch->start->network;
    double below = (double)NAN; /* squares of the layer before */

    (void)state;
    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];
        const real *weights = at->theta + layer->weights;
        const real *biases = at->theta + layer->biases;
        const size_t n = gold_layer_weights(layer);
        const double of_weights = FN(dot)(n, weights, weights);
        const double squares =
            of_weights +
            (layer->has_bias ? FN(dot)(layer->out, biases, biases) : 0.0);

        FN(watch_put)
        (watch, at, GOLD_VAR_TRAJECTORY_LAYER_NORM, l, sqrt(squares));
        if (l > 0) {
            FN(watch_put)
            (watch, at, GOLD_VAR_TRAJECTORY_LAYER_BALANCE, l - 1,
             of_weights - below);
        }
        below = squares;
    }
    return GOLD_OK;
}

const gold_tracker FN(track_layer_norms) = {.take = take_norms};
