/* SPDX-License-Identifier: MIT */
/* CIFAR-10's binary batches: samples in the order of the files, channels
 * normalised each by itself, spoilt files refused by name and reason. */
#include <float.h>
#include <math.h>

#include "test_data_support.h"

enum {
    PLANE = 32 * 32,
    PIXELS = 3 * PLANE,
    RECORD = 1 + PIXELS,
    MOST = 5 /* records of a file */
};

/* Pixel of a channel of record `i` of all; channels differ in level. */
static unsigned char value(size_t i, size_t channel, size_t j)
{
    return (unsigned char)(60 * channel + (37 * i + 11 * j + j / 7) % 101);
}

/* A file of records `first` .. `first + n - 1`, and `more` bytes after them. */
static void write_batch(const char *folder, const char *name, size_t first,
                        size_t n, size_t more)
{
    unsigned char bytes[MOST * RECORD] = {0};

    for (size_t i = 0; i < n; i++) {
        unsigned char *record = bytes + i * RECORD;

        record[0] = (unsigned char)((first + i) % 10);
        for (size_t j = 0; j < PIXELS; j++) {
            record[1 + j] = value(first + i, j / PLANE, j % PLANE);
        }
    }
    write_plain(folder, name, bytes, n * RECORD + more);
}

/* Twelve training records in three files of unequal lengths, two for tests. */
static int setup(void **state)
{
    static char folder[PATH_BYTES];

    folder_make(folder);
    write_batch(folder, "data_batch_1.bin", 0, 4, 0);
    write_batch(folder, "data_batch_2.bin", 4, 5, 0);
    write_batch(folder, "data_batch_3.bin", 9, 3, 0);
    write_batch(folder, "test_batch.bin", 30, 2, 0);
    *state = folder;
    return 0;
}

static int teardown(void **state)
{
    folder_remove(*state);
    return 0;
}

