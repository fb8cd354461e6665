/* SPDX-License-Identifier: MIT */
/* D-23: along the scale of a homogeneous network entropy falls, confidence
 * grows, accuracy stays, and the loss is convex in alpha^L. */
#include <math.h>

#include "prop/problem.h"

enum {
    N_POINTS = 41
};

static void check(const problem_plan *plan)
{
    gold_line_point points[N_POINTS];
    const double layers = (double)plan->settings.depth + 1.0;
    measured found;

    /* evenly spaced in alpha^L: convex is then a second difference */
    for (size_t p = 0; p < N_POINTS; p++) {
        points[p] =
            (gold_line_point){pow(0.05 * (double)(p + 1), 1.0 / layers), 1.0};
    }
    FN(plan_run)(plan, N_POINTS, points, &found);
    for (size_t p = 1; p < N_POINTS; p++) {
        const gold_line_result *a = &found.results[p - 1];
        const gold_line_result *b = &found.results[p];
        /* roundings of sums of 20 numbers of about 1 */
        const double slack = 1e-14;

        assert_true(b->entropy <= a->entropy + slack);
        assert_true(b->confidence >= a->confidence - slack);
        assert_number("accuracy", b->accuracy, a->accuracy, 0.0);
        assert_number("zero logits", b->zero_logits, a->zero_logits, 0.0);
        if (p + 1 < N_POINTS) {
            assert_true(found.results[p + 1].loss - 2.0 * b->loss + a->loss >=
                        -1e-13 * b->loss);
        }
    }
    FN(measured_fini)(&found);
}

static void test_monotone(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 24; seed++) {
        problem_plan plan = small_plan(
            seed % 2 == 0 ? GOLD_RELU : GOLD_LEAKY_RELU, false, seed);

        plan.settings.depth = seed % 4;
        plan.d = 0;
        check(&plan);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_monotone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
