/* SPDX-License-Identifier: MIT */
/* The tables of both precisions have the same shapes: this takes those of
 * double. */
#include "goldilocks/architecture.h"

#include <string.h>

#include "graph/kinds.h"
#include "graph/list.h"

gold_shape gold_vector_shape(size_t n)
{
    return (gold_shape){n, 1, 1};
}

size_t gold_shape_units(gold_shape shape)
{
    return shape.channels * shape.height * shape.width;
}

size_t gold_layer_weights(const gold_layer *layer)
{
    return layer->in * layer->out;
}

size_t gold_layer_parameters(const gold_layer *layer)
{
    return gold_layer_weights(layer) + (layer->has_bias ? layer->out : 0);
}

bool gold_layer_has_pooling(const gold_layer *layer)
{
    return layer->pool > 1;
}

size_t gold_layer_positions(const gold_layer *layer)
{
    return layer->output.height * layer->output.width;
}

size_t gold_layer_products(const gold_layer *layer)
{
    return gold_layer_weights(layer) * gold_layer_positions(layer);
}

/* A node with parameters as a layer. */
static gold_layer affine_layer(const gold_node *node)
{
    const bool is_image = FN(ops)[node->kind] == &FN(op_conv2d);
    const gold_shape y = is_image ? node->y : gold_vector_shape(node->fan_out);
    const size_t weights = node->fan_in * node->fan_out;

    return (gold_layer){
        .kind = is_image ? GOLD_LAYER_CONV2D : GOLD_LAYER_LINEAR,
        .in = node->fan_in,
        .out = node->fan_out,
        .input = is_image ? node->x[0] : gold_vector_shape(node->fan_in),
        .output = y,
        .pooled = y,
        .kernel = is_image ? node->set.kernel : 1,
        .stride = is_image ? node->set.stride : 1,
        .padding = node->set.padding,
        .pooling = GOLD_POOL_NONE,
        .pool = 1,
        .has_bias = node->n_parameters > weights,
        .is_drawn = node->is_drawn,
        .weights = node->first,
        .biases = node->first + weights,
    };
}

/* Is node q there, and the one before it all that it takes? */
static bool follows(const gold_graph *graph, size_t q)
{
    return q < graph->n_nodes && graph->nodes[q].n_inputs == 1 &&
           graph->nodes[q].inputs[0] + 1 == q;
}

/* Node q, which has parameters, with activation and pooling behind it. */
static gold_layer layer_at(const gold_graph *graph, size_t q)
{
    gold_layer layer = affine_layer(&graph->nodes[q]);

    layer.has_activation =
        follows(graph, q + 1) &&
        FN(ops)[graph->nodes[q + 1].kind] == &FN(op_activation);
    if (layer.has_activation && follows(graph, q + 2)) {
        const gold_node *pool = &graph->nodes[q + 2];
        const gold_op *op = FN(ops)[pool->kind];

        if (op == &FN(op_avg_pool2d) || op == &FN(op_max_pool2d)) {
            layer.pooling =
                op == &FN(op_max_pool2d) ? GOLD_POOL_MAX : GOLD_POOL_AVERAGE;
            layer.pool = pool->set.kernel;
            layer.pooled = pool->y;
        }
    }
    return layer;
}

static gold_graph_words words_of(const gold_settings *settings,
                                 size_t n_classes)
{
    return (gold_graph_words){
        .classes = n_classes,
        .width = (size_t)settings->width,
        .depth = (size_t)settings->depth,
        .channels =
            settings->n_channels > 0 ? (size_t)settings->channels[0] : 0,
        .bias = settings->bias,
    };
}

/* Does a graph make what a network does? */
static gold_status check_graph(const gold_graph *graph, size_t n_classes)
{
    const gold_shape made = gold_graph_last(graph)->y;
    size_t n_layers = 0;

    for (size_t q = 1; q < graph->n_nodes; q++) {
        n_layers += graph->nodes[q].n_parameters > 0 ? 1 : 0;
    }
    if (n_layers == 0) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "layers: none of them has parameters");
    }
    if (n_layers > GOLD_MAX_LAYERS) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "%zu layers, but at most %d are possible", n_layers,
                         (int)GOLD_MAX_LAYERS);
    }
    return made.channels == n_classes && gold_shape_positions(made) == 1
               ? GOLD_OK
               : gold_fail(GOLD_ERR_CONFIG,
                           "layers: the last of them makes %zu numbers, but "
                           "there are %zu classes: end with 'linear: classes'",
                           gold_shape_units(made), n_classes);
}

