/* SPDX-License-Identifier: MIT */
#include "curv/boundary.h"

#include <math.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "base/blocks.h"
#include "graph/run.h"
#include "linalg/product.h"

typedef struct work {
    const gold_boundary *boundary;
    const gold_batch *samples;
    gold_graph moved; /* with inputs that are pulled to; only of margins */
    gold_run run;
    size_t block;
    size_t *at;      /* [block] samples of the block */
    real *inputs;    /* (block, n_in) */
    double *squares; /* [block] */
    double *z;       /* [n_out] outputs over the temperature */
    double *p;       /* [n_out] */
    double *slope;   /* [n_out] of the loss */
} work;

/* Arrays for blocks of samples, of a plan without n. */
static gold_status prepare(work *w, gold_run_plan plan)
{
    const gold_network *network = w->boundary->network;
    const size_t k = network->n_out;

    plan.n = 1;
    w->block = gold_logit_samples(gold_graph_sample_reals(&plan), sizeof(real));
    plan.n = w->block;
    GOLD_TRY(FN(run_init)(&w->run, &plan));
    GOLD_TRY(GOLD_ALLOC(w->block, &w->at));
    GOLD_TRY(GOLD_ALLOC(w->block * network->n_in, &w->inputs));
    GOLD_TRY(GOLD_ALLOC(w->block, &w->squares));
    GOLD_TRY(GOLD_ALLOC(k, &w->z));
    GOLD_TRY(GOLD_ALLOC(k, &w->p));
    return GOLD_ALLOC(k, &w->slope);
}

static void clean_up(work *w)
{
    FN(run_fini)(&w->run);
    gold_free(w->moved.nodes);
    gold_free(w->at);
    gold_free(w->inputs);
    gold_free(w->squares);
    gold_free(w->z);
    gold_free(w->p);
    gold_free(w->slope);
}

/* Take samples from the `next`-th on into the block, of one label where there
 * is an order, and go forward; how many. */
static size_t take_block(work *w, const size_t *order, size_t next)
{
    const gold_batch *all = w->samples;
    const size_t n_in = w->boundary->network->n_in;
    size_t n = 0;

    for (; next < all->n && n < w->block; next++, n++) {
        const size_t i = order == NULL ? next : order[next];

        if (order != NULL && n > 0 && all->labels[i] != all->labels[w->at[0]]) {
            break;
        }
        w->at[n] = i;
        memcpy(w->inputs + n * n_in, all->inputs + i * n_in,
               n_in * sizeof(real));
    }
    w->run.plan.n = n;
    FN(run_forward)
    (&w->run, w->boundary->theta, w->boundary->input_scale, w->inputs);
    return n;
}

/* ---- Alignments ---------------------------------------------------------- */

static size_t largest_of(size_t k, const real *y)
{
    size_t top = 0;

    for (size_t c = 1; c < k; c++) {
        top = y[c] > y[top] ? c : top;
    }
    return top;
}

/* Slopes of the loss of what sample i of the block is taken for, the largest
 * of size 1, unless all are 0. */
static void reinforce(work *w, size_t i, gold_alignments *found)
{
    const gold_network *network = w->boundary->network;
    const size_t k = network->n_out;
    const real *y = FN(run_output)(&w->run).y + i * k;
    const gold_aim aim = {(uint8_t)largest_of(k, y), NULL};
    gold_softmax softmax = {.p = w->p};
    double size = 0.0;

    for (size_t c = 0; c < k; c++) {
        w->z[c] = (double)y[c] / w->boundary->temperature;
    }
    network->loss->predict(k, w->z, aim, &softmax);
    network->loss->slope(k, w->z, aim, &softmax, w->slope);
    for (size_t c = 0; c < k; c++) {
        size = fmax(size, fabs(w->slope[c]));
    }
    for (size_t c = 0; c < k && size > 0.0; c++) {
        w->slope[c] /= size;
    }
    found->classes[w->at[i]] = aim.label;
    found->confidence[w->at[i]] = 1.0 - softmax.rest;
}

/* Put the slopes of sample i where they are pulled from, and their products
 * with the tangents where cosines go. */
static void meet(work *w, size_t i, gold_alignments *found)
{
    const size_t k = w->boundary->network->n_out;
    const gold_place end = FN(run_output)(&w->run);

    reinforce(w, i, found);
    for (size_t c = 0; c < k; c++) {
        end.delta[i * k + c] = (real)w->slope[c];
    }
    for (size_t v = 0; v < found->n_vectors; v++) {
        const real *dz = end.dy + (i * found->n_vectors + v) * k;
        double sum = 0.0;

        for (size_t c = 0; c < k; c++) {
            sum += w->slope[c] * (double)dz[c];
        }
        found->cosines[v * w->samples->n + w->at[i]] = sum;
    }
}

/* Divide by the lengths of the gradients, which become what these are to be
 * multiplied by. */
