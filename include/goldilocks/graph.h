/* SPDX-License-Identifier: MIT */
/**
 * @file graph.h
 * A network as a graph of operations, as it is listed, and with its shapes.
 *
 * A list has one entry an operation, in an order in which inputs come first;
 * an entry takes what the one before it makes unless it says otherwise. An
 * entry may be a list itself: one that is repeated, or the branch of a residual
 * and its shortcut. A graph
 * is made of a list and the shape of a sample: nodes y = f(x, w), x the values
 * of earlier nodes, w the node's own parameters, which stand in one vector in
 * the order of the nodes: for each its weights, then its biases, as PyTorch's
 * parameters_to_vector has them. Node 0 is the input, the last one the output.
 * The gain and shift of a norm are a node of their own behind it.
 *
 * What an operation is, stands in one file of src/graph; nothing else knows it.
 */
#ifndef GOLDILOCKS_GRAPH_H
#define GOLDILOCKS_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "goldilocks/architecture.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    GOLD_MOST_INPUTS = 4,        /* of a node */
    GOLD_MOST_ENTRIES = 512,     /* of a list, those within entries too */
    GOLD_MOST_OPERATIONS = 8192, /* of what a list stands for */
    GOLD_PATH_BYTES = 256,
    GOLD_NO_DEGREE = -1
};

/** Sizes that stand for settings of the network. */
#define GOLD_SIZE_OF_CLASSES  (SIZE_MAX)
#define GOLD_SIZE_OF_WIDTH    (SIZE_MAX - 1)
#define GOLD_SIZE_OF_BIAS     (SIZE_MAX - 2)
#define GOLD_SIZE_OF_DEPTH    (SIZE_MAX - 3)
#define GOLD_SIZE_OF_CHANNELS (SIZE_MAX - 4)

/** What may be said of an operation; each reads its own. */
typedef struct gold_op_settings {
    size_t phi;  /* activations: which one */
    size_t out;  /* linear: units; conv2d: channels */
    size_t bias; /* linear, conv2d, gain: 1 or 0 */
    size_t kernel;
    size_t stride;
    size_t padding;
    size_t groups; /* group_norm */
    size_t affine; /* norms: 1 if gain and shift follow */
    double eps;    /* norms: added to the variance */
    bool is_each;  /* gain: one for each unit; else for each channel */
    size_t times;  /* repeat */
} gold_op_settings;

/** One key of an operation, as lists and point files have it. */
typedef struct gold_op_key {
    const char *name; /* NULL ends the keys */
    size_t offset;    /* in gold_op_settings: a size_t, or the double */
    size_t low;       /* of a size */
    size_t high;
    size_t fallback; /* where nothing is said; GOLD_SIZE_*; for `eps` none:
                        it is 1e-5 */
    bool is_real;
    bool is_bool;
    bool is_needed; /* there is no fallback */
} gold_op_key;

/** What an entry is. */
typedef enum gold_block {
    GOLD_BLOCK_NONE,     /* one operation */
    GOLD_BLOCK_REPEAT,   /* a list, again and again on what it made */
    GOLD_BLOCK_RESIDUAL, /* the sum of a list and of what that takes, or of a
                            second list, the shortcut, on the same */
} gold_block;

/** An entry of a list. Those of the lists in it follow it. */
typedef struct gold_operation {
    size_t kind; /* of gold_find_operation */
    gold_op_settings set;
    size_t n_inputs;              /* 0: the entry before */
    int inputs[GOLD_MOST_INPUTS]; /* entries of the same list, from 0 on; -1:
                                     what the list takes, the sample */
    gold_block block;
    size_t n_of;       /* all entries in the list of a block */
    size_t n_shortcut; /* and in its shortcut, behind them */
} gold_operation;

/** A list of operations. */
typedef struct gold_operations {
    size_t n;                /* entries, those within entries too */
    gold_operation *entries; /* [n] */
    const char *kind;        /* that it writes out, static; NULL: of `layers` */
} gold_operations;

/** A node of a graph. Its kind's `shape` fills in what follows x. */
typedef struct gold_node {
    size_t kind;
    gold_op_settings set;
    size_t n_inputs;
    size_t inputs[GOLD_MOST_INPUTS]; /* earlier nodes */
    size_t entry;                    /* of the list without blocks */
    size_t source;                   /* entry of the list it is of */
    size_t first;                    /* place of w among all parameters */
    int degree; /* k where y(a theta) = a^k y(theta), a > 0; or none */
    bool moves; /* y depends on some parameter */
    bool bends; /* and has a second derivative here */
    gold_shape x[GOLD_MOST_INPUTS];
    gold_shape y;
    size_t n_parameters;
    size_t fan_in; /* weights (fan_out, fan_in) */
    size_t fan_out;
    size_t n_kept;    /* numbers that forward leaves for a sample, */
    size_t n_bent;    /* and beside them for second derivatives */
    size_t n_scratch; /* numbers that it needs while at work */
    size_t rows;      /* of a window over x; columns likewise */
    size_t columns;
    bool is_straight; /* D2f = 0 in spite of the kind */
    bool is_drawn;    /* weights are random; else they begin as 1 */
    bool is_norm;     /* pull and bend read y */
    bool has_gain;    /* a gain with these settings follows */
    gold_op_settings gain;
} gold_node;

