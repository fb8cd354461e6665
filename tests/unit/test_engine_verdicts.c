/* SPDX-License-Identifier: MIT */
/* What goes wrong is in the verdicts, in words, and only where it went
 * wrong. */
#include <math.h>
#include <stdio.h>

#include "unit/test_engine_support.h"

static void assert_failed(const bench *b, const gold_outcome *outcome, size_t i,
                          const char *phrase)
{
    const double *record = outcome->records + i * b->schema.record_length;

    assert_int_equal(outcome->verdicts[i].state, GOLD_STATE_FAILED);
    if (strstr(outcome->verdicts[i].message, phrase) == NULL) {
        fail_msg("'%s' in '%s'", phrase, outcome->verdicts[i].message);
    }
    assert_true(isnan(number_of(b, record, GOLD_VAR_LOSS, 0)));
    assert_true(isnan(number_of(b, record, GOLD_VAR_TRACE, 0)));
}

/* 2-6-6-3 has 66 parameters, and the sphere takes one of them: a study of that
 * is refused by name, the engine must not rely on it. */
static void test_too_many_directions(void **state)
{
    bench b;

    bench_open(&b, HEAD NETWORK "curvature: {subspace: {dim: [5, 66]}}\n"
                                "grid: {scale: [1, 2]}\n");
    gold_task task;

    (void)state;
    b.study->base.surface = GOLD_SPHERE;
    gold_outcome outcome = measure(&b, 0, &task);

    for (size_t i = 0; i < 2; i++) {
        assert_failed(&b, &outcome, i, "66 directions");
        assert_non_null(strstr(outcome.verdicts[i].message, "room for 65"));
    }
    gold_outcome_fini(&outcome);
    gold_task_fini(&task);
    bench_drop(&b);
}

static void check_overflow(const char *text, const char *precision)
{
    bench b;

    bench_open(&b, text);
    gold_task task;
    gold_outcome outcome = measure(&b, 0, &task);

    assert_int_equal(task.n_points, 3);
    assert_int_equal(outcome.verdicts[0].state, GOLD_STATE_DONE);
    assert_failed(&b, &outcome, 1, precision);
    assert_non_null(strstr(outcome.verdicts[1].message, "overflow"));
    assert_non_null(strstr(outcome.verdicts[1].message, "weight norm"));
    assert_int_equal(outcome.verdicts[2].state, GOLD_STATE_DONE);
    /* where the point lies is known all the same */
    assert_true(number_of(&b, outcome.records + b.schema.record_length,
                          GOLD_VAR_ALPHA, 0) > 1e19);
    gold_outcome_fini(&outcome);
    gold_task_fini(&task);
    bench_drop(&b);
}

static void test_overflow(void **state)
{
    (void)state;
    check_overflow(HEAD NETWORK CURVATURE "grid: {scale: [1, 1e200, 2]}\n",
                   "float64");
    /* with biases each scale is evaluated in float: 1e20^3 */
    check_overflow("study: test\n"
                   "data: {set: circles, train: 60, test: 30}\n"
                   "run: {precision: float32}\n"
                   "network: {width: 6, depth: 2, bias: true}\n" CURVATURE
                   "grid: {scale: [1, 1e20, 2]}\n",
                   "float32");
}

/* Parameters that are no numbers have no accuracy, at whatever step they were
 * looked at; and no loss, whether that overflows or is none. */
static void test_diverged(void **state)
{
    static const char *const trains[] = {
        "{optimizer: adam, epsilon: 1e-320, learning_rate: 1e300, steps: 9}",
        "{learning_rate: 1e300, steps: 9, log: {count: 2}}",
        "{learning_rate: 1e308, steps: 1}",
    };
    static const gold_variable variables[] = {
        GOLD_VAR_FINAL_LOSS, GOLD_VAR_FINAL_ACCURACY,
        GOLD_VAR_FINAL_TEST_ACCURACY, GOLD_VAR_FINAL_ZERO_LOGITS,
        GOLD_VAR_TRAJECTORY_ACCURACY};

    (void)state;
    for (size_t i = 0; i < sizeof trains / sizeof *trains; i++) {
        bench b;
        char text[512];
        gold_task task;

        (void)snprintf(text, sizeof text,
                       HEAD NETWORK "grid: {scale: 1}\ntrain: %s\n", trains[i]);
        bench_open(&b, text);
        gold_outcome outcome =
            measure(&b, gold_n_measure_tasks(b.study), &task);
        const double *record = outcome.records;
        const double step = number_of(&b, record, GOLD_VAR_FINAL_STEP, 0);

        assert_int_equal(outcome.verdicts[0].state, GOLD_STATE_DONE);
        assert_true((int)number_of(&b, record, GOLD_VAR_OUTCOME, 0) ==
                    GOLD_DIVERGED);
        assert_true(step == 1.0);
        for (size_t v = 0; v < 4; v++) {
            assert_true(isnan(number_of(&b, record, variables[v], 0)));
        }
        assert_true(isfinite(number_of(&b, record, variables[4], 0)));
        gold_outcome_fini(&outcome);
        gold_task_fini(&task);
        bench_drop(&b);
    }
}

/* Every request for memory refused in turn: all points fail, nothing leaks,
 * and the engine goes on to the next task. */
static void test_memory(void **state)
{
    bench b;

    bench_open(&b, HEAD NETWORK CURVATURE "grid: {scale: [1, 2]}\n");
    gold_task task;
    gold_outcome outcome = measure(&b, 0, &task);
    const int64_t n_before = gold_live_blocks();
    bool is_done = false;
    int64_t k = 0;

    (void)state;
    while (!is_done && k < 1000) {
        gold_record_clear(&b.schema, outcome.records, 2);
        gold_refuse_after(++k);
        gold_engine_run(b.engine, &task, NULL, &outcome);
        gold_refuse_after(0);
        assert_int_equal(gold_live_blocks(), n_before);
        is_done = outcome.verdicts[0].state == GOLD_STATE_DONE;
        for (size_t i = 0; !is_done && i < 2; i++) {
            assert_failed(&b, &outcome, i, "bytes");
        }
    }
    assert_true(is_done && k > 20);
    gold_outcome_fini(&outcome);
    gold_task_fini(&task);
    bench_drop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_too_many_directions),
        cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_diverged),
        cmocka_unit_test(test_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
