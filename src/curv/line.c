/* SPDX-License-Identifier: MIT */
#include "curv/line.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "curv/line_work.h"
#include "linalg/product.h"
#include "nn/balance.h"

FN(model) FN(work_model)(const FN(work) * work, const gold_group *group)
{
    return (FN(model)){work->network, work->line->theta, group->alpha,
                       work->line->input_scale};
}

FN(block) FN(work_block)(const FN(work) * work, FN(block) all, size_t first)
{
    return FN(block_part)(work->network, all, first, work->block);
}

void FN(line_evaluate)(FN(work) * work, const gold_group *group,
                       const FN(block) * block)
{
    const FN(model) model = FN(work_model)(work, group);

    if (gold_graph_exists(&work->network->graph)) {
        FN(graph_evaluate)(work, group, block);
        return;
    }
    FN(forward)(&model, block, &work->values);
    work->outputs = work->values.a[work->network->n_layers - 1];
}

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
        GOLD_TRY(GOLD_ALLOC(d2, &member->p));
        GOLD_TRY(GOLD_ALLOC(d2, &member->q));
    }
    return GOLD_ALLOC(work->n_members * work->network->n_parameters,
                      &work->gradient);
}

static int compare_uses(const void *a, const void *b)
{
    const FN(use) *x = a;
    const FN(use) *y = b;

    if (x->column != y->column) {
        return x->column < y->column ? -1 : 1;
    }
    if (x->at != y->at) {
        return x->at < y->at ? -1 : 1;
    }
    return x->direction < y->direction ? -1 : x->direction > y->direction;
}

/* Where sparse directions need C, sorted by entry of C. */
static gold_status list_uses(FN(work) * work)
{
    const FN(directions) *directions = work->line->directions;

    GOLD_TRY(GOLD_ALLOC(work->network->n_layers, &work->uses));
    for (size_t l = 1; l < work->network->n_layers; l++) {
        const FN(direction_layer) *part = &directions->layers[l];
        const size_t m = gold_layer_weights(&work->network->layers[l]);
        const size_t in = work->network->layers[l].in;
        FN(use_list) *uses = &work->uses[l];

        GOLD_TRY(GOLD_ALLOC(part->start[work->d], &uses->items));
        for (size_t v = 0; v < work->d; v++) {
            for (size_t e = part->start[v]; e < part->start[v + 1]; e++) {
                const size_t at = part->entries[e].at;

                if (at < m) {
                    uses->items[uses->n++] =
                        (FN(use)){at, at % in, v, part->entries[e].value};
                }
            }
        }
        qsort(uses->items, uses->n, sizeof *uses->items, compare_uses);
    }
    return GOLD_OK;
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
    work->block = gold_graph_exists(&work->network->graph)
                      ? FN(graph_block_size)(work)
                      : FN(block_size)(work);
    GOLD_TRY(GOLD_ALLOC(network->n_out, &work->logits));
    GOLD_TRY(GOLD_ALLOC(network->n_out, &work->p));
    GOLD_TRY(GOLD_ALLOC(n_points * network->n_out, &work->mean_p));
    GOLD_TRY(allocate_confusion(work));
    GOLD_TRY(GOLD_ALLOC(work->block, &work->ref));
    GOLD_TRY(GOLD_ALLOC(work->block, &work->top));
    GOLD_TRY(GOLD_ALLOC(3 * network->n_out * work->block, &work->weights));
    GOLD_TRY(GOLD_ALLOC(network->widest * work->block, &work->bend));
    GOLD_TRY(gold_graph_exists(&work->network->graph)
                 ? FN(graph_allocate)(work)
                 : FN(allocate_arrays)(work));
    if (work->d > 0 && work->line->is_sphere) {
        GOLD_TRY(GOLD_ALLOC(work->d * work->d, &work->gram));
        GOLD_TRY(
            FN(directions_gram)(work->line->directions, network, work->gram));
    }
    if (work->d > 0 && work->line->directions->is_sparse &&
        !gold_graph_exists(&work->network->graph)) {
        GOLD_TRY(list_uses(work));
    }
    return GOLD_OK;
}

static void free_layers(const FN(work) * work, real **arrays, real *const *but)
{
    for (size_t l = 0; arrays != NULL && l < work->network->n_layers; l++) {
        if (but == NULL || arrays[l] != but[l]) {
            gold_free(arrays[l]);
        }
    }
}

static void clean_up(FN(work) * work)
{
    for (size_t r = 0; work->members != NULL && r < work->n_members; r++) {
        gold_free(work->members[r].g);
        gold_free(work->members[r].p);
        gold_free(work->members[r].q);
    }
    if (work->dz != NULL && work->first != work->dz[0]) {
        gold_free(work->first);
    }
    free_layers(work, work->da, work->dz);
    free_layers(work, work->dz, NULL);
    if (work->values.network != NULL) {
        FN(values_fini)(&work->values);
    }
    FN(graph_free)(&work->graph);
    free_layers(work, work->delta, NULL);
    for (size_t l = 0; work->uses != NULL && l < work->network->n_layers; l++) {
        gold_free(work->uses[l].items);
    }
    FN(free_classes)(work);
    for (size_t p = 0; work->confusion != NULL && p < work->line->n_points;
         p++) {
        gold_confusion_fini(&work->confusion[p]);
    }
    gold_free(work->confusion);
    void *const blocks[] = {
        work->use_rows,     work->uses,     work->dz,          work->da,
        work->delta,        work->inputs_t, work->weights,     work->bend,
        work->ref,          work->top,      work->factor_rows, work->product,
        work->small,        work->gradient, work->logits,      work->p,
        work->mean_p,       work->groups,   work->members,     work->patch_row,
        work->use_tangents, work->gram};

    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        gold_free(blocks[i]);
    }
}

/* Add one block of samples to everything. */
static void measure_block(FN(work) * work, const FN(block) * block)
{
    bool is_again = false;

    if (work->d > 0 && !gold_graph_exists(&work->network->graph)) {
        FN(first_tangent)(work, block);
    }
    for (size_t g = 0; g < work->n_groups; g++) {
        const gold_group *group = &work->groups[g];

        if (group->count == 0) {
            continue;
        }
        FN(line_evaluate)(work, group, block);
        work->flops += 2.0 * (double)block->n * work->network->products;
        if (gold_graph_exists(&work->network->graph)) {
            FN(graph_measure)(work, group, block, is_again);
            is_again = true;
            continue;
        }
        if (work->d > 0) {
            FN(tangents)(work, group, block);
            FN(center_tangents)(work, block);
        }
        for (size_t r = 0; r < group->count; r++) {
            FN(add_g_term)(work, group, r, block);
        }
        FN(backward)(work, group, block);
        if (work->d > 0) {
            FN(add_p_term)(work, group, block);
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
            const double s_ij = member->p[i * d + j] + member->p[j * d + i] +
                                member->q[i * d + j];

            result->g_term[i * d + j] =
                g * member->weight_scale * member->g[i * d + j];
            result->h_term[i * d + j] = s * s_ij - curved(work, result, i, j);
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
        const FN(block) block = FN(work_block)(&work, line->train, i);

        measure_block(&work, &block);
    }
    take_results(&work, results);
    *flops = work.flops;

done:
    clean_up(&work);
    return status;
}
