/* SPDX-License-Identifier: MIT */
/* Shapes and degrees are the same in both precisions: this takes them from the
 * tables of double. */
#include "goldilocks/graph.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "graph/list.h"
#include "graph/run.h"

size_t gold_shape_positions(gold_shape shape)
{
    return shape.height * shape.width;
}

const gold_node *gold_graph_last(const gold_graph *graph)
{
    return &graph->nodes[graph->n_nodes - 1];
}

bool gold_graph_has_positions(const gold_graph *graph)
{
    size_t q = 0;

    while (q + 1 < graph->n_nodes && graph->nodes[q].n_parameters == 0) {
        q++;
    }
    return gold_shape_positions(graph->nodes[q].y) > 1;
}

size_t gold_graph_reals(const gold_run_plan *plan)
{
    return FN(run_reals)(plan);
}

size_t gold_graph_sample_reals(const gold_run_plan *plan)
{
    enum {
        MANY = 1024
    };
    gold_run_plan few = *plan;
    gold_run_plan more = *plan;

    few.n = MANY;
    more.n = 2 * MANY;
    return (FN(run_reals)(&more) - FN(run_reals)(&few)) / MANY;
}

/* A graph under construction. */
typedef struct builder {
    gold_graph *graph;
    const gold_operations *list;
    const gold_graph_words *words;
    size_t n_entries;               /* of the list without blocks, so far */
    gold_graph_fault *at;           /* may be NULL */
    size_t ends[GOLDI_MOST_LISTED]; /* nodes that entries ended in, last */
} builder;

/* ---- What does not fit -------------------------------------------------- */

typedef struct sentence {
    char text[400];
    size_t used;
} sentence;

GOLD_PRINTF(2, 3)
static void say(sentence *w, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const int n =
        vsnprintf(w->text + w->used, sizeof w->text - w->used, format, args);

    va_end(args);
    w->used += n > 0 && (size_t)n < sizeof w->text - w->used ? (size_t)n : 0;
}

static void say_shape(sentence *w, gold_shape shape)
{
    if (gold_shape_positions(shape) == 1) {
        say(w, "%zu units", shape.channels);
    } else {
        say(w, "%zu x %zu x %zu", shape.channels, shape.height, shape.width);
    }
}

/* "layers[2], conv2d {out: 4, kernel: 9} on 3 x 8 x 8: " */
static void say_node(sentence *w, const builder *b, size_t e,
                     const gold_node *node)
{
    const gold_operation *entry = &b->list->entries[e];
    char path[GOLD_PATH_BYTES];
    size_t n_said = 0;

    say(w, "%s, %s",
        b->list->kind != NULL ? b->list->kind
                              : gold_operation_path(b->list, e, path),
        gold_entry_name(entry));
    for (const gold_op_key *key = gold_operation_keys(entry); key->name != NULL;
         key++) {
        size_t size = 0;

        memcpy(&size, (const char *)&node->set + key->offset, sizeof size);
        size = goldi_resolved(size, b->words);
        if (!key->is_real && !key->is_bool) {
            say(w, "%s%s: %zu", n_said++ == 0 ? " {" : ", ", key->name, size);
        }
    }
    say(w, "%s", n_said > 0 ? "}" : "");
    for (size_t k = 0; k < node->n_inputs; k++) {
        say(w, "%s", k == 0 ? " on " : " and ");
        say_shape(w, b->graph->nodes[node->inputs[k]].y);
    }
}

static gold_status refuse(const builder *b, size_t e, const gold_node *node,
                          const char *key, const char *error)
{
    sentence w = {.used = 0};

    if (b->at != NULL) {
        *b->at = (gold_graph_fault){e, key};
    }
    say_node(&w, b, e, node);
    return gold_fail(GOLD_ERR_CONFIG, "%s: %s", w.text, error);
}

/* ---- Nodes -------------------------------------------------------------- */

/* Append a node; what is wrong with it, or NULL. */
static const char *append(gold_graph *graph, gold_node *node)
{
    const gold_op *op = FN(ops)[node->kind];
    const char *error = NULL;
    int degrees[GOLD_MOST_INPUTS] = {0};
    bool inputs_move = false;

    node->first = graph->n_parameters;
    for (size_t k = 0; k < node->n_inputs; k++) {
        const gold_node *from = &graph->nodes[node->inputs[k]];

        node->x[k] = from->y;
        degrees[k] = from->degree;
        inputs_move = inputs_move || from->moves;
    }
    error = op->shape(node);
    if (error != NULL) {
        return error;
    }
    node->degree = op->degree(node, degrees);
    node->moves = inputs_move || node->n_parameters > 0;
    node->bends = inputs_move && op->bend != NULL && !node->is_straight;
    graph->n_parameters += node->n_parameters;
    graph->nodes[graph->n_nodes++] = *node;
    return NULL;
}

