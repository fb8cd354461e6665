/* SPDX-License-Identifier: MIT */
/* Deltas of what is on, and with them second derivatives. */
#include <string.h>

#include "curv/masked.h"
#include "linalg/product.h"

enum {
    TURNED_REALS = 1 << 19, /* of a stripe of directions: to stay in a cache */
    W_REALS = 1 << 17,      /* likewise, in the one nearer to the core */
    SUM_REALS = 1 << 19,    /* of `second` */
    MOST_SAMPLES = 64
};

static size_t clamp(size_t x, size_t least, size_t most)
{
    return x < least ? least : x < most ? x : most;
}

/* Units of an input whose directions are turned together. */
static size_t chunk_of(const FN(masked_layer) * layer)
{
    return clamp(TURNED_REALS / (layer->node->fan_out * FN(STRIPE)), 1,
                 layer->node->fan_in);
}

/* Samples whose w, of one chunk, are made at a time. */
static size_t samples_of(const FN(masked) * masked,
                         const FN(masked_layer) * layer)
{
    return clamp(W_REALS / (chunk_of(layer) * masked->k * FN(STRIPE)), 1,
                 MOST_SAMPLES);
}

/* Samples whose second derivatives are. */
static size_t sums_of(const FN(masked) * masked, size_t d)
{
    return clamp(SUM_REALS / (masked->k * d * FN(STRIPE)), 1, MOST_SAMPLES);
}

size_t FN(masked_turned)(const FN(masked) * masked)
{
    size_t most = masked->layers[0].node->fan_in * FN(STRIPE);

    for (size_t l = 1; l < masked->n_layers; l++) {
        const FN(masked_layer) *layer = &masked->layers[l];
        const size_t rows = chunk_of(layer) * layer->node->fan_out;
        const size_t in = layer->node->fan_in;

        most = clamp((rows > in ? rows : in) * FN(STRIPE), most, SIZE_MAX);
    }
    return most;
}

size_t FN(masked_w)(const FN(masked) * masked)
{
    size_t most = 0;

    for (size_t l = 1; l < masked->n_layers; l++) {
        const FN(masked_layer) *layer = &masked->layers[l];
        const size_t pairs = samples_of(masked, layer) * chunk_of(layer);

        most = clamp(pairs * masked->k * FN(STRIPE), most, SIZE_MAX);
    }
    return most;
}

size_t FN(masked_sums)(const FN(work) * work)
{
    return sums_of(work->masked, work->d) * work->masked->k * work->d *
           FN(STRIPE);
}

/* Deltas in common of the outputs, (n, k, outputs), turned. */
static void take_output(FN(work) * work, size_t n, size_t k)
{
    const FN(masked) *masked = work->masked;
    const FN(masked_layer) *top = &masked->layers[masked->n_layers - 1];
    const size_t outputs = work->network->n_out;

    for (size_t s = 0; s < n; s++) {
        FN(turn)
        (k, outputs, (FN(matrix)){masked->delta + s * k * outputs, outputs},
         top->common + s * outputs * masked->ldk, masked->ldk);
    }
}

/* Of the layer below, delta[s,u] <- the sum over v of W[v,u] delta[s,v]. */
static void go_down(FN(work) * work, size_t l, size_t n, size_t k)
{
    const FN(masked) *masked = work->masked;
    const FN(masked_layer) *layer = &masked->layers[l];
    const FN(masked_layer) *below = layer - 1;
    const real *w = work->run.theta + layer->node->first;
    FN(tile)
    tile = {.width = k, .terms = masked->terms, .b = layer->common};

    for (size_t s = 0; s < n; s++) {
        const size_t end = below->start[s + 1];

        tile.n = layer->start[s + 1] - layer->start[s];
        for (size_t t = 0; t < tile.n; t++) {
            const size_t pair = layer->start[s] + t;

            masked->terms[t] = (gold_tile_term){
                layer->unit[pair] * (uint32_t)layer->node->fan_in,
                (uint32_t)(pair * masked->ldk)};
        }
        for (size_t p = below->start[s]; p < end; p += tile.rows) {
            tile.rows = FN(tile_rows)(end - p);
            for (size_t i = 0; i < tile.rows; i++) {
                tile.a[i] = w + below->unit[p + i];
                tile.out[i] = below->common + (p + i) * masked->ldk;
            }
            FN(masked_multiply)(work, &tile);
        }
    }
}

