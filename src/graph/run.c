/* SPDX-License-Identifier: MIT */
#include "graph/run.h"

#include <math.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "linalg/product.h"

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

/* Deltas of a node. */
static size_t n_common(const gold_run_plan *plan)
{
    return plan->k > 0 ? plan->k : plan->m;
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
        place->delta = take(run, n_common(plan) * size);
        place->ddelta = take(run, plan->has_products ? plan->d * size : 0);
    }
}

/* Does an input of node q depend on parameters? */
static bool has_moving_input(const gold_run *run, size_t q)
{
    const gold_node *node = node_at(run, q);
    bool moves = false;

    for (size_t k = 0; k < node->n_inputs; k++) {
        moves = moves || node_at(run, node->inputs[k])->moves;
    }
    return moves;
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
    const gold_run_plan *plan = &run->plan;

    run->used = 0;
    for (size_t q = 0; q < plan->graph->n_nodes; q++) {
        const size_t owner = owner_of(run, q);
        gold_place place = {.owner = owner};

        if (owner == q) {
            place_node(run, q, &place);
        } else if (run->places != NULL) {
            place = run->places[owner];
        }
        place.kept = take(run, plan->n * node_at(run, q)->n_kept);
        if (run->places != NULL) {
            run->places[q] = place;
        }
    }
    place_shared(run);
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
    GOLD_TRY(GOLD_ALLOC(plan->graph->n_nodes, &run->moves));
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
    gold_free(run->moves);
    *run = (gold_run){0};
}

gold_place FN(run_output)(const gold_run *run)
{
    return run->places[last(run)];
}

static gold_site site_at(gold_run *run, size_t q)
{
    const gold_node *node = node_at(run, q);
    gold_site s = {.node = node,
                   .n = run->plan.n,
                   .in = gold_shape_units(node->x[0]),
                   .out = gold_shape_units(node->y),
                   .w = run->theta + node->first,
                   .y = run->places[q].room,
                   .kept = run->places[q].kept,
                   .scratch = run->scratch,
                   .flops = &run->flops};

    for (size_t k = 0; k < node->n_inputs; k++) {
        s.x[k] = run->places[node->inputs[k]].y;
    }
    return s;
}

/* What rows v of all parameters are in a node's. */
static gold_moves moves_at(const gold_run *run, size_t q, const real *v)
{
    const gold_node *node = node_at(run, q);
    const size_t step = run->plan.graph->n_parameters;
    const size_t weights = node->fan_out * node->fan_in;

    if (v == NULL) {
        return run->moves[q];
    }
    if (node->n_parameters == 0) {
        return (gold_moves){.w = NULL};
    }
    return (gold_moves){
        .w = v + node->first,
        .step = step,
        .b = node->n_parameters > weights ? v + node->first + weights : NULL,
        .b_step = step};
}

