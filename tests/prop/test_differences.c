/* SPDX-License-Identifier: MIT */
/* D-11: matrices against central differences of the loss, with observed order 2
 * where activations are smooth. */
#include <math.h>

#include "prop/problem.h"

enum {
    N_STEPS = 4
};

static const double steps[N_STEPS] = {0.08, 0.04, 0.02, 0.01};

/* loss at theta + a v + b w. */
static double loss_along(const FN(problem) * problem, double a, const double *v,
                         double b, const double *w)
{
    const size_t m = problem->network.n_parameters;
    double *step = numbers(m);

    for (size_t i = 0; i < m; i++) {
        step[i] = a * v[i] + b * w[i];
    }
    const double loss = FN(loss_at)(problem, step);

    gold_free(step);
    return loss;
}

static double second_difference(const FN(problem) * problem, double h,
                                const double *v, const double *w)
{
    return (loss_along(problem, h, v, h, w) - loss_along(problem, h, v, -h, w) -
            loss_along(problem, -h, v, h, w) +
            loss_along(problem, -h, v, -h, w)) /
           (4.0 * h * h);
}

/* v_i' H v_j for all pairs of three directions, worst error at each step. */
static void check_hessian(problem_plan plan)
{
    enum {
        D = 3
    };
    double errors[N_STEPS] = {0.0};
    FN(problem) problem;
    measured found;

    plan.d = D;
    plan.settings.temperature = 0.8;
    FN(problem_init)(&problem, &plan);
    const size_t m = problem.network.n_parameters;
    double *v = numbers(D * m);

    for (size_t i = 0; i < D; i++) {
        FN(direction_unpack)
        (&problem.directions, &problem.network, i, v + i * m);
    }
    FN(point_run)(&problem, 1.0, 0.8, &found);
    for (size_t s = 0; s < N_STEPS; s++) {
        for (size_t i = 0; i < (size_t)D * D; i++) {
            const double difference = second_difference(
                &problem, steps[s], v + i / D * m, v + i % D * m);

            errors[s] = fmax(errors[s], fabs(difference - h_of(&found, 0)[i]));
        }
    }
    assert_order_two("order of the Hessian", N_STEPS, steps, errors,
                     largest((size_t)D * D, h_of(&found, 0)));
    gold_free(v);
    FN(measured_fini)(&found);
    FN(problem_fini)(&problem);
}

static void test_hessian(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        const problem_plan plan = small_plan(
            seed % 2 == 0 ? GOLD_TANH : GOLD_SIGMOID, seed % 4 < 2, seed);
        problem_plan images = plan;

        check_hessian(plan);
        convolve(&images, seed / 2 % N_POOLED_SMOOTHLY);
        check_hessian(images);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* Piecewise linear: between kinks a small step is enough; a kink that it
 * crosses would show as an error of 1/h. */
static void test_kinked(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20 + 2 * N_CONVOLUTIONS; seed++) {
        problem_plan plan = small_plan(
            seed % 2 == 0 ? GOLD_RELU : GOLD_LEAKY_RELU, seed % 4 < 2, seed);
        FN(problem) problem;
        measured found;

        plan.d = 2;
        if (seed >= 20) {
            convolve(&plan, seed);
        }
        FN(problem_init)(&problem, &plan);
        double *v = numbers(2 * problem.network.n_parameters);
        double *w = v + problem.network.n_parameters;

        FN(direction_unpack)(&problem.directions, &problem.network, 0, v);
        FN(direction_unpack)(&problem.directions, &problem.network, 1, w);
        FN(point_run)(&problem, 1.0, 1.0, &found);
        const double *h = h_of(&found, 0);
        const double scale = largest(4, h);

        /* h = 1e-4: truncation 1e-8 times fourth derivatives, rounding
         * 1e-16 / h^2 = 1e-8 of the loss */
        assert_number("v'Hv", second_difference(&problem, 1e-4, v, v), h[0],
                      1e-5 * fmax(scale, 1.0));
        assert_number("v'Hw", second_difference(&problem, 1e-4, v, w), h[1],
                      1e-5 * fmax(scale, 1.0));
        gold_free(v);
        FN(measured_fini)(&found);
        FN(problem_fini)(&problem);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hessian),
        cmocka_unit_test(test_kinked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
