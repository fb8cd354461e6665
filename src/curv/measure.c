/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "curv/block.h"
#include "curv/line.h"
#include "linalg/product.h"
#include "nn/balance.h"

static size_t larger(size_t x, size_t y)
{
    return x > y ? x : y;
}

/* A power of 2 in between 1 over alpha and 1 over alpha^L, for logits that have
 * a scale in between: biases and saturation make it other than alpha^L. It
 * changes no bit where squares are numbers without it. */
static double spread_unit(const FN(work) * work, double alpha)
{
    const double layers = (double)work->network->n_layers;
    const double scale = pow(alpha, 0.5 * (layers + 1.0));

    return scale <= 0x1p-1000  ? 0x1p1000
           : scale >= 0x1p1000 ? 0x1p-1000
                               : ldexp(1.0, -ilogb(scale));
}

/* Group and member of each point. A homogeneous network: one group at scale 1.
 * Otherwise points of equal alpha in a row share a group. */
static void form_groups(FN(work) * work)
{
    const FN(line) *line = work->line;
    const bool is_homogeneous = work->network->is_homogeneous;
    const double degree = (double)work->network->degree;

    for (size_t p = 0; p < line->n_points; p++) {
        const double t = line->points[p].temperature;
        const double alpha = is_homogeneous ? line->points[p].alpha : 1.0;
        const double group_alpha = is_homogeneous ? 1.0 : line->points[p].alpha;

        work->members[p] = (gold_member){
            .point = p,
            .logit_factor = pow(alpha, degree) / t,
            .g_factor = pow(alpha, 2.0 * (degree - 1.0)) / (t * t),
            .s_factor = pow(alpha, degree - 2.0) / t,
            .gradient_factor = pow(alpha, degree - 1.0) / t,
            .spread_unit = spread_unit(work, group_alpha),
        };
        if (work->n_groups == 0 ||
            work->groups[work->n_groups - 1].alpha != group_alpha) {
            work->groups[work->n_groups++] = (gold_group){group_alpha, p, 0};
        }
        gold_group *group = &work->groups[work->n_groups - 1];

        group->count++;
        work->most = larger(work->most, group->count);
    }
    work->n_members = line->n_points;
}

static gold_status allocate_members(FN(work) * work)
{
    const size_t d2 = work->d * work->d;

    for (size_t r = 0; r < work->n_members && d2 > 0; r++) {
        gold_member *member = &work->members[r];

        GOLD_TRY(GOLD_ALLOC(d2, &member->g));
        GOLD_TRY(GOLD_ALLOC(d2, &member->s));
    }
    return GOLD_ALLOC(work->n_members * work->network->n_parameters,
                      &work->gradient);
}

static gold_status allocate_confusion(FN(work) * work)
{
    const size_t n_points = work->line->n_points;

    if (!work->line->has_confusion) {
        return GOLD_OK;
    }
    GOLD_TRY(GOLD_ALLOC(n_points, &work->confusion));
    for (size_t p = 0; p < n_points; p++) {
        GOLD_TRY(
            gold_confusion_init(&work->confusion[p], work->network->n_out));
    }
    return GOLD_OK;
}

static gold_status prepare(FN(work) * work)
{
    const size_t n_points = work->line->n_points;
    const gold_network *network = work->network;

    GOLD_TRY(GOLD_ALLOC(n_points, &work->groups));
    GOLD_TRY(GOLD_ALLOC(n_points, &work->members));
    form_groups(work);
    work->kernel = gold_kernel_chosen();
    work->way = FN(way_of)(work);
    work->block = FN(block_size)(work);
    GOLD_TRY(GOLD_ALLOC(network->n_out, &work->logits));
    GOLD_TRY(GOLD_ALLOC(network->n_out, &work->p));
    GOLD_TRY(GOLD_ALLOC(n_points * network->n_out, &work->mean_p));
    GOLD_TRY(allocate_confusion(work));
    GOLD_TRY(FN(block_init)(work));
    if (work->d > 0 && work->line->is_sphere) {
        GOLD_TRY(GOLD_ALLOC(work->d * work->d, &work->gram));
        GOLD_TRY(
            FN(directions_gram)(work->line->directions, network, work->gram));
    }
    return GOLD_OK;
}

static void clean_up(FN(work) * work)
{
    for (size_t r = 0; work->members != NULL && r < work->n_members; r++) {
        gold_free(work->members[r].g);
        gold_free(work->members[r].s);
    }
    FN(block_fini)(work);
    for (size_t p = 0; work->confusion != NULL && p < work->line->n_points;
         p++) {
        gold_confusion_fini(&work->confusion[p]);
    }
    gold_free(work->confusion);
    gold_free(work->gradient);
    gold_free(work->logits);
    gold_free(work->p);
    gold_free(work->mean_p);
    gold_free(work->groups);
    gold_free(work->members);
    gold_free(work->gram);
}