static gold_status make_graph(const gold_settings *settings, gold_shape input,
                              size_t n_classes, gold_graph *graph,
                              gold_graph_fault *fault, goldi_graph_room *room)
{
    const gold_graph_words words = words_of(settings, n_classes);
    const gold_operations *list = gold_architecture_list(settings);

    if (fault != NULL) {
        *fault = (gold_graph_fault){.entry = list->n};
    }
    GOLD_TRY(goldi_graph_init(graph, list,
                              goldi_takes_vectors(settings->kind)
                                  ? gold_vector_shape(gold_shape_units(input))
                                  : input,
                              &words, fault, room));
    GOLD_TRY(goldi_check_readers(graph, list, &words, fault));
    return check_graph(graph, n_classes);
}

gold_status gold_architecture_graph(const gold_settings *settings,
                                    gold_shape input, size_t n_classes,
                                    gold_graph *graph, gold_graph_fault *fault)
{
    return make_graph(settings, input, n_classes, graph, fault, NULL);
}

void gold_graph_layers(const gold_graph *graph, gold_layer_fn *visit,
                       void *context)
{
    for (size_t q = 1; q < graph->n_nodes; q++) {
        if (graph->nodes[q].n_parameters > 0) {
            const gold_layer layer = layer_at(graph, q);

            visit(context, &layer);
        }
    }
}

/* The node of a layer; 0: there are fewer. */
static size_t node_of(const gold_graph *graph, size_t l)
{
    size_t n = 0;

    for (size_t q = 1; q < graph->n_nodes; q++) {
        n += graph->nodes[q].n_parameters > 0 ? 1 : 0;
        if (n == l + 1) {
            return q;
        }
    }
    return 0;
}

/* The node that alone takes what a node makes; 0: several do, or none. */
static size_t only_taker(const gold_graph *graph, size_t of)
{
    size_t found = 0;

    for (size_t q = of + 1; q < graph->n_nodes; q++) {
        const gold_node *node = &graph->nodes[q];

        for (size_t k = 0; k < node->n_inputs; k++) {
            if (node->inputs[k] == of && found != 0 && found != q) {
                return 0;
            }
            found = node->inputs[k] == of ? q : found;
        }
    }
    return found;
}

static bool has_units(const gold_node *node)
{
    return FN(ops)[node->kind] == &FN(op_linear) && node->is_drawn;
}

size_t gold_graph_reader(const gold_graph *graph, size_t l)
{
    const size_t from = node_of(graph, l);
    size_t q = from;
    size_t reader = 0;

    if (from == 0 || !has_units(&graph->nodes[from])) {
        return 0;
    }
    do {
        q = only_taker(graph, q);
    } while (q != 0 && FN(ops)[graph->nodes[q].kind]->keeps_units);
    if (q == 0 || !has_units(&graph->nodes[q]) ||
        graph->nodes[q].fan_in != graph->nodes[from].fan_out) {
        return 0;
    }
    while (node_of(graph, reader) != q) {
        reader++;
    }
    return reader;
}

gold_status gold_architecture_visit(const gold_settings *settings,
                                    gold_shape input, size_t n_classes,
                                    gold_layer_fn *visit, void *context,
                                    gold_graph_fault *fault)
{
    static _Thread_local goldi_graph_room room;
    gold_graph graph = {0};
    const gold_status status =
        make_graph(settings, input, n_classes, &graph, fault, &room);

    if (status == GOLD_OK && visit != NULL) {
        gold_graph_layers(&graph, visit, context);
    }
    if (graph.nodes != room.nodes) {
        gold_graph_fini(&graph);
    }
    return status;
}

size_t gold_architecture_length(const gold_settings *settings)
{
    const gold_graph_words words = words_of(settings, 1);

    return gold_operations_length(gold_architecture_list(settings), &words);
}
