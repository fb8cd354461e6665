/* SPDX-License-Identifier: MIT */
/* The cost model: sizes are exact, and costs grow with what makes work. */
#include <math.h>

#include "goldilocks/task.h"

#include "unit/test_study_support.h"

static const gold_data_shape shape = {1000, 100, 784, 10, {0}};

static double flops_of(const char *line)
{
    gold_study *study =
        parse_with("study: test\ndata: {set: fashion-mnist}\n"
                   "curvature: {subspace: {dim: 50}}\n"
                   "grid: {radius: {from: 1, to: 2, count: 25}}\n",
                   line);
    const double flops = gold_task_flops(study, 0, &shape);

    gold_study_destroy(&study);
    return flops;
}

static void test_parameters(void **state)
{
    gold_settings settings = {.depth = 2, .width = 200};

    (void)state;
    assert_true(gold_n_parameters(&settings, &shape) == 198800.0);
    settings.bias = true;
    assert_true(gold_n_parameters(&settings, &shape) == 199210.0);
    settings.kind = GOLD_NETWORK_LENET_300_100;
    settings.bias = false;
    assert_true(gold_n_parameters(&settings, &shape) == 266200.0);
    settings = (gold_settings){.depth = 0, .width = 7};
    assert_true(gold_n_parameters(&settings, &shape) == 7840.0);
}