/* Samples [first, first + n), inputs [u, u + units) and directions [j, j +
 * width) of a layer, on their way to P: of each sample and residual (d,
 * stripe), or turned, where few are left, (width, ld), which is less to
 * compute. */
typedef struct stretch {
    size_t layer;
    size_t k;
    size_t u;
    size_t units;
    size_t j;
    size_t width;
    bool is_turned;
    size_t first;
    size_t n;
} stretch;

static void take_stripe(const FN(work) * work, stretch *at)
{
    const size_t ld = work->masked->ld;

    at->width = clamp(work->d - at->j, 1, FN(STRIPE));
    at->is_turned = at->width * ld < work->d * FN(padded)(at->width);
}

/* Reals that each sample and residual has of P. */
static size_t size_of(const FN(work) * work, const stretch *at)
{
    return at->is_turned ? at->width * work->masked->ld : work->d * FN(STRIPE);
}

/* turned (units, out, stripe) <- directions of these. */
static void turn_chunk(FN(work) * work, const stretch *at)
{
    const FN(masked) *masked = work->masked;
    const gold_node *node = masked->layers[at->layer].node;
    const gold_moves *moves = &work->run.moves[masked->layers[at->layer].index];

    for (size_t v = 0; v < node->fan_out; v++) {
        const real *from =
            moves->w + at->j * moves->step + v * node->fan_in + at->u;

        FN(turn)
        (at->width, at->units, (FN(matrix)){from, moves->step},
         masked->turned + v * FN(STRIPE), node->fan_out * FN(STRIPE));
    }
}

