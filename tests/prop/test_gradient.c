/* SPDX-License-Identifier: MIT */
/* D-11: the gradient's norm and the radial derivative against central
 * differences of the loss, with observed order 2. */
#include <math.h>

#include "prop/problem.h"

enum {
    N_STEPS = 4
};

static const double steps[N_STEPS] = {0.08, 0.04, 0.02, 0.01};

/* Norm of the gradient, from differences along every parameter. */
static double norm_of_differences(const FN(problem) * problem, double h)
{
    const size_t m = problem->network.n_parameters;
    double *unit = numbers(m);
    double sum = 0.0;

    for (size_t i = 0; i < m; i++) {
        unit[i] = h;
        double slope = FN(loss_at)(problem, unit);

        unit[i] = -h;
        slope = (slope - FN(loss_at)(problem, unit)) / (2.0 * h);
        sum += slope * slope;
        unit[i] = 0.0;
    }
    gold_free(unit);
    return sqrt(sum);
}

static void test_gradient(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 6; seed++) {
        const problem_plan plan = small_plan(
            seed % 2 == 0 ? GOLD_TANH : GOLD_SIGMOID, seed % 4 < 2, seed);
        double errors[N_STEPS];
        FN(problem) problem;
        measured found;

        FN(problem_init)(&problem, &plan);
        FN(point_run)(&problem, 1.0, 1.0, &found);
        const double norm = found.results->gradient_norm;

        for (size_t s = 0; s < N_STEPS; s++) {
            errors[s] = fabs(norm_of_differences(&problem, steps[s]) - norm);
        }
        assert_order_two("order of the gradient", N_STEPS, steps, errors, norm);
        FN(measured_fini)(&found);
        FN(problem_fini)(&problem);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* radial_derivative |theta|^2 alpha = d loss / d alpha, at any alpha. */
static void test_radial(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        const problem_plan plan =
            small_plan((gold_activation)(seed % 5), seed % 2 == 0, seed);
        const double alpha = 0.8 + 0.02 * (double)seed;
        const double h = 1e-5;
        double theta2 = 0.0;
        FN(problem) problem;
        measured below, at, above;

        FN(problem_init)(&problem, &plan);
        for (size_t i = 0; i < problem.network.n_parameters; i++) {
            theta2 += problem.theta[i] * problem.theta[i];
        }
        FN(point_run)(&problem, alpha - h, 1.3, &below);
        FN(point_run)(&problem, alpha, 1.3, &at);
        FN(point_run)(&problem, alpha + h, 1.3, &above);
        const double slope =
            (above.results->loss - below.results->loss) / (2.0 * h);

        /* h^2 times third derivatives, 1e-16 / h of the loss: 1e-9 */
        assert_number("slope", at.results->radial_derivative * theta2 * alpha,
                      slope, 1e-7 * fmax(1.0, fabs(slope)));
        FN(measured_fini)(&below);
        FN(measured_fini)(&at);
        FN(measured_fini)(&above);
        FN(problem_fini)(&problem);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradient),
        cmocka_unit_test(test_radial),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
