/* SPDX-License-Identifier: MIT */
/* D-1: without biases and with piecewise linear activations,
 * z(alpha theta) = alpha^L z(theta); with tanh, sigmoid or biases it is not. */
#include <math.h>

#include "nn/model.h"
#include "prop/problem.h"

/* Largest deviation from homogeneity, relative to the largest logit. */
static double deviation(gold_activation activation, bool bias, size_t depth,
                        uint64_t seed)
{
    problem_plan plan = small_plan(activation, bias, seed);
    dice d = {seed, 0};
    FN(problem) problem;
    const double alpha = pow(10.0, 2.0 * dice_uniform(&d) - 1.0);

    plan.d = 0;
    plan.settings.depth = depth;
    FN(problem_init)(&problem, &plan);
    const size_t n = problem.network.n_out * plan.n;
    double *z = FN(logits_at)(&problem, problem.theta, 1.0);
    double *z_alpha = FN(logits_at)(&problem, problem.theta, alpha);
    const double factor = pow(alpha, (double)(depth + 1));

    assert_true(problem.network.is_homogeneous ==
                (depth == 0 || (!bias && !is_curved(&problem.plan))));
    for (size_t i = 0; i < n; i++) {
        z_alpha[i] -= factor * z[i];
    }
    const double found = largest(n, z_alpha) / (factor * largest(n, z));

    gold_free(z);
    gold_free(z_alpha);
    FN(problem_fini)(&problem);
    return found;
}

static void test_homogeneous(void **state)
{
    static const gold_activation linear[] = {GOLD_RELU, GOLD_LEAKY_RELU,
                                             GOLD_IDENTITY};

    (void)state;
    for (uint64_t seed = 0; seed < 21; seed++) {
        for (size_t depth = 0; depth < 4; depth++) {
            /* alpha is rounded to real in each layer, and sums of six terms;
             * cancellation in a layer can make them a few times worse */
            assert_number("deviation",
                          deviation(linear[seed % 3], false, depth, seed), 0.0,
                          50.0 * REAL_EPS);
        }
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* The same number finds that the others are not: it can fail. */
static void test_not_homogeneous(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        assert_true(deviation(GOLD_RELU, true, 2, seed) > 1e-3);
        assert_true(deviation(GOLD_TANH, false, 2, seed) > 1e-3);
        assert_true(deviation(GOLD_SIGMOID, false, 2, seed) > 1e-3);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* A line may use it or not: with the network said not to be homogeneous, every
 * scale is evaluated on its own. */
static void test_line(void **state)
{
    const gold_line_point points[] = {{0.4, 1.0}, {1.0, 1.0}, {2.0, 0.7}};

    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        problem_plan plan = small_plan(GOLD_RELU, false, seed);
        FN(problem) problem;
        measured shared, each;

        plan.settings.depth = seed % 4;
        FN(problem_init)(&problem, &plan);
        const FN(line) line = FN(problem_line)(&problem, 3, points);

        FN(line_run)(&line, &shared);
        problem.network.is_homogeneous = false;
        FN(line_run)(&line, &each);
        for (size_t p = 0; p < 3; p++) {
            /* logits up to 100 at scale 2: their rounding enters p */
            const double tolerance = 1000.0 * REAL_EPS;

            assert_near("G", plan.d * plan.d, g_of(&each, p), g_of(&shared, p),
                        tolerance);
            assert_near("S", plan.d * plan.d, s_of(&each, p), s_of(&shared, p),
                        tolerance);
            assert_near("gradient norm", 1, &each.results[p].gradient_norm,
                        &shared.results[p].gradient_norm, tolerance);
        }
        FN(measured_fini)(&shared);
        FN(measured_fini)(&each);
        FN(problem_fini)(&problem);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_homogeneous),
        cmocka_unit_test(test_not_homogeneous),
        cmocka_unit_test(test_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
