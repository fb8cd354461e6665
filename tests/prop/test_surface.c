/* SPDX-License-Identifier: MIT */
/* Curvature of the sphere is that of the plane, on the same directions, less
 * the radial derivative times V'V: M - (<gradient, theta> / |theta|^2) V'V. */
#include <math.h>

#include "prop/problem.h"

/* m (d, d) -= radial V'V, from the directions one by one. */
static void bend(const FN(problem) * problem, double radial, double *m)
{
    const size_t n = problem->network.n_parameters;
    const size_t d = problem->directions.n;
    double *rows = numbers(d * n);

    for (size_t i = 0; i < d; i++) {
        FN(direction_unpack)
        (&problem->directions, &problem->network, i, rows + i * n);
    }
    for (size_t i = 0; i < d; i++) {
        for (size_t j = 0; j < d; j++) {
            double product = 0.0;

            for (size_t k = 0; k < n; k++) {
                product += rows[i * n + k] * rows[j * n + k];
            }
            m[i * d + j] -= radial * product;
        }
    }
    gold_free(rows);
}

enum {
    N_POINTS = 3
};

static void check(const problem_plan *plan)
{
    const gold_line_point points[N_POINTS] = {{0.5, 1.0}, {1.0, 2.0}, {3, 1}};
    const size_t d = plan->d;
    FN(problem) problem;
    measured sphere, plane;

    FN(problem_init)(&problem, plan);
    FN(line) line = FN(problem_line)(&problem, N_POINTS, points);

    assert_true(line.is_sphere);
    FN(line_run)(&line, &sphere);
    line.is_sphere = false;
    FN(line_run)(&line, &plane);
    for (size_t p = 0; p < N_POINTS; p++) {
        const double radial = plane.results[p].radial_derivative;
        double *s = s_of(&plane, p);
        const double scale = largest(d * d, s) + fabs(radial);

        assert_number("radial", sphere.results[p].radial_derivative, radial,
                      0.0);
        assert_within("G", d * d, g_of(&sphere, p), g_of(&plane, p), 1.0, 0.0);
        bend(&problem, radial, s);
        /* one product and one subtraction in double */
        assert_within("S", d * d, s_of(&sphere, p), s, scale, 1e-14);
    }
    FN(measured_fini)(&sphere);
    FN(measured_fini)(&plane);
    FN(problem_fini)(&problem);
}

static void test_sphere(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        problem_plan plan =
            small_plan((gold_activation)(seed % 5), seed % 2 == 0, seed);

        plan.settings.surface = GOLD_SPHERE;
        plan.settings.directions =
            seed % 3 == 0 ? GOLD_SPARSE_SIGN : GOLD_GAUSSIAN;
        check(&plan);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sphere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
