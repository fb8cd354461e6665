/* SPDX-License-Identifier: MIT */
/* Samples: results are means, whatever the number of samples and the blocks
 * they are worked on in; test samples only enter the test numbers. */
#include <math.h>
#include <string.h>

#include "prop/problem.h"

/* Sums run in other orders and blocks; entries are sums of terms of both
 * signs of about the largest one's size. */
static const double tolerance = 200.0 * REAL_EPS;

static void run_part(const FN(problem) * problem, size_t first, size_t n,
                     measured *found)
{
    const gold_line_point point = {1.3, 0.8};
    FN(line) line = FN(problem_line)(problem, 1, &point);

    line.train = (gold_batch){n, problem->inputs + first * problem->plan.n_in,
                              problem->labels + first, NULL};
    FN(line_run)(&line, found);
}

static double share_mean(double a, double n_a, double b, double n_b)
{
    return (a * n_a + b * n_b) / (n_a + n_b);
}

/* Measured as one, against two parts. */
static void check_halves(gold_activation activation, size_t n, size_t cut)
{
    problem_plan plan = small_plan(activation, true, n);
    const double x = (double)cut;
    const double y = (double)(n - cut);
    FN(problem) problem;
    measured all, a, b;

    plan.n = n;
    FN(problem_init)(&problem, &plan);
    run_part(&problem, 0, n, &all);
    run_part(&problem, 0, cut, &a);
    run_part(&problem, cut, n - cut, &b);
    const gold_line_result *r = all.results;

    for (size_t i = 0; i < 2 * plan.d * plan.d; i++) {
        a.matrices[i] = share_mean(a.matrices[i], x, b.matrices[i], y);
    }
    assert_near("G", plan.d * plan.d, g_of(&all, 0), g_of(&a, 0), tolerance);
    assert_near("S", plan.d * plan.d, s_of(&all, 0), s_of(&a, 0), tolerance);
    const double found[] = {r->loss,
                            r->accuracy,
                            r->entropy,
                            r->confidence,
                            r->zero_logits,
                            r->logit_spread * r->logit_spread,
                            r->radial_derivative};
    const double spread_a = a.results->logit_spread;
    const double spread_b = b.results->logit_spread;
    const double expected[] = {
        share_mean(a.results->loss, x, b.results->loss, y),
        share_mean(a.results->accuracy, x, b.results->accuracy, y),
        share_mean(a.results->entropy, x, b.results->entropy, y),
        share_mean(a.results->confidence, x, b.results->confidence, y),
        share_mean(a.results->zero_logits, x, b.results->zero_logits, y),
        share_mean(spread_a * spread_a, x, spread_b * spread_b, y),
        share_mean(a.results->radial_derivative, x,
                   b.results->radial_derivative, y)};

    assert_within("number", 7, found, expected, 1.0, tolerance);
    FN(measured_fini)(&all);
    FN(measured_fini)(&a);
    FN(measured_fini)(&b);
    FN(problem_fini)(&problem);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_halves(void **state)
{
    (void)state;
    check_halves(GOLD_RELU, 2, 1);
    check_halves(GOLD_TANH, 17, 16);
    check_halves(GOLD_RELU, 17, 1);
    check_halves(GOLD_RELU, 1500, 1024);
    check_halves(GOLD_TANH, 1500, 700);
    check_halves(GOLD_SIGMOID, 2050, 3);
}

/* Every sample twice. */
static void test_duplicates(void **state)
{
    problem_plan plan = small_plan(GOLD_TANH, true, 3);
    FN(problem) problem;
    measured once, twice;

    (void)state;
    plan.n_test = plan.n;
    FN(problem_init)(&problem, &plan);
    memcpy(problem.inputs + plan.n * plan.n_in, problem.inputs,
           plan.n * plan.n_in * sizeof *problem.inputs);
    memcpy(problem.labels + plan.n, problem.labels, plan.n);
    run_part(&problem, 0, plan.n, &once);
    run_part(&problem, 0, 2 * plan.n, &twice);
    assert_near("matrices", 3 * plan.d * plan.d, twice.matrices, once.matrices,
                tolerance);
    assert_number("loss", twice.results->loss, once.results->loss, tolerance);
    /* the copies are the test set here */
    assert_number("test loss", once.results->test_loss, once.results->loss,
                  tolerance);
    assert_number("test accuracy", once.results->test_accuracy,
                  once.results->accuracy, 0.0);
    FN(measured_fini)(&once);
    FN(measured_fini)(&twice);
    FN(problem_fini)(&problem);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Test numbers are those of a line trained on these samples; none: NaN. */
static void test_test_samples(void **state)
{
    problem_plan plan = small_plan(GOLD_RELU, false, 4);
    FN(problem) problem;
    measured both, none;

    (void)state;
    plan.n_test = 1100; /* more than a block */
    FN(problem_init)(&problem, &plan);
    run_part(&problem, 0, plan.n, &both);
    run_part(&problem, plan.n, plan.n_test, &none);
    assert_number("test loss", both.results->test_loss, none.results->loss,
                  tolerance);
    assert_number("test accuracy", both.results->test_accuracy,
                  none.results->accuracy, 1e-15);
    FN(measured_fini)(&none);
    problem.plan.n_test = 0;
    run_part(&problem, 0, plan.n, &none);
    assert_true(isnan(none.results->test_loss));
    assert_true(isnan(none.results->test_accuracy));
    assert_memory_equal(none.matrices, both.matrices,
                        3 * plan.d * plan.d * sizeof(double));
    FN(measured_fini)(&both);
    FN(measured_fini)(&none);
    FN(problem_fini)(&problem);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_halves),
        cmocka_unit_test(test_duplicates),
        cmocka_unit_test(test_test_samples),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