static gold_motion motion_at(const gold_run *run, size_t q, const real *v)
{
    const gold_node *node = node_at(run, q);
    gold_motion by = {
        .d = run->plan.d, .moves = moves_at(run, q, v), .scale = 1.0};

    for (size_t k = 0; k < node->n_inputs; k++) {
        const gold_place *place = &run->places[node->inputs[k]];

        by.dx[k] = place->is_moved ? place->dy : NULL;
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
        run->plan.n * (is_tangent ? run->plan.d : n_common(&run->plan));
    gold_pulled to = {.w = gradients == NULL ? NULL : gradients + node->first,
                      .step = run->plan.graph->n_parameters,
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
    for (size_t i = 0; inputs != NULL && i < size && !is_plain; i++) {
        run->places[0].room[i] = (real)(scale * (double)inputs[i]);
    }
    for (size_t q = 0; inputs != NULL && q <= last(run); q++) {
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

/* dy of node q, if directions move it. */
static void move_node(gold_run *run, size_t q, const real *v)
{
    const gold_motion by = motion_at(run, q, v);
    gold_place *place = &run->places[q];
    gold_site s = site_at(run, q);

    place->is_moved = gold_has_moves(&by.moves);
    for (size_t k = 0; k < s.node->n_inputs; k++) {
        place->is_moved = place->is_moved || by.dx[k] != NULL;
    }
    if (!place->is_moved || !works(run, q)) {
        return;
    }
    if (op_at(run, q)->tangent != NULL) {
        op_at(run, q)->tangent(&s, &by, place->dy);
        return;
    }
    memcpy(s.x, by.dx, sizeof s.x);
    s.y = place->dy;
    s.n *= by.d;
    op_at(run, q)->forward(&s);
}

void FN(run_tangent)(gold_run *run, const real *v)
{
    for (size_t q = 1; q <= last(run); q++) {
        move_node(run, q, v);
    }
}

void FN(run_tangent_again)(gold_run *run, const real *v)
{
    for (size_t q = 1; q <= last(run); q++) {
        if (has_moving_input(run, q)) {
            move_node(run, q, v);
        }
    }
}

/* Every residual at node q, from those that they are sums of. */
static const real *mix_at(gold_run *run, size_t q)
{
    const size_t m = run->plan.m;
    const size_t k = run->plan.k;
    const size_t units = gold_shape_units(node_at(run, q)->y);
    const real *common = run->places[q].delta;

    if (k == 0 || node_at(run, q)->n_parameters == 0) {
        return common;
    }
    for (size_t i = 0; i < run->plan.n; i++) {
        FN(product)
        (m, units, k, 1.0, (FN(matrix)){run->mix + i * k, run->plan.n * k},
         (FN(matrix)){common + i * k * units, units}, 0.0,
         run->each + i * m * units, units);
    }
    run->flops += 2.0 * (double)(run->plan.n * m) * (double)(k * units);
    return run->each;
}

/* What residuals are at node q. */
static gold_deltas deltas_at(gold_run *run, size_t q)
{
    const gold_run_plan *plan = &run->plan;

    return (gold_deltas){
        .m = plan->m,
        .each = mix_at(run, q),
        .k = n_common(plan),
        .common = run->places[q].delta,
        .mix = {plan->k > 0 ? run->mix : NULL, plan->n * plan->k},
    };
}

/* Down from node q, and its gradients. */
static void pull_node(gold_run *run, size_t q, const gold_deltas *deltas,
                      bool adds, real *gradients)
{
    const gold_site s = site_at(run, q);
    const gold_op *op = op_at(run, q);
    gold_pulled to = pulled_at(run, q, false, adds, gradients);

    if (deltas->mix.entries != NULL && to.w != NULL &&
        s.node->n_parameters > 0) {
        op->pull(&s, deltas->m, deltas->each,
                 &(gold_pulled){.w = to.w, .step = to.step, .adds_w = adds});
        to.w = NULL;
    }
    op->pull(&s, deltas->k, deltas->common, &to);
}

void FN(run_pull)(gold_run *run, bool adds, real *gradients)
{
    for (size_t q = last(run); q > 0; q--) {
        if (works(run, q)) {
            const gold_deltas deltas = deltas_at(run, q);

            pull_node(run, q, &deltas, adds, gradients);
        }
    }
}

/* sums (m, d, d) += a' b of each sample, a and b (n, d, length), for residual c
 * of those that they have in common. */
static void add_gram(gold_run *run, const gold_deltas *deltas, size_t c,
                     size_t length, const real *a, const real *b, double *sums)
{
    const size_t d = run->plan.d;

    for (size_t q = 0; q < run->plan.n; q++) {
        FN(product_nt)
        (d, d, length, 1.0, (FN(matrix)){a + q * d * length, length},
         (FN(matrix)){b + q * d * length, length}, 0.0, run->gram, d);
        for (size_t r = 0; r < deltas->m; r++) {
            const real *mix = deltas->mix.entries;
            const double share =
                mix != NULL
                    ? (double)mix[r * deltas->mix.ld + q * deltas->k + c]
                : r == c ? 1.0
                         : 0.0;

            for (size_t ij = 0; (mix != NULL || r == c) && ij < d * d; ij++) {
                sums[r * d * d + ij] += share * (double)run->gram[ij];
            }
        }
    }
    run->flops += 2.0 * (double)(run->plan.n * d) * (double)d * (double)length;
}

/* `second` of a kind that has none: bend_i times dx_j. */
static void second_by_bend(gold_run *run, size_t q, const gold_motion *by,
                           const gold_deltas *deltas, double *sums)
{
    const gold_site s = site_at(run, q);
    const size_t k = deltas->k;
    gold_pulled to = {.w = NULL};

    for (size_t c = 0; c < k; c++) {
        for (size_t i = 0; i < s.n; i++) { /* this one alone */
            memcpy(run->residual + i * s.out,
                   deltas->common + (i * k + c) * s.out, s.out * sizeof *s.y);
        }
        for (size_t x = 0; x < s.node->n_inputs; x++) {
            to.x[x] = by->dx[x] == NULL ? NULL : run->bent[x];
            memset(run->bent[x], 0,
                   s.n * by->d * gold_shape_units(s.node->x[x]) * sizeof *s.y);
        }
        op_at(run, q)->bend(&s, by, run->residual, &to);
        for (size_t x = 0; x < s.node->n_inputs; x++) {
            if (to.x[x] != NULL) {
                add_gram(run, deltas, c, gold_shape_units(s.node->x[x]),
                         to.x[x], by->dx[x], sums);
            }
        }
    }
}

void FN(run_second)(gold_run *run, const real *v, real *gradients, double *sums)
{
    for (size_t q = last(run); q > 0; q--) {
        if (!works(run, q)) {
            continue;
        }
        const gold_deltas deltas = deltas_at(run, q);
        const gold_motion by = motion_at(run, q, v);
        const gold_site s = site_at(run, q);

        pull_node(run, q, &deltas, true, gradients);
        if (!s.node->bends || !run->places[q].is_moved) {
            continue;
        }
        if (op_at(run, q)->second == NULL) {
            second_by_bend(run, q, &by, &deltas, sums);
        } else {
            op_at(run, q)->second(&s, &by, &deltas, sums);
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
