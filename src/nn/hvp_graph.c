/* SPDX-License-Identifier: MIT */
/* Products with the Hessian of a network that is a graph: drivers in a row. */
#include <string.h>

#include "goldilocks/memory.h"

#include "base/blocks.h"
#include "nn/hvp_base.h"

gold_status FN(hvp_graph_init)(FN(hvp) * hvp)
{
    const gold_graph *graph = &hvp->plan.network->graph;
    const size_t k = hvp->plan.network->n_out;
    gold_run_plan plan = {.graph = graph,
                          .n = 1,
                          .d = hvp->plan.n_directions,
                          .m = 1,
                          .has_products = true};

    plan.n = gold_graph_samples(gold_graph_sample_reals(&plan), sizeof(real),
                                gold_graph_has_positions(graph),
                                hvp->plan.samples.n);
    hvp->block = plan.n;
    hvp->is_whole = true;
    GOLD_TRY(FN(run_init)(&hvp->graph.run, &plan));
    GOLD_TRY(GOLD_ALLOC(plan.n * k, &hvp->graph.weights));
    GOLD_TRY(GOLD_ALLOC(3 * k, &hvp->graph.numbers));
    return GOLD_OK;
}

void FN(hvp_graph_fini)(gold_hvp_graph *graph)
{
    FN(run_fini)(&graph->run);
    gold_free(graph->numbers);
    gold_free(graph->weights);
}

/* Values, n T times deltas, and weights of the loss of block b at the point. */
static void place_block(FN(hvp) * hvp, size_t b)
{
    gold_hvp_graph *graph = &hvp->graph;
    gold_run *run = &graph->run;
    const FN(block) block = FN(hvp_block_of)(hvp, b);
    const size_t k = hvp->plan.network->n_out;
    const gold_place end = FN(run_output)(run);
    double *z = graph->numbers;
    double *residual = z + k;

    if (graph->placed == b + 1) {
        return;
    }
    run->plan.n = block.n;
    FN(run_forward)(run, hvp->theta, hvp->plan.input_scale, block.inputs);
    for (size_t i = 0; i < block.n; i++) {
        for (size_t c = 0; c < k; c++) {
            z[c] = (double)end.y[i * k + c] / hvp->temperature;
        }
        (void)hvp->plan.network->loss->residual(
            k, z, FN(aim_of)(hvp->plan.network, &block, i),
            graph->weights + i * k, residual);
        for (size_t c = 0; c < k; c++) {
            end.delta[i * k + c] = (real)residual[c];
        }
    }
    FN(run_pull)(run, false, NULL);
    graph->placed = b + 1;
    hvp->flops += FN(hvp_pass_flops)(hvp, block.n, 1.0, 2.0);
}

/* ddelta of the output: factor loss'' dz. */
static void curve_outputs(FN(hvp) * hvp, double factor)
{
    gold_hvp_graph *graph = &hvp->graph;
    const gold_place end = FN(run_output)(&graph->run);
    const size_t k = hvp->plan.network->n_out;
    const size_t d = graph->run.plan.d;
    double *y = graph->numbers;
    double *h = y + k;

    for (size_t q = 0; q < graph->run.plan.n * d; q++) {
        for (size_t c = 0; c < k; c++) {
            y[c] = (double)end.dy[q * k + c];
        }
        hvp->plan.network->loss->curve(k, graph->weights + q / d * k, y, h);
        for (size_t c = 0; c < k; c++) {
            end.ddelta[q * k + c] = (real)(factor * h[c]);
        }
    }
}

void FN(hvp_graph_apply)(FN(hvp) * hvp, size_t count, const real *v,
                         const FN(hvp_products) * products)
{
    const double n = (double)hvp->plan.samples.n;
    gold_run *run = &hvp->graph.run;

    for (size_t b = 0; b < FN(hvp_n_blocks)(hvp); b++) {
        place_block(hvp, b);
        run->plan.d = count;
        FN(run_tangent)(run, v);
        for (int term = 0; term < GOLD_N_TERMS; term++) {
            const gold_hvp_parts which = FN(hvp_parts)(hvp, (gold_term)term);

            if (products->of[term] == NULL) {
                continue;
            }
            curve_outputs(hvp, which.g / n);
            FN(run_product)(run, v, which.s / n, b > 0, products->of[term]);
            hvp->flops +=
                (double)count * FN(hvp_pass_flops)(hvp, run->plan.n, 3.0,
                                                   which.s > 0.0 ? 6.0 : 4.0);
        }
    }
}
