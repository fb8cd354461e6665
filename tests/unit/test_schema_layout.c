/* SPDX-License-Identifier: MIT */
/* Records hold every variable of a study once, none of others. */
#include <math.h>

#include "goldilocks/schema.h"

#include "unit/test_study_support.h"

enum {
    N_FINALS = 13 /* numbers of a training beside trajectories and reach */
};

static gold_schema schema_of(const char *text)
{
    gold_study *study = parse(text);
    gold_schema schema;

    gold_schema_init(&schema, study, 1000);
    gold_study_destroy(&study);
    return schema;
}

static void test_offsets(void **state)
{
    const gold_schema schema = schema_of(
        HEAD "grid: {seed: 0}\ncurvature: {subspace: {dim: [3, 7]}}\n");
    size_t end = 0;

    (void)state;
    assert_int_equal(schema.n_dims, 2);
    assert_int_equal(schema.n_eigen, 7);
    assert_int_equal(schema.count[GOLD_VAR_LOSS], 1);
    assert_int_equal(schema.count[GOLD_VAR_TRACE], 2);
    assert_int_equal(schema.count[GOLD_VAR_EIGENVALUES], 14);
    assert_int_equal(schema.count[GOLD_VAR_G_EIGENVALUES], 14);
    for (size_t v = 0; v < GOLD_N_VARIABLES; v++) {
        assert_int_equal(schema.offset[v], end);
        end += schema.count[v];
    }
    assert_int_equal(schema.record_length, end);
    assert_int_equal(end, 14 + 3 * (6 * 2 + 14));
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_conditions(void **state)
{
    const gold_schema plain =
        schema_of(HEAD "grid: {seed: 0}\ntrain: {steps: 1, track: []}\n");
    const gold_schema whole =
        schema_of(HEAD "grid: {seed: 0}\n"
                       "curvature: {split: false, subspace: {dim: 3}}\n");

    (void)state;
    const gold_schema logits = schema_of(
        HEAD "grid: {seed: 0}\n"
             "curvature: {logit_gradients: 9, subspace: {dim: [3, 7]}}\n");

    const gold_schema layers =
        schema_of(HEAD "grid: {kind: [mlp, lenet-300-100], seed: 0}\n"
                       "network: {depth: 4, width: 9}\n"
                       "curvature: {layers: each, subspace: {dim: [3, 7]}}\n");

    assert_int_equal(layers.n_layers, 5);
    assert_int_equal(layers.count[GOLD_VAR_LAYER_TRACE], 10);
    assert_int_equal(layers.count[GOLD_VAR_LAYER_TRACE_SHARE], 10);
    assert_int_equal(layers.count[GOLD_VAR_KAPPA], 1);
    const gold_schema spread = schema_of(
        HEAD "grid: {seed: 0}\n"
             "curvature: {resample: {data: 5}, subspace: {dim: [3, 7]}}\n");

    assert_int_equal(spread.count[GOLD_VAR_TRACE_OVER_NORM_DATA_STD], 2);
    assert_int_equal(spread.count[GOLD_VAR_TRACE_OVER_NORM_DIRECTION_STD], 0);
    assert_int_equal(whole.n_layers, 0);
    assert_int_equal(whole.count[GOLD_VAR_LAYER_TRACE], 0);
    assert_int_equal(whole.count[GOLD_VAR_KAPPA], 0);
    assert_int_equal(whole.count[GOLD_VAR_GAMMA_P], 0);
    assert_int_equal(logits.count[GOLD_VAR_GAMMA_P], 1);
    assert_int_equal(logits.count[GOLD_VAR_EXPECTED_G_TRACE_OVER_NORM], 2);
    assert_int_equal(logits.count[GOLD_VAR_G_DOMINANCE], 2);
    const gold_schema boundary =
        schema_of(HEAD "grid: {seed: 0}\n"
                       "curvature: {boundary: {eigenvectors: 3}}\n");

    assert_int_equal(boundary.count[GOLD_VAR_ALIGNMENT_BY_CLASS],
                     3 * boundary.n_classes);
    assert_int_equal(boundary.count[GOLD_VAR_ALIGNMENT_ENERGY], 3);
    assert_int_equal(boundary.count[GOLD_VAR_MARGIN_GRID], 1);
    assert_int_equal(boundary.count[GOLD_VAR_TRACE], 0);
    assert_int_equal(whole.count[GOLD_VAR_OUTLIERS], 0);
    assert_int_equal(whole.count[GOLD_VAR_ALIGNMENT_BY_CLASS], 0);
    assert_int_equal(whole.n_classes, 0);
    assert_int_equal(plain.record_length, 14 + N_FINALS);
    assert_int_equal(plain.count[GOLD_VAR_STEPS_TO_LOSS], 0);
    assert_int_equal(plain.count[GOLD_VAR_TRAJECTORY_LOSS], 0);
    assert_int_equal(plain.n_log, 2);
    assert_int_equal(whole.n_log, 0);
    assert_int_equal(whole.n_reach, 0);
    assert_int_equal(whole.count[GOLD_VAR_OUTCOME], 0);
    assert_int_equal(plain.count[GOLD_VAR_TRACE], 0);
    assert_int_equal(whole.count[GOLD_VAR_TRACE], 1);
    assert_int_equal(whole.count[GOLD_VAR_G_TRACE], 0);
    assert_int_equal(whole.count[GOLD_VAR_H_EIGENVALUES], 0);
}

/* What is measured at the end has the extents of what is at the start, is
 * written by trainings, and has a name of its own. */
static void test_end(void **state)
{
    const gold_schema start =
        schema_of(HEAD "grid: {seed: 0}\ntrain: {steps: 1}\n"
                       "curvature: {logit_gradients: 9, extreme: {count: 4}, "
                       "subspace: {dim: [3, 7]}}\n");
    const gold_schema both =
        schema_of(HEAD "grid: {seed: 0}\ntrain: {steps: 1}\n"
                       "curvature: {at: [start, end], logit_gradients: 9, "
                       "extreme: {count: 4}, subspace: {dim: [3, 7]}}\n");
    size_t n = 0;

    (void)state;
    for (int v = 0; v < GOLD_N_VARIABLES; v++) {
        const gold_variable end = gold_variable_at_end((gold_variable)v);

        if (end == GOLD_N_VARIABLES) {
            continue;
        }
        const char *name = gold_variable_about(end)->name;

        assert_int_equal(gold_variable_task((gold_variable)v),
                         GOLD_TASK_MEASURE);
        assert_int_equal(gold_variable_task(end), GOLD_TASK_TRAIN);
        assert_int_equal(strncmp(name, "final_", 6), 0);
        assert_string_equal(name + 6,
                            gold_variable_about((gold_variable)v)->name);
        for (int w = 0; w < GOLD_N_VARIABLES; w++) {
            assert_true(
                w == (int)end ||
                strcmp(name, gold_variable_about((gold_variable)w)->name) != 0);
        }
        assert_int_equal(start.count[end], 0);
        assert_int_equal(both.count[end], start.count[v]);
        n += start.count[v];
    }
    assert_int_equal(both.record_length, start.record_length + n);
    assert_int_equal(both.count[GOLD_VAR_FINAL_EIGENVALUES], 14);
    assert_int_equal(gold_variable_at_end(GOLD_VAR_LOSS), GOLD_N_VARIABLES);
    assert_int_equal(gold_variable_at_end(GOLD_VAR_PROBE_SEED),
                     GOLD_N_VARIABLES);
}

/* Every track has the trajectory of its name, and only then. */
static void test_tracks(void **state)
{
    (void)state;
    for (int track = 0; track <= GOLD_TRACK_ENTROPY; track++) {
        const gold_variable variable =
            (gold_variable)(GOLD_VAR_TRAJECTORY_LOSS + track);
        const char *name = gold_variable_about(variable)->name;
        char text[200];

        assert_int_equal(strncmp(name, "trajectory_", 11), 0);
        (void)snprintf(text, sizeof text,
                       HEAD "grid: {seed: 0}\ntrain: {track: [%s], "
                            "steps: 9, log: {every: 3}, reach: [2, 1]}\n",
                       name + 11);

        const gold_schema schema = schema_of(text);

        assert_int_equal(schema.n_train, 1000);
        assert_int_equal(schema.n_log, 4);
        assert_int_equal(schema.log_steps[3], 9);
        assert_int_equal(schema.n_reach, 2);
        assert_true(schema.reach[0] == 2.0 && schema.reach[1] == 1.0);
        assert_int_equal(schema.count[GOLD_VAR_STEPS_TO_LOSS], 2);
        assert_int_equal(schema.record_length, 14 + N_FINALS + 2 + 4);
        assert_int_equal(schema.count[variable], 4);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_kinds(void **state)
{
    (void)state;
    for (int v = 0; v < GOLD_N_VARIABLES; v++) {
        const bool is_train = v >= (int)GOLD_VAR_TRAJECTORY_LOSS;

        assert_int_equal(gold_variable_task((gold_variable)v),
                         is_train ? GOLD_TASK_TRAIN : GOLD_TASK_MEASURE);
    }
    assert_int_equal(gold_variable_task(GOLD_VAR_LOSS), GOLD_TASK_MEASURE);
    assert_int_equal(gold_variable_task(GOLD_VAR_H_TRACE), GOLD_TASK_MEASURE);
    assert_int_equal(gold_variable_task(GOLD_VAR_OUTCOME), GOLD_TASK_TRAIN);
}

/* No variable bears the name of an axis: xarray would refuse the file. */
static void test_names(void **state)
{
    static const char *const axes[] = {"seed",   "depth", "width",
                                       "radius", "scale", "relative_radius"};

    (void)state;
    for (int v = 0; v < GOLD_N_VARIABLES; v++) {
        const gold_variable_info *info = gold_variable_about((gold_variable)v);

        assert_true(strlen(info->title) > 0);
        for (size_t i = 0; i < sizeof axes / sizeof *axes; i++) {
            assert_string_not_equal(info->name, axes[i]);
        }
        for (int other = 0; other < v; other++) {
            assert_string_not_equal(
                info->name, gold_variable_about((gold_variable)other)->name);
        }
    }
    assert_string_equal(gold_variable_about(GOLD_VAR_G_TRACE)->name, "g_trace");
    assert_int_equal(gold_variable_about(GOLD_VAR_H_EIGENVALUES)->extent,
                     GOLD_EXTENT_SPECTRUM);
}

/* What later minor versions brought can be left out, and then the format is
 * that of what is left. */
static void test_later(void **state)
{
    gold_schema schema =
        schema_of(HEAD "grid: {seed: 0}\ncurvature: {layers: each, resample: "
                       "{directions: 2}, subspace: {dim: [3, 7]}}\n"
                       "train: {phases: [{steps: 1}, {steps: 2}]}\n");
    const gold_schema latest =
        schema_of(HEAD "grid: {seed: 0}\ncurvature: {subspace: {dim: 3}, at: "
                       "[start, {step: 2}]}\ntrain: {steps: 2}\n");
    const gold_schema plain =
        schema_of(HEAD "grid: {seed: 0}\ncurvature: {subspace: {dim: 3}}\n");

    (void)state;
    assert_int_equal(gold_schema_minor(&plain), 0);
    assert_int_equal(gold_schema_minor(&latest), GOLD_SCHEMA_MINOR);
    for (unsigned minor = gold_schema_minor(&schema); minor-- > 0;) {
        bool is_missing[GOLD_N_VARIABLES] = {false};
        size_t end = 0;

        for (int v = 0; v < GOLD_N_VARIABLES; v++) {
            is_missing[v] =
                gold_variable_about((gold_variable)v)->since > minor;
        }
        gold_schema_drop(&schema, is_missing);
        assert_int_equal(gold_schema_minor(&schema), minor);
        for (size_t v = 0; v < GOLD_N_VARIABLES; v++) {
            assert_true(!is_missing[v] || schema.count[v] == 0);
            assert_int_equal(schema.offset[v], end);
            end += schema.count[v];
        }
        assert_int_equal(schema.record_length, end);
    }
    assert_int_equal(schema.count[GOLD_VAR_LAYER_H_SPECTRAL_NORM], 6);
    assert_int_equal(schema.count[GOLD_VAR_LAYER_TRACE_SHARE], 0);
    assert_int_equal(schema.count[GOLD_VAR_KAPPA], 0);
}

static void test_outcome(void **state)
{
    const gold_schema schema = schema_of(HEAD "grid: {seed: 0}\n" WORK);
    gold_outcome outcome = {0};

    (void)state;
    assert_int_equal(gold_outcome_init(&outcome, &schema, 4), GOLD_OK);
    assert_int_equal(outcome.n_points, 4);
    for (size_t i = 0; i < 4 * schema.record_length; i++) {
        assert_true(isnan(outcome.records[i]));
    }
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(outcome.verdicts[i].state, GOLD_STATE_PENDING);
        assert_string_equal(outcome.verdicts[i].message, "");
    }
    gold_outcome_fini(&outcome);
    gold_outcome_fini(&outcome);
    assert_int_equal(gold_outcome_init(&outcome, &schema, SIZE_MAX / 8),
                     GOLD_ERR_MEMORY);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Sharpness and curvature have two trajectories each. */
static void test_curved_tracks(void **state)
{
    const gold_schema sharp =
        schema_of(HEAD "grid: {seed: 0}\ntrain: {track: [sharpness], steps: 9, "
                       "log: {every: 3}}\n");
    const gold_schema curved = schema_of(
        HEAD "grid: {seed: 0}\ncurvature: {split: false, subspace: {dim: 3}}\n"
             "train: {track: [curvature], steps: 9, log: {every: 3}}\n");

    (void)state;
    assert_int_equal(sharp.record_length, 14 + N_FINALS + 2 * 4);
    assert_int_equal(sharp.count[GOLD_VAR_TRAJECTORY_SHARPNESS], 4);
    assert_int_equal(sharp.count[GOLD_VAR_TRAJECTORY_SHARPNESS_RESIDUAL], 4);
    assert_int_equal(curved.record_length, 14 + (6 + 3) + N_FINALS + 2 * 4);
    assert_int_equal(curved.count[GOLD_VAR_TRAJECTORY_TRACE_OVER_NORM], 4);
    assert_int_equal(curved.count[GOLD_VAR_TRAJECTORY_POSITIVE_FRACTION], 4);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_curved_tracks), cmocka_unit_test(test_offsets),
        cmocka_unit_test(test_conditions),    cmocka_unit_test(test_tracks),
        cmocka_unit_test(test_end),           cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_names),         cmocka_unit_test(test_outcome),
        cmocka_unit_test(test_later),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
