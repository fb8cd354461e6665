/* SPDX-License-Identifier: MIT */
/* Shapes and degrees are the same in both precisions: this takes them from the
 * tables of double. */
#include "goldilocks/graph.h"

#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "graph/phi.h"
#include "graph/run.h"

size_t gold_shape_positions(gold_shape shape)
{
    return shape.height * shape.width;
}

const gold_node *gold_graph_last(const gold_graph *graph)
{
    return &graph->nodes[graph->n_nodes - 1];
}

/* Index of a kind. */
static size_t kind_of(const gold_op *op)
{
    size_t kind = 0;

    while (FN(ops)[kind] != op) {
        kind++;
    }
    return kind;
}

size_t gold_graph_reals(const gold_run_plan *plan)
{
    return FN(run_reals)(plan);
}

/* ---- Lists -------------------------------------------------------------- */

const char *gold_operation_name(size_t i)
{
    if (i < gold_n_phis) {
        return gold_phis[i].name;
    }
    i -= gold_n_phis;
    for (const gold_op *const *op = FN(ops); *op != NULL; op++) {
        if ((*op)->name != NULL && i-- == 0) {
            return (*op)->name;
        }
    }
    return NULL;
}

const gold_op_key *gold_operation_keys(const gold_operation *operation)
{
    static const gold_op_key none[] = {{0}};
    const gold_op_key *keys = FN(ops)[operation->kind]->keys;

    return keys == NULL ? none : keys;
}

static void set_fallbacks(gold_operation *operation)
{
    for (const gold_op_key *key = gold_operation_keys(operation);
         key->name != NULL; key++) {
        char *at = (char *)&operation->set + key->offset;

        if (key->is_real) {
            memcpy(at, &(double){1e-5}, sizeof(double));
        } else {
            memcpy(at, &key->fallback, sizeof key->fallback);
        }
    }
}

bool gold_find_operation(const char *name, gold_operation *operation)
{
    *operation = (gold_operation){.kind = kind_of(&FN(op_activation))};
    for (size_t i = 0; i < gold_n_phis; i++) {
        if (strcmp(gold_phis[i].name, name) == 0) {
            operation->set.phi = i;
            return true;
        }
    }
    for (operation->kind = 0; FN(ops)[operation->kind] != NULL;
         operation->kind++) {
        const char *own = FN(ops)[operation->kind]->name;

        if (own != NULL && strcmp(own, name) == 0) {
            set_fallbacks(operation);
            return true;
        }
    }
    return false;
}

const char *gold_node_name(const gold_node *node)
{
    const gold_op *op = FN(ops)[node->kind];

    return op == &FN(op_activation) ? gold_phis[node->set.phi].name : op->name;
}

size_t gold_operations_length(const gold_operations *list)
{
    size_t length = 0;

    for (size_t e = 0; e < list->n; e++) {
        const gold_operation *entry = &list->entries[e];
        const gold_op *op = FN(ops)[entry->kind];

        length += op->product != NULL || entry->set.affine == 1 ? 1 : 0;
    }
    return length;
}

/* ---- Graphs ------------------------------------------------------------- */

/* Append a node of an entry's; what is wrong with it, or NULL. */
static const char *append(gold_graph *graph, gold_node node)
{
    const gold_op *op = FN(ops)[node.kind];
    const char *error = NULL;
    int degrees[GOLD_MOST_INPUTS] = {0};
    bool inputs_move = false;

    node.first = graph->n_parameters;
    for (size_t k = 0; k < node.n_inputs; k++) {
        const gold_node *from = &graph->nodes[node.inputs[k]];

        node.x[k] = from->y;
        degrees[k] = from->degree;
        inputs_move = inputs_move || from->moves;
    }
    error = op->shape(&node);
    if (error != NULL) {
        return error;
    }
    node.degree = op->degree(&node, degrees);
    node.moves = inputs_move || node.n_parameters > 0;
    node.bends = inputs_move && op->bend != NULL && !node.is_straight;
    graph->n_parameters += node.n_parameters;
    graph->nodes[graph->n_nodes++] = node;
    return NULL;
}

