/* SPDX-License-Identifier: MIT */
#include "graph/run.h"

#include <math.h>
#include <string.h>

#include "goldilocks/memory.h"

static const gold_node *node_at(const gold_run *run, size_t q)
{
    return &run->plan.graph->nodes[q];
}

static const gold_op *op_at(const gold_run *run, size_t q)
{
    return FN(ops)[node_at(run, q)->kind];
}

static size_t last(const gold_run *run)
{
    return run->plan.graph->n_nodes - 1;
}

/* Does a pull come here? A view has no work of its own. */
static bool works(const gold_run *run, size_t q)
{
    return node_at(run, q)->moves && op_at(run, q)->forward != NULL;
}

/* The next `count` reals of the arena; counted only while there is none. */
static real *take(gold_run *run, size_t count)
{
    real *at = run->arena == NULL ? NULL : run->arena + run->used;

    run->used += count;
    return at;
}

static void place_node(gold_run *run, size_t q, gold_place *place)
{
    const gold_run_plan *plan = &run->plan;
    const gold_node *node = node_at(run, q);
    const size_t size = plan->n * gold_shape_units(node->y);

    place->room = take(run, size);
    place->y = place->room;
    if (node->moves) {
        place->dy = take(run, plan->d * size);
        place->delta = take(run, plan->m * size);
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
 * output. */
static bool is_in_place(const gold_run *run, size_t q)
{
    const gold_run_plan *plan = &run->plan;
    const gold_node *node = node_at(run, q);
    const size_t p = node->inputs[0];

    return op_at(run, q)->is_in_place && q != last(run) && works(run, p) &&
           !node_at(run, p)->is_norm &&
           !(node->bends && (plan->has_second || plan->has_products)) &&
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

/* Called twice: to count, and to place. */
static void lay_out(gold_run *run)
{
    const gold_run_plan *plan = &run->plan;
    const gold_graph *graph = plan->graph;
    const size_t widest = plan->n * plan->d * graph->most_units;
    size_t scratch = 0;

    run->used = 0;
    for (size_t q = 0; q < graph->n_nodes; q++) {
        const gold_node *node = node_at(run, q);
        const size_t owner = owner_of(run, q);
        gold_place place = {.owner = owner};

        scratch = node->n_scratch > scratch ? node->n_scratch : scratch;
        if (owner == q) {
            place_node(run, q, &place);
        } else if (run->places != NULL) {
            place = run->places[owner];
        }
        place.kept = take(run, plan->n * node->n_kept);
        if (run->places != NULL) {
            run->places[q] = place;
        }
    }
    for (size_t k = 0; k < GOLD_MOST_INPUTS; k++) {
        run->bent[k] = take(run, plan->has_second ? widest : 0);
    }
    run->products = take(run, plan->has_second ? widest : 0);
    run->gram = take(run, plan->has_second ? plan->d * plan->d : 0);
    run->scratch = take(run, scratch);
}

size_t FN(run_reals)(const gold_run_plan *plan)
{
    gold_run run = {.plan = *plan};

    lay_out(&run);
    return run.used;
}

gold_status FN(run_init)(gold_run *run, const gold_run_plan *plan)
{
    *run = (gold_run){.plan = *plan};
    lay_out(run);
    GOLD_TRY(GOLD_ALLOC(run->used, &run->arena));
    GOLD_TRY(GOLD_ALLOC(plan->graph->n_nodes, &run->places));
#ifndef NDEBUG
    for (size_t i = 0; i < run->used; i++) {
        run->arena[i] = (real)NAN; /* nobody may count on what lies there */
    }
#endif
    lay_out(run);
    find_first(run);
    return GOLD_OK;
}

void FN(run_fini)(gold_run *run)
{
    gold_free(run->arena);
    gold_free(run->places);
    *run = (gold_run){0};
}

gold_place FN(run_output)(const gold_run *run)
{
    return run->places[last(run)];
}

static gold_site site_at(const gold_run *run, size_t q)
{
    const gold_node *node = node_at(run, q);
    gold_site s = {.node = node,
                   .n = run->plan.n,
                   .in = gold_shape_units(node->x[0]),
                   .out = gold_shape_units(node->y),
                   .step = run->plan.graph->n_parameters,
                   .w = run->theta + node->first,
                   .y = run->places[q].room,
                   .kept = run->places[q].kept,
                   .scratch = run->scratch,
                   .products = run->products,
                   .gram = run->gram};

    for (size_t k = 0; k < node->n_inputs; k++) {
        s.x[k] = run->places[node->inputs[k]].y;
    }
    return s;
}

static gold_motion motion_at(const gold_run *run, size_t q, const real *v)
{
    const gold_node *node = node_at(run, q);
    gold_motion by = {.d = run->plan.d, .v = v + node->first, .scale = 1.0};

    for (size_t k = 0; k < node->n_inputs; k++) {
        by.dx[k] = run->places[node->inputs[k]].dy;
    }
    return by;
}

/* Where node q pulls: deltas or their tangents, of so many vectors. What is to
 * be replaced by one that always adds is made 0, as is what it pulls if nobody
 * pulls there. */
static gold_pulled pulled_at(const gold_run *run, size_t q, bool is_tangent,
                             bool adds, real *gradients)
{
    const gold_node *node = node_at(run, q);
    const gold_place *own = &run->places[q];
    const size_t vectors =
        run->plan.n * (is_tangent ? run->plan.d : run->plan.m);
    gold_pulled to = {.w = gradients == NULL ? NULL : gradients + node->first,
                      .adds_w = adds};

    if (own->is_left) {
        memset(is_tangent ? own->ddelta : own->delta, 0,
               vectors * gold_shape_units(node->y) * sizeof(real));
    }
    for (size_t k = 0; k < node->n_inputs; k++) {
        const gold_place *place = &run->places[node->inputs[k]];

        to.x[k] = is_tangent ? place->ddelta : place->delta;
        to.adds[k] = own->adds[k];
        if (to.x[k] != NULL && !op_at(run, q)->replaces && !own->adds[k]) {
            memset(to.x[k], 0,
                   vectors * gold_shape_units(node->x[k]) * sizeof(real));
        }
    }
    return to;
}

void FN(run_forward)(gold_run *run, const real *theta, double scale,
                     const real *inputs)
{
    const size_t size = run->plan.n * gold_shape_units(node_at(run, 0)->y);
    const bool is_plain = !(scale < 1.0 || scale > 1.0);

    run->theta = theta;
    for (size_t i = 0; i < size && !is_plain; i++) {
        run->places[0].room[i] = (real)(scale * (double)inputs[i]);
    }
    for (size_t q = 0; q <= last(run); q++) {
        gold_place *place = &run->places[q];

        if (place->owner == 0) {
            place->y = is_plain ? inputs : place->room;
        }
    }
    for (size_t q = 1; q <= last(run); q++) {
        const gold_site s = site_at(run, q);

        if (op_at(run, q)->forward != NULL) {
            op_at(run, q)->forward(&s);
        }
    }
}

void FN(run_tangent)(gold_run *run, const real *v)
{
    for (size_t q = 1; q <= last(run); q++) {
        const gold_motion by = motion_at(run, q, v);
        gold_site s = site_at(run, q);

        if (!works(run, q)) {
            continue;
        }
        if (op_at(run, q)->tangent != NULL) {
            op_at(run, q)->tangent(&s, &by, run->places[q].dy);
            continue;
        }
        memcpy(s.x, by.dx, sizeof s.x);
        s.y = run->places[q].dy;
        s.n *= by.d;
        op_at(run, q)->forward(&s);
    }
}

void FN(run_pull)(gold_run *run, bool adds, real *gradients)
{
    for (size_t q = last(run); q > 0; q--) {
        if (works(run, q)) {
            const gold_site s = site_at(run, q);
            const gold_pulled to = pulled_at(run, q, false, adds, gradients);

            op_at(run, q)->pull(&s, run->plan.m, run->places[q].delta, &to);
        }
    }
}

/* `second` of a kind that has none: bend_i times dx_j. */
static void second_by_bend(gold_run *run, size_t q, const gold_motion *by,
                           double *sums)
{
    const gold_site s = site_at(run, q);
    const size_t d = by->d;
    const size_t m = run->plan.m;
    gold_pulled to = {.w = NULL};

    for (size_t r = 0; r < m; r++) {
        /* the residual alone */
        for (size_t i = 0; i < s.n; i++) {
            memcpy(run->products + i * s.out,
                   run->places[q].delta + (i * m + r) * s.out,
                   s.out * sizeof *s.y);
        }
        for (size_t k = 0; k < s.node->n_inputs; k++) {
            to.x[k] = by->dx[k] == NULL ? NULL : run->bent[k];
            memset(run->bent[k], 0,
                   s.n * d * gold_shape_units(s.node->x[k]) * sizeof *s.y);
        }
        op_at(run, q)->bend(&s, by, run->products, &to);
        for (size_t k = 0; k < s.node->n_inputs; k++) {
            FN(add_gram)
            (to.x[k] == NULL ? 0 : s.n, d, gold_shape_units(s.node->x[k]),
             to.x[k], by->dx[k], false, run->gram, sums + r * d * d);
        }
    }
}

void FN(run_second)(gold_run *run, const real *v, double *sums)
{
    const size_t d2 = run->plan.d * run->plan.d;

    for (size_t q = 1; q <= last(run); q++) {
        const gold_site s = site_at(run, q);
        const gold_motion by = motion_at(run, q, v);

        if (s.node->bends && op_at(run, q)->second == NULL) {
            second_by_bend(run, q, &by, sums);
        }
        for (size_t r = 0;
             s.node->bends && op_at(run, q)->second != NULL && r < run->plan.m;
             r++) {
            op_at(run, q)->second(&s, &by, run->plan.m, r, run->places[q].delta,
                                  sums + r * d2);
        }
    }
}

void FN(run_product)(gold_run *run, const real *v, double scale, bool adds,
                     real *products)
{
    GOLD_ASSERT(run->plan.m == 1 || scale <= 0.0);
    for (size_t q = last(run); q > 0; q--) {
        if (!works(run, q)) {
            continue;
        }
        const gold_site s = site_at(run, q);
        const gold_pulled to = pulled_at(run, q, true, adds, products);
        gold_motion by = motion_at(run, q, v);

        by.scale = scale;
        op_at(run, q)->pull(&s, run->plan.d, run->places[q].ddelta, &to);
        if (s.node->bends && scale > 0.0) {
            op_at(run, q)->bend(&s, &by, run->places[q].delta, &to);
        }
    }
}
