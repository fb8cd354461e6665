/* SPDX-License-Identifier: MIT */
/* Sets of classes that are one shape, or a few, each. */
#include <math.h>

#include "goldilocks/random.h"

#include "data/generate.h"

enum {
    PER_BLOCK = 2, /* uniform or normal numbers made of the same random bits */
    STRIDE = 2 * PER_BLOCK /* of a planar sample: its angle, then its noise */
};

static const double pi = 3.14159265358979323846;

gold_status goldi_clusters_plan(const gold_data_block *data,
                                gold_dataset_plan *plan)
{
    (void)plan;
    return data->n_blobs > 0 ? GOLD_OK
                             : gold_fail(GOLD_ERR_CONFIG,
                                         "data.blobs or data.points: there are "
                                         "none");
}

gold_status goldi_clusters(const gold_dataset_plan *plan, goldi_half half,
                           const size_t *slots, goldi_raw *raw)
{
    const gold_data_block *data = &plan->data;
    const gold_stream stream =
        gold_stream_of(data->seed, GOLD_PURPOSE_DATA, (uint32_t)half);
    const size_t n = plan->n_features;
    const uint64_t stride = (n + PER_BLOCK - 1) / PER_BLOCK * PER_BLOCK;

    (void)slots;
    for (size_t i = 0; i < raw->n; i++) {
        const gold_blob *blob = &data->blobs[i % data->n_blobs];
        double *x = raw->reals + i * n;

        gold_random_normal(stream, i * stride, n, x);
        for (size_t j = 0; j < n; j++) {
            const size_t of = blob->n_deviations > 1 ? j : 0;

            x[j] = blob->mean[j] + blob->deviation[of] * x[j];
        }
        raw->labels[i] = (uint8_t)blob->label;
    }
    return GOLD_OK;
}

/* Uniform number and noise of a planar sample, which goes to `x`. */
static double draw_planar(const gold_dataset_plan *plan, gold_stream stream,
                          size_t i, double x[2])
{
    double u = 0.0;

    gold_random_uniform(stream, i * STRIDE, 1, &u);
    gold_random_normal(stream, i * STRIDE + PER_BLOCK, 2, x);
    x[0] *= plan->data.noise;
    x[1] *= plan->data.noise;
    return u;
}

gold_status goldi_rings_plan(const gold_data_block *data,
                             gold_dataset_plan *plan)
{
    (void)plan;
    return data->n_radii > 1 ? GOLD_OK
                             : gold_fail(GOLD_ERR_CONFIG,
                                         "data.radii: there are fewer than 2");
}

gold_status goldi_rings(const gold_dataset_plan *plan, goldi_half half,
                        const size_t *slots, goldi_raw *raw)
{
    const gold_data_block *data = &plan->data;
    const gold_stream stream =
        gold_stream_of(data->seed, GOLD_PURPOSE_DATA, (uint32_t)half);

    (void)slots;
    for (size_t i = 0; i < raw->n; i++) {
        double *x = raw->reals + 2 * i;
        const size_t class = i % data->n_radii;
        const double angle = 2.0 * pi * draw_planar(plan, stream, i, x);

        x[0] += data->radii[class] * cos(angle);
        x[1] += data->radii[class] * sin(angle);
        raw->labels[i] = (uint8_t) class;
    }
    return GOLD_OK;
}

gold_status goldi_moons(const gold_dataset_plan *plan, goldi_half half,
                        const size_t *slots, goldi_raw *raw)
{
    const gold_stream stream =
        gold_stream_of(plan->data.seed, GOLD_PURPOSE_DATA, (uint32_t)half);

    (void)slots;
    for (size_t i = 0; i < raw->n; i++) {
        double *x = raw->reals + 2 * i;
        const size_t class = i % 2;
        const double t = pi * draw_planar(plan, stream, i, x);

        x[0] += class == 0 ? cos(t) : 1.0 - cos(t);
        x[1] += class == 0 ? sin(t) : 0.5 - sin(t);
        raw->labels[i] = (uint8_t) class;
    }
    return GOLD_OK;
}
