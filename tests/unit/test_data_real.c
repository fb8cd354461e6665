/* SPDX-License-Identifier: MIT */
/* The real sets, where they are installed: what is known of them. */
#include <math.h>
#include <time.h>

#include "test_data_support.h"

typedef struct known {
    gold_data_set set;
    const char *path;
    uint8_t train_labels[5];
    uint8_t test_labels[5];
    double mean; /* of training pixels in 0..1, as published */
    double deviation;
} known;

static const known fashion = {GOLD_DATA_FASHION_MNIST,
                              GOLD_TEST_FASHION_MNIST,
                              {9, 0, 0, 3, 0},
                              {9, 2, 1, 1, 6},
                              0.2860,
                              0.3530};
static const known digits = {GOLD_DATA_MNIST, GOLD_TEST_MNIST, {5, 0, 4, 1, 9},
                             {7, 2, 1, 0, 4}, 0.1307,          0.3081};

static double seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void skip_unless_there(const char *path)
{
    if (access(path, R_OK) != 0) {
        print_message("%s is not there: skipped\n", path);
        skip();
    }
}

static void assert_moments(const gold_dataset *data, double mean,
                           double deviation)
{
    const float *x = data->train.inputs;
    const size_t n = data->train.n * data->n_features;
    double sum = 0.0;
    double squares = 0.0;

    for (size_t i = 0; i < n; i++) {
        sum += (double)x[i];
        squares += (double)x[i] * (double)x[i];
    }
    sum /= (double)n;
    assert_true(fabs(sum - mean) <= 5e-5);
    assert_true(fabs(sqrt(squares / (double)n - sum * sum) - deviation) <=
                5e-5);
}

static void check(const known *set)
{
    char path[PATH_BYTES];

    skip_unless_there(set->path);
    (void)snprintf(path, sizeof path, "%s", set->path);
    gold_study study = study_of(set->set, path);

    study.data.normalize = GOLD_NORMALIZE_UNIT;
    study.run.precision = GOLD_FLOAT32;
    const double start = seconds();
    void *block = loaded(&study);
    const gold_dataset data = gold_dataset_view(block);
    char remarks[200];

    print_message("%.2f s to read it all\n", seconds() - start);
    assert_int_equal(data.train.n, 60000);
    assert_int_equal(data.test.n, 10000);
    assert_int_equal(data.channels, 1);
    assert_int_equal(data.height, 28);
    assert_int_equal(data.width, 28);
    assert_memory_equal(data.train.labels, set->train_labels, 5);
    assert_memory_equal(data.test.labels, set->test_labels, 5);
    assert_moments(&data, set->mean, set->deviation);
    gold_dataset_remarks(&data, remarks, sizeof remarks);
    assert_string_equal(remarks, "");
    gold_free(block);
    study.data.normalize = GOLD_NORMALIZE_STANDARD;
    block = loaded(&study);
    const gold_dataset standard = gold_dataset_view(block);

    assert_moments(&standard, 0.0, 1.0);
    gold_free(block);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_fashion_mnist(void **state)
{
    (void)state;
    check(&fashion);
}

static void test_mnist(void **state)
{
    (void)state;
    check(&digits);
}

/* The first 1000 images of each batch: the mean of one image has a deviation of
 * about 0.12 within a channel, that of 5000 images 0.0017; five of these, and
 * as much again for the deviation, which varies less. */
static void test_cifar10(void **state)
{
    static const uint8_t train_labels[] = {6, 9, 9, 4, 1, 1, 2, 7, 8, 3};
    static const uint8_t test_labels[] = {3, 8, 8, 0, 6};
    char path[PATH_BYTES] = GOLD_TEST_CIFAR10;
    gold_study study = study_of(GOLD_DATA_CIFAR10, path);

    (void)state;
    skip_unless_there(GOLD_TEST_CIFAR10);
    study.data.normalize = GOLD_NORMALIZE_PUBLISHED;
    void *block = loaded(&study);
    const gold_dataset data = gold_dataset_view(block);
    const double *x = data.train.inputs;
    const size_t plane = data.height * data.width;
    const double n = (double)(data.train.n * plane);

    assert_int_equal(data.train.n, 5000);
    assert_int_equal(data.test.n, 1000);
    assert_memory_equal(data.train.labels, train_labels, sizeof train_labels);
    assert_memory_equal(data.test.labels, test_labels, sizeof test_labels);
    for (size_t c = 0; c < 3; c++) {
        double sum = 0.0;
        double squares = 0.0;

        for (size_t k = 0; k < data.train.n * plane; k++) {
            const double value = x[(k / plane * 3 + c) * plane + k % plane];

            sum += value / n;
            squares += value * value / n;
        }
        /* in units of the published deviation, about 1/4 */
        assert_true(fabs(sum) <= 4 * 0.0085);
        assert_true(fabs(sqrt(squares - sum * sum) - 1.0) <= 4 * 0.0085);
    }
    gold_free(block);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fashion_mnist),
        cmocka_unit_test(test_mnist),
        cmocka_unit_test(test_cifar10),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
