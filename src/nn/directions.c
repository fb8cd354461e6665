/* SPDX-License-Identifier: MIT */
#include "nn/directions.h"

#include <math.h>
#include <string.h>

#include "goldilocks/memory.h"
#include "goldilocks/random.h"

#include "linalg/orthonormal.h"
#include "linalg/product.h"

enum {
    CHUNK = 1024
};

static gold_status allocate_layers(FN(directions) * directions,
                                   const gold_network *network, size_t n,
                                   bool is_sparse)
{
    *directions = (FN(directions)){
        .n = n, .is_sparse = is_sparse, .n_layers = network->n_layers};
    GOLD_TRY(GOLD_ALLOC(network->n_layers, &directions->layers));
    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];
        FN(direction_layer) *part = &directions->layers[l];

        if (is_sparse) {
            GOLD_TRY(GOLD_ALLOC(n + 1, &part->start));
            continue;
        }
        GOLD_TRY(GOLD_ALLOC(n * gold_layer_weights(layer), &part->weights));
        if (layer->has_bias) {
            GOLD_TRY(GOLD_ALLOC(n * layer->out, &part->biases));
        }
    }
    return GOLD_OK;
}

void FN(directions_fini)(FN(directions) * directions)
{
    for (size_t l = 0; directions->layers != NULL && l < directions->n_layers;
         l++) {
        FN(direction_layer) *part = &directions->layers[l];

        gold_free(part->weights);
        gold_free(part->biases);
        gold_free(part->entries);
        gold_free(part->start);
    }
    gold_free(directions->layers);
    *directions = (FN(directions)){0};
}

/* x (n) <- normal numbers at positions first .. of the stream. */
static void fill_normal(gold_stream stream, size_t first, size_t n, real *x)
{
    double chunk[CHUNK];

    for (size_t done = 0; done < n; done += CHUNK) {
        const size_t left = n - done;
        const size_t m = left < CHUNK ? left : CHUNK;

        gold_random_normal(stream, first + done, m, chunk);
        for (size_t i = 0; i < m; i++) {
            x[done + i] = (real)chunk[i];
        }
    }
}

static gold_stream stream_of(gold_direction_streams streams, size_t i)
{
    return gold_stream_of(streams.seed, streams.purpose,
                          streams.first + (uint32_t)i);
}

static void draw_gaussian(FN(directions) * directions,
                          const gold_network *network,
                          gold_direction_streams streams)
{
    for (size_t i = 0; i < directions->n; i++) {
        const gold_stream stream = stream_of(streams, i);

        for (size_t l = 0; l < network->n_layers; l++) {
            const gold_layer *layer = &network->layers[l];
            const FN(direction_layer) *part = &directions->layers[l];
            const size_t m = gold_layer_weights(layer);

            fill_normal(stream, layer->weights, m, part->weights + i * m);
            if (layer->has_bias) {
                fill_normal(stream, layer->biases, layer->out,
                            part->biases + i * layer->out);
            }
        }
    }
}

/* Where the sparse entries of a direction are and their signs: calls `visit`
 * with each position and +1 or -1, in ascending order. A direction that comes
 * out empty, as happens for a handful of parameters, gets one entry. */
typedef void visit_fn(void *context, size_t position, int sign);

static void scan_signs(gold_stream stream, size_t n_parameters, visit_fn *visit,
                       void *context)
{
    const double density = 1.0 / sqrt((double)n_parameters);
    const uint32_t below = (uint32_t)fmin(density * 0x1p32, 0x1p32 - 2.0);
    uint32_t bits[CHUNK];
    bool is_empty = true;

    GOLD_ASSERT(n_parameters > 0);
    for (size_t first = 0; first < n_parameters; first += CHUNK) {
        const size_t left = n_parameters - first;
        const size_t m = left < CHUNK ? left : CHUNK;

        gold_random_bits(stream, first, m, bits);
        for (size_t j = 0; j < m; j++) {
            if (bits[j] < below) {
                visit(context, first + j, bits[j] < below / 2 ? 1 : -1);
                is_empty = false;
            }
        }
    }
    if (is_empty) {
        gold_random_bits(stream, n_parameters, 1, bits);
        visit(context, bits[0] % n_parameters, 1);
    }
}

/* What sparse visitors work on. */
typedef struct sparse_build {
    FN(directions) * directions;
    const gold_network *network;
    size_t i;     /* direction */
    size_t layer; /* that the scan is in */
    size_t count; /* entries of this direction */
} sparse_build;

/* Layer that holds a parameter, moving forward only. */
static size_t layer_of(sparse_build *build, size_t position)
{
    const gold_layer *layers = build->network->layers;

    while (position >= layers[build->layer].weights +
                           gold_layer_parameters(&layers[build->layer])) {
        build->layer++;
    }
    return build->layer;
}

