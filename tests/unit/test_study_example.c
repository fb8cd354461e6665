/* SPDX-License-Identifier: MIT */
/* The example that the documentation shows says what it is said to say. */
#include <math.h>

#include "unit/test_study_support.h"

static const char example[] =
    "study: fort2019-radius            # [a-z0-9._-]+\n"
    "title: Curvature against radius\n"
    "\n"
    "grid:\n"
    "  activation: [relu, tanh]\n"
    "  depth: [2, 3]                   # hidden layers\n"
    "  width: [100, 200]\n"
    "  seed: {count: 10}\n"
    "  relative_radius: {from: 1e-2, to: 1e2, count: 25, spacing: log}\n"
    "data:\n"
    "  set: fashion-mnist\n"
    "  path: /usr/share/datasets/fashion-mnist\n"
    "  train: 1000\n"
    "  test: 500\n"
    "  subset: {random: 7}\n"
    "  normalize: published\n"
    "  scale: 0.5\n"
    "network:\n"
    "  kind: mlp\n"
    "  bias: true\n"
    "  init: kaiming\n"
    "  reference: lecun\n"
    "  temperature: 2\n"
    "curvature:\n"
    "  subspace: {dim: [100, 10, 50], directions: sparse-sign, surface: "
    "sphere}\n"
    "  split: false\n"
    "  layers: all\n"
    "train:\n"
    "  optimizer: momentum\n"
    "  learning_rate: 0.1\n"
    "  scale_learning_rate: homogeneous\n"
    "  batch: 64\n"
    "  epochs: 20\n"
    "  log: {count: 40, spacing: log}\n"
    "  track: [loss, accuracy, weight_norm, gradient_norm, cosine_to_init,\n"
    "          zero_logits, entropy]\n"
    "  constraint: sphere\n"
    "  stop: {accuracy: 0.99, patience: 5}\n"
    "  reach: [0.1, 1, 0.5]\n"
    "run: {precision: float64, memory_per_rank: 1.5 GiB,\n"
    "      checkpoint_every: 0.25}\n";

