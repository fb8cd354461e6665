/* SPDX-License-Identifier: MIT */
/* Lines of networks that are graphs: drivers in a row. */
#include <string.h>

#include "curv/line_work.h"
#include "linalg/product.h"

static gold_run_plan plan_of(const FN(work) * work, size_t n)
{
    return (gold_run_plan){.graph = &work->network->graph,
                           .n = n,
                           .d = work->d,
                           .m = work->most,
                           .has_second = work->d > 0};
}

size_t FN(graph_block_size)(const FN(work) * work)
{
    const gold_graph *graph = &work->network->graph;
    const gold_run_plan one = plan_of(work, 1);
    const bool is_image = gold_shape_positions(graph->nodes[0].y) > 1;

    return gold_graph_samples(FN(run_reals)(&one) +
                                  work->d * work->network->n_out,
                              sizeof(real), is_image, work->line->train.n);
}

/* All directions as rows of all parameters. */
static gold_status unpack_directions(FN(work) * work)
{
    gold_status status = GOLD_OK;
    const size_t n = work->network->n_parameters;
    double *row = NULL;

    GOLD_GOTO(GOLD_ALLOC(n, &row));
    GOLD_GOTO(GOLD_ALLOC(work->d * n, &work->graph.v));
    for (size_t v = 0; v < work->d; v++) {
        FN(direction_unpack)(work->line->directions, work->network, v, row);
        for (size_t i = 0; i < n; i++) {
            work->graph.v[v * n + i] = (real)row[i];
        }
    }

done:
    gold_free(row);
    return status;
}

gold_status FN(graph_allocate)(FN(work) * work)
{
    const gold_run_plan plan = plan_of(work, work->block);
    const size_t d = work->d;
    const size_t k = work->network->n_out;

    GOLD_TRY(FN(run_init)(&work->graph.run, &plan));
    GOLD_TRY(GOLD_ALLOC(work->network->n_parameters, &work->graph.theta));
    GOLD_TRY(GOLD_ALLOC(k * work->block, &work->graph.outputs));
    GOLD_TRY(GOLD_ALLOC(5 * k, &work->graph.numbers));
    if (d == 0) {
        return GOLD_OK;
    }
    GOLD_TRY(GOLD_ALLOC(work->most * d * d, &work->graph.sums));
    GOLD_TRY(GOLD_ALLOC(d * k * work->block, &work->factor_rows));
    GOLD_TRY(GOLD_ALLOC(d * d, &work->small));
    return unpack_directions(work);
}

void FN(graph_free)(gold_graph_work *graph)
{
    FN(run_fini)(&graph->run);
    gold_free(graph->theta);
    gold_free(graph->v);
    gold_free(graph->outputs);
    gold_free(graph->numbers);
    gold_free(graph->sums);
}

void FN(graph_evaluate)(FN(work) * work, const gold_group *group,
                        const FN(block) * block)
{
    gold_graph_work *graph = &work->graph;
    const size_t k = work->network->n_out;

    for (size_t i = 0; i < work->network->n_parameters; i++) {
        graph->theta[i] = (real)(gold_scale_of(work->network, i, group->alpha) *
                                 (double)work->line->theta[i]);
    }
    graph->run.plan.n = block->n;
    FN(run_forward)
    (&graph->run, graph->theta, work->line->input_scale, block->inputs);
    FN(transpose)
    (block->n, k, FN(run_output)(&graph->run).y, graph->outputs);
    work->outputs = graph->outputs;
}

/* Residuals of member r, and its part of G: b (d, n K) B times tangents. */
static void take_member(FN(work) * work, const gold_group *group, size_t r,
                        const FN(block) * block)
{
    gold_member *member = &work->members[group->first + r];
    const gold_place end = FN(run_output)(&work->graph.run);
    const size_t k = work->network->n_out;
    const size_t d = work->d;
    double *z = work->graph.numbers;
    double *weights = z + k;
    double *residual = weights + k;
    double *y = residual + k;
    double *b = y + k;

    for (size_t i = 0; i < block->n; i++) {
        for (size_t c = 0; c < k; c++) {
            z[c] = member->logit_factor * (double)end.y[i * k + c];
        }
        (void)work->network->loss->residual(k, z, block->labels[i], weights,
                                            residual);
        for (size_t c = 0; c < k; c++) {
            end.delta[(i * group->count + r) * k + c] =
                (real)(residual[c] / member->residual_scale);
        }
        for (size_t v = 0; v < d; v++) {
            for (size_t c = 0; c < k; c++) {
                y[c] = (double)end.dy[(i * d + v) * k + c];
            }
            work->network->loss->rows(k, weights, y, b);
            for (size_t c = 0; c < k; c++) {
                work->factor_rows[(v * block->n + i) * k + c] =
                    (real)(b[c] / member->weight_scale);
            }
        }
    }
}

static void add_g(FN(work) * work, gold_member *member, size_t n)
{
    const size_t d = work->d;
    const size_t size = n * work->network->n_out;

    FN(gram_lower)
    (d, size, 1.0, (FN(matrix)){work->factor_rows, size}, 0.0, work->small, d);
    for (size_t i = 0; i < d; i++) {
        for (size_t j = 0; j <= i; j++) {
            member->g[i * d + j] += (double)work->small[i * d + j];
        }
    }
}

/* S of all members of a group. */
static void add_s(FN(work) * work, const gold_group *group)
{
    const size_t d2 = work->d * work->d;
    double *sums = work->graph.sums;

    memset(sums, 0, group->count * d2 * sizeof *sums);
    FN(run_second)
    (&work->graph.run, work->graph.v,
     work->gradient + group->first * work->network->n_parameters, sums);
    for (size_t i = 0; i < group->count * d2; i++) {
        work->members[group->first + i / d2].q[i % d2] += sums[i];
    }
}

void FN(graph_measure)(FN(work) * work, const gold_group *group,
                       const FN(block) * block)
{
    gold_run *run = &work->graph.run;
    const double products = 2.0 * (double)block->n * work->network->products;
    const double m = (double)group->count;
    const double d = (double)work->d;

    run->plan.m = group->count;
    if (work->d > 0) {
        FN(run_tangent)(run, work->graph.v);
    }
    for (size_t r = 0; r < group->count; r++) {
        take_member(work, group, r, block);
        if (work->d > 0) {
            add_g(work, &work->members[group->first + r], block->n);
        }
    }
    if (work->d > 0) {
        add_s(work, group);
    } else {
        FN(run_pull)
        (run, true,
         work->gradient + group->first * work->network->n_parameters);
    }
    work->flops += products * (2.0 * d + 2.0 * m + m * d);
}
