/* SPDX-License-Identifier: MIT */
/* Directions on the sphere are orthogonal to the point, whatever its length,
 * and have unit length; gaussian ones are orthonormal too. */
#include <math.h>

#include "linalg/product.h"
#include "prop/problem.h"

static double dot(size_t n, const double *x, const double *y)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++) {
        sum += x[i] * y[i];
    }
    return sum;
}

static void check(const problem_plan *plan)
{
    FN(problem) problem;
    /* unit vectors of entries rounded by eps/2 of themselves */
    const double tolerance = sizeof(real) == sizeof(float) ? 1e-6 : 1e-13;

    FN(problem_init)(&problem, plan);
    const size_t m = problem.network.n_parameters;
    const double norm = FN(norm)(m, problem.theta);
    double *rows = numbers(plan->d * m);
    double *theta = numbers(m);

    for (size_t k = 0; k < m; k++) {
        theta[k] = (double)problem.theta[k] / norm;
    }
    assert_false(problem.directions.is_sparse);
    for (size_t i = 0; i < plan->d; i++) {
        double *row = rows + i * m;

        FN(direction_unpack)(&problem.directions, &problem.network, i, row);
        assert_number("along the point", dot(m, row, theta), 0.0, tolerance);
        assert_number("length", dot(m, row, row), 1.0, tolerance);
        for (size_t j = 0; plan->settings.directions == GOLD_GAUSSIAN && j < i;
             j++) {
            assert_number("product", dot(m, row, rows + j * m), 0.0, tolerance);
        }
    }
    gold_free(rows);
    gold_free(theta);
    FN(problem_fini)(&problem);
}

static void test_tangent(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        problem_plan plan = small_plan(GOLD_RELU, seed % 2 == 0, seed);

        plan.settings.surface = GOLD_SPHERE;
        plan.settings.directions =
            seed % 4 < 2 ? GOLD_GAUSSIAN : GOLD_SPARSE_SIGN;
        check(&plan);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* All 83 tangent directions there are. */
static void test_whole_tangent_space(void **state)
{
    problem_plan plan = small_plan(GOLD_RELU, false, 7);

    (void)state;
    plan.settings.surface = GOLD_SPHERE;
    plan.d = 83;
    check(&plan);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Of two parameters: some of the draws lie nearly along the point, and what is
 * left of them is mostly rounding that must be taken out again. */
static void test_nearly_along(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 500; seed++) {
        problem_plan plan = small_plan(GOLD_RELU, false, seed);

        plan.settings.surface = GOLD_SPHERE;
        plan.settings.depth = 0;
        plan.n_in = 1;
        plan.n_classes = 2;
        plan.n = 1;
        plan.d = 1;
        check(&plan);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tangent),
        cmocka_unit_test(test_nearly_along),
        cmocka_unit_test(test_whole_tangent_space),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
