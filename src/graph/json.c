/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <string.h>

#include "goldilocks/graph.h"

static void put_key(goldi_text *out, const gold_node *node,
                    const gold_op_key *key)
{
    const char *at = (const char *)&node->set + key->offset;
    size_t size = 0;
    double number = 0.0;

    if (key->is_real) {
        memcpy(&number, at, sizeof number);
        goldi_json_number(out, key->name, number);
        return;
    }
    memcpy(&size, at, sizeof size);
    if (key->is_bool) {
        goldi_json_bool(out, key->name, size == 1);
    } else {
        goldi_json_number(out, key->name, (double)size);
    }
}

/* What PyTorch's modules want to know beside the keys: inputs of what has
 * weights, the shape that is normalised. */
static void put_input(goldi_text *out, const gold_node *node)
{
    const gold_shape x = node->x[0];

    if (node->is_drawn) {
        goldi_json_number(out, "in", (double)x.channels);
    } else if (node->is_norm) {
        goldi_json_open(out, "shape", '[');
        goldi_json_number(out, NULL, (double)x.channels);
        if (gold_shape_positions(x) > 1) {
            goldi_json_number(out, NULL, (double)x.height);
            goldi_json_number(out, NULL, (double)x.width);
        }
        goldi_json_close(out, ']');
    }
}

/* Entries that a node takes, unless it is the one before and no other. */
static void put_inputs(goldi_text *out, const gold_graph *graph,
                       const gold_node *node)
{
    if (node->n_inputs == 1 && &graph->nodes[node->inputs[0]] + 1 == node) {
        return;
    }
    goldi_json_open(out, "inputs", '[');
    for (size_t k = 0; k < node->n_inputs; k++) {
        const size_t from = node->inputs[k];

        goldi_json_number(out, NULL,
                          from == 0 ? -1.0 : (double)graph->nodes[from].entry);
    }
    goldi_json_close(out, ']');
}

static void put_entry(goldi_text *out, const gold_graph *graph,
                      const gold_node *node)
{
    const gold_operation like = {.kind = node->kind};

    goldi_json_open(out, NULL, '{');
    goldi_json_text(out, "type", gold_node_name(node));
    put_input(out, node);
    for (const gold_op_key *key = gold_operation_keys(&like); key->name != NULL;
         key++) {
        put_key(out, node, key);
    }
    put_inputs(out, graph, node);
    goldi_json_close(out, '}');
}

gold_status gold_graph_json(const gold_graph *graph, char **json)
{
    goldi_text out = {0};

    goldi_json_open(&out, NULL, '[');
    for (size_t q = 1; q < graph->n_nodes; q++) {
        const gold_node *node = &graph->nodes[q];

        /* a gain is of its norm's entry */
        if (q == 1 || node->entry != node[-1].entry) {
            put_entry(&out, graph, node);
        }
    }
    goldi_json_close(&out, ']');
    return goldi_text_give(&out, json);
}
