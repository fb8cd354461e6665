/* SPDX-License-Identifier: MIT */
/*
 * P for many members at once. The residual of a member enters P linearly, and
 * residuals sum to 0 over classes. So with delta^c for the unit residuals
 * e_c - e_K, c = 1 .. K-1, the second derivatives
 *
 *   T^c_ji(sample) = < V^j' delta^c, da^i >
 *
 * of a layer serve every member: P_r = sum over samples and c of rho_rc T^c.
 * Their cost does not grow with the number of members, so for many members
 * this beats making C for each one; FN(prefers_classes) counts flops. Linear
 * layers only: V^j' delta^c of a convolution is as large as its patches for
 * every class and direction, and making that costs more than C for each member.
 */
#include <string.h>

#include "curv/line_work.h"
#include "linalg/product.h"

bool FN(prefers_classes)(const FN(work) * work, size_t count, size_t l)
{
    const gold_layer *layer = &work->network->layers[l];
    const double m = (double)gold_layer_weights(layer);
    const double d = (double)work->d;
    const double units = (double)work->network->n_out - 1.0;
    const double R = (double)count;
    const double each = 2.0 * R * d * m * (1.0 + d / (double)work->block);
    const double shared =
        2.0 * units * d * (m + d * (double)layer->in) + 2.0 * d * d * units * R;

    return l > 0 && layer->kind == GOLD_LAYER_LINEAR && shared < each;
}

/* Lowest layer whose P is made from classes; n_layers: none. */
static size_t lowest_layer(const FN(work) * work, size_t count)
{
    size_t l = 1;

    while (l < work->network->n_layers &&
           !FN(prefers_classes)(work, count, l)) {
        l++;
    }
    return l;
}

gold_status FN(allocate_classes)(FN(work) * work)
{
    const gold_network *network = work->network;
    const size_t units = network->n_out - 1;
    const size_t lowest = lowest_layer(work, work->most);
    const size_t d = work->d;
    FN(classes) *c = &work->classes;
    size_t widest = 0;
    size_t most_out = 0;

    if (lowest == network->n_layers) {
        return GOLD_OK;
    }
    GOLD_TRY(GOLD_ALLOC(network->n_layers, &c->delta));
    GOLD_TRY(GOLD_ALLOC(network->n_layers, &c->directions));
    for (size_t l = lowest; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];

        widest = layer->in > widest ? layer->in : widest;
        most_out = layer->out > most_out ? layer->out : most_out;
        GOLD_TRY(GOLD_ALLOC(units * layer->out * work->block, &c->delta[l]));
        if (!FN(prefers_classes)(work, work->most, l)) {
            continue;
        }
        GOLD_TRY(GOLD_ALLOC(d * gold_layer_weights(layer), &c->directions[l]));
        for (size_t j = 0; j < d; j++) {
            for (size_t o = 0; o < layer->out; o++) {
                memcpy(c->directions[l] + (o * d + j) * layer->in,
                       work->line->directions->layers[l].weights +
                           (j * layer->out + o) * layer->in,
                       layer->in * sizeof(real));
            }
        }
    }
    GOLD_TRY(GOLD_ALLOC(most_out * GOLD_CLASS_SAMPLES * units, &c->rows));
    GOLD_TRY(GOLD_ALLOC(d * widest * GOLD_CLASS_SAMPLES, &c->tangents));
    GOLD_TRY(
        GOLD_ALLOC(GOLD_CLASS_SAMPLES * units * GOLD_CLASS_DIRECTIONS * widest,
                   &c->products));
    GOLD_TRY(GOLD_ALLOC(GOLD_CLASS_SAMPLES * units * GOLD_CLASS_DIRECTIONS * d,
                        &c->second));
    GOLD_TRY(GOLD_ALLOC(work->most * GOLD_CLASS_SAMPLES * units, &c->residual));
    return GOLD_ALLOC(work->most * d * d, &c->p);
}

void FN(free_classes)(FN(work) * work)
{
    FN(classes) *c = &work->classes;

    for (size_t l = 0; c->delta != NULL && l < work->network->n_layers; l++) {
        gold_free(c->delta[l]);
        gold_free(c->directions == NULL ? NULL : c->directions[l]);
    }
    gold_free(c->delta);
    gold_free(c->directions);
    gold_free(c->rows);
    gold_free(c->tangents);
    gold_free(c->products);
    gold_free(c->second);
    gold_free(c->residual);
    gold_free(c->p);
}

