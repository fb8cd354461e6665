/* SPDX-License-Identifier: MIT */
/* Gaussian directions: orthonormal, nested, laid out layer by layer, spread
 * evenly over the parameters; too many are refused. */
#include <math.h>
#include <string.h>

#include "prop/problem.h"

/* All directions of a problem as rows of doubles; freed by the caller. */
static double *rows_of(const FN(problem) * problem)
{
    const size_t m = problem->network.n_parameters;
    double *rows = numbers(problem->directions.n * m);

    for (size_t i = 0; i < problem->directions.n; i++) {
        FN(direction_unpack)
        (&problem->directions, &problem->network, i, rows + i * m);
    }
    return rows;
}

static double *draw_rows(bool bias, uint64_t seed, size_t d, size_t *m)
{
    problem_plan plan = small_plan(GOLD_RELU, bias, seed);
    FN(problem) problem;

    plan.d = d;
    FN(problem_init)(&problem, &plan);
    double *rows = rows_of(&problem);

    *m = problem.network.n_parameters;
    FN(problem_fini)(&problem);
    return rows;
}

static void test_orthonormal(void **state)
{
    /* of unit rows whose entries are rounded by eps/2 of themselves */
    const double tolerance = sizeof(real) == sizeof(float) ? 1e-6 : 1e-13;

    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        size_t m = 0;
        double *rows = draw_rows(seed % 2 == 0, seed, 12, &m);

        for (size_t i = 0; i < 12; i++) {
            for (size_t j = 0; j <= i; j++) {
                double sum = 0.0;

                for (size_t k = 0; k < m; k++) {
                    sum += rows[i * m + k] * rows[j * m + k];
                }
                assert_number("product", sum, i == j ? 1.0 : 0.0, tolerance);
            }
        }
        gold_free(rows);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_nested(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 5; seed++) {
        size_t m = 0;
        double *few = draw_rows(true, seed, 3, &m);
        double *many = draw_rows(true, seed, 30, &m);
        double *other = draw_rows(true, seed + 50, 3, &m);

        /* entries below 1, rounded in another order */
        assert_within("entry", 3 * m, few, many, 1.0, 8.0 * REAL_EPS);
        assert_memory_not_equal(few, other, m * sizeof *few);
        gold_free(few);
        gold_free(many);
        gold_free(other);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* Haar measure: an entry has mean square 1/D, in every layer and among biases.
 * Here D = 99; 99 directions make it exact for every parameter. */
static void test_even(void **state)
{
    size_t m = 0;
    double *rows = draw_rows(true, 4, EVERY_DIRECTION, &m);

    (void)state;
    assert_int_equal(m, 99);
    for (size_t k = 0; k < m; k++) {
        double sum = 0.0;

        for (size_t i = 0; i < m; i++) {
            sum += rows[i * m + k] * rows[i * m + k];
        }
        /* the columns of a square orthonormal matrix are so too; the last
         * rows come from the worst conditioned part of the draw */
        assert_number("column", sum, 1.0, 1e3 * REAL_EPS);
    }
    gold_free(rows);
    assert_int_equal(gold_live_blocks(), 0);
}

static void check_refusal(gold_surface surface, size_t d, gold_status expected)
{
    problem_plan plan = small_plan(GOLD_RELU, false, 1);
    FN(problem) problem;
    FN(directions) made = {0};

    plan.d = 0;
    plan.settings.surface = surface;
    FN(problem_init)(&problem, &plan);
    assert_int_equal(FN(directions_init)(&made, &problem.network,
                                         &plan.settings, d, problem.theta),
                     expected);
    if (expected != GOLD_OK) {
        assert_non_null(strstr(gold_fail_message(), "has room for 8"));
    }
    FN(directions_fini)(&made);
    FN(problem_fini)(&problem);
    assert_int_equal(gold_live_blocks(), 0);
}

/* 84 parameters: 84 directions in the plane, 83 on the sphere. */
static void test_too_many(void **state)
{
    (void)state;
    check_refusal(GOLD_PLANE, 84, GOLD_OK);
    check_refusal(GOLD_PLANE, 85, GOLD_ERR_NUMERIC);
    check_refusal(GOLD_SPHERE, 83, GOLD_OK);
    check_refusal(GOLD_SPHERE, 84, GOLD_ERR_NUMERIC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_orthonormal),
        cmocka_unit_test(test_nested),
        cmocka_unit_test(test_even),
        cmocka_unit_test(test_too_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