/* Append a node of entry e, and the gain of a norm. */
static gold_status append_node(builder *b, size_t e, gold_node *node)
{
    gold_graph *graph = b->graph;

    node->source = e;
    node->entry = b->n_entries++;
    const char *error = append(graph, node);

    if (error == NULL && node->has_gain) {
        error = append(graph, &(gold_node){.kind = goldi_op_kind(&FN(op_gain)),
                                           .set = node->gain,
                                           .entry = node->entry,
                                           .source = e,
                                           .n_inputs = 1,
                                           .inputs = {graph->n_nodes - 1}});
    }
    return error == NULL ? GOLD_OK : refuse(b, e, node, NULL, error);
}

/* Sizes of a node that are the network's, and are all within their bounds? */
static gold_status resolve(const builder *b, size_t e, gold_node *node)
{
    for (const gold_op_key *key = gold_operation_keys(&b->list->entries[e]);
         key->name != NULL; key++) {
        char *at = (char *)&node->set + key->offset;
        const size_t high = key->is_bool ? 1 : key->high;
        char text[100];
        size_t size = 0;

        if (key->is_real) {
            continue;
        }
        memcpy(&size, at, sizeof size);
        size = goldi_resolved(size, b->words);
        memcpy(at, &size, sizeof size);
        if (size < key->low || size > high) {
            (void)snprintf(text, sizeof text, "its %s must be %zu to %zu",
                           key->name, key->low, high);
            return refuse(b, e, node, key->name, text);
        }
    }
    return GOLD_OK;
}

/* The entry of a list from `first` on that an entry takes: its index in all,
 * or SIZE_MAX for what the list takes; false: none before e. */
static bool find_input(const builder *b, size_t first, size_t e, int k,
                       size_t *entry)
{
    *entry = SIZE_MAX;
    for (size_t at = first; k >= 0; k--) {
        if (at >= e) {
            return false;
        }
        *entry = at;
        at += gold_operation_span(&b->list->entries[at]);
    }
    return k >= -1;
}

/* Append entry e of the list from `first` on, which takes node `from`; `last`
 * is the node before it. */
static gold_status append_operation(builder *b, size_t first, size_t e,
                                    size_t from, size_t last)
{
    const gold_operation *entry = &b->list->entries[e];
    const gold_op *op = FN(ops)[entry->kind];
    gold_node node = {.kind = entry->kind,
                      .set = entry->set,
                      .n_inputs = entry->n_inputs == 0 ? 1 : entry->n_inputs,
                      .inputs = {last}};

    GOLD_TRY(resolve(b, e, &node));
    if (node.n_inputs < op->n_inputs) {
        return refuse(b, e, &node, NULL,
                      "it needs inputs, at least two: [1, 4]");
    }
    if (node.n_inputs > op->most_inputs) {
        return refuse(b, e, &node, NULL, "it does not take so many inputs");
    }
    for (size_t k = 0; k < entry->n_inputs; k++) {
        size_t input = 0;

        node.inputs[k] = 0;
        if (!find_input(b, first, e, entry->inputs[k], &input)) {
            return refuse(b, e, &node, "inputs",
                          "its inputs must be entries before it in the same "
                          "list, or -1 for what that list takes");
        }
        node.inputs[k] = input == SIZE_MAX ? from : b->ends[input];
    }
    return append_node(b, e, &node);
}

static gold_status append_list(builder *b, size_t first, size_t end,
                               size_t from, size_t *last);

/* The sum of a branch and its shortcut. */
static gold_status append_residual(builder *b, size_t e, size_t *last)
{
    const gold_operation *entry = &b->list->entries[e];
    const size_t shortcut = e + 1 + entry->n_of;
    gold_node node = {
        .kind = entry->kind, .n_inputs = 2, .inputs = {*last, *last}};

    GOLD_TRY(append_list(b, e + 1, shortcut, *last, &node.inputs[0]));
    GOLD_TRY(append_list(b, shortcut, shortcut + entry->n_shortcut, *last,
                         &node.inputs[1]));
    const gold_shape x = b->graph->nodes[node.inputs[0]].y;
    const gold_shape y = b->graph->nodes[node.inputs[1]].y;

    if (memcmp(&x, &y, sizeof x) != 0) {
        return refuse(b, e, &node, NULL,
                      "what its branch makes has not the shape of what is "
                      "added: give it a 'shortcut' that makes the same");
    }
    GOLD_TRY(append_node(b, e, &node));
    *last = b->graph->n_nodes - 1;
    return GOLD_OK;
}

