/* SPDX-License-Identifier: MIT */
/* Which units are on, and the tangents of these. */
#include "curv/masked.h"

#include <math.h>
#include <string.h>

#include "graph/phi.h"
#include "linalg/product.h"

static const gold_op *op_of(const gold_node *node)
{
    return FN(ops)[node->kind];
}

static bool is_relu(const gold_node *node)
{
    return op_of(node) == &FN(op_activation) &&
           gold_phis[node->set.phi].is_homogeneous &&
           gold_phis[node->set.phi].at(-1.0).first == 0.0;
}

/* Linear layers of a chain with a relu behind each but the last one: how many,
 * two or more; 0: it is not such a chain. */
static size_t count_layers(const gold_graph *graph)
{
    bool is_masked = true; /* is what the next layer takes? */
    size_t count = 0;

    for (size_t q = 1; q < graph->n_nodes; q++) {
        const gold_node *node = &graph->nodes[q];
        const bool is_linear = op_of(node) == &FN(op_linear);
        const bool is_view = op_of(node)->forward == NULL && count == 0;

        if (node->n_inputs != 1 || node->inputs[0] != q - 1 ||
            !(is_view || (is_masked ? is_linear : is_relu(node)))) {
            return 0;
        }
        count += is_linear ? 1 : 0;
        is_masked = is_view || !is_linear;
    }
    return count < 2 || is_masked ? 0 : count;
}

static size_t common_of(const FN(work) * work)
{
    const size_t common = FN(common_of)(work);

    return common > 0 ? common : work->most;
}

static size_t reals(const FN(work) * work)
{
    const gold_graph *graph = &work->network->graph;
    size_t units = 0;

    for (size_t q = 1; q < graph->n_nodes; q++) {
        units += graph->nodes[q].fan_out;
    }
    return gold_masked_beside(units, work->network->n_out, work->d,
                              common_of(work), work->most, sizeof(real));
}

/* Terms of tiles count in 32 bits: weights, and what a block has of pairs, of
 * the fewest samples (base/blocks.h) where one has so much. */
static bool is_counted(const FN(work) * work)
{
    const size_t fewest = 48;

    return work->network->n_parameters <= UINT32_MAX &&
           reals(work) <= UINT32_MAX / fewest;
}

static bool is_for(const FN(work) * work)
{
    const FN(directions) *directions = work->line->directions;

    return gold_kernel_has_tiles(work->kernel.kernel) && work->d > 0 &&
           !directions->is_sparse && !directions->is_confined &&
           count_layers(&work->network->graph) > 0 && is_counted(work);
}

/* Half of all units are on; one residual goes by all units above. A tile takes
 * `start` terms' time to begin, and a direction is turned in each block, of some
 * hundred samples. */
static double cost(const FN(work) * work)
{
    const gold_graph *graph = &work->network->graph;
    const double start = 8.0;
    const double turning = 0.02; /* of a direction's entry, a sample */
    const double ld = (double)FN(padded)(work->d);
    const double d = (double)work->d;
    const double m = (double)work->most;
    const double k = (double)common_of(work);
    const double ldk = (double)FN(padded)(common_of(work));
    double on = 1.0; /* of inputs */
    double sum = 0.0;

    if (!is_for(work)) {
        return (double)INFINITY;
    }
    for (size_t q = 1; q < graph->n_nodes; q++) {
        const gold_node *node = &graph->nodes[q];
        const double share = q + 1 < graph->n_nodes ? 0.5 : 1.0;
        const double in = (double)node->fan_in;
        const double out = share * (double)node->fan_out;
        const double above = k > 1.0 ? out : (double)node->fan_out;

        if (node->n_parameters == 0) {
            continue;
        }
        sum += out * (ld + m) * (in + start) + turning * d * in * out / share;
        if (node->bends) {
            sum += (ldk + ld) * out * (on * in + start) +
                   k * ld * (on * in * (above + start) + d * (on * in + start));
        }
        on = 0.5;
    }
    return sum;
}