static void divide(work *w, size_t i, gold_alignments *found)
{
    double *square = &w->squares[i];
    const double factor = !isfinite(*square) ? (double)NAN
                          : *square > 0.0    ? 1.0 / sqrt(*square)
                                             : 0.0;

    for (size_t v = 0; v < found->n_vectors; v++) {
        found->cosines[v * w->samples->n + w->at[i]] *= factor;
    }
    *square = factor;
    if (found->counts != NULL && factor > 0.0) {
        found->counts[w->samples->labels[w->at[i]]] += 1.0;
    }
}

static void align_block(work *w, gold_alignments *found)
{
    const size_t n = w->run.plan.n;

    if (found->n_vectors > 0) {
        FN(run_tangent)(&w->run, found->vectors);
    }
    for (size_t i = 0; i < n; i++) {
        meet(w, i, found);
    }
    if (found->n_vectors == 0 && found->sums == NULL) {
        return; /* predictions are all that is wanted */
    }
    FN(run_pull)(&w->run, false, NULL);
    FN(run_squares)(&w->run, w->squares);
    for (size_t i = 0; i < n; i++) {
        divide(w, i, found);
    }
    if (found->sums != NULL) {
        const size_t label = w->samples->labels[w->at[0]];

        FN(run_weigh)
        (&w->run, w->squares,
         found->sums + label * w->boundary->network->n_parameters);
    }
}

gold_status FN(boundary_align)(const gold_boundary *boundary,
                               const gold_batch *samples,
                               gold_alignments *found)
{
    gold_status status = GOLD_OK;
    work w = {.boundary = boundary, .samples = samples};

    GOLD_GOTO(prepare(&w, (gold_run_plan){.graph = &boundary->network->graph,
                                          .d = found->n_vectors,
                                          .m = 1,
                                          .has_squares = true}));
    for (size_t next = 0; next < samples->n; next += w.run.plan.n) {
        (void)take_block(&w, found->order, next);
        align_block(&w, found);
    }
    found->flops += w.run.flops;

done:
    clean_up(&w);
    return status;
}

/* ---- Margins ------------------------------------------------------------- */

/* The graph as if its input depended on parameters: so pulls end there. */
static gold_status move_inputs(const gold_graph *graph, gold_graph *moved)
{
    *moved = *graph;
    moved->nodes = NULL;
    GOLD_TRY(GOLD_ALLOC(graph->n_nodes, &moved->nodes));
    memcpy(moved->nodes, graph->nodes, graph->n_nodes * sizeof *graph->nodes);
    for (size_t q = 0; q < graph->n_nodes; q++) {
        moved->nodes[q].moves = true;
    }
    return GOLD_OK;
}

/* Residual c of a sample is the lead over class c. */
static void lead(const gold_run *run)
{
    const size_t k = run->plan.m;
    const gold_place end = FN(run_output)(run);

    for (size_t i = 0; i < run->plan.n; i++) {
        const size_t top = largest_of(k, end.y + i * k);

        for (size_t c = 0; c < k * k; c++) {
            end.delta[i * k * k + c] = R(0.0);
        }
        for (size_t c = 0; c < k; c++) {
            if (c != top) {
                end.delta[(i * k + c) * k + top] = R(1.0);
                end.delta[(i * k + c) * k + c] = R(-1.0);
            }
        }
    }
}

/* Of sample i of the block, whose leads are pulled to the inputs. */
static double margin_of(const gold_run *run, size_t i, size_t n_in)
{
    const size_t k = run->plan.m;
    const real *y = FN(run_output)(run).y + i * k;
    const real *slopes = run->places[0].delta + i * k * n_in;
    const size_t top = largest_of(k, y);
    double least = HUGE_VAL;

    for (size_t c = 0; c < k; c++) {
        const double length = FN(norm)(n_in, slopes + c * n_in);

        if (c != top && length > 0.0) {
            least = fmin(least, ((double)y[top] - (double)y[c]) / length);
        }
    }
    return least;
}

gold_status FN(boundary_margins)(const gold_boundary *boundary,
                                 const gold_batch *samples, double *margins,
                                 double *flops)
{
    gold_status status = GOLD_OK;
    const gold_network *network = boundary->network;
    work w = {.boundary = boundary, .samples = samples};

    GOLD_GOTO(move_inputs(&network->graph, &w.moved));
    GOLD_GOTO(
        prepare(&w, (gold_run_plan){.graph = &w.moved, .m = network->n_out}));
    for (size_t next = 0; next < samples->n; next += w.run.plan.n) {
        const size_t n = take_block(&w, NULL, next);

        lead(&w.run);
        FN(run_pull)(&w.run, false, NULL);
        for (size_t i = 0; i < n; i++) {
            margins[w.at[i]] = margin_of(&w.run, i, network->n_in);
        }
    }
    *flops += w.run.flops;

done:
    clean_up(&w);
    return status;
}