typedef struct gold_graph {
    size_t n_nodes;
    gold_node *nodes; /* owned */
    size_t n_parameters;
    size_t most_units; /* of any node */
} gold_graph;

/** What sizes of the network stand for. */
typedef struct gold_graph_words {
    size_t classes;
    size_t width;
    size_t depth;
    size_t channels; /* 0: none */
    bool bias;
} gold_graph_words;

/** What does not fit. */
typedef struct gold_graph_fault {
    size_t entry;    /* of the list */
    const char *key; /* whose value it is, static; NULL: none */
} gold_graph_fault;

/**
 * Make the graph of a list; ended by gold_graph_fini, also on failure.
 *
 * @param[out] fault  where it does not fit; may be NULL.
 * @retval GOLD_ERR_CONFIG  it does not fit: the message says which and why.
 */
GOLD_CHECKED gold_status gold_graph_init(gold_graph *graph,
                                         const gold_operations *list,
                                         gold_shape input,
                                         const gold_graph_words *words,
                                         gold_graph_fault *fault);

/** Free what a graph holds; zeroed ones are allowed. */
void gold_graph_fini(gold_graph *graph);

/** Does the first operation with parameters work at several positions? */
bool gold_graph_has_positions(const gold_graph *graph);

/** The output. */
const gold_node *gold_graph_last(const gold_graph *graph);

/** The norm that divides by 0 where all units of a sample are alike, as it adds
 * no epsilon: its name; NULL: none does. */
const char *gold_graph_bare_norm(const gold_graph *graph);

/** The list of a graph as JSON, as stored in point files; owned by the caller.
 */
GOLD_CHECKED gold_status gold_graph_json(const gold_graph *graph, char **json);

/** The operation or block of a name, with its settings where nothing is said,
 * into `operation`; false: there is none. */
bool gold_find_operation(const char *name, gold_operation *operation);

/** Name i of all operations that a list may hold, blocks aside; NULL beyond the
 * last. */
const char *gold_operation_name(size_t i);

/** What an entry is called in lists. */
const char *gold_entry_name(const gold_operation *entry);

/** Keys of an operation; the first one may be given as its bare value. */
const gold_op_key *gold_operation_keys(const gold_operation *operation);

/** Entries that an entry is, with those in it. */
size_t gold_operation_span(const gold_operation *operation);

/** Where an entry stands: "layers[3].repeat.of[1]". */
const char *gold_operation_path(const gold_operations *list, size_t entry,
                                char path[GOLD_PATH_BYTES]);

/** The list that settings stand for: that of kind layers, or a known kind
 * written out, valid until the thread asks for another. */
const gold_operations *gold_architecture_list(const gold_settings *settings);

/** The graph of settings of any kind on data of this shape; ended by
 * gold_graph_fini, also on failure, which is as that of gold_graph_init. */
GOLD_CHECKED gold_status gold_architecture_graph(const gold_settings *settings,
                                                 gold_shape input,
                                                 size_t n_classes,
                                                 gold_graph *graph,
                                                 gold_graph_fault *fault);

/** The key of `network` that has to do with a fault, static. */
const char *gold_fault_key(const gold_settings *settings,
                           const gold_graph_fault *fault);

/** Call `visit` with every layer of a graph: its nodes with parameters, each
 * with the activation behind it and the pooling behind that, if any. */
void gold_graph_layers(const gold_graph *graph, gold_layer_fn *visit,
                       void *context);

/** The one layer that reads units of layer `l`, each by a column of its
 * weights: both are linear, and between them is what keeps units apart, as
 * activations, sums of branches and norms without a gain do. 0: there is none,
 * or there are several. */
size_t gold_graph_reader(const gold_graph *graph, size_t l);

/** Nodes with parameters that a list makes, whatever the data. */
size_t gold_operations_length(const gold_operations *list,
                              const gold_graph_words *words);

/** How second derivatives of affine kinds are summed, where there is a choice;
 * see graph/affine.c. */
typedef enum gold_second_way {
    GOLD_SECOND_CHEAPEST,
    GOLD_SECOND_ACROSS,
    GOLD_SECOND_BACK,
    GOLD_SECOND_FEW
} gold_second_way;

/** What a graph is run for, see graph/run.h. */
typedef struct gold_run_plan {
    const gold_graph *graph; /* borrowed */
    size_t n;                /* samples at a time, at most */
    size_t d;                /* directions; 0: none */
    size_t m;                /* residuals; 0: none */
    size_t k;                /* which are sums of so many; 0: they are not */
    bool has_second;
    bool has_products;
    bool has_squares; /* of gradients of each sample */
    bool has_again;   /* tangents of one input, at several theta */
    bool has_packed;  /* samples stay for many products: they are packed, where
                         all that takes them can read them so */
    size_t n_bases;   /* blocks of samples whose values and deltas are kept; 0:
                         one */
    gold_second_way way;
} gold_run_plan;

/** Reals of all arrays of a run, and about those of each sample of many. */
size_t gold_graph_reals(const gold_run_plan *plan);
size_t gold_graph_sample_reals(const gold_run_plan *plan);

/** What a node is called in lists. */
const char *gold_node_name(const gold_node *node);

/** Positions of a channel. */
size_t gold_shape_positions(gold_shape shape);

#ifdef __cplusplus
}
#endif
#endif
