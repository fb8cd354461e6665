/* SPDX-License-Identifier: MIT */
/* A point whose logits overflow has a loss that is not finite and NaN in its
 * matrices; its neighbours on the line do not notice. */
#include <math.h>

#include "prop/problem.h"

static void check(gold_activation activation, bool bias, double too_far)
{
    const gold_line_point points[] = {
        {0.5, 1.0}, {too_far, 1.0}, {1.0, 1.0}, {too_far, 2.0}, {2.0, 1.0}};
    problem_plan plan = small_plan(activation, bias, 6);
    FN(problem) problem;
    measured found, alone;

    FN(problem_init)(&problem, &plan);
    const FN(line) line = FN(problem_line)(&problem, 5, points);

    FN(line_run)(&line, &found);
    for (size_t p = 0; p < 5; p++) {
        const gold_line_result *result = &found.results[p];

        if (p % 2 == 1) {
            assert_true(!isfinite(result->loss));
            assert_true(isnan(result->gradient_norm));
            assert_true(isnan(result->radial_derivative));
            for (size_t i = 0; i < plan.d * plan.d; i++) {
                assert_true(isnan(g_of(&found, p)[i]));
                assert_true(isnan(s_of(&found, p)[i]));
            }
            continue;
        }
        FN(point_run)(&problem, points[p].alpha, 1.0, &alone);
        /* other sums, as for any line: test_curv_groups.c */
        assert_near("G", plan.d * plan.d, g_of(&found, p), g_of(&alone, 0),
                    100.0 * REAL_EPS);
        assert_near("S", plan.d * plan.d, s_of(&found, p), s_of(&alone, 0),
                    100.0 * REAL_EPS);
        assert_true(isfinite(result->gradient_norm) != 0);
        FN(measured_fini)(&alone);
    }
    FN(measured_fini)(&found);
    FN(problem_fini)(&problem);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_overflow(void **state)
{
    (void)state;
    check(GOLD_RELU, false, 1e200);
    check(GOLD_RELU, true, 1e200);
    check(GOLD_LEAKY_RELU, true, 1e130);
}

/* Logits of 1e308 and -1e308: finite, as are p and the gradient, but the loss
 * is not. */
static void test_overflowing_loss(void **state)
{
    problem_plan plan = small_plan(GOLD_RELU, false, 6);
    FN(problem) problem;
    measured found;

    (void)state;
    plan.settings.depth = 0;
    plan.n_in = 1;
    plan.n_classes = 2;
    plan.n = 1;
    plan.d = 1;
    FN(problem_init)(&problem, &plan);
    problem.theta[0] = R(1.0);
    problem.theta[1] = R(-1.0);
    problem.inputs[0] = R(1.0);
    problem.labels[0] = 1;
    FN(point_run)(&problem, 1e308, 1.0, &found);
    assert_true(isinf(found.results->loss) != 0);
    assert_true(isnan(found.results->gradient_norm));
    assert_true(isnan(g_of(&found, 0)[0]));
    FN(measured_fini)(&found);
    FN(problem_fini)(&problem);
    assert_int_equal(gold_live_blocks(), 0);
}

/* A not-a-number among the parameters: every point fails, none crashes. */
static void test_nan_parameter(void **state)
{
    const problem_plan plan = small_plan(GOLD_IDENTITY, false, 6);
    FN(problem) problem;
    measured found;

    (void)state;
    FN(problem_init)(&problem, &plan);
    problem.theta[0] = (real)NAN;
    FN(point_run)(&problem, 1.0, 1.0, &found);
    assert_true(!isfinite(found.results->loss));
    assert_true(isnan(found.results->gradient_norm));
    FN(measured_fini)(&found);
    FN(problem_fini)(&problem);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_overflowing_loss),
        cmocka_unit_test(test_nan_parameter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
