/* SPDX-License-Identifier: MIT */
/* What points of a line share does not show: a line of many points is many
 * lines of one; so for input scales, and inputs stay as they were. */
#include <math.h>
#include <string.h>

#include "prop/problem.h"

enum {
    MANY = 24 /* points: more than any switch to a form for many takes */
};

/* Other sizes of blocks, products and scales: orders of sums differ. */
static const double tolerance = sizeof(real) == sizeof(float) ? 1e-5 : 1e-12;

static void assert_same_point(const measured *a, size_t p, const measured *b,
                              size_t q)
{
    const gold_line_result *x = &a->results[p];
    const gold_line_result *y = &b->results[q];
    const double found[] = {
        x->loss,          x->accuracy,          x->entropy,
        x->confidence,    x->zero_logits,       x->logit_spread,
        x->gradient_norm, x->radial_derivative, x->prior_mismatch};
    const double expected[] = {
        y->loss,          y->accuracy,          y->entropy,
        y->confidence,    y->zero_logits,       y->logit_spread,
        y->gradient_norm, y->radial_derivative, y->prior_mismatch};

    for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
        assert_within("number", 1, &found[i], &expected[i],
                      fmax(1.0, fabs(expected[i])), tolerance);
    }
    assert_near("G", a->d * a->d, g_of(a, p), g_of(b, q), tolerance);
    assert_near("S", a->d * a->d, s_of(a, p), s_of(b, q), tolerance);
}

static void check_line(const problem_plan *plan, size_t n_points,
                       const gold_line_point *points)
{
    FN(problem) problem;
    measured many, one;

    FN(problem_init)(&problem, plan);
    const FN(line) line = FN(problem_line)(&problem, n_points, points);

    FN(line_run)(&line, &many);
    for (size_t p = 0; p < n_points; p++) {
        FN(point_run)
        (&problem, points[p].alpha, points[p].temperature, &one);
        assert_same_point(&many, p, &one, 0);
        FN(measured_fini)(&one);
    }
    FN(measured_fini)(&many);
    FN(problem_fini)(&problem);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Alphas in no order, some twice in a row, several temperatures each. */
static void test_many_are_single_ones(void **state)
{
    gold_line_point points[MANY];
    dice d = {2, 0};

    (void)state;
    for (size_t p = 0; p < MANY; p++) {
        points[p].alpha = p % 3 == 1 ? points[p - 1].alpha
                                     : pow(10.0, dice_uniform(&d) - 0.5);
        points[p].temperature = 0.5 + dice_uniform(&d);
    }
    for (int phi = GOLD_RELU; phi <= GOLD_IDENTITY; phi++) {
        for (int k = 0; k < 4; k++) {
            problem_plan plan =
                small_plan((gold_activation)phi, k % 2 == 1, (uint64_t)k);

            plan.settings.directions = k < 2 ? GOLD_GAUSSIAN : GOLD_SPARSE_SIGN;
            plan.settings.depth = (uint64_t)k;
            check_line(&plan, MANY, points);
            check_line(&plan, 3, points);
        }
    }
}

/* input_scale against inputs multiplied beforehand: powers of two, exact. */
static void test_input_scale(void **state)
{
    (void)state;
    for (int phi = GOLD_RELU; phi <= GOLD_TANH; phi++) {
        problem_plan plan = small_plan((gold_activation)phi, true, 11);
        FN(problem) problem;
        measured scaled, by_hand;

        plan.settings.directions =
            phi == GOLD_RELU ? GOLD_SPARSE_SIGN : GOLD_GAUSSIAN;
        FN(problem_init)(&problem, &plan);
        problem.plan.settings.input_scale = 4.0;
        FN(point_run)(&problem, 0.7, 1.0, &scaled);
        for (size_t i = 0; i < plan.n * plan.n_in; i++) {
            problem.inputs[i] *= R(4.0);
        }
        problem.plan.settings.input_scale = 1.0;
        FN(point_run)(&problem, 0.7, 1.0, &by_hand);
        assert_same_point(&scaled, 0, &by_hand, 0);
        FN(measured_fini)(&scaled);
        FN(measured_fini)(&by_hand);
        FN(problem_fini)(&problem);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* Measuring changes nothing it was given, and comes out the same again. */
static void test_inputs_unmodified(void **state)
{
    problem_plan plan = small_plan(GOLD_TANH, true, 5);
    FN(problem) problem, copy;
    measured a, b;

    (void)state;
    plan.n_test = 7;
    FN(problem_init)(&problem, &plan);
    FN(problem_init)(&copy, &plan);
    FN(point_run)(&problem, 1.2, 0.9, &a);
    FN(point_run)(&problem, 1.2, 0.9, &b);
    assert_memory_equal(a.matrices, b.matrices,
                        3 * plan.d * plan.d * sizeof(double));
    assert_memory_equal(problem.theta, copy.theta,
                        copy.network.n_parameters * sizeof(real));
    assert_memory_equal(problem.inputs, copy.inputs,
                        27 * plan.n_in * sizeof(real));
    assert_memory_equal(problem.labels, copy.labels, 27);
    for (size_t l = 0; l < 3; l++) {
        assert_memory_equal(problem.directions.layers[l].weights,
                            copy.directions.layers[l].weights,
                            plan.d * sizeof(real) *
                                gold_layer_weights(&copy.network.layers[l]));
    }
    FN(measured_fini)(&a);
    FN(measured_fini)(&b);
    FN(problem_fini)(&problem);
    FN(problem_fini)(&copy);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_are_single_ones),
        cmocka_unit_test(test_input_scale),
        cmocka_unit_test(test_inputs_unmodified),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
