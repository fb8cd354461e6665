/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <math.h>

#include "goldilocks/memory.h"
#include "goldilocks/random.h"

#include "data/generate.h"
#include "data/sets.h"

enum {
    PART_CENTRES = GOLDI_N_HALVES, /* after those of the halves */
    PER_BLOCK = 2 /* uniform or normal numbers made of the same random bits */
};

gold_status goldi_mixture_plan(const gold_data_block *data,
                               gold_dataset_plan *plan)
{
    (void)plan;
    if (data->classes < 2 || data->classes > GOLD_MAX_CLASSES) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "data.classes is %" PRIu64
                         "; a mixture has 2 to %d classes",
                         data->classes, GOLD_MAX_CLASSES);
    }
    if (data->features < 1 || data->features > GOLDI_IDX_MAX_ITEM_BYTES) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "data.features is %" PRIu64
                         "; a mixture has 1 to %d features",
                         data->features, GOLDI_IDX_MAX_ITEM_BYTES);
    }
    if (!(data->separation >= 0.0 && isfinite(data->separation))) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "data.separation is %g; it is the deviation of the "
                         "class centres, 0 or more",
                         data->separation);
    }
    return GOLD_OK;
}

static gold_status draw_centres(const gold_data_block *data, double **centres)
{
    const gold_stream stream =
        gold_stream_of(data->seed, GOLD_PURPOSE_DATA, PART_CENTRES);
    const size_t n = data->classes * data->features;
    double *drawn = NULL;

    GOLD_TRY(GOLD_ALLOC(n, &drawn));
    gold_random_normal(stream, 0, n, drawn);
    for (size_t i = 0; i < n; i++) {
        drawn[i] *= data->separation;
    }
    *centres = drawn;
    return GOLD_OK;
}

gold_status goldi_mixture(const gold_dataset_plan *plan, goldi_half half,
                          const size_t *slots, goldi_raw *raw)
{
    gold_status status = GOLD_OK;
    const gold_data_block *data = &plan->data;
    const gold_stream stream =
        gold_stream_of(data->seed, GOLD_PURPOSE_DATA, (uint32_t)half);
    const size_t n_features = data->features;
    /* A sample owns whole blocks of random bits, the first for its label:
     * label and noise must not be made of the same bits. */
    const uint64_t stride =
        (n_features + 2 * PER_BLOCK - 1) / PER_BLOCK * PER_BLOCK;
    double *centres = NULL;

    (void)slots;
    GOLD_GOTO(draw_centres(data, &centres));
    for (size_t i = 0; i < raw->n; i++) {
        double *input = raw->reals + i * n_features;
        double u = 0.0;

        gold_random_uniform(stream, i * stride, 1, &u);
        gold_random_normal(stream, i * stride + PER_BLOCK, n_features, input);
        raw->labels[i] = (uint8_t)(u * (double)data->classes);
        for (size_t j = 0; j < n_features; j++) {
            input[j] += centres[raw->labels[i] * n_features + j];
        }
    }

done:
    gold_free(centres);
    return status;
}