static gold_run_plan plan(const FN(work) * work, size_t n)
{
    return (gold_run_plan){.graph = &work->network->graph, .n = n};
}

static size_t larger(size_t x, size_t y)
{
    return x > y ? x : y;
}

static gold_status init_layer(const FN(work) * work, FN(masked_layer) * layer)
{
    const FN(masked) *masked = work->masked;
    const size_t pairs = work->block * layer->node->fan_out;

    GOLD_TRY(GOLD_ALLOC(work->block + 1, &layer->start));
    GOLD_TRY(GOLD_ALLOC(layer->node->fan_out + 1, &layer->begin));
    GOLD_TRY(GOLD_ALLOC(pairs, &layer->unit));
    GOLD_TRY(GOLD_ALLOC(pairs, &layer->row));
    GOLD_TRY(GOLD_ALLOC(pairs, &layer->place));
    GOLD_TRY(GOLD_ALLOC(pairs, &layer->pair));
    GOLD_TRY(GOLD_ALLOC(pairs, &layer->sample));
    GOLD_TRY(GOLD_ALLOC(pairs * masked->ld, &layer->da));
    return GOLD_ALLOC(pairs * masked->ldk, &layer->common);
}

static gold_status find_layers(FN(work) * work)
{
    const gold_graph *graph = &work->network->graph;
    FN(masked) *masked = work->masked;

    GOLD_TRY(GOLD_ALLOC(count_layers(graph), &masked->layers));
    for (size_t q = 1; q < graph->n_nodes; q++) {
        if (op_of(&graph->nodes[q]) == &FN(op_linear)) {
            FN(masked_layer) *layer = &masked->layers[masked->n_layers++];

            layer->node = &graph->nodes[q];
            layer->index = q;
            layer->mask = q + 1 < graph->n_nodes ? q + 1 : 0;
            GOLD_TRY(init_layer(work, layer));
        }
    }
    return GOLD_OK;
}

static gold_status init_room(const FN(work) * work, FN(masked) * masked)
{
    const size_t n = work->block;
    size_t in = 0;
    size_t out = 0;

    for (size_t l = 0; l < masked->n_layers; l++) {
        in = larger(in, masked->layers[l].node->fan_in);
        out = larger(out, masked->layers[l].node->fan_out);
    }
    GOLD_TRY(GOLD_ALLOC(n * masked->k * work->network->n_out, &masked->delta));
    if (FN(common_of)(work) > 0) {
        GOLD_TRY(GOLD_ALLOC(work->most * n * masked->k, &masked->mix));
        GOLD_TRY(GOLD_ALLOC(n * masked->k * masked->ldm, &masked->shares));
        GOLD_TRY(GOLD_ALLOC(n * out * masked->ldm, &masked->each));
    }
    GOLD_TRY(GOLD_ALLOC(n * out, &masked->dense));
    GOLD_TRY(GOLD_ALLOC(FN(masked_turned)(masked), &masked->turned));
    GOLD_TRY(GOLD_ALLOC(FN(masked_w)(masked), &masked->w));
    GOLD_TRY(GOLD_ALLOC(FN(masked_sums)(work), &masked->second));
    GOLD_TRY(GOLD_ALLOC(work->most * work->d * FN(STRIPE), &masked->p));
    GOLD_TRY(GOLD_ALLOC(GOLD_PANELS * n * FN(STRIPE), &masked->panels));
    GOLD_TRY(
        GOLD_ALLOC(larger(n * out, larger(in, masked->k)), &masked->terms));
    GOLD_TRY(GOLD_ALLOC(larger(in, out), &masked->ramp));
    for (size_t i = 0; i < larger(in, out); i++) {
        masked->ramp[i] =
            (gold_tile_term){(uint32_t)i, (uint32_t)(i * FN(STRIPE))};
    }
    return GOLD_OK;
}

