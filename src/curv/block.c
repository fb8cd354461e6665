/* SPDX-License-Identifier: MIT */
/* A block of samples of a line: drivers of its network's graph in a row. */
#include "curv/block.h"

#include <string.h>

#include "linalg/product.h"

/* Residuals of one sample have no more in common than so many. */
static size_t rank_of(const gold_network *network)
{
    return network->n_out - (network->loss->is_balanced ? 1 : 0);
}

size_t FN(common_of)(const FN(work) * work)
{
    const size_t rank = rank_of(work->network);

    return work->most > rank ? rank : 0;
}

size_t FN(block_size)(const FN(work) * work)
{
    const gold_graph *graph = &work->network->graph;
    const gold_run_plan plan = work->way->plan(work, 1);
    const size_t beside =
        work->way->reals(work) +
        gold_line_beside(work->d, work->network->n_out, sizeof(real));

    return gold_graph_samples(
        work->way->bytes, gold_graph_sample_reals(&plan) + beside, sizeof(real),
        gold_graph_has_positions(graph), work->line->train.n);
}

gold_batch FN(work_block)(const FN(work) * work, gold_batch all, size_t first)
{
    return FN(batch_part)(work->network, all, first, work->block);
}

/* What directions are in each node with parameters; layers are these. */
static gold_status place_directions(FN(work) * work)
{
    const FN(directions) *directions = work->line->directions;
    const gold_graph *graph = &work->network->graph;
    size_t l = 0;

    for (size_t q = 1; q < graph->n_nodes; q++) {
        const gold_node *node = &graph->nodes[q];
        const size_t weights = node->fan_in * node->fan_out;

        if (node->n_parameters == 0) {
            continue;
        }
        if (!directions->is_confined || l == directions->layer) {
            const FN(direction_layer) *part = &directions->layers[l];

            work->run.moves[q] =
                directions->is_sparse
                    ? (gold_moves){.entries = part->entries,
                                   .start = part->start}
                    : (gold_moves){.w = part->weights,
                                   .step = weights,
                                   .b = part->biases,
                                   .b_step = node->n_parameters - weights};
            GOLD_TRY(FN(run_sort_few)(&work->run, q));
        }
        l++;
    }
    return GOLD_OK;
}

gold_status FN(block_init)(FN(work) * work)
{
    const gold_run_plan plan = work->way->plan(work, work->block);
    const size_t d = work->d;
    const size_t k = work->network->n_out;
    const size_t tangents = work->block * k * d;

    GOLD_TRY(FN(run_init)(&work->run, &plan));
    GOLD_TRY(GOLD_ALLOC(work->network->n_parameters, &work->theta));
    GOLD_TRY(GOLD_ALLOC((2 + d) * k, &work->numbers));
    if (d == 0) {
        return work->way->init(work);
    }
    GOLD_TRY(GOLD_ALLOC(work->most * d * d, &work->sums));
    GOLD_TRY(GOLD_ALLOC(tangents, &work->tangents));
    GOLD_TRY(GOLD_ALLOC(tangents, &work->rows));
    GOLD_TRY(GOLD_ALLOC(d * d, &work->small));
    GOLD_TRY(place_directions(work));
    return work->way->init(work);
}

void FN(block_fini)(FN(work) * work)
{
    if (work->way != NULL) {
        work->way->fini(work);
    }
    FN(run_fini)(&work->run);
    gold_free(work->theta);
    gold_free(work->numbers);
    gold_free(work->sums);
    gold_free(work->tangents);
    gold_free(work->rows);
    gold_free(work->small);
}

void FN(block_evaluate)(FN(work) * work, const gold_group *group,
                        const gold_batch *block, bool is_again)
{
    for (size_t i = 0; i < work->network->n_parameters; i++) {
        work->theta[i] = (real)(gold_scale_of(work->network, i, group->alpha) *
                                (double)work->line->theta[i]);
    }
    work->run.plan.n = block->n;
    FN(run_forward)
    (&work->run, work->theta, work->line->input_scale,
     is_again ? NULL : block->inputs);
    work->outputs = FN(run_output)(&work->run).y;
}

