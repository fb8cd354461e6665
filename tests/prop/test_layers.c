/* SPDX-License-Identifier: MIT */
/* Directions confined to one layer: orthonormal, 0 elsewhere, and measured as
 * the same directions are when nothing is known of their zeros; D-4 within a
 * layer. */
#include <math.h>

#include "prop/problem.h"

enum {
    N_POINTS = 3
};

static const gold_line_point points[N_POINTS] = {
    {1.0, 1.0}, {2.0, 1.0}, {2.0, 3.0}};

static void check_basis(const gold_network *network, size_t l, size_t d,
                        const double *rows, bool is_orthonormal)
{
    const gold_layer *layer = &network->layers[l];
    const size_t m = network->n_parameters;
    const size_t end = layer->weights + gold_layer_parameters(layer);

    for (size_t i = 0; i < d; i++) {
        for (size_t j = 0; j < m; j++) {
            assert_true((j >= layer->weights && j < end) ||
                        fpclassify(rows[i * m + j]) == FP_ZERO);
        }
        for (size_t k = 0; k <= i; k++) {
            double product = 0.0;

            for (size_t j = 0; j < m; j++) {
                product += rows[i * m + j] * rows[k * m + j];
            }
            if (is_orthonormal || i == k) {
                assert_number("basis", product, i == k ? 1.0 : 0.0,
                              50.0 * REAL_EPS);
            }
        }
    }
}

/* S of a layer by itself has no terms but those of phi''. */
static void check_no_curvature(const measured *found, const char *what)
{
    const size_t d2 = found->d * found->d;

    for (size_t p = 0; p < N_POINTS; p++) {
        assert_number(what, largest(d2, s_of(found, p)), 0.0, 0.0);
        assert_true(largest(d2, g_of(found, p)) > 0.0);
    }
}

static void check_layer(const problem_plan *plan, size_t l)
{
    FN(problem) problem;
    FN(directions) confined = {0};
    measured found, expected;

    FN(problem_init)(&problem, plan);
    const size_t m = problem.network.n_parameters;
    double *rows = numbers(plan->d * m);

    assert_int_equal(FN(directions_in_layer)(&confined, &problem.network,
                                             &plan->settings, l, plan->d,
                                             problem.theta),
                     GOLD_OK);
    for (size_t i = 0; i < plan->d; i++) {
        FN(direction_unpack)(&confined, &problem.network, i, rows + i * m);
    }
    check_basis(&problem.network, l, plan->d, rows,
                plan->settings.directions == GOLD_GAUSSIAN);
    FN(set_directions)(&problem, plan->d, rows);
    FN(line) line = FN(problem_line)(&problem, N_POINTS, points);

    FN(line_run)(&line, &expected);
    line.directions = &confined;
    FN(line_run)(&line, &found);
    for (size_t p = 0; p < N_POINTS; p++) {
        const size_t d2 = plan->d * plan->d;
        const double scale =
            largest(d2, g_of(&expected, p)) + largest(d2, s_of(&expected, p));

        assert_within("G", d2, g_of(&found, p), g_of(&expected, p), scale,
                      200.0 * REAL_EPS);
        assert_within("S", d2, s_of(&found, p), s_of(&expected, p), scale,
                      200.0 * REAL_EPS);
    }
    if (!is_curved(&problem.plan)) {
        check_no_curvature(&found, "S of a piecewise linear network");
    } else if (l + 1 < problem.network.n_layers) {
        assert_true(largest(plan->d * plan->d, s_of(&found, 0)) > 0.0);
    }
    FN(measured_fini)(&found);
    FN(measured_fini)(&expected);
    FN(directions_fini)(&confined);
    FN(problem_fini)(&problem);
    gold_free(rows);
}

static void test_layers(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        problem_plan plan =
            small_plan((gold_activation)(seed % 5), seed % 2 == 0, seed);

        plan.settings.directions = seed < 6 ? GOLD_GAUSSIAN : GOLD_SPARSE_SIGN;
        for (size_t l = 0; l < 3; l++) {
            check_layer(&plan, l);
        }
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* On the sphere, tangent to it: orthogonal to theta, whose other parts meet
 * zeros. */
static void test_sphere(void **state)
{
    problem_plan plan = small_plan(GOLD_TANH, true, 2);
    FN(problem) problem;

    (void)state;
    plan.d = 5;
    plan.settings.surface = GOLD_SPHERE;
    FN(problem_init)(&problem, &plan);
    const size_t m = problem.network.n_parameters;
    double *row = numbers(m);

    for (size_t l = 0; l < 3; l++) {
        FN(directions) confined = {0};

        assert_int_equal(FN(directions_in_layer)(&confined, &problem.network,
                                                 &plan.settings, l, plan.d,
                                                 problem.theta),
                         GOLD_OK);
        for (size_t i = 0; i < plan.d; i++) {
            double along = 0.0;

            FN(direction_unpack)(&confined, &problem.network, i, row);
            for (size_t j = 0; j < m; j++) {
                along += row[j] * (double)problem.theta[j];
            }
            assert_number("along theta", along, 0.0, 50.0 * REAL_EPS);
        }
        FN(directions_fini)(&confined);
    }
    gold_free(row);
    FN(problem_fini)(&problem);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_no_memory(void **state)
{
    problem_plan plan = small_plan(GOLD_TANH, true, 1);
    FN(problem) problem;
    FN(directions) confined = {0};
    gold_status status = GOLD_ERR_MEMORY;
    int64_t k = 0;

    (void)state;
    plan.settings.directions = GOLD_SPARSE_SIGN;
    FN(problem_init)(&problem, &plan);
    const int64_t n_before = gold_live_blocks();

    while (status == GOLD_ERR_MEMORY && k < 100) {
        gold_refuse_after(++k);
        status = FN(directions_in_layer)(&confined, &problem.network,
                                         &plan.settings, 1, 4, problem.theta);
        gold_refuse_after(0);
        assert_true(status == GOLD_OK || gold_live_blocks() == n_before);
    }
    assert_int_equal(status, GOLD_OK);
    assert_true(k > 4);
    FN(directions_fini)(&confined);
    FN(problem_fini)(&problem);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layers),
        cmocka_unit_test(test_sphere),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
