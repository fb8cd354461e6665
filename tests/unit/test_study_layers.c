/* SPDX-License-Identifier: MIT */
/* Lists of layers, and short forms of them, that are refused at their place. */
#include "unit/test_study_wrong.h"

static const wrong errors[] = {
    {WITH_NETWORK("kind: layers"), "1:11", "kind layers needs a list"},
    {WITH_NETWORK("layers: [linear: classes], kind: mlp"), "1:11",
     "'layers' is for networks of kind layers"},
    {WITH_NETWORK("layers: [linear: classes], depth: 2"), "1:38",
     "'depth' has no meaning beside 'layers'"},
    {WITH_NETWORK("layers: [linear: classes], activation: relu"), "1:38",
     "'activation' is for networks of kind mlp, "},
    {WITH_NETWORK("layers: [linear: classes], width: 4"), "1:38",
     "'width' has no meaning beside 'layers'"},
    {WITH_NETWORK("layers: [linear: {out: classes, bias: true}], bias: true"),
     "1:57", "'bias' has no meaning beside 'layers'"},
    {WITH_NETWORK("layers: []"), "1:19", "a list of operations"},
    {WITH_NETWORK("layers: [[relu]]"), "1:20", "relu, or linear: 300"},
    {WITH_NETWORK("layers: [rellu]"), "1:20", "did you mean 'relu'?"},
    {WITH_NETWORK("layers: [linear]"), "1:20", "linear needs 'out'"},
    {WITH_NETWORK("layers: [linear: [0]]"), "1:20", "linear needs 'out'"},
    {WITH_NETWORK("layers: [linear: 0]"), "1:28", "at least 1"},
    {WITH_NETWORK("layers: [linear: witdh]"), "1:28", "did you mean 'width'?"},
    {WITH_NETWORK("layers: [linear: {out: 3, bais: true}]"), "1:37",
     "did you mean 'bias'?"},
    {WITH_NETWORK("layers: [linear: {out: 3, bias: 2}]"), "1:43",
     "must be true or false"},
    {WITH_NETWORK("layers: [linear: {out: 3, bias: flase}]"), "1:43",
     "did you mean 'false'?"},
    {WITH_NETWORK("layers: [relu: 3]"), "1:26", "relu takes no number"},
    {WITH_NETWORK("layers: [{layer_norm: {eps: -1}}]"), "1:39",
     "eps is below 0"},
    {WITH_NETWORK("layers: [add: [-2, 0]]"), "1:26", "at least -1"},
    {WITH_NETWORK("layers: [add: []]"), "1:25", "a list of 1 to 4 entries"},
    {WITH_NETWORK("layers: [relu]"), "1:19", "none of them has parameters"},
    {WITH_NETWORK("layers: [linear: 4]"), "1:19",
     "makes 4 numbers, but there are 3 classes"},
    {WITH_NETWORK("layers: [linear: classes, add: [0, 1]]"), "1:37",
     "network.layers[1], add on 3 units and 2 units: its inputs must be"},
    {WITH_NETWORK("layers: [repeat]"), "1:20", "repeat needs a list"},
    {WITH_NETWORK("layers: [repeat: 3]"), "1:28", "needs 'times' and 'of'"},
    {WITH_NETWORK("layers: [repeat: {times: 2, off: [relu]}]"), "1:28",
     "needs 'times' and 'of'"},
    {WITH_NETWORK("layers: [repeat: {times: dpth, of: [relu]}]"), "1:36",
     "did you mean 'depth'?"},
    {WITH_NETWORK("layers: [residual: []]"), "1:30", "a list of operations"},
    {WITH_NETWORK("layers: [residual: {of: [relu], shortcut: [relu]}]"), "1:30",
     "{residual: [linear: width, relu], shortcut: [linear: width]}"},
    {WITH_NETWORK("layers: [shortcut: [relu]]"), "1:20",
     "beside its residual: {residual: [linear: width, relu], shortcut: "},
    {WITH_NETWORK("layers: [{linear: 3, inputs: [0]}]"), "1:20",
     "one operation, with its keys in it: {linear: {out: 3, inputs: [0]}}"},
    {WITH_NETWORK("layers: [{inputs: [-1], relu: ~}]"), "1:20",
     "{relu: {inputs: [-1]}}"},
    {WITH_NETWORK("layers: [{conv2d: 8, kernel: 3, padding: 1}]"), "1:20",
     "{conv2d: {out: 8, kernel: 3, padding: 1}}"},
    {WITH_NETWORK("layers: [quux]"), "1:20",
     "'quux' is no operation; there are relu, "},
    {WITH_NETWORK("layers: [quux]"), "1:20", ", rms_norm, repeat and residual"},
    {WITH_NETWORK("layers: [linear: {out: 3, quux: 1}]"), "1:37",
     "'quux' is no key of it; there are inputs, out and bias"},
    {WITH_NETWORK("layers: [softmax]"), "1:20",
     "'softmax' is not supported: loss cross-entropy has the softmax in it"},
    {WITH_NETWORK("layers: [{residual: [relu], shortcut: relu}]"), "1:49",
     "a list of operations"},
    {WITH_NETWORK("layers: [{residual: [relu], shortct: [relu]}]"), "1:39",
     "did you mean 'shortcut'?"},
    {WITH_NETWORK("layers: [linear: 5, residual: [relu, linear: 4]]"), "1:31",
     "network.layers[1], residual on 4 units and 5 units: what its branch"},
    {WITH_NETWORK("layers: [{repeat: {times: 2, of: [relu, linear: 4, "
                  "group_norm: 3]}}, linear: classes]"),
     "1:62", "network.layers[0].repeat.of[2], group_norm {groups: 3} on 4"},
    {WITH_NETWORK("layers: [linear: 5, {residual: [relu], shortcut: [relu, "
                  "relu: [-1]]}]"),
     "1:61", "network.layers[1].shortcut[0], relu on 5 units: no entry takes"},
    {WITH_NETWORK("layers: [linear: 3, {repeat: {times: 99, of: [{repeat: "
                  "{times: 99, of: [relu]}}]}}, linear: classes]"),
     "1:31",
     "network.layers[1], repeat {times: 99}: that makes 9802 operations"},
    {WITH_NETWORK("layers: [{repeat: {times: 1000, of: [linear: 3, linear: 4]}}"
                  ", linear: classes]"),
     "1:19", "2001 layers, but at most 1024"},
    {WITH_NETWORK("layers: [linear: channels, linear: classes]"), "1:19",
     "the one number of 'network.channels'"},
    {WITH_NETWORK("widths: [30, 20], depth: 3"), "1:29",
     "'depth' beside 'widths' (line 1)"},
    {WITH_NETWORK("widths: [3], residual: true"), "1:24",
     "'residual' beside 'widths'"},
    {WITH_NETWORK("widths: 3"), "1:19", "'widths' must be a list of 1 to 64"},
    {WITH_NETWORK("residual: true, norm_position: after"), "1:27",
     "'norm_position' has no meaning"},
    {WITH_NETWORK("width: 4, norm_position: after"), "1:21",
     "'norm_position' has no meaning without 'normalization'"},
    {WITH_NETWORK("normalization: group"), "1:11",
     "'group' is for networks of kind resnet"},
    {WITH_NETWORK("kind: lenet-300-100, normalization: layer"), "1:32",
     "'normalization' is for networks of kind mlp or resnet"},
    {WITH_NETWORK("normalization: layer, width: 1"), "1:26",
     "mlp, layer_norm on 1 units: one unit is its own mean"},
    {WITH_NETWORK("layers: [linear: classes], residual: true"), "1:38",
     "'residual' is for networks of kind mlp"},
    {WITH_NETWORK("layers: [linear: classes], channels: [3]"), "1:38",
     "'channels' has no meaning beside 'layers'"},
    {"network: {scale_parameters: weights}\nstudy: test\ngrid: {seed: 0}\n"
     "data: {set: circles}\ncurvature: {subspace: {dim: 2, surface: sphere}}\n",
     "1:11", "a sphere is one of all parameters"},
};

static void test_errors(void **state)
{
    (void)state;
    CHECK_ALL(errors);
}

/* What is no network has no units that something else could be wrong with. */
static void test_one_error(void **state)
{
    static const char *const tracks[] = {"condensation", "layer_condensation"};
    char text[512];

    (void)state;
    for (size_t i = 0; i < sizeof tracks / sizeof *tracks; i++) {
        (void)snprintf(
            text, sizeof text,
            "network: {layers: [linear: 4, relu, linear: 4]}\n" HEAD GRID
            "train: {steps: 2, track: [loss, %s]}\n",
            tracks[i]);
        char *report = refusal(text, strlen(text), NULL);
        const char *first = strstr(report, "test.yaml:");

        assert_non_null(strstr(report, "makes 4 numbers"));
        assert_non_null(first);
        assert_null(strstr(first + 1, "test.yaml:"));
        gold_free(report);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_one_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
