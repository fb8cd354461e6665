/* SPDX-License-Identifier: MIT */
#include "engine/start.h"

#include <math.h>

#include "goldilocks/memory.h"

#include "linalg/product.h"
#include "nn/balance.h"
#include "nn/draw.h"

/* Norms of what is scaled and what stays. */
static void take_norms(gold_start *start)
{
    const bool *is_fixed = start->network.is_fixed;
    double sums[2] = {0.0, 0.0};

    for (size_t i = 0; is_fixed != NULL && i < start->network.n_parameters;
         i++) {
        const double x = (double)start->theta[i];

        sums[is_fixed[i] ? 1 : 0] += x * x;
    }
    if (is_fixed != NULL) {
        start->norm = sqrt(sums[0]);
        start->fixed_norm = sqrt(sums[1]);
    }
}

/* The vector of a file in the place of what would be drawn. */
static gold_status take_vector(gold_start *start, uint64_t point,
                               const gold_dataset *data)
{
    const size_t n = start->network.n_parameters;

    if (point >= data->n_starts || data->n_parameters != n) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "point %llu of %zu parameters, but the file has %zu "
                         "points of %zu",
                         (unsigned long long)point, n, data->n_starts,
                         data->n_parameters);
    }
    for (size_t i = 0; i < n; i++) {
        start->theta[i] = (real)data->starts[point * n + i];
    }
    start->norm = FN(norm)(n, start->theta);
    return start->norm > 0.0 ? GOLD_OK
                             : gold_fail(GOLD_ERR_CONFIG,
                                         "all parameters of point %llu are 0",
                                         (unsigned long long)point);
}

gold_status FN(start_init)(gold_start *start, const gold_settings *settings,
                           const gold_dataset *data)
{
    const gold_shape input =
        data->channels > 0
            ? (gold_shape){data->channels, data->height, data->width}
            : gold_vector_shape(data->n_features);

    GOLD_TRY(
        gold_network_init(&start->network, settings, input, data->n_classes));
    GOLD_TRY(GOLD_ALLOC(start->network.n_parameters, &start->theta));
    if (settings->init == GOLD_INIT_FILE) {
        GOLD_TRY(take_vector(start, settings->point, data));
    } else {
        start->norm = FN(draw)(&start->network, settings, start->theta);
    }
    take_norms(start);
    start->reference =
        gold_reference_norm(&start->network, settings->reference);
    return GOLD_OK;
}

void FN(start_fini)(gold_start *start)
{
    gold_network_fini(&start->network);
    gold_free(start->theta);
    *start = (gold_start){0};
}

double FN(start_alpha)(const gold_start *start, const gold_settings *settings)
{
    switch (settings->placement) {
    case GOLD_PLACE_RADIUS:
        return settings->place / start->norm;
    case GOLD_PLACE_RELATIVE_RADIUS:
        return settings->place * start->reference / start->norm;
    case GOLD_PLACE_SCALE:
        break;
    }
    return settings->place;
}

bool FN(start_fits)(const gold_start *start, double alpha)
{
    const double typical =
        alpha * FN(least_typical)(&start->network, start->theta);

    /* Those a hundred times smaller do not count. */
    return typical >= 100.0 * REAL_MIN && alpha * start->norm <= REAL_MAX;
}

double FN(start_near)(const gold_start *start, double norm, const real *theta,
                      real *near)
{
    const double whole = exp2(round(log2(norm / start->norm)));
    const bool is_moved =
        start->network.is_homogeneous && whole > 0.0 && isfinite(whole);
    const double alpha = is_moved ? whole : 1.0;

    for (size_t i = 0; i < start->network.n_parameters; i++) {
        near[i] = (real)((double)theta[i] / alpha);
    }
    return alpha;
}

gold_batch FN(samples)(const gold_samples *samples)
{
    return (gold_batch){samples->n, samples->inputs, samples->labels,
                        samples->targets};
}
