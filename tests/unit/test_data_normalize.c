/* SPDX-License-Identifier: MIT */
/* Normalisation against its definition, and both precisions against each
 * other. */
#include <float.h>
#include <math.h>

#include "test_data_support.h"

static int setup(void **state)
{
    static char folder[PATH_BYTES];

    folder_make(folder);
    write_good(folder);
    *state = folder;
    return 0;
}

static int teardown(void **state)
{
    folder_remove(*state);
    return 0;
}

static void assert_near(double found, double expected, double tolerance)
{
    if (!(fabs(found - expected) <= tolerance)) {
        fail_msg("%.17g instead of %.17g, tolerance %g", found, expected,
                 tolerance);
    }
}

/* All samples are (pixel - shift) / divisor, in these units of bytes. */
static void assert_rule(const gold_study *study, double shift, double divisor)
{
    void *block = loaded(study);
    const gold_dataset data = gold_dataset_view(block);
    const gold_samples *halves[] = {&data.train, &data.test};

    for (size_t h = 0; h < 2; h++) {
        for (size_t i = 0; i < halves[h]->n; i++) {
            for (size_t j = 0; j < data.n_features; j++) {
                const double expected = (pixel(i, j) - shift) / divisor;

                assert_near(input(&data, halves[h], i, j), expected,
                            16 * DBL_EPSILON * (fabs(expected) + 1.0));
            }
        }
    }
    gold_free(block);
}

