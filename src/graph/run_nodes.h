/* SPDX-License-Identifier: MIT */
/** @file run_nodes.h What layout and drivers of a run ask of a node. Typed. */
#ifndef GOLD_GRAPH_RUN_NODES_H
#define GOLD_GRAPH_RUN_NODES_H

#include "graph/run.h"

static inline const gold_node *node_at(const gold_run *run, size_t q)
{
    return &run->plan.graph->nodes[q];
}

static inline const gold_op *op_at(const gold_run *run, size_t q)
{
    return FN(ops)[node_at(run, q)->kind];
}

static inline size_t last(const gold_run *run)
{
    return run->plan.graph->n_nodes - 1;
}

/* Does a pull come here? A view has no work of its own. */
static inline bool works(const gold_run *run, size_t q)
{
    return node_at(run, q)->moves && op_at(run, q)->forward != NULL;
}

/* Deltas of a node. */
static inline size_t n_common(const gold_run_plan *plan)
{
    return plan->k > 0 ? plan->k : plan->m;
}

/* Does an input of node q depend on parameters? */
static inline bool has_moving_input(const gold_run *run, size_t q)
{
    const gold_node *node = node_at(run, q);
    bool moves = false;

    for (size_t k = 0; k < node->n_inputs; k++) {
        moves = moves || node_at(run, node->inputs[k])->moves;
    }
    return moves;
}

#endif
