/* SPDX-License-Identifier: MIT */
/* Clusters, rings and moons: as many samples of each shape, where it is and as
 * wide as was asked for; the points of a line as they stand. */
#include <math.h>

#include "test_data_support.h"

enum {
    N_DRAWN = 30000
};

static void make(gold_study *study, gold_data_set set, size_t n_features)
{
    *study = study_of(set, NULL);
    study->run.precision = GOLD_FLOAT64;
    study->data.features = n_features;
    study->data.train = N_DRAWN;
    study->data.test = 7;
    study->data.normalize = GOLD_NORMALIZE_NONE;
    study->data.noise = 0.1;
    study->data.seed = 5;
}

static void make_blobs(gold_study *study)
{
    make(study, GOLD_DATA_CLUSTERS, 3);
    study->data.classes = 2;
    study->data.n_blobs = 3;
    study->data.blobs[0] = (gold_blob){.n_means = 3,
                                       .n_deviations = 1,
                                       .mean = {2.0, -1.0, 0.0},
                                       .deviation = {0.5}};
    study->data.blobs[1] = (gold_blob){.label = 1,
                                       .n_means = 3,
                                       .n_deviations = 3,
                                       .mean = {0.0, 0.0, 9.0},
                                       .deviation = {0.25, 0.0, 2.0}};
    study->data.blobs[2] = (gold_blob){
        .label = 1, .n_means = 3, .n_deviations = 1, .mean = {-4.0, 0.0, 0.0}};
}

/* The mean and the deviation of n numbers with these of their own are within
 * five standard errors: a false alarm in a million. */
static void check_normal(const char *what, double sum, double squares, double n,
                         double mean, double deviation)
{
    const double found = sum / n;
    const double scatter = sqrt(fmax(squares / n - found * found, 0.0));
    const double error = 5.0 * deviation / sqrt(n);

    if (!(fabs(found - mean) <= error + 1e-12 * fabs(mean)) ||
        !(fabs(scatter - deviation) <= error + 1e-7)) {
        fail_msg("%s: %g +- %g instead of %g +- %g", what, found, scatter, mean,
                 deviation);
    }
}

static void test_clusters(void **state)
{
    gold_study study;

    (void)state;
    make_blobs(&study);
    void *block = loaded(&study);
    const gold_dataset data = gold_dataset_view(block);

    assert_int_equal(data.n_classes, 2);
    assert_int_equal(data.test.n, 7);
    for (size_t b = 0; b < 3; b++) {
        const gold_blob *blob = &study.data.blobs[b];

        for (size_t j = 0; j < 3; j++) {
            double sum = 0.0;
            double squares = 0.0;

            for (size_t i = b; i < N_DRAWN; i += 3) {
                const double x = input(&data, &data.train, i, j);

                assert_int_equal(data.train.labels[i], blob->label);
                sum += x;
                squares += x * x;
            }
            check_normal("coordinate", sum, squares, N_DRAWN / 3.0,
                         blob->mean[j],
                         blob->deviation[blob->n_deviations > 1 ? j : 0]);
        }
    }
    /* the halves are drawn apart */
    assert_true(input(&data, &data.train, 0, 0) !=
                input(&data, &data.test, 0, 0));
    gold_free(block);
}

/* More samples leave those there were; another seed has others. */
static void test_seed(void **state)
{
    gold_study study;

    (void)state;
    make_blobs(&study);
    void *many = loaded(&study);
    study.data.train = 5;
    void *few = loaded(&study);
    study.data.seed = 6;
    void *other = loaded(&study);
    const gold_dataset a = gold_dataset_view(many);
    const gold_dataset b = gold_dataset_view(few);
    const gold_dataset c = gold_dataset_view(other);

    for (size_t i = 0; i < 5; i++) {
        assert_true(input(&a, &a.train, i, 0) == input(&b, &b.train, i, 0));
    }
    assert_true(input(&b, &b.train, 0, 0) != input(&c, &c.train, 0, 0));
    assert_string_not_equal(b.digest, c.digest);
    gold_free(many);
    gold_free(few);
    gold_free(other);
}

/* Distances from the shape, which noise alone makes: along the radius its own
 * deviation, for a noise that is small. */
static void test_rings(void **state)
{
    static const double radii[] = {2.0, 8.0, 5.0};
    gold_study study;

    (void)state;
    make(&study, GOLD_DATA_RINGS, 2);
    study.data.noise = 0.01;
    study.data.classes = 3;
    study.data.n_radii = 3;
    memcpy(study.data.radii, radii, sizeof radii);
    void *block = loaded(&study);
    const gold_dataset data = gold_dataset_view(block);

    for (size_t k = 0; k < 3; k++) {
        double sums[3] = {0.0};
        double squares[3] = {0.0};

        for (size_t i = k; i < N_DRAWN; i += 3) {
            const double x = input(&data, &data.train, i, 0);
            const double y = input(&data, &data.train, i, 1);
            const double of[] = {hypot(x, y), x, y};

            assert_int_equal(data.train.labels[i], k);
            for (size_t j = 0; j < 3; j++) {
                sums[j] += of[j];
                squares[j] += of[j] * of[j];
            }
        }
        check_normal("radius", sums[0], squares[0], N_DRAWN / 3.0, radii[k],
                     0.01);
        for (size_t j = 1; j < 3; j++) { /* of uniform angles */
            check_normal("coordinate", sums[j], squares[j], N_DRAWN / 3.0, 0.0,
                         radii[k] / sqrt(2.0));
        }
    }
    gold_free(block);
}

