/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "curv/line_work.h"
#include "linalg/product.h"
#include "nn/softmax.h"

/*
 * G = B'B with rows B_k = sqrt(p_k) (y_k - sum_m p_m y_m) for each sample and
 * class, y = J v relative to the top class. Divided by the member's weight
 * scale s (the largest sqrt(p_k) off the top), so that nothing underflows:
 *
 *   B_k / s = (sqrt(p_k) / s) y_k - sqrt(p_k) sum_m (p_m / s) y_m
 *
 * with y = 0 in the top class. The three factors are the weights below.
 */
enum {
    ROOT_OVER_SCALE,
    ROOT,
    PROBABILITY_OVER_SCALE,
    N_WEIGHTS
};

/* Weights of the G-term and residuals of one member on a block. */
static void weigh_samples(FN(work) * work, const gold_member *member,
                          const FN(block) * block, real *residual)
{
    const size_t n_classes = work->network->n_out;
    const real *logits = work->values.a[work->network->n_layers - 1];
    const size_t n = block->n;
    const size_t step = n_classes * n;
    gold_softmax softmax = {.p = work->p};

    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n_classes; k++) {
            work->logits[k] = member->logit_factor * (double)logits[k * n + i];
        }
        gold_softmax_of(n_classes, work->logits, block->labels[i], &softmax);
        for (size_t k = 0; k < n_classes; k++) {
            const double p = softmax.p[k];
            const bool is_top = k == softmax.top;
            const double gap =
                gold_softmax_residual(&softmax, k, block->labels[i]);
            real *weight = work->weights + k * n + i;

            weight[ROOT_OVER_SCALE * step] =
                (real)(is_top ? 0.0 : sqrt(p) / member->weight_scale);
            weight[ROOT * step] = (real)sqrt(p);
            weight[PROBABILITY_OVER_SCALE * step] =
                (real)(is_top ? 0.0 : p / member->weight_scale);
            residual[k * n + i] = (real)(gap / member->residual_scale);
        }
    }
}

/* rows (K, n) of B / s for one direction, from y (K, n). */
static void weigh_tangent(const FN(work) * work, size_t n, const real *y,
                          real *rows)
{
    const size_t n_classes = work->network->n_out;
    const size_t step = n_classes * n;
    const real *root_over_scale = work->weights + ROOT_OVER_SCALE * step;
    const real *root = work->weights + ROOT * step;
    const real *p_over_scale = work->weights + PROBABILITY_OVER_SCALE * step;
    real *mean = work->ref;

    for (size_t i = 0; i < n; i++) {
        mean[i] = R(0.0);
    }
    for (size_t k = 0; k < n_classes; k++) {
        for (size_t i = 0; i < n; i++) {
            mean[i] += p_over_scale[k * n + i] * y[k * n + i];
        }
    }
    for (size_t k = 0; k < n_classes; k++) {
        for (size_t i = 0; i < n; i++) {
            rows[k * n + i] = root_over_scale[k * n + i] * y[k * n + i] -
                              root[k * n + i] * mean[i];
        }
    }
}

/* sum (d, d) lower triangle += the same of part, in double. */
static void add_lower(size_t d, const real *part, double *sum)
{
    for (size_t i = 0; i < d; i++) {
        for (size_t j = 0; j <= i; j++) {
            sum[i * d + j] += (double)part[i * d + j];
        }
    }
}

void FN(add_g_term)(FN(work) * work, const gold_group *group, size_t r,
                    const FN(block) * block)
{
    gold_member *member = &work->members[group->first + r];
    const size_t last = work->network->n_layers - 1;
    const size_t step = work->network->n_out * block->n;

    weigh_samples(work, member, block, work->delta[last] + r * step);
    for (size_t v = 0; v < work->d; v++) {
        weigh_tangent(work, block->n, work->dz[last] + v * step,
                      work->factor_rows + v * step);
    }
    if (work->d > 0) {
        FN(gram_lower)
        (work->d, step, 1.0, (FN(matrix)){work->factor_rows, step}, 0.0,
         work->small, work->d);
        add_lower(work->d, work->small, member->g);
        work->flops += (double)(work->d * work->d) * (double)step;
    }
}

/* Q of one member at layer l; `slope_loss` (units, n) is d loss / d phi(z_l)
 * before the weights of the pooling. */
static void add_q_term(FN(work) * work, gold_member *member, size_t l, size_t n,
                       const real *slope_loss)
{
    const size_t units = gold_shape_units(work->network->layers[l].output) * n;
    const real *dz = work->dz[l];

    for (size_t v = 0; v < work->d; v++) {
        real *row = work->factor_rows + v * units;

        for (size_t i = 0; i < units; i++) {
            row[i] = dz[v * units + i] * work->bend[i] * slope_loss[i];
        }
    }
    FN(product_nt)
    (work->d, work->d, units, 1.0, (FN(matrix)){work->factor_rows, units},
     (FN(matrix)){dz, units}, 0.0, work->small, work->d);
    add_lower(work->d, work->small, member->q);
    work->flops += 2.0 * (double)(work->d * work->d) * (double)units;
}

