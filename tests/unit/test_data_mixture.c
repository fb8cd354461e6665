/* SPDX-License-Identifier: MIT */
/* Mixture: noise of deviation 1 around centres shared by both halves, centres
 * of the deviation asked for, labels uniform and independent of the noise. */
#include <math.h>

#include "test_data_support.h"

enum {
    N_DRAWN = 6000,
    MAX_CENTRES = 64 * 9
};

static void assert_mean(const char *what, double found, double expected,
                        double error)
{
    if (!(fabs(found - expected) <= error)) {
        fail_msg("%s: %g instead of %g, allowed %g", what, found, expected,
                 error);
    }
}

/* Mean of each class in each feature; counts[k] samples of class k. */
static void centres_of(const gold_dataset *data, const gold_samples *samples,
                       double *centres, double *counts)
{
    const size_t n_features = data->n_features;

    memset(centres, 0, data->n_classes * n_features * sizeof *centres);
    memset(counts, 0, data->n_classes * sizeof *counts);
    for (size_t i = 0; i < samples->n; i++) {
        counts[samples->labels[i]] += 1.0;
        for (size_t j = 0; j < n_features; j++) {
            centres[samples->labels[i] * n_features + j] +=
                input(data, samples, i, j);
        }
    }
    for (size_t i = 0; i < data->n_classes * n_features; i++) {
        centres[i] /= counts[i / n_features];
    }
}

static void test_moments(void **state)
{
    gold_study study = study_of(GOLD_DATA_MIXTURE, NULL);
    double train[MAX_CENTRES];
    double test[MAX_CENTRES];
    double counts[64];
    double squares = 0.0;

    (void)state;
    study.data.train = N_DRAWN;
    study.data.test = N_DRAWN;
    void *block = loaded(&study);
    const gold_dataset data = gold_dataset_view(block);

    assert_int_equal(data.n_classes, 4);
    assert_int_equal(data.n_features, 5);
    centres_of(&data, &data.test, test, counts);
    centres_of(&data, &data.train, train, counts);
    for (size_t i = 0; i < 4 * 5; i++) {
        /* 40 comparisons: 4 standard errors of a difference of means */
        assert_mean("centre", train[i], test[i],
                    4.0 * sqrt(2.0 / (N_DRAWN / 4.0)));
    }
    for (size_t k = 0; k < 4; k++) {
        assert_mean("count", counts[k], N_DRAWN / 4.0,
                    3.0 * sqrt(N_DRAWN * 0.25 * 0.75));
    }
    for (size_t i = 0; i < data.train.n; i++) {
        for (size_t j = 0; j < 5; j++) {
            const double d = input(&data, &data.train, i, j) -
                             train[5 * data.train.labels[i] + j];

            squares += d * d;
        }
    }
    assert_mean("noise", squares / (5.0 * N_DRAWN), 1.0,
                3.0 * sqrt(2.0 / (5.0 * N_DRAWN)) + 4.0 / N_DRAWN);
    gold_free(block);
    assert_int_equal(gold_live_blocks(), 0);
}

/* 64 x 9 centres of deviation 50 against noise of 1. */
static void test_separation(void **state)
{
    gold_study study = study_of(GOLD_DATA_MIXTURE, NULL);
    double centres[MAX_CENTRES];
    double counts[64];
    double squares = 0.0;

    (void)state;
    study.data.classes = 64;
    study.data.features = 9;
    study.data.separation = 50.0;
    study.data.train = N_DRAWN;
    void *block = loaded(&study);
    const gold_dataset data = gold_dataset_view(block);

    centres_of(&data, &data.train, centres, counts);
    for (size_t i = 0; i < MAX_CENTRES; i++) {
        squares += centres[i] * centres[i];
    }
    assert_mean("separation", sqrt(squares / MAX_CENTRES), 50.0,
                3.0 * 50.0 / sqrt(2.0 * MAX_CENTRES));
    gold_free(block);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Mean square of each class in each feature, around 0. */
static void assert_squares(const gold_dataset *data, const double *counts)
{
    double squares[4 * 5] = {0.0};

    for (size_t i = 0; i < data->train.n; i++) {
        for (size_t j = 0; j < 5; j++) {
            const double x = input(data, &data->train, i, j);

            squares[5 * data->train.labels[i] + j] += x * x;
        }
    }
    for (size_t i = 0; i < 4 * 5; i++) {
        assert_mean("class variance", squares[i] / counts[i / 5], 1.0,
                    4.0 * sqrt(2.0 / counts[i / 5]));
    }
}

/* Features of a sample and of the next are not correlated. */
static void assert_neighbours(const gold_dataset *data)
{
    for (size_t j = 0; j < 5 * 5; j++) {
        double sum = 0.0;

        for (size_t i = 1; i < data->train.n; i++) {
            sum += input(data, &data->train, i - 1, j / 5) *
                   input(data, &data->train, i, j % 5);
        }
        assert_mean("neighbours", sum, 0.0, 4.0 * sqrt(N_DRAWN));
    }
}

/* Without separation the label tells nothing, neither of mean nor of spread,
 * as it would if label and noise came from the same random bits. */
static void test_independence(void **state)
{
    gold_study study = study_of(GOLD_DATA_MIXTURE, NULL);
    double centres[MAX_CENTRES];
    double counts[64];

    (void)state;
    study.data.separation = 0.0;
    study.data.train = N_DRAWN;
    void *block = loaded(&study);
    const gold_dataset data = gold_dataset_view(block);

    centres_of(&data, &data.train, centres, counts);
    for (size_t i = 0; i < 4 * 5; i++) {
        assert_mean("class mean", centres[i], 0.0, 4.0 / sqrt(counts[i / 5]));
    }
    assert_squares(&data, counts);
    assert_neighbours(&data);
    gold_free(block);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_prefix(void **state)
{
    gold_study study = study_of(GOLD_DATA_MIXTURE, NULL);

    (void)state;
    study.data.train = 5;
    void *block = loaded(&study);
    const gold_dataset few = gold_dataset_view(block);

    study.data.train = 50;
    study.data.test = 2;
    void *larger = loaded(&study);
    const gold_dataset many = gold_dataset_view(larger);

    assert_memory_equal(few.train.inputs, many.train.inputs,
                        25 * sizeof(double));
    assert_memory_equal(few.train.labels, many.train.labels, 5);
    assert_memory_equal(few.test.inputs, many.test.inputs, 10 * sizeof(double));
    gold_free(larger);
    gold_free(block);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_separation),
        cmocka_unit_test(test_independence),
        cmocka_unit_test(test_prefix),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
