/* SPDX-License-Identifier: MIT */
/* Every request for memory can be refused: measuring a line and drawing
 * directions report it and leak nothing. */
#include "prop/problem.h"

enum {
    MOST = 1000 /* requests; fewer are made */
};

/* Refuse the k-th request for k = 1, 2, ... until all are granted. */
static void refuse_line(const FN(line) * line, gold_line_result *results)
{
    const int64_t n_before = gold_live_blocks();
    double flops = 0.0;
    gold_status status = GOLD_ERR_MEMORY;
    int64_t k = 0;

    while (status == GOLD_ERR_MEMORY && k < MOST) {
        gold_refuse_after(++k);
        status = FN(line_measure)(line, results, &flops);
        gold_refuse_after(0);
        assert_int_equal(gold_live_blocks(), n_before);
    }
    assert_int_equal(status, GOLD_OK);
    assert_true(k > 10);
}

static void refuse_directions(const FN(problem) * problem)
{
    const int64_t n_before = gold_live_blocks();
    gold_status status = GOLD_ERR_MEMORY;
    FN(directions) made = {0};
    int64_t k = 0;

    while (status == GOLD_ERR_MEMORY && k < MOST) {
        gold_refuse_after(++k);
        status = FN(directions_init)(&made, &problem->network,
                                     &problem->plan.settings, problem->plan.d,
                                     problem->theta);
        gold_refuse_after(0);
        if (status != GOLD_OK) {
            assert_null(made.layers);
            assert_int_equal(gold_live_blocks(), n_before);
        }
    }
    assert_int_equal(status, GOLD_OK);
    assert_true(k > 3);
    FN(directions_fini)(&made);
    assert_int_equal(gold_live_blocks(), n_before);
}

static void check(gold_activation activation, gold_directions directions,
                  gold_surface surface)
{
    const gold_line_point points[] = {{1.0, 1.0}, {2.0, 1.0}, {2.0, 3.0}};
    problem_plan plan = small_plan(activation, true, 1);
    FN(problem) problem;
    measured found;

    plan.settings.directions = directions;
    plan.settings.surface = surface;
    FN(problem_init)(&problem, &plan);
    FN(line) line = FN(problem_line)(&problem, 3, points);

    line.has_confusion = true;
    FN(line_run)(&line, &found);
    refuse_line(&line, found.results);
    line.directions = NULL;
    refuse_line(&line, found.results);
    refuse_directions(&problem);
    FN(measured_fini)(&found);
    FN(problem_fini)(&problem);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_refusals(void **state)
{
    (void)state;
    check(GOLD_RELU, GOLD_GAUSSIAN, GOLD_PLANE);
    check(GOLD_TANH, GOLD_GAUSSIAN, GOLD_SPHERE);
    check(GOLD_TANH, GOLD_SPARSE_SIGN, GOLD_PLANE);
    check(GOLD_RELU, GOLD_SPARSE_SIGN, GOLD_SPHERE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