static void test_fixed_rules(void **state)
{
    gold_study study = study_of(GOLD_DATA_FASHION_MNIST, *state);

    assert_rule(&study, 0.0, 1.0);
    study.data.normalize = GOLD_NORMALIZE_UNIT;
    assert_rule(&study, 0.0, 255.0);
    study.data.normalize = GOLD_NORMALIZE_PUBLISHED;
    assert_rule(&study, 255.0 * 0.2860, 255.0 * 0.3530);
    study.data.set = GOLD_DATA_MNIST;
    assert_rule(&study, 255.0 * 0.1307, 255.0 * 0.3081);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Built-in sets have no bytes to scale: unit and none are the same. */
static void test_unit_of_vectors(void **state)
{
    gold_study study = study_of(GOLD_DATA_CIRCLES, NULL);
    void *none = loaded(&study);

    (void)state;
    study.data.normalize = GOLD_NORMALIZE_UNIT;
    void *unit = loaded(&study);

    assert_memory_equal(gold_dataset_view(none).train.inputs,
                        gold_dataset_view(unit).train.inputs,
                        2400 * 2 * sizeof(double));
    gold_free(none);
    gold_free(unit);
    assert_int_equal(gold_live_blocks(), 0);
}

/* The training samples that are used decide, for both halves. */
static void test_standard_of_images(void **state)
{
    enum {
        N_USED = 25
    };
    gold_study study = study_of(GOLD_DATA_MNIST, *state);
    const double n = N_USED * HEIGHT * WIDTH;
    double mean = 0.0;
    double variance = 0.0;

    for (size_t i = 0; i < N_USED; i++) {
        for (size_t j = 0; j < HEIGHT * WIDTH; j++) {
            mean += pixel(i, j) / n;
        }
    }
    for (size_t i = 0; i < N_USED; i++) {
        for (size_t j = 0; j < HEIGHT * WIDTH; j++) {
            variance += (pixel(i, j) - mean) * (pixel(i, j) - mean) / n;
        }
    }
    study.data.train = N_USED;
    study.data.normalize = GOLD_NORMALIZE_STANDARD;
    assert_rule(&study, mean, sqrt(variance));
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_standard_of_vectors(void **state)
{
    gold_study study = study_of(GOLD_DATA_MIXTURE, NULL);

    (void)state;
    study.data.normalize = GOLD_NORMALIZE_STANDARD;
    void *block = loaded(&study);
    const gold_dataset data = gold_dataset_view(block);
    const double n = (double)data.train.n;

    for (size_t j = 0; j < data.n_features; j++) {
        double mean = 0.0;
        double square = 0.0;

        for (size_t i = 0; i < data.train.n; i++) {
            const double x = input(&data, &data.train, i, j);

            mean += x / n;
            square += x * x / n;
        }
        assert_near(mean, 0.0, n * DBL_EPSILON);
        assert_near(square, 1.0, n * DBL_EPSILON);
    }
    gold_free(block);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Pixel j of the training samples that are used decides for both halves; where
 * it is constant there it is 0, whatever it is in the test samples. */
static void test_per_pixel(void **state)
{
    enum {
        N_USED = 25,
        CONSTANT = 4
    };
    gold_study study = study_of(GOLD_DATA_MNIST, *state);
    unsigned char bytes[FILE_BYTES];
    const size_t n = put_images(bytes, N_TRAIN, HEIGHT, WIDTH);

    for (size_t i = 0; i < N_TRAIN; i++) {
        bytes[16 + i * HEIGHT * WIDTH + CONSTANT] = 77;
    }
    write_plain(*state, TRAIN_IMAGES, bytes, n);
    study.data.train = N_USED;
    study.data.normalize = GOLD_NORMALIZE_PER_PIXEL;
    void *block = loaded(&study);
    const gold_dataset data = gold_dataset_view(block);
    const gold_samples *halves[] = {&data.train, &data.test};

    for (size_t j = 0; j < data.n_features; j++) {
        double mean = 0.0;
        double variance = 0.0;

        for (size_t i = 0; i < N_USED; i++) {
            mean += (double)pixel(i, j) / N_USED;
        }
        for (size_t i = 0; i < N_USED; i++) {
            variance += (pixel(i, j) - mean) * (pixel(i, j) - mean) / N_USED;
        }
        for (size_t h = 0; h < 2; h++) {
            for (size_t i = 0; i < halves[h]->n; i++) {
                const double expected =
                    j == CONSTANT ? 0.0 : (pixel(i, j) - mean) / sqrt(variance);

                assert_near(input(&data, halves[h], i, j), expected,
                            j == CONSTANT ? 0.0 : 64 * DBL_EPSILON);
            }
        }
    }
    gold_free(block);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Each image by its own pixels; one that is all of one value is 0. */
static void test_per_image(void **state)
{
    gold_study study = study_of(GOLD_DATA_MNIST, *state);
    const double n = HEIGHT * WIDTH;
    unsigned char bytes[FILE_BYTES];
    const size_t n_bytes = put_images(bytes, N_TRAIN, HEIGHT, WIDTH);

    memset(bytes + 16 + 2 * HEIGHT * WIDTH, 9, HEIGHT * WIDTH);
    write_plain(*state, TRAIN_IMAGES, bytes, n_bytes);
    study.data.normalize = GOLD_NORMALIZE_PER_IMAGE;
    void *block = loaded(&study);
    const gold_dataset data = gold_dataset_view(block);

    for (size_t i = 0; i < data.train.n; i++) {
        double mean = 0.0;
        double variance = 0.0;

        for (size_t j = 0; j < data.n_features; j++) {
            mean += pixel(i, j) / n;
        }
        for (size_t j = 0; j < data.n_features; j++) {
            variance += (pixel(i, j) - mean) * (pixel(i, j) - mean) / n;
        }
        for (size_t j = 0; j < data.n_features; j++) {
            assert_near(input(&data, &data.train, i, j),
                        i == 2 ? 0.0 : (pixel(i, j) - mean) / sqrt(variance),
                        i == 2 ? 0.0 : 64 * DBL_EPSILON);
        }
    }
    gold_free(block);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Each float is the nearest to the double. */
static void test_precisions_agree(void **state)
{
    static const gold_data_set sets[] = {GOLD_DATA_MNIST, GOLD_DATA_CIRCLES,
                                         GOLD_DATA_MIXTURE};

    for (size_t s = 0; s < 3; s++) {
        gold_study study = study_of(sets[s], *state);

        study.data.normalize = GOLD_NORMALIZE_STANDARD;
        void *block64 = loaded(&study);
        const gold_dataset f64 = gold_dataset_view(block64);

        study.run.precision = GOLD_FLOAT32;
        void *block32 = loaded(&study);
        const gold_dataset f32 = gold_dataset_view(block32);
        const float *narrow = f32.train.inputs;
        const double *wide = f64.train.inputs;

        assert_int_equal(f32.precision, GOLD_FLOAT32);
        assert_int_equal(f64.precision, GOLD_FLOAT64);
        for (size_t i = 0; i < f32.train.n * f32.n_features; i++) {
            const float expected = (float)wide[i];

            assert_memory_equal(&narrow[i], &expected, sizeof expected);
        }
        assert_string_equal(f32.digest, f64.digest);
        gold_free(block64);
        gold_free(block32);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_refusals(void **state)
{
    gold_study study = study_of(GOLD_DATA_MNIST, *state);
    unsigned char bytes[FILE_BYTES] = {0};
    const size_t n = put_images(bytes, N_TRAIN, HEIGHT, WIDTH);

    memset(bytes + 16, 77, n - 16);
    write_plain(*state, TRAIN_IMAGES, bytes, n);
    study.data.normalize = GOLD_NORMALIZE_STANDARD;
    expect_refusal(&study, GOLD_ERR_CONFIG, TRAIN_IMAGES "|77|deviation is 0");
    study.data.normalize = GOLD_NORMALIZE_PER_PIXEL;
    expect_refusal(&study, GOLD_ERR_CONFIG,
                   TRAIN_IMAGES "|per-pixel|no pixel differs|would be 0");
    study.data.normalize = GOLD_NORMALIZE_PER_IMAGE;
    expect_refusal(&study, GOLD_ERR_CONFIG,
                   TRAIN_IMAGES "|per-image|no two pixels|would be 0");
    study = study_of(GOLD_DATA_CIRCLES, NULL);
    study.data.train = 1;
    study.data.normalize = GOLD_NORMALIZE_STANDARD;
    expect_refusal(&study, GOLD_ERR_CONFIG, "circles|feature 0|deviation is 0");
    study.data.normalize = GOLD_NORMALIZE_PUBLISHED;
    expect_refusal(&study, GOLD_ERR_CONFIG, "circles|published|standard");
    study.data.normalize = GOLD_NORMALIZE_PER_PIXEL;
    expect_refusal(&study, GOLD_ERR_CONFIG, "circles|per-pixel|no images");
    study.data.normalize = GOLD_NORMALIZE_PER_IMAGE;
    expect_refusal(&study, GOLD_ERR_CONFIG, "circles|per-image|no images");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_fixed_rules, setup, teardown),
        cmocka_unit_test_setup_teardown(test_standard_of_images, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_per_pixel, setup, teardown),
        cmocka_unit_test_setup_teardown(test_per_image, setup, teardown),
        cmocka_unit_test(test_standard_of_vectors),
        cmocka_unit_test(test_unit_of_vectors),
        cmocka_unit_test_setup_teardown(test_precisions_agree, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refusals, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
