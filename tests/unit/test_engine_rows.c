/* SPDX-License-Identifier: MIT */
/* Rows of a task: axes of training repeat them bit for bit, excluded points
 * are left out, and a long line is no other than its parts. */
#include <math.h>
#include <stdio.h>

#include "unit/test_engine_support.h"

static const double *row(const bench *b, const gold_outcome *outcome, size_t i)
{
    return outcome->records + i * b->schema.record_length;
}

static void assert_same_row(const bench *b, const gold_outcome *outcome,
                            size_t i, size_t j)
{
    assert_int_equal(outcome->verdicts[i].state, GOLD_STATE_DONE);
    assert_int_equal(outcome->verdicts[j].state, GOLD_STATE_DONE);
    assert_memory_equal(row(b, outcome, i), row(b, outcome, j),
                        b->schema.record_length * sizeof(double));
}

static void test_train_axes(void **state)
{
    bench b;

    bench_open(&b, HEAD NETWORK CURVATURE
               "train: {}\n"
               "grid: {scale: [1, 2], learning_rate: [0.1, 0.2]}\n");
    gold_task task;
    gold_outcome outcome = measure(&b, 0, &task);

    (void)state;
    assert_int_equal(task.n_points, 4);
    assert_same_row(&b, &outcome, 0, 1);
    assert_same_row(&b, &outcome, 2, 3);
    assert_memory_not_equal(row(&b, &outcome, 0), row(&b, &outcome, 2),
                            b.schema.record_length * sizeof(double));
    gold_outcome_fini(&outcome);
    gold_task_fini(&task);
    bench_drop(&b);
}

static void test_zipped(void **state)
{
    bench b;

    bench_open(
        &b, HEAD NETWORK CURVATURE
        "train: {}\n"
        "grid: {zip: {scale: [1, 2, 1], learning_rate: [0.1, 0.2, 0.3]}}\n");
    gold_task task;
    gold_outcome outcome = measure(&b, 0, &task);

    (void)state;
    assert_int_equal(task.n_points, 3);
    assert_same_row(&b, &outcome, 0, 2);
    assert_memory_not_equal(row(&b, &outcome, 0), row(&b, &outcome, 1),
                            b.schema.record_length * sizeof(double));
    gold_outcome_fini(&outcome);
    gold_task_fini(&task);
    bench_drop(&b);
}

static void test_excluded(void **state)
{
    bench b;

    bench_open(&b, HEAD NETWORK CURVATURE
               "grid: {scale: [1, 2, 3], temperature: [1, 4], "
               "exclude: [{scale: 2}]}\n");
    gold_task task;
    gold_outcome outcome = measure(&b, 0, &task);

    (void)state;
    assert_int_equal(task.n_points, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(outcome.verdicts[i].state, GOLD_STATE_DONE);
        assert_number("scale",
                      number_of(&b, row(&b, &outcome, i), GOLD_VAR_ALPHA, 0),
                      i < 2 ? 1.0 : 3.0, 0.0);
    }
    /* temperature divides logits: the rows differ by that */
    assert_number(
        "spread", number_of(&b, row(&b, &outcome, 1), GOLD_VAR_LOGIT_SPREAD, 0),
        number_of(&b, row(&b, &outcome, 0), GOLD_VAR_LOGIT_SPREAD, 0) / 4.0,
        1e-15);
    gold_outcome_fini(&outcome);
    gold_task_fini(&task);
    bench_drop(&b);
}

/* A whole line may be excluded: nothing to do is done well. */
static void test_nothing_left(void **state)
{
    bench b;

    bench_open(&b, HEAD NETWORK CURVATURE "grid: {seed: [0, 1], scale: [1, 2], "
                                          "exclude: [{seed: 1}]}\n");
    gold_task task;
    gold_outcome outcome = measure(&b, 1, &task);

    (void)state;
    assert_int_equal(task.n_points, 0);
    gold_outcome_fini(&outcome);
    gold_task_fini(&task);
    bench_drop(&b);
}

/* 130 scales go in three parts; each is as if it were alone. */
static void test_long_line(void **state)
{
    bench all;

    bench_open(&all, HEAD NETWORK CURVATURE
               "grid: {scale: {from: 0.5, to: 2, count: 130}}\n");
    gold_task task;
    gold_outcome outcome = measure(&all, 0, &task);

    (void)state;
    assert_int_equal(task.n_points, 130);
    for (size_t i = 0; i < 130; i += 43) {
        char text[1000];
        gold_settings settings;
        gold_task alone_task;

        gold_study_point(all.study, i, &settings);
        (void)snprintf(text, sizeof text,
                       HEAD NETWORK CURVATURE "grid: {scale: [%.17g]}\n",
                       settings.place);
        bench one;

        bench_open(&one, text);
        gold_outcome alone = measure(&one, 0, &alone_task);

        for (size_t k = 0; k < 2; k++) {
            /* other products, other sums */
            assert_near("c", 1,
                        (double[]){number_of(&all, row(&all, &outcome, i),
                                             GOLD_VAR_TRACE_OVER_NORM, k)},
                        (double[]){number_of(&one, alone.records,
                                             GOLD_VAR_TRACE_OVER_NORM, k)},
                        1e-9);
        }
        gold_outcome_fini(&alone);
        gold_task_fini(&alone_task);
        bench_close(&one);
    }
    gold_outcome_fini(&outcome);
    gold_task_fini(&task);
    bench_drop(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_train_axes),   cmocka_unit_test(test_zipped),
        cmocka_unit_test(test_excluded),     cmocka_unit_test(test_long_line),
        cmocka_unit_test(test_nothing_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