static void test_order(void **state)
{
    const double plain = flops_of("");

    (void)state;
    assert_true(plain > 0.0);
    assert_true(flops_of("network.width=200") > plain);
    assert_true(flops_of("network.depth=3") > plain);
    assert_true(flops_of("network.activation=tanh") > plain);
    assert_true(flops_of("network.bias=true") > plain);
    assert_true(flops_of("curvature.subspace.dim=100") > plain);
    assert_true(flops_of("grid.radius.count=50") > plain);
    assert_true(flops_of("curvature.layers=each") > plain);
    assert_true(flops_of("curvature.resample.data=4") > plain);
    assert_true(flops_of("curvature.resample.directions=4") >
                flops_of("curvature.resample.data=4"));
    assert_true(flops_of("curvature.logit_gradients=500") > plain);
    assert_true(flops_of("curvature.logit_gradients=all") >
                flops_of("curvature.logit_gradients=500"));
    assert_true(flops_of("curvature.logit_gradients=all") ==
                flops_of("curvature.logit_gradients=1000"));
    assert_true(flops_of("curvature.subspace.directions=sparse-sign") < plain);
    assert_true(flops_of("network.depth=0") < plain);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Points that differ in training alone are measured once. */
static void test_shared(void **state)
{
    const double one = flops_of("grid.learning_rate=[1]\ntrain.steps=1");
    const double two = flops_of("grid.learning_rate=[1, 2]\ntrain.steps=1");

    (void)state;
    assert_true(one == two);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_excluded(void **state)
{
    gold_study *study = parse(
        HEAD WORK "grid: {depth: [1, 2], radius: [1, 2], exclude: {depth: 1}}"
                  "\n");

    (void)state;
    assert_true(gold_task_flops(study, 0, &shape) == 0.0);
    assert_true(gold_task_flops(study, 1, &shape) > 0.0);
    gold_study_destroy(&study);
    study = parse(HEAD "train: {}\n"
                       "grid: {depth: [1, 2], radius: [1, 2], exclude: "
                       "{depth: 1}}\n");
    assert_int_equal(gold_n_tasks(study), 2 + 4);
    assert_true(gold_task_flops(study, 1, &shape) > 0.0);
    assert_true(gold_task_flops(study, 3, &shape) == 0.0);
    assert_true(gold_task_flops(study, 4, &shape) > 0.0);
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Predicted flops of the one train task; a network of 3 x 4 + 4 x 3. */
static double train_flops_of(const char *line)
{
    static const gold_data_shape small = {100, 10, 3, 3, {0}};
    gold_study *study =
        parse_with("study: test\ndata: {set: mixture}\ngrid: {seed: 0}\n"
                   "network: {depth: 1, width: 4}\n"
                   "train: {optimizer: sgd, log: {every: 5}}\n",
                   line);
    const double flops = gold_task_flops(study, 1, &small);

    assert_int_equal(gold_n_tasks(study), 2);
    gold_study_destroy(&study);
    return flops;
}

static void test_training(void **state)
{
    const double sample = 6.0 * 24.0 - 2.0 * 12.0;
    const double entry = 100.0 * sample + 10.0 * 2.0 * 24.0;
    const double plain = (100.0 + 10.0) * 2.0 * 24.0;

    (void)state;
    assert_true(train_flops_of("train.steps=20") ==
                20.0 * 100.0 * sample + 5.0 * entry);
    assert_true(train_flops_of("train.steps=20\ntrain.batch=32") ==
                20.0 * 32.0 * sample + 5.0 * entry);
    assert_true(train_flops_of("train.epochs=5\ntrain.batch=32") ==
                20.0 * 32.0 * sample + 5.0 * entry);
    assert_true(train_flops_of("train.steps=20\ntrain.batch=999") ==
                20.0 * 100.0 * sample + 5.0 * entry);
    assert_true(train_flops_of("train.steps=20\ntrain.log={count: 7}") ==
                20.0 * 100.0 * sample + 7.0 * entry);
    assert_true(train_flops_of("train.steps=3\ntrain.log={count: 7}") ==
                3.0 * 100.0 * sample + 4.0 * entry);
    assert_true(train_flops_of("train.optimizer=gd\ntrain.epochs=20") ==
                20.0 * 100.0 * sample + 5.0 * entry);
    /* without a gradient in the log: 15 products of 6 and 16 passes over the
     * two layers */
    assert_true(train_flops_of("train.steps=20\ntrain.track=[sharpness]") ==
                20.0 * 100.0 * sample +
                    5.0 * (plain + 15.0 * 100.0 * 22.0 * 12.0));
    assert_true(train_flops_of("train.steps=20\ntrain.track=[curvature]\n"
                               "curvature.subspace.dim=5") >
                20.0 * 100.0 * sample + 5.0 * plain);
    assert_int_equal(gold_live_blocks(), 0);
}

/* The end costs what a measurement of the one point does, and so do moments
 * between. */
static void test_end(void **state)
{
    static const gold_data_shape small = {100, 10, 3, 3, {0}};
    const char *text = "study: test\ndata: {set: mixture}\ngrid: {seed: 0}\n"
                       "network: {depth: 1, width: 4}\ntrain: {steps: 9}\n"
                       "curvature: {subspace: {dim: 5}, dense: true, layers: "
                       "each, resample: {data: 3}, logit_gradients: 9}\n";
    gold_study *start = parse(text);
    gold_study *both = parse_with(text, "curvature.at=[start, end]");
    gold_study *more =
        parse_with(text, "curvature.at=[start, {step: 4}, {step: 9}, end]");

    (void)state;
    assert_true(fabs(gold_task_flops(more, 1, &small) -
                     gold_task_flops(start, 1, &small) -
                     3.0 * gold_task_flops(start, 0, &small)) <
                1e-9 * gold_task_flops(start, 0, &small));
    gold_study_destroy(&more);
    assert_true(gold_task_flops(both, 0, &small) ==
                gold_task_flops(start, 0, &small));
    assert_true(fabs(gold_task_flops(both, 1, &small) -
                     gold_task_flops(start, 1, &small) -
                     gold_task_flops(start, 0, &small)) <
                1e-9 * gold_task_flops(start, 0, &small));
    gold_study_destroy(&both);
    gold_study_destroy(&start);
}

/* Points of a line share most of the work where the network is homogeneous,
 * and none of it elsewhere. */
static void test_lines(void **state)
{
    static const struct {
        const char *network;
        bool is_shared;
    } cases[] = {
        {"bias: false", true},
        {"normalization: layer", false},
        {"residual: true", false},
        {"kind: resnet, channels: [4, 8]", false},
        {"scale_parameters: weights, bias: false", false},
    };
    const gold_data_shape images = {1000, 100, 784, 10, {1, 28, 28}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double flops[2];

        for (size_t k = 0; k < 2; k++) {
            char text[300];

            (void)snprintf(text, sizeof text,
                           "study: test\ndata: {set: fashion-mnist}\nnetwork: "
                           "{%s}\ncurvature: {subspace: {dim: 5}}\n"
                           "grid: {radius: %s}\n",
                           cases[i].network, k == 0 ? "[1]" : "[1, 2, 3, 4]");
            gold_study *study = parse(text);

            flops[k] = gold_task_flops(study, 0, &images);
            gold_study_destroy(&study);
        }
        if ((flops[1] > 2.5 * flops[0]) == cases[i].is_shared) {
            fail_msg("%s: four points cost %g times one", cases[i].network,
                     flops[1] / flops[0]);
        }
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parameters), cmocka_unit_test(test_order),
        cmocka_unit_test(test_shared),     cmocka_unit_test(test_excluded),
        cmocka_unit_test(test_training),   cmocka_unit_test(test_end),
        cmocka_unit_test(test_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