static void count_entry(void *context, size_t position, int sign)
{
    sparse_build *build = context;
    const size_t l = layer_of(build, position);

    (void)sign;
    build->directions->layers[l].start[build->i + 1]++;
    build->directions->n_entries++;
}

static void add_entry(void *context, size_t position, int sign)
{
    sparse_build *build = context;
    const size_t l = layer_of(build, position);
    FN(direction_layer) *part = &build->directions->layers[l];

    part->entries[part->start[build->i + 1]++] =
        (gold_entry){position - build->network->layers[l].weights, (real)sign};
    build->count++;
}

static void scale_direction(FN(directions) * directions, size_t i, double scale)
{
    for (size_t l = 0; l < directions->n_layers; l++) {
        const FN(direction_layer) *part = &directions->layers[l];

        for (size_t e = part->start[i]; e < part->start[i + 1]; e++) {
            part->entries[e].value =
                (real)(scale * (double)part->entries[e].value);
        }
    }
}

/* Two scans: the first counts entries, the second puts them in. start[i + 1]
 * first holds counts, then serves as the place of direction i's next entry,
 * and so ends as the beginning of direction i + 1. */
static gold_status draw_sparse(FN(directions) * directions,
                               const gold_network *network,
                               gold_direction_streams streams)
{
    const size_t n = directions->n;

    for (size_t i = 0; i < n; i++) {
        sparse_build build = {directions, network, i, 0, 0};

        scan_signs(stream_of(streams, i), network->n_parameters, count_entry,
                   &build);
    }
    for (size_t l = 0; l < network->n_layers; l++) {
        FN(direction_layer) *part = &directions->layers[l];
        size_t total = 0;

        for (size_t i = 0; i < n; i++) {
            const size_t count = part->start[i + 1];

            part->start[i + 1] = total;
            total += count;
        }
        GOLD_TRY(GOLD_ALLOC(total, &part->entries));
    }
    for (size_t i = 0; i < n; i++) {
        sparse_build build = {directions, network, i, 0, 0};

        scan_signs(stream_of(streams, i), network->n_parameters, add_entry,
                   &build);
        scale_direction(directions, i, 1.0 / sqrt((double)build.count));
    }
    return GOLD_OK;
}

void FN(direction_unpack)(const FN(directions) * directions,
                          const gold_network *network, size_t i, double *row)
{
    memset(row, 0, network->n_parameters * sizeof *row);
    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];
        const FN(direction_layer) *part = &directions->layers[l];
        const size_t m = gold_layer_weights(layer);

        if (directions->is_confined && l != directions->layer) {
            continue;
        }
        if (directions->is_sparse) {
            for (size_t e = part->start[i]; e < part->start[i + 1]; e++) {
                row[layer->weights + part->entries[e].at] =
                    (double)part->entries[e].value;
            }
            continue;
        }
        for (size_t j = 0; j < m; j++) {
            row[layer->weights + j] = (double)part->weights[i * m + j];
        }
        for (size_t j = 0; layer->has_bias && j < layer->out; j++) {
            row[layer->biases + j] = (double)part->biases[i * layer->out + j];
        }
    }
}

/* Dense copies of sparse directions; `sparse` is ended. */
static gold_status densify(FN(directions) * sparse, const gold_network *network,
                           FN(directions) * dense)
{
    GOLD_TRY(allocate_layers(dense, network, sparse->n, false));
    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];
        const FN(direction_layer) *from = &sparse->layers[l];
        const FN(direction_layer) *to = &dense->layers[l];
        const size_t m = gold_layer_weights(layer);

        for (size_t i = 0; i < sparse->n; i++) {
            for (size_t e = from->start[i]; e < from->start[i + 1]; e++) {
                const gold_entry entry = from->entries[e];

                if (entry.at < m) {
                    to->weights[i * m + entry.at] = entry.value;
                } else {
                    to->biases[i * layer->out + entry.at - m] = entry.value;
                }
            }
        }
    }
    FN(directions_fini)(sparse);
    return GOLD_OK;
}

/* One array per layer's weights and one per its biases, as row blocks. */
static size_t row_blocks(const FN(directions) * directions,
                         const gold_network *network, FN(row_block) * blocks)
{
    size_t count = 0;

    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];
        const FN(direction_layer) *part = &directions->layers[l];

        if (directions->is_confined && l != directions->layer) {
            continue;
        }
        blocks[count++] =
            (FN(row_block)){part->weights, gold_layer_weights(layer)};
        if (layer->has_bias) {
            blocks[count++] = (FN(row_block)){part->biases, layer->out};
        }
    }
    return count;
}

/* Take the part along theta out of every direction, and with `is_unit` scale
 * what is left to unit length. Blocks come in the order of theta. */
