/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "graph/run.h"
#include "graph/run_nodes.h"
#include "linalg/product.h"

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
                   .packed = &run->bases[run->base].packed,
                   .y = run->places[q].room,
                   .kept = run->places[q].kept,
                   .bent = run->places[q].bent,
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
    gold_motion by = {.d = run->plan.d,
                      .moves = moves_at(run, q, v),
                      .scale = 1.0,
                      .way = run->plan.way};

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

/* Values of the input, and of views of it. */
static void set_inputs(gold_run *run, const real *y)
{
    for (size_t q = 0; q <= last(run); q++) {
        if (run->places[q].owner == 0) {
            run->places[q].y = y;
        }
    }
}

/* An array of a base, in another one. */
static real *shifted(real *at, ptrdiff_t by)
{
    return at == NULL ? NULL : at + by;
}

void FN(run_turn)(gold_run *run, size_t b)
{
    const ptrdiff_t by =
        ((ptrdiff_t)b - (ptrdiff_t)run->base) * (ptrdiff_t)run->base_reals;

    GOLD_ASSERT(b < run->plan.n_bases);
    for (size_t q = 0; q <= last(run); q++) {
        gold_place *place = &run->places[q];

        place->room = shifted(place->room, by);
        place->kept = shifted(place->kept, by);
        place->bent = shifted(place->bent, by);
        place->delta = shifted(place->delta, by);
        place->y = place->room;
    }
    run->base = b;
    set_inputs(run, run->bases[b].inputs);
}

void FN(run_pack)(gold_run *run, double scale, const real *inputs,
                  const size_t *order)
{
    FN(panels_fill)
    (&run->bases[run->base].packed, run->plan.n, scale, inputs, order);
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
    if (inputs != NULL) {
        run->bases[run->base].inputs = is_plain ? inputs : run->places[0].room;
        set_inputs(run, run->bases[run->base].inputs);
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

void FN(run_squares)(gold_run *run, double *squares)
{
    memset(squares, 0, run->plan.n * run->plan.m * sizeof *squares);
    for (size_t q = last(run); q > 0; q--) {
        if (node_at(run, q)->n_parameters > 0) {
            const gold_site s = site_at(run, q);

            op_at(run, q)->squares(&s, run->plan.m, run->places[q].delta,
                                   squares);
        }
    }
}

void FN(run_weigh)(gold_run *run, const double *factors, real *gradients)
{
    const size_t m = run->plan.m;

    for (size_t q = last(run); q > 0; q--) {
        const gold_site s = site_at(run, q);
        real *delta = run->places[q].delta;

        if (s.node->n_parameters == 0) {
            continue;
        }
        for (size_t i = 0; i < s.n * m * s.out; i++) {
            delta[i] = (real)(factors[i / s.out] * (double)delta[i]);
        }
        op_at(run, q)->pull(
            &s, m, delta,
            &(gold_pulled){.w = gradients + s.node->first,
                           .step = run->plan.graph->n_parameters,
                           .adds_w = true});
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
