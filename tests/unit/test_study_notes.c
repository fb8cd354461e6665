/* SPDX-License-Identifier: MIT */
/* Traps are noted, where nothing is wrong; what says the same takes turns. */
#include "unit/test_study_support.h"

static const char study[] =
    "study: test\ndata: {set: circles, train: 50}\n"
    "network: {kind: mlp, bias: false}\n"
    "grid: {seed: [0], radius: [1]}\ncurvature: {subspace: {dim: 5}}\n"
    "train: {optimizer: sgd, epochs: 3, log: {every: 2}}\n";

static const struct {
    const char *lines;
    const char *note; /* NULL: none */
} cases[] = {
    {"", NULL},
    {"grid.seed=8", "'seed: {count: 8}' is 8 of them"},
    {"grid.seed=1", NULL},
    {"grid.seed={count: 8}", NULL},
    {"grid.direction_seed=8", "'direction_seed: {count: 8}' is 8 of them"},
    {"grid.train_seed=[1, 2]", "'train_seed' has no effect here"},
    {"grid.train_seed=[1, 2]\ntrain.batch=5", NULL},
    {"train.train_seed=1\ngrid.batch=[5, full]", NULL},
    {"network.direction_seed=1", NULL},
    {"network.direction_seed=1\ncurvature=~",
     "'direction_seed' has no effect here"},
    {"network.direction_seed=1\ncurvature=~\ntrain.track=[sharpness]", NULL},
    {"grid.radius={from: 1, to: 100, count: 3}",
     "'radius' is 1, 50.5, 100; 'spacing: log'"},
    {"grid.radius={from: 1, to: 100, count: 3, spacing: linear}", NULL},
    {"train.batch=50", NULL},
    {"train.batch=51", "batch 51 is more than the 50 training samples"},
    {"train.momentum=0.5", "'momentum' has no effect here, only of optimizer"},
    {"train.momentum=0.5\ngrid.optimizer=[sgd, momentum]\ntrain.optimizer=~",
     NULL},
    {"network.init={file: weights.h5}", "say 'normalize: none'"},
    {"network.init={file: weights.h5}\ndata.normalize=standard", NULL},
    {"network.bias_init=same", "'bias_init' has no effect here, only with"},
    {"grid.norm_position=[before, after]\ngrid.residual=[true, false]\n"
     "network.normalization=layer",
     "where 'residual' is true, 'norm_position' has no effect"},
    {"network.kind=~\ngrid.kind=[mlp, layers]\ngrid.activation=[relu, tanh]\n"
     "network.layers=[linear: classes]",
     "where 'kind' is layers, 'activation' has no effect"},
    {"network.kind=~\ngrid.kind=[mlp, layers]\nnetwork.activation=tanh\n"
     "network.depth=1\nnetwork.layers=[linear: classes]",
     NULL},
    {"train.steps=9\ntrain.schedule={warmup: 9}", "fills all 9: the learning"},
    {"train.steps=10\ntrain.schedule={warmup: 9}", NULL},
    {"train.schedule={warmup: 9}", "fills all 3"},
    {"train.schedule={warmup: 9}\ntrain.batch=10", NULL},
    {"train.steps=9\ntrain.schedule={warmup: 4, decay: step, every: 5}",
     "after 9 steps, is beyond all 9"},
    {"train.steps=10\ntrain.schedule={warmup: 4, decay: step, every: 5}", NULL},
    {"train.epochs=~\ngrid.steps=[5, 10]\n"
     "train.schedule={decay: step, every: 9}",
     NULL},
    {"network.init=normal\nnetwork.std=2",
     "'std' has no effect here: 'radius'"},
    {"network.layer_gains=2", "'layer_gains' has no effect here: 'radius' is"},
    {"grid.radius=~\ngrid.relative_radius=[1]\nnetwork.layer_gains=2",
     "here: 'relative_radius' is"},
    {"grid.layer_gains=[1, 2]", "'layer_gains' has no effect here"},
    {"grid.layer_gains=[1, [1, 2, 3]]", NULL},
    {"network.layer_gains=[1, 2, 3]", NULL},
    {"grid.radius=~\nnetwork.layer_gains=2", NULL},
    {"network.layer_gains=2\nnetwork.normalization=layer", NULL},
    {"network.layer_gains=2\nnetwork.bias=true\nnetwork.bias_init=same",
     "'layer_gains' has no effect here"},
    {"network.layer_gains=2\nnetwork.bias=true\nnetwork.bias_init=same\n"
     "network.scale_parameters=weights",
     NULL},
    {"network.scale_parameters=weights", "no biases and gains of norms"},
    {"network.scale_parameters=all", NULL},
    {"network.scale_parameters=weights\nnetwork.bias=true", NULL},
    {"network.scale_parameters=weights\nnetwork.normalization=rms", NULL},
    {"network.scale_parameters=weights\nnetwork.bias=~\n"
     "grid.bias=[false, true]",
     NULL},
    {"train.scale_learning_rate=homogeneous", NULL},
    {"train.scale_learning_rate=homogeneous\nnetwork.normalization=layer",
     "'homogeneous' is of networks that are"},
    {"data={set: function, target: {constant: 1e40}}\nnetwork.loss=mse",
     "reach 1e+40: errors beyond 3.4e+38 are out of the range of float32"},
    {"data={set: function, target: {relu: [[1, 1e20, 0]]}, to: 1e20}\n"
     "network.loss=mse",
     "reach 1e+40"},
    {"data={set: function, target: {constant: 1e40}}\nnetwork.loss=mse\n"
     "run.precision=float64",
     NULL},
    {"data={set: function, target: {sin: [[1, 1e40, 0]]}}\nnetwork.loss=mse",
     NULL},
};

static void test_notes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gold_study *found = parse_with(study, cases[i].lines);
        const char *notes = found->notes == NULL ? "" : found->notes;

        if (cases[i].note == NULL ? notes[0] != '\0'
                                  : strstr(notes, cases[i].note) == NULL ||
                                        strstr(notes, "note: ") == NULL) {
            fail_msg("%s: wanted %s, got %s", cases[i].lines,
                     cases[i].note == NULL ? "nothing" : cases[i].note, notes);
        }
        gold_study_destroy(&found);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_take_turns(void **state)
{
    gold_study *found = parse_with(
        study, "train.steps=7\ngrid.scale=[2, 3]\ntrain.log.count=4");

    (void)state;
    assert_int_equal(found->base.train.steps, 7);
    assert_int_equal(found->base.train.epochs, 0);
    assert_int_equal(found->train.log_every, 0);
    assert_int_equal(found->train.log_count, 4);
    assert_int_equal(found->n_axes, 2);
    assert_string_equal(found->axes[1].name, "scale");
    gold_study_destroy(&found);
    found = parse_with(study, "train=~\nnetwork.kind=~");
    assert_false(found->has_train);
    gold_study_destroy(&found);

    char *report =
        refusal(study, strlen(study), "train.steps=3\ntrain.epochs=4");

    assert_non_null(strstr(report, "'epochs' beside 'steps'"));
    gold_free(report);
    report = refusal(study, strlen(study), "train.stops=~");
    assert_non_null(
        strstr(report, "'stops' is not there: nothing to take away"));
    gold_free(report);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_take_turns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
