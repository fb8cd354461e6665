/* SPDX-License-Identifier: MIT */
/* Sharpness and curvature along a training: they begin with what the point's
 * measurement found, repeat bit for bit, and fail without a leak. */
#include <math.h>
#include <string.h>

#include "unit/test_engine_support.h"

#define TRAIN                                                                  \
    "train: {learning_rate: 0.2, steps: 12, log: {every: 4}, "                 \
    "track: [loss, sharpness, curvature]}\n"

enum {
    N_LOG = 4
};

static double track(const bench *b, const gold_outcome *trained,
                    gold_variable variable, size_t k)
{
    return number_of(b, trained->records, variable, k);
}

/* The one point's outcomes of both kinds. */
static void run_both(bench *b, const char *text, gold_outcome *measured,
                     gold_outcome *trained)
{
    gold_task task;

    bench_open(b, text);
    *measured = measure(b, 0, &task);
    gold_task_fini(&task);
    *trained = measure(b, 1, &task);
    gold_task_fini(&task);
    assert_int_equal(b->schema.n_log, N_LOG);
    assert_int_equal(measured->verdicts[0].state, GOLD_STATE_DONE);
    assert_int_equal(trained->verdicts[0].state, GOLD_STATE_DONE);
}

static void check_begin(const char *text, bool is_plane)
{
    gold_outcome measured, trained;
    bench b;

    run_both(&b, text, &measured, &trained);
    const double *found = measured.records;
    const double sharpness =
        track(&b, &trained, GOLD_VAR_TRAJECTORY_SHARPNESS, 0);
    const double residual =
        track(&b, &trained, GOLD_VAR_TRAJECTORY_SHARPNESS_RESIDUAL, 0);

    /* the point is scaled before it is trained, and after it is measured */
    assert_number("trace over norm",
                  track(&b, &trained, GOLD_VAR_TRAJECTORY_TRACE_OVER_NORM, 0),
                  number_of(&b, found, GOLD_VAR_TRACE_OVER_NORM, 1), 1e-11);
    assert_number("positive fraction",
                  track(&b, &trained, GOLD_VAR_TRAJECTORY_POSITIVE_FRACTION, 0),
                  number_of(&b, found, GOLD_VAR_POSITIVE_FRACTION, 1), 0.0);
    assert_true(residual >= 0.0 && residual <= 1e-3 * sharpness);
    /* the subspace's largest eigenvalue cannot be above */
    assert_true(!is_plane || sharpness + residual >=
                                 number_of(&b, found, GOLD_VAR_EIGENVALUES, 9));
    for (size_t k = 1; k < N_LOG; k++) {
        assert_true(
            track(&b, &trained, GOLD_VAR_TRAJECTORY_SHARPNESS, k) > 0.0 &&
            track(&b, &trained, GOLD_VAR_TRAJECTORY_SHARPNESS, k) != sharpness);
        assert_true(isfinite(
            track(&b, &trained, GOLD_VAR_TRAJECTORY_TRACE_OVER_NORM, k)));
    }
    gold_outcome_fini(&measured);
    gold_outcome_fini(&trained);
    bench_drop(&b);
}

static void test_begin(void **state)
{
    (void)state;
    check_begin(HEAD NETWORK CURVATURE TRAIN "grid: {seed: 3}\n", true);
    check_begin(HEAD NETWORK CURVATURE TRAIN "grid: {radius: 9}\n", true);
    check_begin(HEAD "network: {width: 6, depth: 2, activation: tanh, bias: "
                     "true, temperature: 1.5}\n"
                     "curvature: {subspace: {dim: [2, 5], directions: "
                     "sparse-sign}}\n" TRAIN "grid: {scale: 2}\n",
                true);
    check_begin(HEAD NETWORK "curvature: {subspace: {dim: [2, 5], surface: "
                             "sphere}}\n" TRAIN "grid: {radius: 4}\n",
                false);
}

/* Bit for bit, and the same whether or not curvature is tracked beside it. */
static void test_repeats(void **state)
{
    gold_outcome measured, trained, again;
    gold_task task;
    bench b, alone;

    (void)state;
    run_both(&b, HEAD NETWORK CURVATURE TRAIN "grid: {seed: 3}\n", &measured,
             &trained);
    again = measure(&b, 1, &task);
    gold_task_fini(&task);
    assert_memory_equal(trained.records, again.records,
                        b.schema.record_length * sizeof(double));
    assert_true(trained.flops == again.flops);
    gold_outcome_fini(&again);

    bench_open(&alone, HEAD NETWORK
               "train: {learning_rate: 0.2, steps: 12, log: {every: 4}, "
               "track: [sharpness]}\ngrid: {seed: 3}\n");
    again = measure(&alone, 1, &task);
    gold_task_fini(&task);
    for (size_t k = 0; k < N_LOG; k++) {
        assert_true(track(&alone, &again, GOLD_VAR_TRAJECTORY_SHARPNESS, k) ==
                    track(&b, &trained, GOLD_VAR_TRAJECTORY_SHARPNESS, k));
    }
    assert_true(again.flops < trained.flops);
    gold_outcome_fini(&again);
    gold_outcome_fini(&measured);
    gold_outcome_fini(&trained);
    bench_close(&alone);
    bench_drop(&b);
}

