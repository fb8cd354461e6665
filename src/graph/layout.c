/* SPDX-License-Identifier: MIT */
/* The arrays of a run. */
#include <math.h>

#include "goldilocks/memory.h"

#include "graph/run_nodes.h"

/* The next `count` reals of the first base; counted only while there is no
 * arena. */
static real *take_base(gold_run *run, size_t *used, size_t count)
{
    real *at = run->arena == NULL ? NULL : run->arena + *used;

    *used += count;
    return at;
}

/* The same behind all bases. */
static real *take(gold_run *run, size_t count)
{
    real *at =
        run->arena == NULL
            ? NULL
            : run->arena + run->plan.n_bases * run->base_reals + run->used;

    run->used += count;
    return at;
}

/* Does an operation take the input as it is, past views? */
static bool takes_input(const gold_run *run, size_t q)
{
    const gold_node *node = node_at(run, q);
    bool takes = false;

    for (size_t k = 0; op_at(run, q)->forward != NULL && k < node->n_inputs;
         k++) {
        size_t p = node->inputs[k];

        while (p > 0 && op_at(run, p)->forward == NULL) {
            p = node_at(run, p)->inputs[0];
        }
        takes = takes || p == 0;
    }
    return takes;
}

/* Can all that takes the samples take them packed? */
static bool packs(const gold_run *run)
{
    bool can = run->plan.has_packed;

    for (size_t q = 1; can && q <= last(run); q++) {
        can = !takes_input(run, q) || op_at(run, q)->takes_packed;
    }
    return can;
}

static void place_node(gold_run *run, size_t q, size_t *used, gold_place *place)
{
    const gold_run_plan *plan = &run->plan;
    const gold_node *node = node_at(run, q);
    const size_t size = plan->n * gold_shape_units(node->y);

    if (q > 0 || !run->is_packed) {
        place->room = take_base(run, used, size);
    }
    place->y = place->room;
    if (node->moves) {
        place->dy = take(run, plan->d * size);
        place->delta = take_base(run, used, n_common(plan) * size);
        place->ddelta = take(run, plan->has_products ? plan->d * size : 0);
    }
}

/* How often nodes take the values of node p. */
static size_t times_taken(const gold_graph *graph, size_t p)
{
    size_t count = 0;

    for (size_t q = p + 1; q < graph->n_nodes; q++) {
        for (size_t k = 0; k < graph->nodes[q].n_inputs; k++) {
            count += graph->nodes[q].inputs[k] == p ? 1 : 0;
        }
    }
    return count;
}

/* May node q, which is not a view, work on the arrays of its input? That must
 * have been made for it alone, by one that does not read them again; and what
 * bends reads its input, and its delta, later. The client reads those of the
 * output, and tangents straight from inputs are wanted again. */
static bool is_in_place(const gold_run *run, size_t q)
{
    const gold_run_plan *plan = &run->plan;
    const gold_node *node = node_at(run, q);
    const size_t p = node->inputs[0];

    return op_at(run, q)->is_in_place && q != last(run) && works(run, p) &&
           !node_at(run, p)->is_norm &&
           !(node->bends && (plan->has_second || plan->has_products)) &&
           !(plan->has_again && !has_moving_input(run, p)) &&
           times_taken(plan->graph, p) == 1;
}

/* The node whose arrays node q has. */
static size_t owner_of(const gold_run *run, size_t q)
{
    while (q > 0 && (op_at(run, q)->forward == NULL || is_in_place(run, q))) {
        q = node_at(run, q)->inputs[0];
    }
    return q;
}

/* Who pulls first, in the order of pulls, to each node's delta. */
static void find_first(gold_run *run)
{
    run->places[run->places[last(run)].owner].is_taken = true;
    for (size_t q = last(run); q > 0; q--) {
        gold_place *place = &run->places[q];

        place->is_left = !run->places[place->owner].is_taken;
        for (size_t k = 0; works(run, q) && k < node_at(run, q)->n_inputs;
             k++) {
            const size_t owner = run->places[node_at(run, q)->inputs[k]].owner;

            place->adds[k] = run->places[owner].is_taken;
            run->places[owner].is_taken = true;
        }
    }
}

static size_t larger(size_t x, size_t y)
{
    return x > y ? x : y;
}

static size_t room_of(const gold_run *run, size_t q)
{
    const gold_op *op = op_at(run, q);

    return op->room == NULL ? node_at(run, q)->n_scratch
                            : op->room(node_at(run, q), &run->plan);
}

