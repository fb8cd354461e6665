/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "goldilocks/random.h"

#include "data/generate.h"

enum {
    NUMBERS = 3 /* uniform numbers a sample: class, radius, angle */
};

static const struct {
    double inner;
    double outer;
} bands[GOLDI_CIRCLES_CLASSES] = {{0.0, 0.5}, {0.45, 0.70}, {0.65, 0.90}};

/* Area over pi. */
static double area(size_t class)
{
    return bands[class].outer * bands[class].outer -
           bands[class].inner * bands[class].inner;
}

static size_t draw_class(double u)
{
    const double place = u * (area(0) + area(1) + area(2));

    if (place < area(0)) {
        return 0;
    }
    return place < area(0) + area(1) ? 1 : 2;
}

gold_status goldi_circles(const gold_dataset_plan *plan, goldi_half half,
                          const size_t *slots, goldi_raw *raw)
{
    const gold_stream stream =
        gold_stream_of(plan->data.seed, GOLD_PURPOSE_DATA, (uint32_t)half);
    const double two_pi = 6.283185307179586476925;

    (void)slots;
    for (size_t i = 0; i < raw->n; i++) {
        double u[NUMBERS];

        gold_random_uniform(stream, NUMBERS * (uint64_t)i, NUMBERS, u);
        const size_t class = draw_class(u[0]);
        const double inner = bands[class].inner;
        const double r = sqrt(inner * inner + u[1] * area(class));

        raw->reals[GOLDI_CIRCLES_FEATURES * i] = r * cos(two_pi * u[2]);
        raw->reals[GOLDI_CIRCLES_FEATURES * i + 1] = r * sin(two_pi * u[2]);
        raw->labels[i] = (uint8_t) class;
    }
    return GOLD_OK;
}