/* The gradient of member r += this block's, in layer l. */
static void add_member_gradient(FN(work) * work, const gold_group *group,
                                size_t r, size_t l, FN(feed) x)
{
    const gold_network *network = work->network;
    const gold_layer *layer = &network->layers[l];
    const size_t m = gold_layer_weights(layer);
    const real *delta =
        work->delta[l] + r * gold_shape_units(layer->output) * x.n;
    real *gradient =
        work->gradient + (group->first + r) * network->n_parameters;

    if (layer->kind == GOLD_LAYER_LINEAR) {
        FN(affine_gradient)
        (layer, layer->out, delta, x, 1.0, gradient + layer->weights, NULL);
    } else {
        FN(add_scaled)
        (m, 1.0, work->product + r * m, gradient + layer->weights);
    }
    if (layer->has_bias) {
        FN(bias_gradient)(layer, x.n, delta, 1.0, gradient + layer->biases);
    }
}

/* The gradients of all members += this block's. Those of a convolution are made
 * together, so that its patches are made once. */
static void add_gradients(FN(work) * work, const gold_group *group,
                          const FN(block) * block)
{
    const gold_network *network = work->network;

    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];
        const FN(feed) x =
            FN(feed_of)(&work->values, block, work->line->input_scale, l);

        if (layer->kind == GOLD_LAYER_CONV2D) {
            FN(affine_gradient)
            (layer, group->count * layer->out, work->delta[l], x, 0.0,
             work->product, work->values.patches);
        }
        for (size_t r = 0; r < group->count; r++) {
            add_member_gradient(work, group, r, l, x);
        }
    }
    work->flops += 2.0 * (double)(group->count * block->n) * network->products;
}

/* delta of the layer below l, and its part of Q, for one member. */
static void step_back(FN(work) * work, const gold_group *group, size_t r,
                      size_t l, size_t n)
{
    const gold_network *network = work->network;
    const gold_layer *layer = &network->layers[l];
    const size_t below = gold_shape_units(network->layers[l - 1].output) * n;
    const FN(model) model = FN(work_model)(work, group);
    real *delta = work->delta[l - 1] + r * below;

    FN(pull_back)
    (&model, &work->values, l, n,
     work->delta[l] + r * gold_shape_units(layer->output) * n, delta);
    work->flops += 2.0 * (double)n * (double)gold_layer_products(layer);
    if (network->is_smooth && work->d > 0) {
        add_q_term(work, &work->members[group->first + r], l - 1, n, delta);
    }
    FN(multiply)(below, work->values.slope[l - 1], delta);
}

void FN(backward)(FN(work) * work, const gold_group *group,
                  const FN(block) * block)
{
    const gold_network *network = work->network;
    const size_t n = block->n;

    for (size_t l = network->n_layers - 1; l > 0; l--) {
        if (network->is_smooth) {
            const size_t units =
                gold_shape_units(network->layers[l - 1].output) * n;

            FN(bend_over_slope)
            (network->activation, units, work->values.h[l - 1], work->bend);
            FN(multiply)(units, work->values.slope[l - 1], work->bend);
        }
        for (size_t r = 0; r < group->count; r++) {
            step_back(work, group, r, l, n);
        }
    }
    add_gradients(work, group, block);
}

/* P of one layer for dense directions: C for as many directions at a time as
 * make an efficient product, all members at once, then contracted with V. */
static void add_dense_p(FN(work) * work, const gold_group *group, size_t l,
                        size_t n)
{
    const gold_layer *layer = &work->network->layers[l];
    const size_t m = gold_layer_weights(layer);
    const size_t R = group->count;
    const size_t d = work->d;
    const size_t most = R < GOLD_PRODUCT_ROWS ? GOLD_PRODUCT_ROWS / R : 1;
    const size_t below = gold_shape_units(layer->input) * n;
    const size_t columns = gold_layer_positions(layer) * n;

    for (size_t first = 0; first < d; first += most) {
        const size_t count = d - first < most ? d - first : most;

        for (size_t i = 0; i < count; i++) {
            const real *da = work->da[l - 1] + (first + i) * below;

            FN(affine_gradient)
            (layer, R * layer->out, work->delta[l],
             (FN(feed)){da, n, 1.0, false}, 0.0, work->product + i * R * m,
             work->values.patches);
        }
        FN(product_nt)
        (count * R, d, m, 1.0, (FN(matrix)){work->product, m},
         (FN(matrix)){work->line->directions->layers[l].weights, m}, 0.0,
         work->small, d);
        for (size_t row = 0; row < count * R; row++) {
            double *p =
                work->members[group->first + row % R].p + (first + row / R) * d;

            for (size_t j = 0; j < d; j++) {
                p[j] += (double)work->small[row * d + j];
            }
        }
    }
    work->flops += 2.0 * (double)(R * d * m) * (double)(columns + d);
}