/* Every sample is its record's, in the order of the files. */
static void test_samples(void **state)
{
    static const uint64_t counts[] = {0, 3, 4, 10};
    gold_study study = study_of(GOLD_DATA_CIFAR10, *state);

    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        study.data.train = counts[c];
        void *block = loaded(&study);
        const gold_dataset data = gold_dataset_view(block);

        assert_int_equal(data.train.n, counts[c] == 0 ? 12 : counts[c]);
        assert_int_equal(data.test.n, 2);
        assert_int_equal(data.channels, 3);
        assert_int_equal(data.height, 32);
        assert_int_equal(data.width, 32);
        assert_int_equal(data.n_features, PIXELS);
        assert_int_equal(data.n_classes, 10);
        for (size_t i = 0; i < data.train.n; i++) {
            assert_int_equal(data.train.labels[i], i % 10);
            for (size_t j = 0; j < PIXELS; j++) {
                assert_true(input(&data, &data.train, i, j) ==
                            (double)value(i, j / PLANE, j % PLANE));
            }
        }
        assert_true(input(&data, &data.test, 1, PLANE) ==
                    (double)value(31, 1, 0));
        gold_free(block);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* A random subset draws from all files: pixels and labels stay together. */
static void test_random_subset(void **state)
{
    gold_study study = study_of(GOLD_DATA_CIFAR10, *state);
    bool is_seen[12] = {false};
    size_t n_moved = 0;

    study.data.subset = GOLD_SUBSET_RANDOM;
    study.data.subset_seed = 3;
    void *block = loaded(&study);
    const gold_dataset data = gold_dataset_view(block);

    for (size_t i = 0; i < 12; i++) {
        const size_t label = data.train.labels[i];
        /* 0 and 1 are the labels of two records each */
        const bool is_late =
            input(&data, &data.train, i, 5) != (double)value(label, 0, 5);
        const size_t record = label + (is_late ? 10 : 0);

        assert_true(record < 12 && !is_seen[record]);
        assert_true(input(&data, &data.train, i, 5) ==
                    (double)value(record, 0, 5));
        is_seen[record] = true;
        n_moved += record != i;
    }
    assert_true(n_moved > 0);
    gold_free(block);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Each channel's inputs are (pixel - shift) / divisor. */
static void assert_rule(const gold_study *study, const double shift[3],
                        const double divisor[3])
{
    void *block = loaded(study);
    const gold_dataset data = gold_dataset_view(block);

    for (size_t i = 0; i < data.train.n; i++) {
        for (size_t j = 0; j < PIXELS; j++) {
            const size_t c = j / PLANE;
            const double expected =
                ((double)value(i, c, j % PLANE) - shift[c]) / divisor[c];
            const double error = input(&data, &data.train, i, j) - expected;

            /* a few roundings */
            assert_true(fabs(error) <=
                        16 * DBL_EPSILON * (fabs(expected) + 1.0));
        }
    }
    gold_free(block);
}

static void test_normalisation(void **state)
{
    gold_study study = study_of(GOLD_DATA_CIFAR10, *state);
    const double n = 12.0 * PLANE;
    double mean[3] = {0.0, 0.0, 0.0};
    double deviation[3] = {0.0, 0.0, 0.0};

    assert_rule(&study, mean, (const double[]){1.0, 1.0, 1.0});
    study.data.normalize = GOLD_NORMALIZE_UNIT;
    assert_rule(&study, mean, (const double[]){255.0, 255.0, 255.0});
    study.data.normalize = GOLD_NORMALIZE_PUBLISHED;
    assert_rule(
        &study,
        (const double[]){255.0 * 0.4914, 255.0 * 0.4822, 255.0 * 0.4465},
        (const double[]){255.0 * 0.2470, 255.0 * 0.2435, 255.0 * 0.2616});
    for (size_t c = 0; c < 3; c++) {
        uint64_t sum = 0;
        uint64_t squares = 0;

        for (size_t k = 0; k < 12 * PLANE; k++) {
            const uint64_t x = value(k / PLANE, c, k % PLANE);

            sum += x;
            squares += x * x;
        }
        mean[c] = (double)sum / n;
        /* whole numbers below 2^53: the difference is exact */
        deviation[c] = sqrt(n * (double)squares - (double)(sum * sum)) / n;
    }
    study.data.normalize = GOLD_NORMALIZE_STANDARD;
    assert_rule(&study, mean, deviation);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_missing(void **state)
{
    gold_study study = study_of(GOLD_DATA_CIFAR10, *state);

    study.data.train = 13;
    expect_refusal(&study, GOLD_ERR_CONFIG,
                   "data.train asks for 13|data_batch_1.bin|hold 12");
    study.data.train = 0;
    erase(*state, "data_batch_2.bin");
    expect_refusal(&study, GOLD_ERR_IO,
                   "has data_batch_3.bin but not data_batch_2.bin");
    erase(*state, "data_batch_3.bin");
    gold_free(loaded(&study));
    erase(*state, "data_batch_1.bin");
    expect_refusal(&study, GOLD_ERR_IO,
                   "has no data_batch_1.bin|binary version");
    write_batch(*state, "data_batch_1.bin", 0, 1, 0);
    erase(*state, "test_batch.bin");
    expect_refusal(&study, GOLD_ERR_IO, "has no test_batch.bin");
    study.data.path = NULL;
    expect_refusal(&study, GOLD_ERR_CONFIG, "data.path is not given: cifar10");
}

static void test_spoilt(void **state)
{
    static const unsigned char pickle[] = {0x80, 2, '}', 'q', 1, '('};
    gold_study study = study_of(GOLD_DATA_CIFAR10, *state);
    unsigned char bytes[2 * RECORD] = {0};

    study.data.train = 1;
    write_batch(*state, "data_batch_2.bin", 4, 4, RECORD - 1);
    expect_refusal(&study, GOLD_ERR_FORMAT,
                   "data_batch_2.bin: truncated: 4 records|3072 bytes more");
    write_plain(*state, "data_batch_2.bin", bytes, 2 * 3074 - RECORD);
    expect_refusal(&study, GOLD_ERR_FORMAT, "data_batch_2.bin: truncated");
    write_plain(*state, "data_batch_2.bin", bytes, 3074);
    expect_refusal(&study, GOLD_ERR_FORMAT, "is it CIFAR-100?");
    write_plain(*state, "data_batch_2.bin", pickle, sizeof pickle);
    expect_refusal(&study, GOLD_ERR_FORMAT,
                   "data_batch_2.bin: not a batch|a Python pickle");
    write_plain(*state, "data_batch_2.bin", bytes, 0);
    expect_refusal(&study, GOLD_ERR_FORMAT, "data_batch_2.bin|empty");
    write_gzip(*state, "data_batch_2.bin", bytes, RECORD);
    expect_refusal(&study, GOLD_ERR_FORMAT,
                   "data_batch_2.bin: a gzip file|unpacked");
    /* a label that is out of range counts also where it is not used */
    bytes[RECORD] = 10;
    write_plain(*state, "data_batch_2.bin", bytes, 2 * RECORD);
    expect_refusal(&study, GOLD_ERR_FORMAT,
                   "data_batch_2.bin: label 1 (counted from 0) is 10");
}

static void test_changed_under_way(void **state)
{
    const gold_study study = study_of(GOLD_DATA_CIFAR10, *state);
    gold_dataset_plan *plan = NULL;
    void *block = NULL;

    assert_int_equal(gold_dataset_plan_create(&study, &plan), GOLD_OK);
    assert_int_equal(gold_alloc(gold_dataset_bytes(plan), 1, &block), GOLD_OK);
    for (size_t n = 3; n <= 5; n += 2) {
        write_batch(*state, "data_batch_1.bin", 0, n, 0);
        assert_int_equal(gold_dataset_fill(plan, block), GOLD_ERR_FORMAT);
        assert_non_null(strstr(gold_fail_message(), "changed"));
    }
    gold_free(block);
    gold_dataset_plan_destroy(&plan);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_samples, setup, teardown),
        cmocka_unit_test_setup_teardown(test_random_subset, setup, teardown),
        cmocka_unit_test_setup_teardown(test_normalisation, setup, teardown),
        cmocka_unit_test_setup_teardown(test_missing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_spoilt, setup, teardown),
        cmocka_unit_test_setup_teardown(test_changed_under_way, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