static gold_status init(FN(work) * work)
{
    GOLD_TRY(GOLD_ALLOC(1, &work->masked));
    FN(masked) *masked = work->masked;

    masked->tile = FN(tile_of)(work->kernel.kernel);
    masked->keeps_first = work->n_groups > 1;
    masked->ld = FN(padded)(work->d);
    masked->k = common_of(work);
    masked->ldk = FN(padded)(masked->k);
    masked->ldm = FN(padded)(work->most);
    GOLD_TRY(find_layers(work));
    GOLD_TRY(init_room(work, masked));
    work->residuals =
        (FN(residuals)){FN(common_of)(work), masked->mix, masked->delta};
    return GOLD_OK;
}

static void fini(FN(work) * work)
{
    FN(masked) *masked = work->masked;

    for (size_t l = 0; masked != NULL && l < masked->n_layers; l++) {
        FN(masked_layer) *layer = &masked->layers[l];

        gold_free(layer->start);
        gold_free(layer->begin);
        gold_free(layer->unit);
        gold_free(layer->row);
        gold_free(layer->place);
        gold_free(layer->pair);
        gold_free(layer->sample);
        gold_free(layer->da);
        gold_free(layer->common);
    }
    if (masked != NULL) {
        gold_free(masked->layers);
        gold_free(masked->delta);
        gold_free(masked->mix);
        gold_free(masked->shares);
        gold_free(masked->each);
        gold_free(masked->dense);
        gold_free(masked->turned);
        gold_free(masked->w);
        gold_free(masked->second);
        gold_free(masked->p);
        gold_free(masked->panels);
        gold_free(masked->terms);
        gold_free(masked->ramp);
    }
    gold_free(masked);
}

void FN(masked_multiply)(FN(work) * work, const FN(tile) * tile)
{
    work->masked->tile(tile);
    work->run.flops +=
        2.0 * (double)(tile->rows * tile->n) * (double)tile->width;
}

/* Pairs by sample, then unit by unit. */
static void find_pairs(FN(work) * work, size_t l, size_t n)
{
    FN(masked_layer) *layer = &work->masked->layers[l];
    const real *slopes = work->run.places[layer->mask].kept;
    const bool is_dense = l == 0 && work->masked->keeps_first;
    const size_t out = layer->node->fan_out;
    size_t at = 0;

    memset(layer->begin, 0, (out + 1) * sizeof *layer->begin);
    for (size_t s = 0; s < n; s++) {
        layer->start[s] = at;
        for (size_t u = 0; u < out; u++) {
            if (layer->mask == 0 || slopes[s * out + u] != R(0.0)) {
                layer->unit[at] = (uint32_t)u;
                layer->row[at] = (uint32_t)(is_dense ? s * out + u : at);
                layer->begin[u + 1]++;
                at++;
            }
        }
    }
    layer->start[n] = at;
    for (size_t u = 0; u < out; u++) {
        layer->begin[u + 1] += layer->begin[u];
    }
    for (size_t s = 0; s < n; s++) {
        for (size_t p = layer->start[s]; p < layer->start[s + 1]; p++) {
            const size_t place = layer->begin[layer->unit[p]]++;

            layer->place[p] = (uint32_t)place;
            layer->pair[place] = (uint32_t)p;
            layer->sample[place] = (uint32_t)s;
        }
    }
    memmove(layer->begin + 1, layer->begin, out * sizeof *layer->begin);
    layer->begin[0] = 0;
}

/* The place-th of the samples whose tangents unit v has, and its row. */
static size_t sample_of(const FN(work) * work, size_t l, size_t v, size_t place,
                        real **row)
{
    const FN(masked) *masked = work->masked;
    const FN(masked_layer) *layer = &masked->layers[l];
    const bool is_dense = l == 0 && masked->keeps_first;
    const size_t at = layer->begin[v] + place;

    *row = layer->da +
           (is_dense ? place * layer->node->fan_out + v : layer->pair[at]) *
               masked->ld;
    return is_dense ? place : layer->sample[at];
}