/* The residual of sample i for member r, or what it is a sum with. */
static void put_residual(FN(work) * work, const gold_group *group, size_t r,
                         size_t i, const double *residual, double scale)
{
    const FN(residuals) *at = &work->residuals;
    const size_t k = at->k > 0 ? at->k : work->network->n_out;
    real *to = at->k > 0 ? at->mix + (r * work->run.plan.n + i) * k
                         : at->delta + (i * group->count + r) * k;

    for (size_t c = 0; c < k; c++) {
        to[c] = (real)(residual[c] / scale);
    }
}

/* What residuals are sums of: that of each class, less that of the last one
 * where they sum to 0. */
static void put_common(FN(work) * work, size_t n)
{
    const size_t n_out = work->network->n_out;
    const size_t k = work->residuals.k;
    const real last = work->network->loss->is_balanced ? R(-1.0) : R(0.0);
    real *delta = work->residuals.delta;

    for (size_t i = 0; i < n * k; i++) {
        for (size_t c = 0; c < n_out; c++) {
            delta[i * n_out + c] = c == i % k       ? R(1.0)
                                   : c + 1 == n_out ? last
                                                    : R(0.0);
        }
    }
}

/* Residuals of member r, and rows of B times tangents, for its part of G. */
static void take_member(FN(work) * work, const gold_group *group, size_t r,
                        const gold_batch *block)
{
    const gold_member *member = &work->members[group->first + r];
    const gold_loss *loss = work->network->loss;
    const size_t k = work->network->n_out;
    const size_t d = work->d;
    double *weights = work->numbers;
    double *residual = weights + k;
    double *b = residual + k;

    for (size_t i = 0; i < block->n; i++) {
        real *rows = work->rows + i * k * d;

        for (size_t c = 0; c < k; c++) {
            work->logits[c] =
                member->logit_factor * (double)work->outputs[i * k + c];
        }
        (void)loss->residual(k, work->logits,
                             FN(aim_of)(work->network, block, i), weights,
                             residual);
        put_residual(work, group, r, i, residual, member->residual_scale);
        if (d == 0) {
            continue;
        }
        loss->rows(k, weights, d, work->tangents + i * k * d, b);
        for (size_t c = 0; c < k * d; c++) {
            rows[c] = (real)(b[c] / member->weight_scale);
        }
    }
}

static void add_g(FN(work) * work, gold_member *member, size_t n)
{
    const size_t d = work->d;
    const size_t size = n * work->network->n_out;

    FN(gram_lower_tn)
    (d, size, 1.0, (FN(matrix)){work->rows, d}, 0.0, work->small, d);
    for (size_t i = 0; i < d; i++) {
        for (size_t j = 0; j <= i; j++) {
            member->g[i * d + j] += (double)work->small[i * d + j];
        }
    }
    work->run.flops += (double)(d * d) * (double)size;
}

void FN(block_measure)(FN(work) * work, const gold_group *group,
                       const gold_batch *block, bool is_again)
{
    const size_t d2 = work->d * work->d;
    real *gradients =
        work->gradient + group->first * work->network->n_parameters;

    if (work->d > 0) {
        work->way->tangent(work, block->n, is_again);
        memset(work->sums, 0, group->count * d2 * sizeof *work->sums);
    }
    for (size_t r = 0; r < group->count; r++) {
        take_member(work, group, r, block);
        if (work->d > 0) {
            add_g(work, &work->members[group->first + r], block->n);
        }
    }
    put_common(work, block->n);
    work->way->second(work, group, block->n, gradients);
    for (size_t i = 0; i < group->count * d2; i++) {
        work->members[group->first + i / d2].s[i % d2] += work->sums[i];
    }
}
