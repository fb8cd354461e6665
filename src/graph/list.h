/* SPDX-License-Identifier: MIT */
/** @file list.h What a list of operations stands for. In double's terms. */
#ifndef GOLD_GRAPH_LIST_H
#define GOLD_GRAPH_LIST_H

#include "graph/op.h"

enum {
    GOLDI_MOST_LISTED = 640, /* entries of a list, a known kind's too */
    GOLDI_GRAPH_ROOM = 257   /* nodes */
};

/** Room for the nodes of a graph, unless it is uncommonly long: sizes are asked
 * for at every point of a grid, where memory must not be lacking. */
typedef struct goldi_graph_room {
    gold_node nodes[GOLDI_GRAPH_ROOM];
} goldi_graph_room;

/** gold_graph_init with room for nodes, if not NULL. */
GOLD_CHECKED gold_status goldi_graph_init(gold_graph *graph,
                                          const gold_operations *list,
                                          gold_shape input,
                                          const gold_graph_words *words,
                                          gold_graph_fault *fault,
                                          goldi_graph_room *room);

/** Index of a kind. */
size_t goldi_op_kind(const gold_op *op);

/** A size, where it stands for one of the network's that one. */
size_t goldi_resolved(size_t size, const gold_graph_words *words);

/** Operations that entries [from, to) stand for. */
double goldi_operations_of(const gold_operations *list, size_t from, size_t to,
                           const gold_graph_words *words);

/** Refuse an entry whose output no node takes, unless it is the last. */
GOLD_CHECKED gold_status goldi_check_readers(const gold_graph *graph,
                                             const gold_operations *list,
                                             const gold_graph_words *words,
                                             gold_graph_fault *fault);

#endif
