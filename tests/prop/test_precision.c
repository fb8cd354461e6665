/* SPDX-License-Identifier: MIT */
/* float32 against float64 from the same parameters and inputs; far out, where
 * float exponentials would vanish, G is still there. */
#include <math.h>

#include "prop/problem.h"

static void assert_same(const char *what, const measured *single,
                        const measured *twice, double tolerance)
{
    const size_t d2 = twice->d * twice->d;

    for (size_t p = 0; p < twice->n_points; p++) {
        const gold_line_result *x = &single->results[p];
        const gold_line_result *y = &twice->results[p];

        assert_near(what, d2, g_of(single, p), g_of(twice, p), tolerance);
        assert_near(what, d2, s_of(single, p), s_of(twice, p), tolerance);
        assert_near(what, 1, &x->loss, &y->loss, tolerance);
        assert_near(what, 1, &x->gradient_norm, &y->gradient_norm, tolerance);
    }
}

static void test_near(void **state)
{
    const gold_line_point points[] = {{0.01, 1.0}, {0.3, 1.0}, {1.0, 1.0}};

    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        problem_plan plan =
            small_plan((gold_activation)(seed % 5), seed % 2 == 0, seed);
        measured single, twice;

        plan.is_float = true;
        plan.settings.depth = 1 + seed % 3;
        gold_plan_run_f32(&plan, 3, points, &single);
        gold_plan_run_f64(&plan, 3, points, &twice);
        /* 200 roundings; logits of about 10 and their errors enter p */
        assert_same("near", &single, &twice, 200.0 * (double)FLT_EPSILON);
        gold_measured_fini_f64(&single);
        gold_measured_fini_f64(&twice);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* Scale at which the logits of a problem spread by `spread`. */
static double far_scale(const problem_plan *plan, double spread)
{
    measured found;

    gold_plan_run_f64(plan, 1, &(gold_line_point){1.0, 1.0}, &found);
    const double one = found.results->logit_spread;

    gold_measured_fini_f64(&found);
    return pow(spread / one, 1.0 / ((double)plan->settings.depth + 1.0));
}

/* Three samples with gaps of hundreds: probabilities down to 1e-250. A sample
 * that finds all units dead has p = 1/K there and no part in G, but the
 * weights of the others are held relative to its: float loses theirs below
 * 1e-38. Such draws are passed over. */
static void test_far(void **state)
{
    static const double spreads[] = {100.0, 250.0, 400.0};
    double least = (double)INFINITY;
    size_t n_checked = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 21; seed++) {
        problem_plan plan = small_plan(GOLD_RELU, false, seed);
        gold_line_point point = {1.0, 1.0};
        measured single, twice;

        plan.is_float = true;
        plan.n = 3;
        point.alpha = far_scale(&plan, spreads[seed % 3]);
        gold_plan_run_f32(&plan, 1, &point, &single);
        gold_plan_run_f64(&plan, 1, &point, &twice);
        assert_true(largest(64, g_of(&twice, 0)) > 0.0);
        if (twice.results->zero_logits > 0.0) {
            gold_measured_fini_f64(&single);
            gold_measured_fini_f64(&twice);
            continue;
        }
        n_checked++;
        least = fmin(least, largest(64, g_of(&single, 0)));
        /* the same, but logits up to 1000 with errors of some eps times that
         * enter exponentials */
        assert_same("far", &single, &twice, 0.01);
        gold_measured_fini_f64(&single);
        gold_measured_fini_f64(&twice);
    }
    /* float's least number is 1e-45 */
    assert_true(least > 0.0 && least < 1e-50);
    assert_true(n_checked >= 18);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_near),
        cmocka_unit_test(test_far),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