/* The first pair of sample s whose unit is not below u. */
static size_t pair_from(const FN(masked_layer) * layer, size_t s, size_t u)
{
    size_t low = layer->start[s];
    size_t high = layer->start[s + 1];

    while (low < high) {
        const size_t middle = (low + high) / 2;

        if (layer->unit[middle] < u) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* w (k, stripe) of one pair, of the terms of its sample. */
static void take_pair(FN(work) * work, const stretch *at, FN(tile) * tile,
                      real *w)
{
    const FN(masked_layer) *layer = &work->masked->layers[at->layer];

    for (size_t c = 0; c < at->k; c += tile->rows) {
        tile->rows = FN(tile_rows)(at->k - c);
        for (size_t x = 0; x < tile->rows; x++) {
            tile->a[x] = layer->common + c + x;
            tile->out[x] = w + (c + x) * FN(STRIPE);
        }
        FN(masked_multiply)(work, tile);
    }
}

/* Where the pairs of a few samples stand, unit by unit. */
typedef struct cursor {
    size_t first[MOST_SAMPLES];
    size_t next[MOST_SAMPLES];
} cursor;

/* The terms of each sample's w, and its first pair. */
static void begin_w(FN(work) * work, const stretch *at, cursor *pairs)
{
    const FN(masked) *masked = work->masked;
    const FN(masked_layer) *layer = &masked->layers[at->layer];

    for (size_t s = 0; s < at->n; s++) {
        gold_tile_term *terms = masked->terms + s * layer->node->fan_out;

        pairs->first[s] = pair_from(layer - 1, at->first + s, at->u);
        pairs->next[s] = pairs->first[s];
        for (size_t p = layer->start[at->first + s];
             p < layer->start[at->first + s + 1]; p++) {
            *terms++ = (gold_tile_term){(uint32_t)(p * masked->ldk),
                                        layer->unit[p] * (uint32_t)FN(STRIPE)};
        }
    }
}

/* w of the next pair of sample s, if that is of unit u; else NULL. */
static real *next_w(const FN(work) * work, const stretch *at, size_t u,
                    size_t s, cursor *pairs)
{
    const FN(masked_layer) *below = &work->masked->layers[at->layer - 1];
    const size_t pair = pairs->next[s];
    const size_t slot = s * at->units + pair - pairs->first[s];

    if (pair == below->start[at->first + s + 1] || below->unit[pair] != u) {
        return NULL;
    }
    pairs->next[s]++;
    return work->masked->w + slot * at->k * FN(STRIPE);
}

/* w (pairs of these samples, k, stripe), unit by unit: their directions stay in
 * the cache. One residual is too little for a tile: it is taken of several
 * samples, with all units above. */
static void take_w(FN(work) * work, const stretch *at)
{
    const FN(masked) *masked = work->masked;
    const FN(masked_layer) *layer = &masked->layers[at->layer];
    const size_t out = layer->node->fan_out;
    cursor pairs;

    begin_w(work, at, &pairs);
    for (size_t u = at->u; u < at->u + at->units; u++) {
        FN(tile)
        tile = {.width = at->width,
                .n = out,
                .terms = masked->ramp,
                .b = masked->turned + (u - at->u) * out * FN(STRIPE)};

        for (size_t s = 0; s < at->n; s++) {
            const size_t sample = at->first + s;
            real *w = next_w(work, at, u, s, &pairs);

            if (w != NULL && at->k == 1) {
                tile.a[tile.rows] = masked->dense + sample * out;
                tile.out[tile.rows++] = w;
            } else if (w != NULL) {
                tile.terms = masked->terms + s * out;
                tile.n = layer->start[sample + 1] - layer->start[sample];
                take_pair(work, at, &tile, w);
            }
            if (at->k == 1 && (tile.rows == FN(TILE_ROWS) ||
                               (tile.rows > 0 && s + 1 == at->n))) {
                FN(masked_multiply)(work, &tile);
                tile.rows = 0;
            }
        }
    }
}

/* Where the terms of da^i[u] w[u] are that a sample has: how many. */
static size_t find_terms(FN(work) * work, const stretch *at, size_t sample)
{
    const FN(masked) *masked = work->masked;
    const FN(masked_layer) *below = &masked->layers[at->layer - 1];
    const size_t from = pair_from(below, sample, at->u);
    const size_t to = pair_from(below, sample, at->u + at->units);

    for (size_t p = from; p < to; p++) {
        const uint32_t da = below->row[p] * (uint32_t)masked->ld;
        const uint32_t w = (uint32_t)((p - from) * at->k * FN(STRIPE));

        masked->terms[p - from] =
            at->is_turned ? (gold_tile_term){w, da} : (gold_tile_term){da, w};
    }
    return to - from;
}

/* second of a sample <- the sum over u of da^i[u] w[u], or that added. */
static void take_second(FN(work) * work, const stretch *at, size_t s, bool adds,
                        real *second)
{
    const FN(masked) *masked = work->masked;
    const FN(masked_layer) *below = &masked->layers[at->layer - 1];
    const real *w = masked->w + s * at->units * at->k * FN(STRIPE);
    const size_t n_sums = at->is_turned ? 1 : at->k;
    const size_t n_rows = at->is_turned ? at->k * at->width : work->d;
    const size_t ld = at->is_turned ? masked->ld : FN(STRIPE);
    FN(tile)
    tile = {.width = at->is_turned ? work->d : at->width,
            .n = find_terms(work, at, at->first + s),
            .terms = masked->terms,
            .adds = adds};

    for (size_t c = 0; c < n_sums; c++) {
        tile.b = at->is_turned ? below->da : w + c * FN(STRIPE);
        for (size_t i = 0; i < n_rows; i += tile.rows) {
            tile.rows = FN(tile_rows)(n_rows - i);
            for (size_t x = 0; x < tile.rows; x++) {
                const size_t row = i + x;

                tile.a[x] = at->is_turned ? w + row / at->width * FN(STRIPE) +
                                                row % at->width
                                          : below->da + row;
                tile.out[x] = second + (c * n_rows + row) * ld;
            }
            FN(masked_multiply)(work, &tile);
        }
    }
}

/* sums += P and its transpose, of residuals (m, ..) */
static void add_both(FN(work) * work, const stretch *at, size_t m,
                     const real *p)
{
    const size_t d = work->d;

    for (size_t r = 0; r < m; r++) {
        double *sum = work->sums + r * d * d;
        const real *from = p + r * size_of(work, at);

        for (size_t i = 0; i < d; i++) {
            for (size_t j = 0; j < at->width; j++) {
                const double x =
                    (double)from[at->is_turned ? j * work->masked->ld + i
                                               : i * FN(STRIPE) + j];

                sum[i * d + at->j + j] += x;
                sum[(at->j + j) * d + i] += x;
            }
        }
    }
}

/* Second derivatives of samples [from, to): together, if residuals are alone,
 * else one by one, to be shared out. */
static void take_samples(FN(work) * work, stretch *at, size_t n, size_t m,
                         size_t from, size_t to)
{
    const FN(masked) *masked = work->masked;
    const size_t most = samples_of(masked, &masked->layers[at->layer]);
    const size_t size = size_of(work, at);
    const bool is_mixed = masked->mix != NULL;

    for (at->first = from; at->first < to; at->first += most) {
        at->n = clamp(to - at->first, 1, most);
        take_w(work, at);
        for (size_t s = 0; s < at->n; s++) {
            const size_t past = at->first + s - from;

            take_second(work, at, s, !is_mixed && past > 0,
                        masked->second + (is_mixed ? past * at->k * size : 0));
        }
    }
    if (!is_mixed) {
        add_both(work, at, m, masked->second);
        return;
    }
    FN(product)
    (m, size, (to - from) * at->k, 1.0,
     (FN(matrix)){masked->mix + from * at->k, n * at->k},
     (FN(matrix)){masked->second, size}, 0.0, masked->p, size);
    work->run.flops +=
        2.0 * (double)(m * (to - from) * at->k) * (double)(work->d * at->width);
    add_both(work, at, m, masked->p);
}

/* dense (n, out) <- one residual of a layer, with what is off. */
static void spread(FN(work) * work, size_t l, size_t n)
{
    const FN(masked) *masked = work->masked;
    const FN(masked_layer) *layer = &masked->layers[l];
    const size_t out = layer->node->fan_out;

    memset(masked->dense, 0, n * out * sizeof *masked->dense);
    for (size_t s = 0; s < n; s++) {
        for (size_t p = layer->start[s]; p < layer->start[s + 1]; p++) {
            masked->dense[s * out + layer->unit[p]] =
                layer->common[p * masked->ldk];
        }
    }
}

static void take_layer(FN(work) * work, size_t l, size_t n, size_t m, size_t k)
{
    const FN(masked) *masked = work->masked;
    const size_t in = masked->layers[l].node->fan_in;
    const size_t chunk = chunk_of(&masked->layers[l]);
    const size_t step = sums_of(masked, work->d);
    stretch at = {.layer = l, .k = k};

    if (k == 1) {
        spread(work, l, n);
    }
    for (at.u = 0; at.u < in; at.u += chunk) {
        at.units = clamp(in - at.u, 1, chunk);
        for (at.j = 0; at.j < work->d; at.j += FN(STRIPE)) {
            take_stripe(work, &at);
            turn_chunk(work, &at);
            for (size_t s = 0; s < n; s += step) {
                take_samples(work, &at, n, m, s, clamp(s + step, 1, n));
            }
        }
    }
}

void FN(masked_second)(FN(work) * work, const gold_group *group, size_t n,
                       real *gradients)
{
    const FN(masked) *masked = work->masked;
    const size_t m = group->count;
    const size_t k = masked->mix == NULL ? m : masked->k;

    take_output(work, n, k);
    for (size_t l = masked->n_layers - 1; l > 0; l--) {
        go_down(work, l, n, k);
        take_layer(work, l, n, m, k);
    }
    for (size_t s = 0; masked->mix != NULL && s < n; s++) {
        FN(turn)
        (m, k, (FN(matrix)){masked->mix + s * k, n * k},
         masked->shares + s * k * masked->ldm, masked->ldm);
    }
    for (size_t l = 0; l < masked->n_layers; l++) {
        FN(masked_gradient)(work, l, n, m, gradients);
    }
}