/* What one sparse entry adds to P, from C (members, d) at its place. */
static void add_use(FN(work) * work, const gold_group *group,
                    const FN(use) * use, const real *c)
{
    const size_t d = work->d;

    for (size_t r = 0; r < group->count; r++) {
        double *p = work->members[group->first + r].p + use->direction * d;

        for (size_t i = 0; i < d; i++) {
            p[i] += (double)use->value * (double)c[r * d + i];
        }
    }
}

/* Uses [u, end) of one column of a layer's weights, with as many rows of
 * delta as make an efficient product. */
static size_t end_of_use_block(const FN(use_list) * uses, size_t u,
                               size_t most_rows)
{
    const size_t column = uses->items[u].column;
    size_t row = uses->items[u].at;
    size_t n_rows = 1;

    for (; u < uses->n && uses->items[u].column == column; u++) {
        n_rows += uses->items[u].at != row ? 1 : 0;
        row = uses->items[u].at;
        if (n_rows > most_rows) {
            break;
        }
    }
    return u;
}

/* Rows of delta that uses [u, end) of a layer want, each for all members;
 * returns how many. */
static size_t gather_use_rows(const FN(work) * work, const gold_group *group,
                              size_t l, size_t columns, size_t u, size_t end)
{
    const gold_layer *layer = &work->network->layers[l];
    const FN(use) *uses = work->uses[l].items;
    size_t rows = 0;

    for (size_t v = u; v < end; v++) {
        const size_t o = uses[v].at / layer->in;

        for (size_t r = 0;
             (v == u || uses[v].at != uses[v - 1].at) && r < group->count;
             r++) {
            memcpy(work->use_rows + rows++ * columns,
                   work->delta[l] + (r * layer->out + o) * columns,
                   columns * sizeof(real));
        }
    }
    return rows;
}

/* Row k of the patches of the tangents that layer l is applied to, of all
 * directions: (d, columns). */
static FN(matrix)
    tangent_rows(const FN(work) * work, size_t l, size_t n, size_t k)
{
    const gold_layer *layer = &work->network->layers[l];
    const size_t below = gold_shape_units(layer->input) * n;
    const size_t columns = gold_layer_positions(layer) * n;

    if (layer->kind == GOLD_LAYER_LINEAR) {
        return (FN(matrix)){work->da[l - 1] + k * n, below};
    }
    for (size_t i = 0; i < work->d; i++) {
        (void)FN(patch_row)(layer, n, work->da[l - 1] + i * below, k,
                            work->use_tangents + i * columns);
    }
    return (FN(matrix)){work->use_tangents, columns};
}

/* P for sparse directions: only the entries of C are computed that some
 * direction needs, all members and several entries of a column at a time.
 * Adds the transpose of what add_dense_p adds, which is as good: only P + P'
 * matters. */
static void add_sparse_p(FN(work) * work, const gold_group *group, size_t l,
                         size_t n)
{
    const FN(use_list) *uses = &work->uses[l];
    const size_t columns = gold_layer_positions(&work->network->layers[l]) * n;
    const size_t R = group->count;
    const size_t d = work->d;
    const size_t most = R < GOLD_PRODUCT_ROWS ? GOLD_PRODUCT_ROWS / R : 1;
    FN(matrix) tangents = {0};

    for (size_t u = 0; u < uses->n;) {
        const size_t end = end_of_use_block(uses, u, most);
        const size_t column = uses->items[u].column;
        const size_t rows = gather_use_rows(work, group, l, columns, u, end);
        const real *c = work->small;

        if (u == 0 || column != uses->items[u - 1].column) {
            tangents = tangent_rows(work, l, n, column);
        }
        FN(product_nt)
        (rows, d, columns, 1.0, (FN(matrix)){work->use_rows, columns}, tangents,
         0.0, work->small, d);
        work->flops += 2.0 * (double)(rows * d) * (double)columns;
        for (size_t v = u; v < end; v++) {
            c +=
                v > u && uses->items[v].at != uses->items[v - 1].at ? R * d : 0;
            add_use(work, group, &uses->items[v], c);
        }
        u = end;
    }
}

void FN(add_p_term)(FN(work) * work, const gold_group *group,
                    const FN(block) * block)
{
    const bool is_sparse = work->line->directions->is_sparse;

    if (work->line->directions->is_confined) {
        return; /* nothing that enters a layer moves with its own weights */
    }
    if (!is_sparse) {
        FN(add_p_by_classes)(work, group, block);
    }
    for (size_t l = 1; l < work->network->n_layers; l++) {
        if (is_sparse) {
            add_sparse_p(work, group, l, block->n);
        } else if (!FN(prefers_classes)(work, group->count, l)) {
            add_dense_p(work, group, l, block->n);
        }
    }
}
