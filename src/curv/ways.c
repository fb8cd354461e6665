/* SPDX-License-Identifier: MIT */
/* The ways to tangents and second derivatives of a block, and the one of them
 * that is for every network: the drivers of its graph. */
#include <math.h>
#include <string.h>

#include "curv/block.h"

static gold_run_plan plan(const FN(work) * work, size_t n)
{
    return (gold_run_plan){.graph = &work->network->graph,
                           .n = n,
                           .d = work->d,
                           .m = work->most,
                           .k = FN(common_of)(work),
                           .has_second = work->d > 0,
                           .has_again = work->n_groups > 1};
}

static size_t reals(const FN(work) * work)
{
    (void)work;
    return 0;
}

static gold_status init(FN(work) * work)
{
    const gold_run *run = &work->run;

    work->residuals =
        (FN(residuals)){run->plan.k, run->mix, FN(run_output)(run).delta};
    return GOLD_OK;
}

static void fini(FN(work) * work)
{
    (void)work;
}

static void tangent(FN(work) * work, size_t n, bool is_again)
{
    const size_t k = work->network->n_out;
    const size_t d = work->d;

    (is_again ? FN(run_tangent_again) : FN(run_tangent))(&work->run, NULL);
    const real *dy = FN(run_output)(&work->run).dy;

    for (size_t i = 0; i < n; i++) {
        for (size_t c = 0; c < k; c++) {
            for (size_t v = 0; v < d; v++) {
                work->tangents[(i * k + c) * d + v] =
                    (double)dy[(i * d + v) * k + c];
            }
        }
    }
}

static void second(FN(work) * work, const gold_group *group, size_t n,
                   real *gradients)
{
    (void)n; /* the run has it */
    work->run.plan.m = group->count;
    if (work->d > 0) {
        FN(run_second)(&work->run, NULL, gradients, work->sums);
    } else {
        FN(run_pull)(&work->run, true, gradients);
    }
}

/* Of matrix products, of each layer in the cheaper of its two ways. */
static double cost(const FN(work) * work)
{
    const gold_graph *graph = &work->network->graph;
    const double d = (double)work->d;
    const double m = (double)work->most;
    const double common = (double)FN(common_of)(work);
    const double k = common > 0.0 ? common : m;
    double sum = 0.0;

    for (size_t q = 1; q < graph->n_nodes; q++) {
        const gold_node *node = &graph->nodes[q];
        const double in = (double)node->fan_in;
        const double products = in * (double)gold_shape_units(node->y);

        sum += (d + m) * products;
        if (node->n_parameters > 0 && node->bends) {
            sum += (d + k) * products +
                   fmin(m * d * products, k * d * (products + d * in));
        }
    }
    return sum;
}

static const FN(way) by_graph = {
    "graph", GOLD_PRODUCT_BYTES, cost, plan, reals, init, fini, tangent,
    second};

enum {
    N_WAYS = 2
};

static const FN(way) *const ways[N_WAYS] = {&by_graph, &FN(way_masked)};

/* Way 0 is for every line; a forced kernel takes any other that it can. */
const FN(way) * FN(way_of)(const FN(work) * work)
{
    const FN(way) *found = ways[0];
    double least = work->kernel.is_forced ? (double)INFINITY : cost(work);

    for (size_t i = 1; i < N_WAYS; i++) {
        const double other = ways[i]->cost(work);

        if (other < least) {
            found = ways[i];
            least = other;
        }
    }
    return found;
}
