/* SPDX-License-Identifier: MIT */
/* D-6: G is positive semidefinite, of rank at most N (K - 1); matrices are
 * symmetric. */
#include <math.h>

#include "prop/problem.h"

static void check_rank(const problem_plan *plan, double alpha)
{
    FN(problem) problem;
    measured found;

    FN(problem_init)(&problem, plan);
    FN(point_run)(&problem, alpha, 1.0, &found);
    const size_t n = found.d;
    const size_t rank = plan->n * (plan->n_classes - 1);
    double *values = numbers(n);

    eigenvalues_of(n, g_of(&found, 0), values);
    const double most = values[n - 1];
    /* rounding of entries perturbs eigenvalues by eps times the norm times
     * the root of the order, here below 10 */
    const double noise = 20.0 * REAL_EPS * most;

    assert_true(most > 0.0);
    assert_true(values[0] >= -noise);
    for (size_t i = 0; i + rank < n; i++) {
        assert_true(fabs(values[i]) <= noise);
    }
    /* it has that rank: no bound is met by a lack of curvature */
    assert_true(rank > n || values[n - rank] > 0.0);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            assert_number("G", g_of(&found, 0)[i * n + j],
                          g_of(&found, 0)[j * n + i], 0.0);
            assert_number("S", s_of(&found, 0)[i * n + j],
                          s_of(&found, 0)[j * n + i], 0.0);
        }
    }
    gold_free(values);
    FN(measured_fini)(&found);
    FN(problem_fini)(&problem);
}

static void test_rank(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        problem_plan plan =
            small_plan((gold_activation)(seed % 5), seed % 2 == 0, seed);

        plan.n = 1 + seed % 4;
        plan.n_classes = 2 + seed % 3;
        plan.d = seed % 2 == 0 ? 30 : EVERY_DIRECTION;
        check_rank(&plan, 0.3);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rank),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
