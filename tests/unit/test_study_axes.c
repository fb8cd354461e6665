/* SPDX-License-Identifier: MIT */
/* Lists, ranges and zips become the values they should. */
#include "goldilocks/task.h"

#include "unit/test_study_support.h"

static void test_log_range(void **state)
{
    gold_study *study =
        parse(HEAD WORK "grid: {radius: {from: 1e-2, to: 1e2, count: 25, "
                        "spacing: log}}\n");
    const double *values = study->axes[0].keys[0].reals;

    (void)state;
    assert_int_equal(study->axes[0].count, 25);
    assert_true(values[0] == 1e-2);
    assert_true(values[6] == 1e-1);
    assert_true(values[12] == 1.0);
    assert_true(values[18] == 10.0);
    assert_true(values[24] == 1e2);
    for (size_t i = 1; i < 25; i++) {
        const double ratio = values[i] / values[i - 1];

        assert_true(ratio > 1.46779926 && ratio < 1.46779927);
    }
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Ends that no power of ten hits are exact too. */
static void test_exact_ends(void **state)
{
    gold_study *study =
        parse(HEAD WORK "grid: {scale: {from: 0.3, to: 7.1, count: 11, "
                        "spacing: log}, temperature: {from: 0.1, to: 0.7, "
                        "count: 7}}\n");
    const double *scale = study->axes[0].keys[0].reals;
    const double *temperature = study->axes[1].keys[0].reals;

    (void)state;
    assert_true(scale[0] == 0.3);
    assert_true(scale[10] == 7.1);
    assert_true(temperature[0] == 0.1);
    assert_true(temperature[6] == 0.7);
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_whole_ranges(void **state)
{
    gold_study *study = parse(
        HEAD WORK "grid:\n"
                  "  seed: {from: 100, count: 3}\n"
                  "  width: {from: 10, to: 1000, count: 3, spacing: log}\n"
                  "  depth: {from: 1, to: 6, step: 2}\n");

    (void)state;
    assert_int_equal(study->axes[0].count, 3);
    assert_int_equal(study->axes[0].keys[0].integers[0], 100);
    assert_int_equal(study->axes[0].keys[0].integers[2], 102);
    assert_int_equal(study->axes[1].keys[0].integers[1], 100);
    assert_int_equal(study->axes[2].count, 3);
    assert_int_equal(study->axes[2].keys[0].integers[2], 5);
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_zip(void **state)
{
    gold_study *study = parse(
        HEAD WORK "grid:\n"
                  "  zip:\n"
                  "    - {depth: [1, 2], width: [400, 200]}\n"
                  "    - {radius: [1, 2, 3], temperature: [3, 2, 1]}\n"
                  "    - {init: [xavier, lecun], surface: [plane, sphere]}"
                  "\n");
    gold_settings settings;
    const size_t index[] = {1, 2, 1};

    (void)state;
    assert_int_equal(study->n_axes, 3);
    assert_string_equal(study->axes[0].name, "depth_width");
    assert_string_equal(study->axes[1].name, "radius_temperature");
    assert_false(study->axes[0].is_line);
    assert_true(study->axes[1].is_line);
    assert_false(study->axes[2].is_line);
    gold_study_point(study, gold_study_ravel(study, index), &settings);
    assert_int_equal(settings.depth, 2);
    assert_int_equal(settings.width, 200);
    assert_int_equal(settings.placement, GOLD_PLACE_RADIUS);
    assert_true(settings.place == 3.0);
    assert_true(settings.temperature == 1.0);
    assert_int_equal(settings.init, GOLD_LECUN_NORMAL);
    assert_int_equal(settings.surface, GOLD_SPHERE);
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_names(void **state)
{
    gold_study *study = parse(
        HEAD WORK "train: {}\n"
                  "grid:\n"
                  "  data.scale: [0.5, 2]\n"
                  "  bias: [false, true]\n"
                  "  train.batch: [full]\n"
                  "  curvature.subspace.directions: [gaussian, sparse-sign]\n"
                  "  relative_radius: 1\n");
    gold_settings settings;

    (void)state;
    assert_string_equal(study->axes[0].name, "data_scale");
    assert_string_equal(study->axes[1].keys[0].texts[1], "true");
    assert_string_equal(study->axes[2].name, "batch");
    assert_true(study->axes[2].is_line);
    assert_string_equal(study->axes[3].name, "directions");
    gold_study_point(study, study->n_points - 1, &settings);
    assert_true(settings.input_scale == 2.0);
    assert_true(settings.bias);
    assert_int_equal(settings.train.batch, 0);
    assert_int_equal(settings.directions, GOLD_SPARSE_SIGN);
    assert_int_equal(settings.placement, GOLD_PLACE_RELATIVE_RADIUS);
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Lists are values like others: as text in the file, as numbers at a point. */
static void test_lists(void **state)
{
    static const double third[] = {0.1, 1.0 / 3.0, 2.5e-7};
    gold_study *study =
        parse(HEAD WORK "grid: {network.layer_gains: [2, [1, 2, 1], [0.1, "
                        "0.33333333333333331, 25e-8]], seed: [3, 5]}\n");
    const gold_axis *axis = &study->axes[0];
    gold_settings settings;

    (void)state;
    assert_string_equal(axis->name, "layer_gains");
    assert_int_equal(axis->count, 3);
    assert_false(axis->is_line);
    assert_string_equal(axis->keys[0].texts[0], "2");
    assert_string_equal(axis->keys[0].texts[1], "[1, 2, 1]");
    assert_string_equal(axis->keys[0].texts[2],
                        "[0.1, 0.3333333333333333, 2.5e-07]");
    gold_study_point(study, 1, &settings);
    assert_int_equal(settings.gains.n, 1);
    assert_true(settings.gains.of[0] == 2.0);
    gold_study_point(study, 5, &settings);
    assert_int_equal(settings.seed, 5);
    assert_int_equal(settings.gains.n, 3);
    assert_memory_equal(settings.gains.of, third, sizeof third);
    assert_int_equal(study->base.gains.n, 0);
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Samples are read once, for the point that uses the most of them. */
static void test_samples(void **state)
{
    const struct {
        const char *axis;
        uint64_t read;
        uint64_t used[3];
    } cases[] = {
        {"[30, 200, 7]", 200, {30, 200, 7}},
        {"[30, all, 7]", 2400, {30, 2400, 7}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];

        (void)snprintf(text, sizeof text, HEAD WORK "grid: {data_train: %s}\n",
                       cases[i].axis);
        gold_study *study = parse(text);

        assert_int_equal(study->data.train, cases[i].read);
        assert_false(study->axes[0].is_line);
        for (size_t p = 0; p < study->n_points; p++) {
            gold_settings settings;

            gold_study_point(study, p, &settings);
            assert_int_equal(
                gold_samples_used(&settings, (size_t)study->data.train),
                cases[i].used[p]);
        }
        gold_study_destroy(&study);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log_range),    cmocka_unit_test(test_exact_ends),
        cmocka_unit_test(test_whole_ranges), cmocka_unit_test(test_zip),
        cmocka_unit_test(test_names),        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_lists),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