static void test_moons(void **state)
{
    const double pi = 3.14159265358979323846;
    gold_study study;

    (void)state;
    make(&study, GOLD_DATA_MOONS, 2);
    study.data.classes = 2;
    study.data.noise = 0.0;
    void *block = loaded(&study);
    const gold_dataset data = gold_dataset_view(block);
    double angles = 0.0;

    for (size_t i = 0; i < N_DRAWN; i++) {
        const size_t k = i % 2;
        const double x = input(&data, &data.train, i, 0);
        const double y = input(&data, &data.train, i, 1);
        const double c = k == 0 ? x : 1.0 - x;
        const double s = k == 0 ? y : 0.5 - y;

        assert_int_equal(data.train.labels[i], k);
        assert_true(fabs(hypot(c, s) - 1.0) <= 1e-12 && s >= -1e-12);
        angles += atan2(s, c) - pi / 2.0;
    }
    assert_true(fabs(angles / N_DRAWN) <= 5.0 * pi / sqrt(12.0 * N_DRAWN));
    gold_free(block);
}

static void test_line(void **state)
{
    gold_study study;

    (void)state;
    make(&study, GOLD_DATA_LINE, 1);
    study.data.train = 3;
    study.data.test = 3;
    study.data.classes = 2;
    study.data.n_blobs = 3;
    for (size_t i = 0; i < 3; i++) {
        study.data.blobs[i] = (gold_blob){.label = i % 2,
                                          .n_means = 1,
                                          .n_deviations = 1,
                                          .mean = {0.1 * (double)i}};
    }
    void *block = loaded(&study);
    const gold_dataset data = gold_dataset_view(block);

    for (size_t i = 0; i < 3; i++) {
        assert_true(input(&data, &data.train, i, 0) == 0.1 * (double)i);
        assert_true(input(&data, &data.test, i, 0) == 0.1 * (double)i);
        assert_int_equal(data.train.labels[i], i % 2);
    }
    gold_free(block);
}

/* Every pair once, in one half or the other, as another seed has them in
 * another order; fewer that are trained on are the first of more. */
static void test_pairs(void **state)
{
    enum {
        P = 7,
        N = 20
    };
    int seen[P][P] = {{0}};
    gold_study study;

    (void)state;
    make(&study, GOLD_DATA_MODULAR_ADDITION, 0);
    study.data.modulus = P;
    study.data.train = N;
    study.data.test = P * P - N;
    void *block = loaded(&study);
    const gold_dataset data = gold_dataset_view(block);

    assert_int_equal(data.n_features, 2 * P);
    assert_int_equal(data.n_classes, P);
    for (size_t i = 0; i < P * P; i++) {
        const gold_samples *half = i < N ? &data.train : &data.test;
        const size_t at = i < N ? i : i - N;
        size_t ones[2] = {0};
        double sum = 0.0;

        for (size_t j = 0; j < 2 * P; j++) {
            const double x = input(&data, half, at, j);

            assert_true(x == 0.0 || x == 1.0);
            ones[j / P] += x > 0.0 ? j % P : 0;
            sum += x;
        }
        assert_true(sum == 2.0);
        assert_int_equal(half->labels[at], (ones[0] + ones[1]) % P);
        seen[ones[0]][ones[1]]++;
    }
    for (size_t i = 0; i < P * P; i++) {
        assert_int_equal(seen[i / P][i % P], 1);
    }
    study.data.train = N - 1;
    void *fewer = loaded(&study);
    const gold_dataset first = gold_dataset_view(fewer);

    assert_memory_equal(first.train.inputs, data.train.inputs,
                        (N - 1) * 2 * P * sizeof(double));
    study.data.seed++;
    void *other = loaded(&study);

    assert_string_not_equal(gold_dataset_view(other).digest, first.digest);
    gold_free(block);
    gold_free(fewer);
    gold_free(other);
}

/* Share of the training samples that do not have the label they were drawn
 * with; fails unless all else is as it was. */
