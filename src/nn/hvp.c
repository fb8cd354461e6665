/* SPDX-License-Identifier: MIT */
#include "nn/hvp.h"

#include <math.h>

#include "goldilocks/memory.h"

#include "base/blocks.h"

static gold_run_plan run_plan(const gold_hvp_plan *plan, size_t n,
                              size_t n_bases)
{
    return (gold_run_plan){.graph = &plan->network->graph,
                           .n = n,
                           .d = plan->n_directions,
                           .m = 1,
                           .has_products = true,
                           .has_packed = true,
                           .n_bases = n_bases};
}

/* Order samples so that neighbours are alike. */
static gold_status sort_samples(gold_hvp *hvp)
{
    const gold_batch *samples = &hvp->plan.samples;

    GOLD_TRY(GOLD_ALLOC(samples->n, &hvp->order));
    return FN(panels_sort)(samples->n, hvp->plan.network->n_in, samples->inputs,
                           hvp->order);
}

/* As many bases as there is room for; one serves all blocks beyond the others.
 */
static size_t choose_bases(gold_hvp *hvp)
{
    const size_t k = hvp->plan.network->n_out;
    gold_run_plan plan = run_plan(&hvp->plan, hvp->block, 1);
    const size_t one = FN(run_reals)(&plan);

    plan.n_bases = 2;
    const double bytes = (double)((FN(run_reals)(&plan) - one) * sizeof(real)) +
                         (double)(hvp->block * k * sizeof(double));
    const size_t n = gold_hvp_bases(bytes, hvp->plan.most_bytes, hvp->n_blocks);

    hvp->n_kept = n < hvp->n_blocks ? n - 1 : n;
    return n;
}

gold_status FN(hvp_init)(gold_hvp *hvp, const gold_hvp_plan *plan)
{
    const gold_network *network = plan->network;
    const size_t n = plan->samples.n;

    GOLD_ASSERT(n > 0 && plan->n_directions > 0);
    *hvp = (gold_hvp){
        .plan = *plan,
        .block = gold_hvp_samples(network->graph.most_units,
                                  gold_graph_has_positions(&network->graph),
                                  plan->n_directions, n)};
    hvp->n_blocks = (n + hvp->block - 1) / hvp->block;
    const size_t n_bases = choose_bases(hvp);
    const gold_run_plan run = run_plan(plan, hvp->block, n_bases);

    GOLD_TRY(FN(run_init)(&hvp->run, &run));
    if (hvp->run.is_packed) {
        GOLD_TRY(sort_samples(hvp));
    }
    GOLD_TRY(GOLD_ALLOC(n_bases, &hvp->is_packed));
    GOLD_TRY(GOLD_ALLOC(n_bases * hvp->block * network->n_out, &hvp->weights));
    return GOLD_ALLOC(3 * network->n_out, &hvp->numbers);
}

void FN(hvp_fini)(gold_hvp *hvp)
{
    FN(run_fini)(&hvp->run);
    gold_free(hvp->order);
    gold_free(hvp->is_packed);
    gold_free(hvp->weights);
    gold_free(hvp->numbers);
    *hvp = (gold_hvp){0};
}

/* Turn to the base of block b: its own, or the last one. */
static void turn_to(gold_hvp *hvp, size_t b)
{
    const size_t left = hvp->plan.samples.n - b * hvp->block;

    FN(run_turn)(&hvp->run, b < hvp->n_kept ? b : hvp->n_kept);
    hvp->run.plan.n = left < hvp->block ? left : hvp->block;
}

static double *weights_of(const gold_hvp *hvp)
{
    return hvp->weights + hvp->run.base * hvp->block * hvp->plan.network->n_out;
}

/* n T times the deltas of block b, and weights of the loss, from values. */
static void settle(gold_hvp *hvp, size_t b)
{
    const size_t k = hvp->plan.network->n_out;
    const gold_place end = FN(run_output)(&hvp->run);
    double *z = hvp->numbers;
    double *residual = z + k;

    for (size_t i = 0; i < hvp->run.plan.n; i++) {
        const size_t at = b * hvp->block + i;
        const gold_aim aim =
            FN(aim_of)(hvp->plan.network, &hvp->plan.samples,
                       hvp->order != NULL ? hvp->order[at] : at);

        for (size_t c = 0; c < k; c++) {
            z[c] = (double)end.y[i * k + c] / hvp->temperature;
        }
        (void)hvp->plan.network->loss->residual(
            k, z, aim, weights_of(hvp) + i * k, residual);
        for (size_t c = 0; c < k; c++) {
            end.delta[i * k + c] = (real)residual[c];
        }
    }
    FN(run_pull)(&hvp->run, false, NULL);
}