static void project_out(size_t n, const FN(row_block) * blocks, size_t n_blocks,
                        const real *theta, size_t n_parameters, bool is_unit)
{
    const double norm2 = FN(dot)(n_parameters, theta, theta);

    for (size_t i = 0; i < n; i++) {
        double along = 0.0;
        double length2 = 0.0;
        size_t at = 0;

        for (size_t b = 0; b < n_blocks; b++) {
            const real *row = blocks[b].entries + i * blocks[b].length;

            along += FN(dot)(blocks[b].length, row, theta + at);
            at += blocks[b].length;
        }
        at = 0;
        for (size_t b = 0; b < n_blocks; b++) {
            real *row = blocks[b].entries + i * blocks[b].length;

            FN(add_scaled)
            (blocks[b].length, -along / norm2, theta + at, row);
            length2 += FN(dot)(blocks[b].length, row, row);
            at += blocks[b].length;
        }
        for (size_t b = 0; is_unit && b < n_blocks; b++) {
            real *row = blocks[b].entries + i * blocks[b].length;

            for (size_t j = 0; j < blocks[b].length; j++) {
                row[j] = (real)((double)row[j] / sqrt(length2));
            }
        }
    }
}

/* Orthonormal rows, orthogonal to theta where `theta` is not NULL. The second
 * round takes out what rounding put back. */
static gold_status make_basis(FN(directions) * directions,
                              const gold_network *network, const real *theta,
                              bool is_orthonormal)
{
    gold_status status = GOLD_OK;
    FN(row_block) *blocks = NULL;
    double *scratch = NULL;
    size_t n_blocks = 0;
    const int rounds = theta == NULL ? 1 : 2;

    GOLD_GOTO(GOLD_ALLOC(2 * network->n_layers, &blocks));
    GOLD_GOTO(GOLD_ALLOC(FN(orthonormalise_scratch)(directions->n), &scratch));
    n_blocks = row_blocks(directions, network, blocks);
    for (int round = 0; round < rounds; round++) {
        if (theta != NULL) {
            project_out(directions->n, blocks, n_blocks, theta,
                        network->n_parameters, !is_orthonormal);
        }
        if (is_orthonormal) {
            GOLD_GOTO(
                FN(orthonormalise)(directions->n, blocks, n_blocks, scratch));
        }
    }

done:
    gold_free(scratch);
    gold_free(blocks);
    return status;
}

gold_status FN(directions_gram)(const FN(directions) * directions,
                                const gold_network *network, double *gram)
{
    gold_status status = GOLD_OK;
    const size_t n = directions->n;
    FN(row_block) *blocks = NULL;
    double *scratch = NULL;
    size_t n_blocks = 0;

    GOLD_ASSERT(!directions->is_sparse);
    GOLD_GOTO(GOLD_ALLOC(2 * network->n_layers, &blocks));
    GOLD_GOTO(GOLD_ALLOC(FN(orthonormalise_scratch)(n), &scratch));
    n_blocks = row_blocks(directions, network, blocks);
    memcpy(gram, FN(row_products)(n, blocks, n_blocks, scratch),
           n * n * sizeof *gram);

done:
    gold_free(scratch);
    gold_free(blocks);
    return status;
}

gold_status FN(directions_init)(FN(directions) * directions,
                                const gold_network *network,
                                const gold_settings *settings, size_t n,
                                const real *theta)
{
    return FN(directions_draw)(
        directions, network, settings,
        (gold_direction_streams){settings->direction_seed,
                                 GOLD_PURPOSE_DIRECTIONS, 0},
        n, theta);
}

gold_status FN(directions_draw)(FN(directions) * directions,
                                const gold_network *network,
                                const gold_settings *settings,
                                gold_direction_streams streams, size_t n,
                                const real *theta)
{
    gold_status status = GOLD_OK;
    const bool is_sphere = settings->surface == GOLD_SPHERE;
    const bool is_sparse = settings->directions == GOLD_SPARSE_SIGN;
    const size_t available = network->n_parameters - (is_sphere ? 1 : 0);
    FN(directions) drawn = {0};
    FN(directions) dense = {0};

    if (n > available) {
        GOLD_FAIL(GOLD_ERR_NUMERIC,
                  "a subspace of %zu directions, but the network has room for "
                  "%zu",
                  n, available);
    }
    GOLD_GOTO(allocate_layers(&drawn, network, n, is_sparse));
    if (is_sparse) {
        GOLD_GOTO(draw_sparse(&drawn, network, streams));
    } else {
        draw_gaussian(&drawn, network, streams);
    }
    if (is_sparse && is_sphere) {
        GOLD_GOTO(densify(&drawn, network, &dense));
        drawn = dense;
        dense = (FN(directions)){0};
    }
    if (!drawn.is_sparse) {
        GOLD_GOTO(
            make_basis(&drawn, network, is_sphere ? theta : NULL, !is_sparse));
    }
    *directions = drawn;
    drawn = (FN(directions)){0};

done:
    FN(directions_fini)(&drawn);
    FN(directions_fini)(&dense);
    return status;
}
