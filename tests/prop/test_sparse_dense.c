/* SPDX-License-Identifier: MIT */
/* Sparse directions and the same ones written out as dense rows give the same
 * matrices: two ways through the code. */
#include <math.h>

#include "prop/problem.h"

enum {
    N_POINTS = 4
};

/* Sums in another order. */
static const double tolerance = 200.0 * REAL_EPS;

static void check(const problem_plan *plan)
{
    const gold_line_point points[N_POINTS] = {
        {0.5, 1.0}, {0.5, 2.0}, {1.0, 1.0}, {2.0, 1.0}};
    FN(problem) problem;
    measured sparse, dense;

    FN(problem_init)(&problem, plan);
    const size_t m = problem.network.n_parameters;
    double *rows = numbers(plan->d * m);
    FN(line) line = FN(problem_line)(&problem, N_POINTS, points);

    assert_true(problem.directions.is_sparse);
    FN(line_run)(&line, &sparse);
    for (size_t i = 0; i < plan->d; i++) {
        FN(direction_unpack)
        (&problem.directions, &problem.network, i, rows + i * m);
    }
    FN(set_directions)(&problem, plan->d, rows);
    line = FN(problem_line)(&problem, N_POINTS, points);
    assert_false(line.directions->is_sparse);
    FN(line_run)(&line, &dense);
    for (size_t p = 0; p < N_POINTS; p++) {
        assert_near("G", plan->d * plan->d, g_of(&sparse, p), g_of(&dense, p),
                    tolerance);
        assert_near("S", plan->d * plan->d, s_of(&sparse, p), s_of(&dense, p),
                    tolerance);
        assert_number("loss", sparse.results[p].loss, dense.results[p].loss,
                      0.0);
        assert_number("gradient", sparse.results[p].gradient_norm,
                      dense.results[p].gradient_norm, 0.0);
    }
    gold_free(rows);
    FN(measured_fini)(&sparse);
    FN(measured_fini)(&dense);
    FN(problem_fini)(&problem);
}

static void test_same(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 30; seed++) {
        problem_plan plan =
            small_plan((gold_activation)(seed % 5), seed % 2 == 0, seed);

        plan.settings.directions = GOLD_SPARSE_SIGN;
        plan.settings.depth = 1 + seed % 3;
        plan.d = seed % 4 == 0 ? 1 : 20;
        plan.settings.input_scale = 1.5;
        check(&plan);
        convolve(&plan, seed);
        check(&plan);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