/* delta^c of all layers from the top down to `lowest`. */
static void unit_backward(FN(work) * work, const gold_group *group,
                          size_t lowest, size_t n)
{
    const gold_network *network = work->network;
    const size_t last = network->n_layers - 1;
    const size_t n_classes = network->n_out;
    real **delta = work->classes.delta;

    memset(delta[last], 0, (n_classes - 1) * n_classes * n * sizeof(real));
    for (size_t c = 0; c + 1 < n_classes; c++) {
        for (size_t i = 0; i < n; i++) {
            delta[last][(c * n_classes + c) * n + i] = R(1.0);
            delta[last][(c * n_classes + n_classes - 1) * n + i] = R(-1.0);
        }
    }
    for (size_t l = last; l > lowest; l--) {
        const gold_layer *layer = &network->layers[l];

        for (size_t c = 0; c + 1 < n_classes; c++) {
            real *below = delta[l - 1] + c * layer->in * n;

            FN(product_tn)
            (layer->in, n, layer->out, group->alpha,
             (FN(matrix)){work->line->theta + layer->weights, layer->in},
             (FN(matrix)){delta[l] + c * layer->out * n, n}, 0.0, below, n);
            FN(multiply)(layer->in * n, work->values.slope[l - 1], below);
        }
        work->flops += 2.0 * (double)((n_classes - 1) * n) *
                       (double)gold_layer_weights(layer);
    }
}

/* to (m, rows) <- from (rows, n), columns first .. first + m - 1. */
static void gather(size_t rows, size_t n, size_t first, size_t m,
                   const real *from, real *to)
{
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = 0; i < m; i++) {
            to[i * rows + row] = from[row * n + first + i];
        }
    }
}

/* Samples [first, first + m) of a block of n, at layer l. */
typedef struct stretch {
    size_t l;
    size_t n;
    size_t first;
    size_t m;
} stretch;

/* rows (out, m, K-1) <- delta^c (K-1, out, n); residual (R, m, K-1). */
static void take_rows(FN(work) * work, const gold_group *group, stretch s)
{
    const size_t n_classes = work->network->n_out;
    const size_t units = n_classes - 1;
    const size_t out = work->network->layers[s.l].out;
    const real *top = work->delta[work->network->n_layers - 1];
    FN(classes) *c = &work->classes;

    for (size_t o = 0; o < out; o++) {
        for (size_t k = 0; k < units; k++) {
            const real *from = c->delta[s.l] + (k * out + o) * s.n + s.first;

            for (size_t i = 0; i < s.m; i++) {
                c->rows[(o * s.m + i) * units + k] = from[i];
            }
        }
    }
    for (size_t r = 0; r < group->count; r++) {
        gather(units, s.n, s.first, s.m, top + r * n_classes * s.n,
               c->residual + r * s.m * units);
    }
}

/* p (R, d, d) += residual times T, for directions [j, j + count). */
static void add_directions(FN(work) * work, const gold_group *group, stretch s,
                           size_t j, size_t count)
{
    const gold_layer *layer = &work->network->layers[s.l];
    const size_t units = work->network->n_out - 1;
    const size_t in = layer->in;
    const size_t d = work->d;
    const size_t rows = s.m * units;
    FN(classes) *c = &work->classes;

    FN(product_tn)
    (rows, count * in, layer->out, 1.0, (FN(matrix)){c->rows, rows},
     (FN(matrix)){c->directions[s.l] + j * in, d * in}, 0.0, c->products,
     count * in);
    for (size_t i = 0; i < s.m; i++) {
        FN(product_nt)
        (units * count, d, in, 1.0,
         (FN(matrix)){c->products + i * units * count * in, in},
         (FN(matrix)){c->tangents + i * d * in, in}, 0.0,
         c->second + i * units * count * d, d);
    }
    FN(product)
    (group->count, count * d, rows, 1.0, (FN(matrix)){c->residual, rows},
     (FN(matrix)){c->second, count * d}, 1.0, c->p + j * d, d * d);
    work->flops += 2.0 * (double)rows * (double)(count * in) *
                   ((double)layer->out + (double)d);
    work->flops +=
        2.0 * (double)rows * (double)(count * d) * (double)group->count;
}

static void add_layer(FN(work) * work, const gold_group *group, size_t l,
                      size_t n)
{
    const size_t d = work->d;
    const size_t in = work->network->layers[l].in;
    FN(classes) *c = &work->classes;

    memset(c->p, 0, group->count * d * d * sizeof(real));
    for (size_t first = 0; first < n; first += GOLD_CLASS_SAMPLES) {
        const size_t m =
            n - first < GOLD_CLASS_SAMPLES ? n - first : GOLD_CLASS_SAMPLES;
        const stretch s = {l, n, first, m};

        take_rows(work, group, s);
        gather(d * in, n, first, m, work->da[l - 1], c->tangents);
        for (size_t j = 0; j < d; j += GOLD_CLASS_DIRECTIONS) {
            add_directions(
                work, group, s, j,
                d - j < GOLD_CLASS_DIRECTIONS ? d - j : GOLD_CLASS_DIRECTIONS);
        }
    }
    for (size_t r = 0; r < group->count; r++) {
        double *p = work->members[group->first + r].p;

        for (size_t i = 0; i < d * d; i++) {
            p[i] += (double)c->p[r * d * d + i];
        }
    }
}

void FN(add_p_by_classes)(FN(work) * work, const gold_group *group,
                          const FN(block) * block)
{
    const size_t lowest = lowest_layer(work, group->count);

    if (lowest == work->network->n_layers) {
        return;
    }
    unit_backward(work, group, lowest, block->n);
    for (size_t l = lowest; l < work->network->n_layers; l++) {
        if (FN(prefers_classes)(work, group->count, l)) {
            add_layer(work, group, l, block->n);
        }
    }
}