static double moved_share(const gold_dataset *data, double share, uint64_t seed)
{
    const gold_settings settings = {.label_share = share, .label_seed = seed};
    gold_point_data own = {0};
    int counts[2] = {0, 0};
    size_t n_moved = 0;

    assert_int_equal(gold_point_data_init(&own, data, &settings), GOLD_OK);
    assert_int_equal(own.data.train.n, data->train.n);
    assert_ptr_equal(own.data.train.inputs, data->train.inputs);
    assert_ptr_equal(own.data.test.labels, data->test.labels);
    for (size_t i = 0; i < data->train.n; i++) {
        counts[own.data.train.labels[i]]++;
        counts[data->train.labels[i]]--;
        n_moved += own.data.train.labels[i] != data->train.labels[i];
    }
    assert_int_equal(counts[0], 0);
    assert_int_equal(counts[1], 0);
    gold_point_data_fini(&own);
    return (double)n_moved / (double)data->train.n;
}

/* Two in three are of class 1: of those that swap, 4 in 9 get another label. */
static void test_labels(void **state)
{
    const double changed = 4.0 / 9.0;
    const double error = 5.0 * 0.5 / sqrt((double)N_DRAWN);
    gold_study study;

    (void)state;
    make_blobs(&study);
    void *block = loaded(&study);
    const gold_dataset data = gold_dataset_view(block);
    const double all = moved_share(&data, 1.0, 1);

    assert_true(moved_share(&data, 0.0, 1) == 0.0);
    assert_true(fabs(all - changed) <= error);
    assert_true(moved_share(&data, 1.0, 1) == all);
    assert_true(moved_share(&data, 1.0, 2) != all);
    assert_true(fabs(moved_share(&data, 0.25, 1) - 0.25 * changed) <= error);
    gold_free(block);
}

/* Classes 1 and 2 swap with each other: half of them get the other's label, and
 * as many have each as before. The share picks samples of all classes. */
static void test_groups(void **state)
{
    const double of_pair = 2.0 / 3.0;
    const double error = 5.0 * 0.5 / sqrt((double)N_DRAWN);
    gold_settings settings = {
        .label_share = 1.0, .label_seed = 1, .label_group = {0, 1, 1}};
    gold_study study;

    (void)state;
    make_blobs(&study);
    study.data.classes = 3;
    study.data.blobs[2].label = 2;
    void *block = loaded(&study);
    const gold_dataset data = gold_dataset_view(block);

    for (int i = 0; i < 2; i++) {
        gold_point_data own = {0};
        int counts[3] = {0, 0, 0};
        double moved = 0.0;

        settings.label_share = i == 0 ? 1.0 : 0.25;
        assert_int_equal(gold_point_data_init(&own, &data, &settings), GOLD_OK);
        for (size_t k = 0; k < data.train.n; k++) {
            const uint8_t before = data.train.labels[k];
            const uint8_t after = own.data.train.labels[k];

            assert_int_equal(before == 0, after == 0);
            counts[after]++;
            counts[before]--;
            moved += before != after ? 1.0 / (double)N_DRAWN : 0.0;
        }
        assert_true(counts[0] == 0 && counts[1] == 0 && counts[2] == 0);
        assert_true(fabs(moved - settings.label_share * of_pair / 2.0) <=
                    error);
        gold_point_data_fini(&own);
    }
    gold_free(block);
}

/* A refused allocation leaves nothing. */
static void test_labels_memory(void **state)
{
    const gold_settings settings = {.label_share = 0.5};
    gold_point_data own = {0};
    gold_status status = GOLD_ERR_MEMORY;
    gold_study study;
    int64_t k = 0;

    (void)state;
    make_blobs(&study);
    study.data.train = 30;
    void *block = loaded(&study);
    const gold_dataset data = gold_dataset_view(block);
    const int64_t before = gold_live_blocks();

    while (status == GOLD_ERR_MEMORY) {
        gold_refuse_after(++k);
        status = gold_point_data_init(&own, &data, &settings);
        gold_refuse_after(0);
        gold_point_data_fini(&own);
        assert_int_equal(gold_live_blocks(), before);
    }
    assert_int_equal(status, GOLD_OK);
    assert_true(k > 3);
    gold_free(block);
}

static void test_refusals(void **state)
{
    gold_study study;

    (void)state;
    make(&study, GOLD_DATA_CLUSTERS, 2);
    expect_refusal(&study, GOLD_ERR_CONFIG, "data.blobs|none");
    make(&study, GOLD_DATA_RINGS, 2);
    expect_refusal(&study, GOLD_ERR_CONFIG, "data.radii|fewer than 2");
    make(&study, GOLD_DATA_MODULAR_ADDITION, 14);
    expect_refusal(&study, GOLD_ERR_CONFIG, "data.p is 0");
    study.data.modulus = 7;
    expect_refusal(&study, GOLD_ERR_CONFIG, "data.share: of 49 pairs 30000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clusters),      cmocka_unit_test(test_seed),
        cmocka_unit_test(test_rings),         cmocka_unit_test(test_moons),
        cmocka_unit_test(test_line),          cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_labels),        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_labels_memory), cmocka_unit_test(test_pairs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