/* Columns [j, j + width) of dz[s,v] <- V[v] a[s] for all samples of v. */
static void move_unit(FN(work) * work, size_t l, size_t v, size_t n, size_t j)
{
    const FN(masked) *masked = work->masked;
    const FN(masked_layer) *layer = &masked->layers[l];
    const gold_moves *moves = &work->run.moves[layer->index];
    const size_t in = layer->node->fan_in;
    const size_t left = work->d - j;
    const size_t width = left < FN(STRIPE) ? left : FN(STRIPE);
    const real *x = work->run.places[layer->node->inputs[0]].y;
    FN(tile)
    tile = {.width = width,
            .n = in,
            .terms = masked->ramp,
            .b = masked->turned,
            .adds = moves->b != NULL};

    FN(turn)
    (width, in, (FN(matrix)){moves->w + j * moves->step + v * in, moves->step},
     masked->turned, FN(STRIPE));
    for (size_t at = 0; at < n; at += tile.rows) {
        tile.rows = FN(tile_rows)(n - at);
        for (size_t i = 0; i < tile.rows; i++) {
            real *row = NULL;

            tile.a[i] = x + sample_of(work, l, v, at + i, &row) * in;
            tile.out[i] = row + j;
            for (size_t c = 0; moves->b != NULL && c < width; c++) {
                row[j + c] = moves->b[(j + c) * moves->b_step + v];
            }
        }
        FN(masked_multiply)(work, &tile);
    }
}

static void move_layer(FN(work) * work, size_t l, size_t n)
{
    const FN(masked) *masked = work->masked;
    const FN(masked_layer) *layer = &masked->layers[l];

    for (size_t v = 0; v < layer->node->fan_out; v++) {
        const size_t count = l == 0 && masked->keeps_first
                                 ? n
                                 : layer->begin[v + 1] - layer->begin[v];

        for (size_t j = 0; j < work->d; j += FN(STRIPE)) {
            move_unit(work, l, v, count, j);
        }
    }
}

/* dz[s,v] += the sum over u of W[v,u] da[s,u]. */
static void pass_on(FN(work) * work, size_t l, size_t n)
{
    const FN(masked) *masked = work->masked;
    const FN(masked_layer) *layer = &masked->layers[l];
    const FN(masked_layer) *below = layer - 1;
    const real *w = work->run.theta + layer->node->first;
    FN(tile)
    tile = {
        .width = work->d, .terms = masked->terms, .b = below->da, .adds = true};

    for (size_t s = 0; s < n; s++) {
        const size_t end = layer->start[s + 1];

        tile.n = below->start[s + 1] - below->start[s];
        for (size_t t = 0; t < tile.n; t++) {
            const size_t pair = below->start[s] + t;

            masked->terms[t] = (gold_tile_term){
                below->unit[pair], below->row[pair] * (uint32_t)masked->ld};
        }
        for (size_t p = layer->start[s]; p < end; p += tile.rows) {
            tile.rows = FN(tile_rows)(end - p);
            for (size_t i = 0; i < tile.rows; i++) {
                tile.a[i] = w + layer->unit[p + i] * layer->node->fan_in;
                tile.out[i] = layer->da + layer->row[p + i] * masked->ld;
            }
            FN(masked_multiply)(work, &tile);
        }
    }
}

static void tangent(FN(work) * work, size_t n, bool is_again)
{
    const FN(masked) *masked = work->masked;
    const size_t rows = n * work->network->n_out;
    const real *dy = masked->layers[masked->n_layers - 1].da;

    for (size_t l = 0; l < masked->n_layers; l++) {
        find_pairs(work, l, n);
        if (l > 0 || !is_again) {
            move_layer(work, l, n);
        }
        if (l > 0) {
            pass_on(work, l, n);
        }
    }
    for (size_t i = 0; i < rows; i++) {
        for (size_t v = 0; v < work->d; v++) {
            work->tangents[i * work->d + v] = (double)dy[i * masked->ld + v];
        }
    }
}

static void second(FN(work) * work, const gold_group *group, size_t n,
                   real *gradients)
{
    FN(masked_second)(work, group, n, gradients);
}

const FN(way)
    FN(way_masked) = {"masked", GOLD_MASKED_BYTES, cost,  plan, reals, init,
                      fini,     tangent,           second};