/* Add one block of samples to everything. */
static void measure_block(FN(work) * work, const gold_batch *block)
{
    bool is_again = false;

    for (size_t g = 0; g < work->n_groups; g++) {
        const gold_group *group = &work->groups[g];

        if (group->count > 0) {
            FN(block_evaluate)(work, group, block, is_again);
            FN(block_measure)(work, group, block, is_again);
            is_again = true;
        }
    }
}

/* What the sphere takes off S: the radial derivative times V' V. */
static double curved(const FN(work) * work, const gold_line_result *result,
                     size_t i, size_t j)
{
    return work->gram == NULL
               ? 0.0
               : result->radial_derivative * work->gram[i * work->d + j];
}

/* G and S of a member from its sums, as full symmetric matrices. */
static void take_terms(const FN(work) * work, const gold_member *member,
                       gold_line_result *result)
{
    const size_t d = work->d;
    const double n = (double)work->line->train.n;
    const double g = member->g_factor * member->weight_scale / n;
    const double s = member->s_factor * member->residual_scale / n;

    for (size_t i = 0; i < d; i++) {
        for (size_t j = 0; j <= i; j++) {
            result->g_term[i * d + j] =
                g * member->weight_scale * member->g[i * d + j];
            result->h_term[i * d + j] =
                s * member->s[i * d + j] - curved(work, result, i, j);
            result->g_term[j * d + i] = result->g_term[i * d + j];
            result->h_term[j * d + i] = result->h_term[i * d + j];
        }
    }
}

/* Far enough from the ends of the range for what it is multiplied with. */
static bool is_sound(double factor)
{
    return factor > 1e-250 && factor < 1e250;
}

/* Are logits too small to be right? Where they are 0 the scale of the layers
 * together, `own` where they were drawn, tells whether they have become that.
 */
static bool is_too_small(const FN(work) * work, double own,
                         const gold_line_point *point,
                         const gold_line_result *result)
{
    const double least = 100.0 * REAL_MIN;
    const double n_layers = (double)work->network->n_layers;

    return !work->network->is_homogeneous &&
           own * pow(point->alpha, n_layers) < least &&
           !(result->logit_spread * point->temperature >= least);
}

static bool is_out_of_range(const FN(work) * work, double own,
                            const gold_member *member,
                            const gold_line_result *result)
{
    return !is_sound(member->logit_factor) || !is_sound(member->g_factor) ||
           !is_sound(member->s_factor) || !is_sound(member->gradient_factor) ||
           is_too_small(work, own, &work->line->points[member->point], result);
}

static void take_results(const FN(work) * work, gold_line_result *results)
{
    const FN(line) *line = work->line;
    const size_t m = work->network->n_parameters;
    const double theta2 = FN(dot)(m, line->theta, line->theta);
    const double own = FN(own_scale)(work->network, line->theta);

    for (size_t r = 0; r < work->n_members; r++) {
        const gold_member *member = &work->members[r];
        gold_line_result *result = &results[member->point];
        const real *gradient = work->gradient + r * m;
        const double factor = member->gradient_factor * member->residual_scale /
                              (double)line->train.n;

        result->is_out_of_range = is_out_of_range(work, own, member, result);
        result->gradient_norm = factor * FN(norm)(m, gradient);
        result->radial_derivative =
            factor * FN(dot)(m, gradient, line->theta) /
            (line->points[member->point].alpha * theta2);
        if (work->d > 0) {
            take_terms(work, member, result);
        }
    }
}

/* Results before anything is known: sums 0, the rest not a number. */
static void clear_results(const FN(work) * work, gold_line_result *results)
{
    const size_t d2 = work->d * work->d;

    for (size_t p = 0; p < work->line->n_points; p++) {
        results[p] = (gold_line_result){.gradient_norm = (double)NAN,
                                        .radial_derivative = (double)NAN,
                                        .g_term = results[p].g_term,
                                        .h_term = results[p].h_term};
        for (size_t i = 0; i < d2; i++) {
            results[p].g_term[i] = (double)NAN;
            results[p].h_term[i] = (double)NAN;
        }
    }
}

gold_status FN(line_measure)(const FN(line) * line, gold_line_result *results,
                             double *flops)
{
    gold_status status = GOLD_OK;
    FN(work)
    work = {.line = line,
            .network = line->network,
            .d = line->directions == NULL ? 0 : line->directions->n};

    GOLD_GOTO(prepare(&work));
    clear_results(&work, results);
    FN(survey)(&work, results);
    GOLD_GOTO(allocate_members(&work));
    for (size_t r = 0; r < work.n_members; r++) {
        gold_member *member = &work.members[r];

        /* Nothing to scale where all residuals or weights vanish. */
        member->residual_scale =
            member->residual_scale > 0.0 ? member->residual_scale : 1.0;
        member->weight_scale =
            member->weight_scale > 0.0 ? member->weight_scale : 1.0;
    }
    for (size_t i = 0; i < line->train.n; i += work.block) {
        const gold_batch block = FN(work_block)(&work, line->train, i);

        measure_block(&work, &block);
    }
    take_results(&work, results);
    *flops = work.run.flops;

done:
    clean_up(&work);
    return status;
}
