/* SPDX-License-Identifier: MIT */
/* Everything about one point: its arrays fit each other and the record that
 * the sweep gives it. */
#include <math.h>

#include "unit/test_engine_support.h"

enum {
    N = 66, /* parameters of 2-6-6-3 */
    D = 5
};

#define STUDY HEAD NETWORK CURVATURE "grid: {seed: [3, 4], radius: [1, 2, 5]}\n"

static double dot(size_t n, const double *x, const double *y)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++) {
        sum += x[i] * y[i];
    }
    return sum;
}

static void check_arrays(const gold_inspection *found, double radius)
{
    assert_int_equal(found->n_parameters, N);
    assert_int_equal(found->n_directions, D);
    assert_string_equal(
        found->layers,
        "[{\"type\": \"linear\", \"in\": 2, \"out\": 6, \"bias\": false}, "
        "{\"type\": \"relu\"}, "
        "{\"type\": \"linear\", \"in\": 6, \"out\": 6, \"bias\": false}, "
        "{\"type\": \"relu\"}, "
        "{\"type\": \"linear\", \"in\": 6, \"out\": 3, \"bias\": false}]");
    /* rounding of sums of 66 squares */
    assert_number("radius", sqrt(dot(N, found->theta, found->theta)), radius,
                  1e-13);
    for (size_t i = 0; i < D; i++) {
        for (size_t j = 0; j <= i; j++) {
            assert_number(
                "product of directions",
                dot(N, found->directions + i * N, found->directions + j * N),
                i == j ? 1.0 : 0.0, 1e-13);
        }
    }
    for (size_t i = 0; i < (size_t)D * D; i++) {
        assert_number("H", found->hessian[i],
                      found->g_term[i] + found->h_term[i], 0.0);
    }
}

/* The record of a line of one point; blocks and groups are others than in the
 * sweep's line of three. */
static void check_record(bench *b, size_t point, const gold_inspection *found)
{
    gold_task task;
    gold_outcome outcome =
        measure(b, gold_task_of_point(b->study, point), &task);
    size_t i = 0;

    while (task.points[i] != point) {
        i++;
    }
    const double *swept = outcome.records + i * b->schema.record_length;

    for (size_t k = 0; k < b->schema.record_length; k++) {
        assert_true((isnan(swept[k]) != 0) == (isnan(found->record[k]) != 0));
        if (isnan(swept[k]) == 0) {
            assert_number("record", found->record[k], swept[k],
                          1e-11 * fmax(1.0, fabs(swept[k])));
        }
    }
    gold_outcome_fini(&outcome);
    gold_task_fini(&task);
}

static void test_all_points(void **state)
{
    static const double radii[] = {1.0, 2.0, 5.0};
    bench b;

    bench_open(&b, STUDY);

    (void)state;
    for (size_t point = 0; point < 6; point++) {
        gold_inspection found;

        assert_int_equal(gold_engine_inspect(b.engine, point, &found), GOLD_OK);
        assert_int_equal(found.verdict.state, GOLD_STATE_DONE);
        check_arrays(&found, radii[point % 3]);
        check_record(&b, point, &found);
        assert_number("trace", number_of(&b, found.record, GOLD_VAR_TRACE, 1),
                      found.hessian[0] + found.hessian[6] + found.hessian[12] +
                          found.hessian[18] + found.hessian[24],
                      1e-14);
        gold_inspection_fini(&found);
        gold_inspection_fini(&found);
    }
    bench_drop(&b);
}

static void test_memory(void **state)
{
    bench b;
    gold_inspection found;

    (void)state;
    bench_open(&b, STUDY);
    assert_true(inspect_refused(&b, 1, &found) > 20);
    gold_inspection_fini(&found);
    bench_drop(&b);
}

/* A point that overflows can be looked at: its arrays are NaN. */
static void test_overflow(void **state)
{
    bench b;

    bench_open(&b, HEAD NETWORK CURVATURE "grid: {scale: [1e200]}\n");
    gold_inspection found;

    (void)state;
    assert_int_equal(gold_engine_inspect(b.engine, 0, &found), GOLD_OK);
    assert_int_equal(found.verdict.state, GOLD_STATE_FAILED);
    assert_true(isnan(found.hessian[0]));
    assert_true(found.theta[0] > 0.0 || found.theta[0] < 0.0);
    gold_inspection_fini(&found);
    bench_drop(&b);
}

static void test_samples(void **state)
{
    bench b;

    bench_open(&b, STUDY);
    const double *inputs = b.data.train.inputs;
    double *scaled = NULL;

    (void)state;
    assert_int_equal(
        gold_samples_as_double(&b.data, &b.data.train, 4.0, &scaled), GOLD_OK);
    for (size_t i = 0; i < 120; i++) {
        assert_number("input", scaled[i], 4.0 * inputs[i], 0.0);
    }
    gold_free(scaled);
    bench_drop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_points),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_samples),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