/* Arrays of all nodes together. */
static void place_shared(gold_run *run)
{
    const gold_run_plan *plan = &run->plan;
    size_t scratch = 0;
    size_t mixed = 0; /* units of nodes whose gradient is wanted */
    size_t bent[GOLD_MOST_INPUTS + 1] = {0}; /* and of y, of bending ones */

    for (size_t q = 0; q < plan->graph->n_nodes; q++) {
        const gold_node *node = node_at(run, q);
        const size_t units = gold_shape_units(node->y);
        const bool is_bent =
            plan->has_second && node->bends && op_at(run, q)->second == NULL;

        scratch = larger(scratch, room_of(run, q));
        mixed = plan->k > 0 && node->n_parameters > 0 ? larger(mixed, units)
                                                      : mixed;
        for (size_t k = 0; is_bent && k < node->n_inputs; k++) {
            bent[k] = larger(bent[k], gold_shape_units(node->x[k]));
        }
        bent[GOLD_MOST_INPUTS] =
            larger(bent[GOLD_MOST_INPUTS], is_bent ? units : 0);
    }
    for (size_t k = 0; k < GOLD_MOST_INPUTS; k++) {
        run->bent[k] = take(run, plan->n * plan->d * bent[k]);
    }
    run->residual = take(run, plan->n * bent[GOLD_MOST_INPUTS]);
    run->gram = take(run, plan->d * plan->d);
    run->mix = take(run, plan->n * plan->m * plan->k);
    run->each = take(run, plan->n * plan->m * mixed);
    run->scratch = take(run, scratch);
}

/* Called twice: to count, and to place. */
static void lay_out(gold_run *run)
{
    enum {
        STEP = 16 /* reals: bases begin at lines of the cache */
    };
    const gold_run_plan *plan = &run->plan;
    size_t used = 0;

    run->used = 0;
    for (size_t q = 0; q < plan->graph->n_nodes; q++) {
        const size_t owner = owner_of(run, q);
        gold_place place = {.owner = owner};

        if (owner == q) {
            place_node(run, q, &used, &place);
        } else if (run->places != NULL) {
            place = run->places[owner];
        }
        place.kept = take_base(run, &used, plan->n * node_at(run, q)->n_kept);
        if (plan->has_second || plan->has_products) {
            place.bent =
                take_base(run, &used, plan->n * node_at(run, q)->n_bent);
        }
        if (run->places != NULL) {
            run->places[q] = place;
        }
    }
    place_shared(run);
    run->base_reals = (used + STEP - 1) / STEP * STEP;
}

/* Without its arrays, but with how long they are. */
static gold_run measured(const gold_run_plan *plan)
{
    gold_run run = {.plan = *plan};

    run.plan.n_bases = larger(plan->n_bases, 1);
    run.is_packed = packs(&run);
    lay_out(&run);
    return run;
}

size_t FN(run_reals)(const gold_run_plan *plan)
{
    const gold_run run = measured(plan);
    const double packed =
        run.is_packed
            ? FN(panels_bytes)(plan->n, gold_shape_units(node_at(&run, 0)->y))
            : 0.0;

    return run.plan.n_bases *
               (run.base_reals + (size_t)(packed / (double)sizeof(real))) +
           run.used;
}

static gold_status get_bases(gold_run *run)
{
    const size_t units = gold_shape_units(node_at(run, 0)->y);

    GOLD_TRY(GOLD_ALLOC(run->plan.n_bases, &run->bases));
    for (size_t b = 0; run->is_packed && b < run->plan.n_bases; b++) {
        GOLD_TRY(FN(panels_init)(&run->bases[b].packed, run->plan.n, units));
    }
    return GOLD_OK;
}

gold_status FN(run_init)(gold_run *run, const gold_run_plan *plan)
{
    *run = measured(plan);
    const size_t size = run->plan.n_bases * run->base_reals + run->used;

    GOLD_TRY(GOLD_ALLOC(size, &run->arena));
    GOLD_TRY(GOLD_ALLOC(plan->graph->n_nodes, &run->places));
    GOLD_TRY(GOLD_ALLOC(plan->graph->n_nodes, &run->moves));
    GOLD_TRY(get_bases(run));
#ifndef NDEBUG
    for (size_t i = 0; i < size; i++) {
        run->arena[i] = (real)NAN; /* nobody may count on what lies there */
    }
#endif
    lay_out(run);
    find_first(run);
    return GOLD_OK;
}

void FN(run_fini)(gold_run *run)
{
    for (size_t b = 0; run->bases != NULL && b < run->plan.n_bases; b++) {
        FN(panels_fini)(&run->bases[b].packed);
    }
    gold_free(run->bases);
    gold_free(run->arena);
    gold_free(run->places);
    for (size_t q = 0; run->moves != NULL && q < run->plan.graph->n_nodes;
         q++) {
        gold_free(run->moves[q].uses);
    }
    gold_free(run->moves);
    *run = (gold_run){0};
}