static gold_status append_repeat(builder *b, size_t e, size_t *last)
{
    const size_t end = e + gold_operation_span(&b->list->entries[e]);
    gold_node node = {.set = b->list->entries[e].set};

    GOLD_TRY(resolve(b, e, &node));
    if (goldi_operations_of(b->list, e, end, b->words) <= 0.0) {
        return GOLD_OK; /* however often */
    }
    for (size_t t = 0; t < node.set.times; t++) {
        GOLD_TRY(append_list(b, e + 1, end, *last, last));
    }
    return GOLD_OK;
}

/* Append the list of entries [first, end), which takes node `from`; `last`
 * receives the node that it ends in. */
static gold_status append_list(builder *b, size_t first, size_t end,
                               size_t from, size_t *last)
{
    *last = from;
    for (size_t e = first; e < end;
         e += gold_operation_span(&b->list->entries[e])) {
        switch (b->list->entries[e].block) {
        case GOLD_BLOCK_NONE:
            GOLD_TRY(append_operation(b, first, e, from, *last));
            *last = b->graph->n_nodes - 1;
            break;
        case GOLD_BLOCK_REPEAT:
            GOLD_TRY(append_repeat(b, e, last));
            break;
        case GOLD_BLOCK_RESIDUAL:
            GOLD_TRY(append_residual(b, e, last));
            break;
        }
        b->ends[e] = *last;
    }
    return GOLD_OK;
}

/* ---- Graphs ------------------------------------------------------------- */

/* How many operations a list stands for, if not too many. */
static gold_status count(const builder *b, size_t *n)
{
    double sum = 0.0;

    for (size_t e = 0; e < b->list->n;) {
        const size_t next = e + gold_operation_span(&b->list->entries[e]);
        char text[120];

        sum += goldi_operations_of(b->list, e, next, b->words);
        if (sum > GOLD_MOST_OPERATIONS) {
            (void)snprintf(text, sizeof text,
                           "that makes %.0f operations; at most %d are "
                           "possible",
                           sum, (int)GOLD_MOST_OPERATIONS);
            return refuse(b, e, &(gold_node){.set = b->list->entries[e].set},
                          NULL, text);
        }
        e = next;
    }
    *n = (size_t)sum;
    return GOLD_OK;
}

gold_status goldi_graph_init(gold_graph *graph, const gold_operations *list,
                             gold_shape input, const gold_graph_words *words,
                             gold_graph_fault *fault, goldi_graph_room *room)
{
    builder b = {.graph = graph, .list = list, .words = words, .at = fault};
    size_t n = 0;
    size_t last = 0;

    GOLD_ASSERT(list->n <= GOLDI_MOST_LISTED);
    *graph = (gold_graph){.n_nodes = 1};
    GOLD_TRY(count(&b, &n));
    if (room != NULL && 2 * n + 1 <= GOLDI_GRAPH_ROOM) {
        graph->nodes = room->nodes;
    } else {
        GOLD_TRY(GOLD_ALLOC(2 * n + 1, &graph->nodes));
    }
    graph->nodes[0] = (gold_node){.y = input};
    GOLD_TRY(append_list(&b, 0, list->n, 0, &last));
    for (size_t q = 0; q < graph->n_nodes; q++) {
        const size_t units = gold_shape_units(graph->nodes[q].y);

        graph->most_units =
            units > graph->most_units ? units : graph->most_units;
    }
    return GOLD_OK;
}

gold_status gold_graph_init(gold_graph *graph, const gold_operations *list,
                            gold_shape input, const gold_graph_words *words,
                            gold_graph_fault *fault)
{
    return goldi_graph_init(graph, list, input, words, fault, NULL);
}

const char *gold_graph_bare_norm(const gold_graph *graph)
{
    for (size_t q = 1; q < graph->n_nodes; q++) {
        const gold_node *node = &graph->nodes[q];

        if (node->is_norm && node->set.eps <= 0.0) {
            return gold_node_name(node);
        }
    }
    return NULL;
}

gold_status goldi_check_readers(const gold_graph *graph,
                                const gold_operations *list,
                                const gold_graph_words *words,
                                gold_graph_fault *fault)
{
    gold_graph made = *graph;
    const builder b = {
        .graph = &made, .list = list, .words = words, .at = fault};
    size_t q = 0;
    bool is_read = true;

    for (; is_read && q + 1 < graph->n_nodes; q++) {
        is_read = false;
        for (size_t r = q + 1; !is_read && r < graph->n_nodes; r++) {
            for (size_t k = 0; k < graph->nodes[r].n_inputs; k++) {
                is_read = is_read || graph->nodes[r].inputs[k] == q;
            }
        }
    }
    return is_read ? GOLD_OK
                   : refuse(&b, graph->nodes[q - 1].source,
                            &graph->nodes[q - 1], NULL,
                            "no entry takes what it makes, and it is not the "
                            "last: leave it out, or name it in 'inputs'");
}

void gold_graph_fini(gold_graph *graph)
{
    gold_free(graph->nodes);
    *graph = (gold_graph){0};
}