static void test_blocks(void **state)
{
    gold_study *study = parse(example);

    (void)state;
    assert_string_equal(study->name, "fort2019-radius");
    assert_string_equal(study->title, "Curvature against radius");
    assert_string_equal(study->text, example);
    assert_int_equal(study->data.set, GOLD_DATA_FASHION_MNIST);
    assert_string_equal(study->data.path, "/usr/share/datasets/fashion-mnist");
    assert_int_equal(study->data.train, 1000);
    assert_int_equal(study->data.test, 500);
    assert_int_equal(study->data.subset, GOLD_SUBSET_RANDOM);
    assert_int_equal(study->data.subset_seed, 7);
    assert_int_equal(study->data.normalize, GOLD_NORMALIZE_PUBLISHED);
    assert_int_equal(study->curvature.n_dims, 3);
    assert_int_equal(study->curvature.dims[0], 10);
    assert_int_equal(study->curvature.dims[1], 50);
    assert_int_equal(study->curvature.dims[2], 100);
    assert_false(study->curvature.split);
    assert_true(study->has_train);
    assert_int_equal(study->run.precision, GOLD_FLOAT64);
    assert_int_equal(study->run.memory_per_rank, (uint64_t)3 << 29);
    assert_true(study->run.checkpoint_every == 0.25);
    gold_study_destroy(&study);
    assert_null(study);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_grid(void **state)
{
    static const char *const names[] = {"activation", "depth", "width", "seed",
                                        "relative_radius"};
    static const size_t counts[] = {2, 2, 2, 10, 25};
    gold_study *study = parse(example);

    (void)state;
    assert_int_equal(study->n_axes, 5);
    assert_int_equal(study->n_points, 2000);
    for (size_t a = 0; a < study->n_axes; a++) {
        assert_string_equal(study->axes[a].name, names[a]);
        assert_int_equal(study->axes[a].count, counts[a]);
        assert_int_equal(study->axes[a].is_line, a == 4);
    }
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_point(void **state)
{
    gold_study *study = parse(example);
    gold_settings settings;
    size_t index[GOLD_MAX_AXES] = {1, 0, 1, 3, 12};

    (void)state;
    const size_t point = gold_study_ravel(study, index);

    gold_study_point(study, point, &settings);
    assert_int_equal(settings.activation, GOLD_TANH);
    assert_int_equal(settings.depth, 2);
    assert_int_equal(settings.width, 200);
    assert_int_equal(settings.seed, 3);
    assert_int_equal(settings.direction_seed, 3);
    assert_int_equal(settings.data_seed, 3);
    assert_int_equal(settings.train_seed, 3);
    assert_int_equal(settings.placement, GOLD_PLACE_RELATIVE_RADIUS);
    assert_true(settings.place == 1.0);
    assert_true(settings.bias);
    assert_int_equal(settings.init, GOLD_KAIMING_NORMAL);
    assert_int_equal(settings.reference, GOLD_REFERENCE_LECUN);
    assert_true(settings.temperature == 2.0);
    assert_true(settings.input_scale == 0.5);
    assert_int_equal(settings.directions, GOLD_SPARSE_SIGN);
    assert_int_equal(settings.surface, GOLD_SPHERE);
    assert_int_equal(settings.train.optimizer, GOLD_MOMENTUM);
    assert_true(settings.train.momentum == 0.9);
    assert_int_equal(settings.train.batch, 64);
    assert_int_equal(settings.train.steps, 0);
    assert_int_equal(settings.train.epochs, 20);
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_train(void **state)
{
    gold_study *study = parse(example);
    const gold_train_block *train = &study->train;
    size_t n_tracks = 0;

    (void)state;
    assert_int_equal(train->log_every, 0);
    assert_int_equal(train->log_count, 40);
    assert_true(train->is_log_spaced);
    for (size_t i = 0; i < GOLD_N_TRACKS; i++) {
        n_tracks += train->track[i] ? 1 : 0;
    }
    assert_int_equal(n_tracks, 7);
    assert_true(train->track[GOLD_TRACK_ENTROPY]);
    assert_false(train->track[GOLD_TRACK_TEST_LOSS]);
    assert_true(train->stop_accuracy == 0.99);
    assert_true(isnan(train->stop_loss));
    assert_int_equal(train->stop_patience, 5);
    assert_int_equal(train->n_reach, 3);
    assert_true(train->reach[0] == 1.0);
    assert_true(train->reach[1] == 0.5);
    assert_true(train->reach[2] == 0.1);
    assert_true(train->lazy == 0.01);
    assert_int_equal(study->base.train.constraint, GOLD_CONSTRAINT_SPHERE);
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_train_defaults(void **state)
{
    gold_study *study = parse(HEAD "grid: {seed: 4}\ntrain: {}\n");
    const gold_train_block *train = &study->train;

    (void)state;
    assert_int_equal(train->log_every, 0);
    assert_int_equal(train->log_count, 40);
    assert_true(train->is_log_spaced);
    for (int i = 0; i < GOLD_N_TRACKS; i++) {
        assert_int_equal(train->track[i], i != GOLD_TRACK_COSINE_GRADIENT &&
                                              i != GOLD_TRACK_ENTROPY &&
                                              i < GOLD_TRACK_SHARPNESS);
    }
    assert_true(isnan(train->stop_accuracy));
    assert_true(isnan(train->stop_loss));
    assert_int_equal(train->stop_patience, 0);
    assert_int_equal(train->n_reach, 0);
    assert_true(train->lazy == 0.01);
    assert_int_equal(study->base.train.constraint, GOLD_CONSTRAINT_NONE);
    assert_int_equal(study->base.train.steps, 1000);
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_defaults(void **state)
{
    gold_study *study = parse(HEAD "grid: {seed: 4}\n" WORK);
    gold_settings settings;

    (void)state;
    gold_study_point(study, 0, &settings);
    assert_int_equal(settings.seed, 4);
    assert_int_equal(settings.kind, GOLD_NETWORK_MLP);
    assert_int_equal(settings.activation, GOLD_RELU);
    assert_int_equal(settings.depth, 2);
    assert_int_equal(settings.width, 100);
    assert_false(settings.bias);
    assert_int_equal(settings.placement, GOLD_PLACE_SCALE);
    assert_true(settings.place == 1.0);
    assert_true(settings.temperature == 1.0);
    assert_true(settings.input_scale == 1.0);
    assert_true(study->curvature.split);
    assert_int_equal(study->data.train, 2400);
    assert_int_equal(study->data.test, 1364);
    assert_string_equal(study->data.path, "");
    assert_string_equal(study->title, "");
    assert_int_equal(study->run.precision, GOLD_FLOAT32);
    assert_int_equal(study->run.memory_per_rank, (uint64_t)2 << 30);
    assert_true(study->run.checkpoint_every == 300.0);
    assert_false(study->has_train);
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),         cmocka_unit_test(test_grid),
        cmocka_unit_test(test_point),          cmocka_unit_test(test_train),
        cmocka_unit_test(test_train_defaults), cmocka_unit_test(test_defaults),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