/* Fill the base of block b at the point. Samples do not change from point to
 * point. */
static void prepare(gold_hvp *hvp, size_t b)
{
    const double scale = hvp->plan.input_scale;
    const gold_batch *samples = &hvp->plan.samples;
    const size_t first = b * hvp->block;

    turn_to(hvp, b);
    if (!hvp->run.is_packed) {
        FN(run_forward)
        (&hvp->run, hvp->theta, scale,
         samples->inputs + first * hvp->plan.network->n_in);
    } else {
        if (!hvp->is_packed[hvp->run.base]) {
            FN(run_pack)
            (&hvp->run, scale, samples->inputs, hvp->order + first);
            hvp->is_packed[hvp->run.base] = b < hvp->n_kept;
        }
        FN(run_forward)(&hvp->run, hvp->theta, 1.0, NULL);
    }
    settle(hvp, b);
}

void FN(hvp_at)(gold_hvp *hvp, const real *theta, double temperature)
{
    hvp->theta = theta;
    hvp->temperature = temperature;
    for (size_t b = 0; b < hvp->n_kept; b++) {
        prepare(hvp, b);
    }
}

void FN(hvp_temper)(gold_hvp *hvp, double temperature)
{
    hvp->temperature = temperature;
    for (size_t b = 0; b < hvp->n_kept; b++) {
        turn_to(hvp, b);
        settle(hvp, b);
    }
}

/* ddelta of the output: factor loss'' dz. */
static void curve_outputs(gold_hvp *hvp, double factor)
{
    const gold_place end = FN(run_output)(&hvp->run);
    const size_t k = hvp->plan.network->n_out;
    const size_t d = hvp->run.plan.d;
    double *y = hvp->numbers;
    double *h = y + k;

    for (size_t q = 0; q < hvp->run.plan.n * d; q++) {
        for (size_t c = 0; c < k; c++) {
            y[c] = (double)end.dy[q * k + c];
        }
        hvp->plan.network->loss->curve(k, weights_of(hvp) + q / d * k, y, h);
        for (size_t c = 0; c < k; c++) {
            end.ddelta[q * k + c] = (real)(factor * h[c]);
        }
    }
}

double FN(hvp_factor)(const gold_hvp *hvp, gold_term term)
{
    const double s = 1.0 / hvp->temperature;
    const double g = s * s;

    switch (term) {
    case GOLD_TERM_G:
        return g;
    case GOLD_TERM_H:
        return s;
    default:
        return fmax(g, s);
    }
}

/* The block's part of the products of a term; the first one's replaces what was
 * there. */
static void multiply(gold_hvp *hvp, gold_term term, const real *v, bool adds,
                     real *products)
{
    const double n = (double)hvp->plan.samples.n;
    const double factor = n * FN(hvp_factor)(hvp, term);
    const double s = 1.0 / hvp->temperature;

    curve_outputs(hvp, term == GOLD_TERM_H ? 0.0 : s * s / factor);
    FN(run_product)
    (&hvp->run, v, term == GOLD_TERM_G ? 0.0 : s / factor, adds, products);
}

void FN(hvp_apply)(gold_hvp *hvp, size_t count, const real *v,
                   const gold_hvp_products *products)
{
    GOLD_ASSERT(count > 0 && count <= hvp->plan.n_directions);
    hvp->run.plan.d = count;
    for (size_t b = 0; b < hvp->n_blocks; b++) {
        if (b < hvp->n_kept) {
            turn_to(hvp, b);
        } else {
            prepare(hvp, b);
        }
        FN(run_tangent)(&hvp->run, v);
        for (int term = 0; term < GOLD_N_TERMS; term++) {
            if (products->of[term] != NULL) {
                multiply(hvp, (gold_term)term, v, b > 0, products->of[term]);
            }
        }
    }
}
