/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdint.h>

#include "goldilocks/memory.h"

#include "engine/boundary.h"
#include "engine/record.h"

/* Neighbours whose predictions differ: the middles between them. */
typedef struct crossings {
    double n_pairs; /* of neighbours in all */
    size_t n;
    double *x; /* [n] */
    double *y; /* [n] */
} crossings;

/* Ends of the grid along one feature: those that are given, or the samples and
 * a quarter of their range on both sides. */
static void find_ends(const gold_full *full, size_t feature, double *ends)
{
    const gold_curvature_block *wishes = &full->job->study->curvature;
    const gold_hvp_plan *plan = &full->hvp.plan;
    const size_t n_in = plan->network->n_in;
    const double *given = feature == 0 ? wishes->grid_x : wishes->grid_y;
    double low = HUGE_VAL;
    double high = -HUGE_VAL;

    if ((feature == 0 ? wishes->n_grid_x : wishes->n_grid_y) > 0) {
        ends[0] = given[0];
        ends[1] = given[1];
        return;
    }
    for (size_t i = 0; i < plan->samples.n; i++) {
        const double x = plan->input_scale *
                         (double)plan->samples.inputs[i * n_in + feature];

        low = fmin(low, x);
        high = fmax(high, x);
    }
    ends[0] = low - 0.25 * (high - low);
    ends[1] = high + 0.25 * (high - low);
}

static void fill_side(const gold_full *full, size_t feature, size_t n,
                      double *x)
{
    double ends[2];

    find_ends(full, feature, ends);
    for (size_t i = 0; i < n; i++) {
        const double share = (double)i / (double)(n - 1);

        x[i] = (1.0 - share) * ends[0] + share * ends[1];
    }
}

static gold_status prepare(const gold_full *full, gold_boundary_arrays *arrays)
{
    const size_t count = (size_t)full->job->study->curvature.grid_count;
    const bool is_plane = full->hvp.plan.network->n_in == 2;

    arrays->n_x = count;
    arrays->n_y = is_plane ? count : 1;
    GOLD_TRY(GOLD_ALLOC(arrays->n_x, &arrays->x));
    GOLD_TRY(GOLD_ALLOC(arrays->n_y, &arrays->y));
    GOLD_TRY(GOLD_ALLOC(arrays->n_x * arrays->n_y, &arrays->classes));
    GOLD_TRY(GOLD_ALLOC(arrays->n_x * arrays->n_y, &arrays->confidence));
    fill_side(full, 0, arrays->n_x, arrays->x);
    if (is_plane) {
        fill_side(full, 1, arrays->n_y, arrays->y);
    }
    return GOLD_OK;
}

/* Predictions at all points, and alignments where somebody looks. */
static gold_status predict(gold_full *full, const gold_boundary *boundary,
                           const real *rounded, gold_boundary_arrays *arrays)
{
    gold_status status = GOLD_OK;
    const size_t n_in = boundary->network->n_in;
    const size_t n = arrays->n_x * arrays->n_y;
    gold_boundary bare = *boundary;
    real *inputs = NULL;

    bare.input_scale = 1.0;
    GOLD_GOTO(GOLD_ALLOC(n * n_in, &inputs));
    if (rounded != NULL) {
        GOLD_GOTO(GOLD_ALLOC(arrays->n_vectors * n, &arrays->grid_alignments));
    }
    for (size_t i = 0; i < n; i++) {
        inputs[i * n_in] = (real)arrays->x[i % arrays->n_x];
        if (n_in == 2) {
            inputs[i * n_in + 1] = (real)arrays->y[i / arrays->n_x];
        }
    }
    const gold_batch points = {.n = n, .inputs = inputs};
    gold_alignments found = {.n_vectors =
                                 rounded == NULL ? 0 : arrays->n_vectors,
                             .vectors = rounded,
                             .cosines = arrays->grid_alignments,
                             .classes = arrays->classes,
                             .confidence = arrays->confidence};

    GOLD_GOTO(FN(boundary_align)(&bare, &points, &found));
    full->hvp.run.flops += found.flops;

done:
    gold_free(inputs);
    return status;
}

/* Note two neighbours, `step` points apart. */
static void compare(const gold_boundary_arrays *arrays, size_t i, size_t step,
                    crossings *found)
{
    const size_t k = i + step;

    found->n_pairs += 1.0;
    if (arrays->classes[i] == arrays->classes[k]) {
        return;
    }
    if (found->x != NULL) {
        found->x[found->n] =
            0.5 * (arrays->x[i % arrays->n_x] + arrays->x[k % arrays->n_x]);
        found->y[found->n] =
            0.5 * (arrays->y[i / arrays->n_x] + arrays->y[k / arrays->n_x]);
    }
    found->n++;
}

/* All neighbours; they are counted while there is no room. */
static void walk(const gold_boundary_arrays *arrays, crossings *found)
{
    found->n = 0;
    found->n_pairs = 0.0;
    for (size_t i = 0; i < arrays->n_x * arrays->n_y; i++) {
        if ((i + 1) % arrays->n_x != 0) {
            compare(arrays, i, 1, found);
        }
        if (i / arrays->n_x + 1 < arrays->n_y) {
            compare(arrays, i, arrays->n_x, found);
        }
    }
}

/* Least distance of a sample from a crossing; infinite without any. */
static double least_distance(const gold_hvp_plan *plan, const crossings *found)
{
    const size_t n_in = plan->network->n_in;
    double least = HUGE_VAL;

    for (size_t i = 0; i < plan->samples.n; i++) {
        const real *at = plan->samples.inputs + i * n_in;
        const double x = plan->input_scale * (double)at[0];
        const double y = n_in == 2 ? plan->input_scale * (double)at[1] : 0.0;

        for (size_t k = 0; k < found->n; k++) {
            least = fmin(least, hypot(x - found->x[k], y - found->y[k]));
        }
    }
    return least;
}

static gold_status find_crossings(const gold_boundary_arrays *arrays,
                                  crossings *found)
{
    walk(arrays, found);
    GOLD_TRY(GOLD_ALLOC(found->n, &found->x));
    GOLD_TRY(GOLD_ALLOC(found->n, &found->y));
    walk(arrays, found);
    return GOLD_OK;
}

gold_status FN(boundary_grid)(gold_full *full, const gold_boundary *boundary,
                              const real *rounded, gold_boundary_arrays *arrays,
                              double *record)
{
    gold_status status = GOLD_OK;
    const gold_schema *schema = full->job->schema;
    crossings found = {0};

    if (schema->count[GOLD_VAR_BOUNDARY_LENGTH] == 0) {
        return GOLD_OK;
    }
    GOLD_GOTO(prepare(full, arrays));
    GOLD_GOTO(predict(full, boundary, rounded, arrays));
    GOLD_GOTO(find_crossings(arrays, &found));
    const double least = least_distance(&full->hvp.plan, &found);

    gold_record_put(schema, record, GOLD_VAR_BOUNDARY_LENGTH,
                    (double)found.n / found.n_pairs);
    if (isfinite(least)) {
        gold_record_put(schema, record, GOLD_VAR_MARGIN_GRID, least);
    }

done:
    gold_free(found.x);
    gold_free(found.y);
    return status;
}