/* A size that stands for one of the network's. */
static void resolve(size_t *size, const gold_graph_words *words)
{
    switch (*size) {
    case GOLD_SIZE_OF_CLASSES:
        *size = words->classes;
        break;
    case GOLD_SIZE_OF_WIDTH:
        *size = words->width;
        break;
    case GOLD_SIZE_OF_BIAS:
        *size = words->bias ? 1 : 0;
        break;
    default:
        break;
    }
}

/* The nodes of an entry: one, and the gain of a norm. `ends` says which node
 * each entry ends in. */
static const char *append_entry(gold_graph *graph, const gold_operation *entry,
                                size_t e, const gold_graph_words *words,
                                size_t *ends)
{
    const gold_op *op = FN(ops)[entry->kind];
    gold_node node = {.kind = entry->kind,
                      .set = entry->set,
                      .entry = e,
                      .n_inputs = entry->n_inputs == 0 ? 1 : entry->n_inputs};
    const char *error = NULL;

    if (node.n_inputs < op->n_inputs) {
        return "it needs inputs, at least two: [1, 4]";
    }
    if (node.n_inputs > op->most_inputs) {
        return "it does not take so many inputs";
    }
    for (size_t k = 0; k < node.n_inputs; k++) {
        const int from = entry->n_inputs == 0 ? (int)e - 1 : entry->inputs[k];

        if (from < -1 || from >= (int)e) {
            return "its inputs must be entries before it, or -1 for the sample";
        }
        node.inputs[k] = from < 0 ? 0 : ends[from];
    }
    for (const gold_op_key *key = gold_operation_keys(entry); key->name != NULL;
         key++) {
        if (!key->is_real) {
            size_t size = 0;
            char *at = (char *)&node.set + key->offset;

            memcpy(&size, at, sizeof size);
            resolve(&size, words);
            memcpy(at, &size, sizeof size);
        }
    }
    error = append(graph, node);
    const gold_node *made = gold_graph_last(graph);

    if (error == NULL && made->has_gain) {
        error = append(graph, (gold_node){.kind = kind_of(&FN(op_gain)),
                                          .set = made->gain,
                                          .entry = e,
                                          .n_inputs = 1,
                                          .inputs = {graph->n_nodes - 1}});
    }
    ends[e] = graph->n_nodes - 1;
    return error;
}

gold_status gold_graph_init(gold_graph *graph, const gold_operations *list,
                            gold_shape input, const gold_graph_words *words,
                            size_t *fault)
{
    gold_status status = GOLD_OK;
    size_t *ends = NULL;

    *graph = (gold_graph){.n_nodes = 1};
    GOLD_GOTO(GOLD_ALLOC(2 * list->n + 1, &graph->nodes));
    GOLD_GOTO(GOLD_ALLOC(list->n, &ends));
    graph->nodes[0].y = input;
    for (size_t e = 0; e < list->n; e++) {
        const gold_operation *entry = &list->entries[e];
        const char *error = append_entry(graph, entry, e, words, ends);

        if (error != NULL) {
            if (fault != NULL) {
                *fault = e;
            }
            GOLD_FAIL(GOLD_ERR_CONFIG, "layers: entry %zu, %s: %s", e,
                      gold_node_name(
                          &(gold_node){.kind = entry->kind, .set = entry->set}),
                      error);
        }
    }
    for (size_t q = 0; q < graph->n_nodes; q++) {
        const size_t units = gold_shape_units(graph->nodes[q].y);

        graph->most_units =
            units > graph->most_units ? units : graph->most_units;
    }

done:
    gold_free(ends);
    return status;
}

void gold_graph_fini(gold_graph *graph)
{
    gold_free(graph->nodes);
    *graph = (gold_graph){0};
}
