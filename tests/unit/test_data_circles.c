/* SPDX-License-Identifier: MIT */
/* Circles: bands of the published radii, classes as frequent as their areas,
 * points uniform in area. */
#include <math.h>

#include "test_data_support.h"

enum {
    N_DRAWN = 100000,
    N_CLASSES = 3
};

static const double inner[] = {0.0, 0.45, 0.65};
static const double outer[] = {0.5, 0.70, 0.90};
static const double fraction[] = {0.25 / 0.925, 0.2875 / 0.925, 0.3875 / 0.925};

/* `found` is the mean of n draws whose expectation and deviation are these. */
static void assert_mean(const char *what, double found, double expected,
                        double deviation, double n)
{
    if (!(fabs(found - expected) <= 3.0 * deviation / sqrt(n))) {
        fail_msg("%s: %g instead of %g, 3 standard errors are %g", what, found,
                 expected, 3.0 * deviation / sqrt(n));
    }
}

/* Where a point lies in its band, by area: uniform in 0..1 when points are
 * uniform in area. */
static double place(const gold_dataset *data, const gold_samples *samples,
                    size_t i)
{
    const size_t k = samples->labels[i];
    const double x = input(data, samples, i, 0);
    const double y = input(data, samples, i, 1);

    assert_true(k < N_CLASSES);
    return (x * x + y * y - inner[k] * inner[k]) /
           (outer[k] * outer[k] - inner[k] * inner[k]);
}

/* Of each class: how many; u, the place in the band; the point itself. */
typedef struct sums {
    double n;
    double u;
    double u2;
    double x;
    double y;
} sums;

static void add(const gold_dataset *data, const gold_samples *samples,
                sums of[N_CLASSES])
{
    for (size_t i = 0; i < samples->n; i++) {
        const size_t k = samples->labels[i];
        const double x = input(data, samples, i, 0);
        const double y = input(data, samples, i, 1);

        const double u = place(data, samples, i);

        assert_true(u > -1e-12 && u < 1.0 + 1e-12);
        of[k].n += 1.0;
        of[k].u += u;
        of[k].u2 += u * u;
        of[k].x += x;
        of[k].y += y;
    }
}

static void test_distribution(void **state)
{
    gold_study study = study_of(GOLD_DATA_CIRCLES, NULL);
    sums of[N_CLASSES] = {{0}};

    (void)state;
    study.data.train = N_DRAWN;
    study.data.seed = 3;
    void *block = loaded(&study);
    const gold_dataset data = gold_dataset_view(block);

    add(&data, &data.train, of);
    for (size_t k = 0; k < N_CLASSES; k++) {
        const double f = fraction[k];
        const double n = of[k].n;
        /* E r^2 = E x^2 + E y^2, and the mean of r^2 lies mid-band */
        const double x2 = (inner[k] * inner[k] + outer[k] * outer[k]) / 4.0;

        assert_mean("fraction", n / N_DRAWN, f, sqrt(f * (1.0 - f)), N_DRAWN);
        assert_mean("u", of[k].u / n, 0.5, sqrt(1.0 / 12.0), n);
        assert_mean("u^2", of[k].u2 / n, 1.0 / 3.0, sqrt(4.0 / 45.0), n);
        assert_mean("x", of[k].x / n, 0.0, sqrt(x2), n);
        assert_mean("y", of[k].y / n, 0.0, sqrt(x2), n);
    }
    gold_free(block);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Neighbours share no random numbers: the place of one tells nothing of the
 * place and the class of the next. */
static void test_independence(void **state)
{
    gold_study study = study_of(GOLD_DATA_CIRCLES, NULL);
    const double mean = fraction[1] + 2.0 * fraction[2];
    const double square = fraction[1] + 4.0 * fraction[2];
    double places = 0.0;
    double classes = 0.0;

    (void)state;
    study.data.train = N_DRAWN;
    void *block = loaded(&study);
    const gold_dataset data = gold_dataset_view(block);

    for (size_t i = 1; i < N_DRAWN; i++) {
        const double u = place(&data, &data.train, i - 1) - 0.5;

        places += u * (place(&data, &data.train, i) - 0.5) / N_DRAWN;
        classes += u * (data.train.labels[i] - mean) / N_DRAWN;
    }
    assert_mean("place and place", places, 0.0, 1.0 / 12.0, N_DRAWN);
    assert_mean("place and class", classes, 0.0,
                sqrt((square - mean * mean) / 12.0), N_DRAWN);
    gold_free(block);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_defaults_and_prefix(void **state)
{
    gold_study study = study_of(GOLD_DATA_CIRCLES, NULL);
    void *block = loaded(&study);
    const gold_dataset few = gold_dataset_view(block);

    (void)state;
    assert_int_equal(few.train.n, 2400);
    assert_int_equal(few.test.n, 1364);
    assert_int_equal(few.n_features, 2);
    assert_int_equal(few.n_classes, 3);
    study.data.train = 3000;
    study.data.test = 2000;
    void *larger = loaded(&study);
    const gold_dataset many = gold_dataset_view(larger);

    assert_memory_equal(few.train.inputs, many.train.inputs,
                        2400 * 2 * sizeof(double));
    assert_memory_equal(few.train.labels, many.train.labels, 2400);
    assert_memory_equal(few.test.inputs, many.test.inputs,
                        1364 * 2 * sizeof(double));
    assert_memory_equal(few.test.labels, many.test.labels, 1364);
    assert_memory_not_equal(many.train.inputs, many.test.inputs,
                            2 * sizeof(double));
    gold_free(larger);
    study.data.seed = 1;
    larger = loaded(&study);
    assert_memory_not_equal(few.train.inputs,
                            gold_dataset_view(larger).train.inputs,
                            2 * sizeof(double));
    gold_free(larger);
    gold_free(block);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distribution),
        cmocka_unit_test(test_independence),
        cmocka_unit_test(test_defaults_and_prefix),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