/* What overflows is not followed further, and is no failure. */
static void test_diverged(void **state)
{
    gold_task task;
    bench b;

    (void)state;
    bench_open(&b, HEAD NETWORK CURVATURE
               "train: {learning_rate: 1e200, steps: 12, log: {every: 4}, "
               "track: [sharpness, curvature]}\ngrid: {seed: 3}\n");
    gold_outcome trained = measure(&b, 1, &task);

    assert_int_equal(trained.verdicts[0].state, GOLD_STATE_DONE);
    assert_true(
        isfinite(track(&b, &trained, GOLD_VAR_TRAJECTORY_SHARPNESS, 0)));
    assert_true(isnan(track(&b, &trained, GOLD_VAR_TRAJECTORY_SHARPNESS, 1)));
    assert_true(
        isnan(track(&b, &trained, GOLD_VAR_TRAJECTORY_TRACE_OVER_NORM, 1)));
    gold_task_fini(&task);
    gold_outcome_fini(&trained);
    bench_drop(&b);
}

/* A homogeneous network is as precise along a training, however small it is, as
 * it is at the start. */
static void test_small(void **state)
{
    gold_outcome measured, trained;
    gold_task task;
    bench b;

    (void)state;
    bench_open(&b, "study: test\ndata: {set: circles, train: 60, test: 30}\n"
                   "network: {width: 6, depth: 4}\n"
                   "curvature: {subspace: {dim: [2, 5]}, extreme: {count: 1}}\n"
                   "train: {learning_rate: 1e-30, steps: 12, log: {every: 4}, "
                   "track: [sharpness, curvature]}\ngrid: {scale: 1e-12}\n");
    measured = measure(&b, 0, &task);
    gold_task_fini(&task);
    trained = measure(&b, 1, &task);
    gold_task_fini(&task);
    const double sharpness =
        number_of(&b, measured.records, GOLD_VAR_FULL_LARGEST_EIGENVALUES, 0);

    assert_true(sharpness > 0.0 && sharpness < 1e-30);
    assert_number("sharpness",
                  track(&b, &trained, GOLD_VAR_TRAJECTORY_SHARPNESS, 0),
                  sharpness, 2e-3 * sharpness);
    assert_number("trace over norm",
                  track(&b, &trained, GOLD_VAR_TRAJECTORY_TRACE_OVER_NORM, 0),
                  number_of(&b, measured.records, GOLD_VAR_TRACE_OVER_NORM, 1),
                  1e-4);
    gold_outcome_fini(&measured);
    gold_outcome_fini(&trained);
    bench_drop(&b);
}

static void test_memory(void **state)
{
    gold_task task;
    bench b;
    bool is_done = false;
    int64_t k = 0;

    (void)state;
    bench_open(&b, HEAD NETWORK CURVATURE
               "train: {steps: 2, log: {every: 1}, track: [sharpness, "
               "curvature]}\ngrid: {seed: 3}\n");
    assert_int_equal(gold_task_init(b.study, 1, &task), GOLD_OK);
    while (!is_done) {
        gold_outcome outcome;

        assert_int_equal(gold_outcome_init(&outcome, &b.schema, 1), GOLD_OK);
        const int64_t before = gold_live_blocks();

        gold_refuse_after(++k);
        gold_engine_run(b.engine, &task, NULL, &outcome);
        gold_refuse_after(0);
        assert_int_equal(gold_live_blocks(), before);
        is_done = outcome.verdicts[0].state == GOLD_STATE_DONE;
        assert_true(is_done ||
                    (outcome.verdicts[0].state == GOLD_STATE_FAILED &&
                     strstr(outcome.verdicts[0].message, "memory") != NULL));
        gold_outcome_fini(&outcome);
    }
    assert_true(k > 60);
    gold_task_fini(&task);
    bench_drop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_begin),    cmocka_unit_test(test_repeats),
        cmocka_unit_test(test_diverged), cmocka_unit_test(test_small),
        cmocka_unit_test(test_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
