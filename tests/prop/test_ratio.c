/* SPDX-License-Identifier: MIT */
/* D-15 on a network: trace over norm in random subspaces follows from the
 * squared ratio R of trace and norm of the whole Hessian, and leads back to
 * it, whatever the number of directions. */
#include <math.h>

#include "curv/probe.h"
#include "prop/problem.h"

enum {
    N_BASES = 60,
    N_DIMS = 2,
    D = 50
};

static const size_t dims[N_DIMS] = {10, D};

/* Trace and squared norm of the leading block (d, d) of h (ld, ld). */
static void take_block(size_t d, size_t ld, const double *h, double *trace,
                       double *square)
{
    *trace = 0.0;
    *square = 0.0;
    for (size_t i = 0; i < d; i++) {
        *trace += h[i * ld + i];
        for (size_t j = 0; j < d; j++) {
            *square += h[i * ld + j] * h[i * ld + j];
        }
    }
}

/* R of a matrix of this order that shows this square of trace over norm. */
static double ratio_from(double c2, double d, double order)
{
    /* c2 = (d/D)^2 R / (a + b R) */
    const double unit = order * (order - 1.0) * (order + 2.0);
    const double a = d * (d * order + order - 2.0) / unit;
    const double b = d * (order - d) / unit;

    return c2 * a / (d * d / (order * order) - c2 * b);
}

static double whole_ratio(const problem_plan *plan, double alpha)
{
    problem_plan every = *plan;
    FN(problem) problem;
    measured found;
    double trace, square;

    every.d = EVERY_DIRECTION;
    FN(problem_init)(&problem, &every);
    FN(point_run)(&problem, alpha, 1.0, &found);
    take_block(found.d, found.d, h_of(&found, 0), &trace, &square);
    FN(measured_fini)(&found);
    FN(problem_fini)(&problem);
    return trace * trace / square;
}

static void check(const problem_plan *plan, double alpha)
{
    static double traces[N_DIMS][N_BASES], squares[N_DIMS][N_BASES];
    const double ratio = whole_ratio(plan, alpha);
    FN(problem) problem;
    double order = 0.0;

    FN(problem_init)(&problem, plan);
    order = (double)problem.network.n_parameters;
    for (size_t b = 0; b < N_BASES; b++) {
        gold_settings settings = plan->settings;
        measured found;

        /* other directions through the same point */
        settings.direction_seed += 1 + b;
        FN(directions_fini)(&problem.directions);
        assert_int_equal(FN(directions_init)(&problem.directions,
                                             &problem.network, &settings, D,
                                             problem.theta),
                         GOLD_OK);
        FN(point_run)(&problem, alpha, 1.0, &found);
        for (size_t k = 0; k < N_DIMS; k++) {
            take_block(dims[k], D, h_of(&found, 0), &traces[k][b],
                       &squares[k][b]);
        }
        FN(measured_fini)(&found);
    }
    FN(problem_fini)(&problem);
    for (size_t k = 0; k < N_DIMS; k++) {
        const double d = (double)dims[k];
        const double trace = mean_of(N_BASES, traces[k]);
        const double norm = sqrt(mean_of(N_BASES, squares[k]));
        /* three standard errors, of the trace and of the root */
        const double error = 3.0 / sqrt(N_BASES) *
                             (deviation_of(N_BASES, traces[k]) / norm +
                              fabs(trace) * deviation_of(N_BASES, squares[k]) /
                                  (2.0 * norm * norm * norm));

        assert_number("trace over norm", trace / norm,
                      gold_projected_curvature(ratio, 1.0, d, order), error);
        /* the bound of D-15 */
        assert_number("R", ratio_from(trace * trace / (norm * norm), d, order),
                      ratio, 0.15 * ratio);
    }
}

static void test_subspaces(void **state)
{
    problem_plan plan = small_plan(GOLD_RELU, false, 3);

    (void)state;
    plan.settings.width = 15;
    plan.settings.directions = GOLD_GAUSSIAN;
    plan.n_in = 10;
    plan.n_classes = 5;
    plan.n = 100;
    plan.d = D;
    check(&plan, 1.0);
    check(&plan, 2.0);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_subspaces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
