/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "goldilocks/graph.h"
#include "goldilocks/memory.h"

enum {
    ENTRY_BYTES = 400 /* of what an entry takes, at most */
};

/* The text under way, with room for another entry. */
typedef struct text {
    char *at;
    int used;
} text;

#define PUT(t, ...)                                                            \
    ((t)->used += snprintf((t)->at + (t)->used,                                \
                           (size_t)(ENTRY_BYTES - (t)->used), __VA_ARGS__))

static void put_key(text *t, const gold_node *node, const gold_op_key *key)
{
    const char *at = (const char *)&node->set + key->offset;
    size_t size = 0;
    double number = 0.0;

    PUT(t, ",\"%s\":", key->name);
    if (key->is_real) {
        memcpy(&number, at, sizeof number);
        PUT(t, "%.17g", number);
        return;
    }
    memcpy(&size, at, sizeof size);
    if (key->is_bool) {
        PUT(t, "%s", size == 1 ? "true" : "false");
    } else {
        PUT(t, "%zu", size);
    }
}

/* What PyTorch's modules want to know beside the keys: inputs of what has
 * weights, the shape that is normalised. */
static void put_input(text *t, const gold_node *node, bool is_norm)
{
    const gold_shape x = node->x[0];

    if (node->is_drawn) {
        PUT(t, ",\"in\":%zu", x.channels);
    } else if (is_norm && gold_shape_positions(x) == 1) {
        PUT(t, ",\"shape\":[%zu]", x.channels);
    } else if (is_norm) {
        PUT(t, ",\"shape\":[%zu,%zu,%zu]", x.channels, x.height, x.width);
    }
}

/* Entries that a node takes, unless it is the one before and no other. */
static void put_inputs(text *t, const gold_graph *graph, const gold_node *node)
{
    const bool is_row =
        node->n_inputs == 1 && &graph->nodes[node->inputs[0]] + 1 == node;

    for (size_t k = 0; !is_row && k < node->n_inputs; k++) {
        const size_t from = node->inputs[k];
        const int entry = from == 0 ? -1 : (int)graph->nodes[from].entry;

        PUT(t, "%s%d", k == 0 ? ",\"inputs\":[" : ",", entry);
    }
    PUT(t, "%s}", is_row ? "" : "]");
}

/* The entry of a node into `at`, ENTRY_BYTES; how many bytes it took. */
static size_t put_entry(const gold_graph *graph, const gold_node *node,
                        char *at)
{
    const gold_operation like = {.kind = node->kind};
    text t = {.at = at};

    PUT(&t, "{\"type\":\"%s\"", gold_node_name(node));
    put_input(&t, node, node->is_norm);
    for (const gold_op_key *key = gold_operation_keys(&like); key->name != NULL;
         key++) {
        put_key(&t, node, key);
    }
    put_inputs(&t, graph, node);
    return (size_t)t.used;
}

gold_status gold_graph_json(const gold_graph *graph, char **json)
{
    size_t used = 0;

    GOLD_TRY(GOLD_ALLOC(graph->n_nodes * (ENTRY_BYTES + 1) + 2, json));
    for (size_t q = 1; q < graph->n_nodes; q++) {
        const gold_node *node = &graph->nodes[q];

        /* a gain is of its norm's entry */
        if (q == 1 || node->entry != node[-1].entry) {
            (*json)[used++] = q == 1 ? '[' : ',';
            used += put_entry(graph, node, *json + used);
        }
    }
    (*json)[used++] = ']';
    (*json)[used] = '\0';
    return GOLD_OK;
}
