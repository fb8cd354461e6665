/* SPDX-License-Identifier: MIT */
/* D-8, D-11: in the whole space the spectrum does not depend on the basis, and
 * what is measured is a quadratic form: M of combined directions is M
 * combined. */
#include <math.h>

#include "prop/problem.h"

/* Bases are orthonormal to 1e-6 or 1e-13, matrices rounded as products of some
 * hundred terms. */
static const double tolerance = sizeof(real) == sizeof(float) ? 1e-4 : 1e-11;

static void check_whole_space(gold_activation activation, bool bias,
                              uint64_t seed)
{
    problem_plan plan = small_plan(activation, bias, seed);
    FN(problem) problem;
    measured gaussian, plain;

    plan.d = EVERY_DIRECTION;
    FN(problem_init)(&problem, &plan);
    const size_t m = problem.network.n_parameters;
    double *unit = numbers(m * m);
    double *a = numbers(2 * m);

    FN(point_run)(&problem, 1.0, 1.0, &gaussian);
    for (size_t i = 0; i < m; i++) {
        unit[i * (m + 1)] = 1.0;
    }
    FN(set_directions)(&problem, m, unit);
    FN(point_run)(&problem, 1.0, 1.0, &plain);
    eigenvalues_of(m, h_of(&gaussian, 0), a);
    eigenvalues_of(m, h_of(&plain, 0), a + m);
    assert_near("eigenvalue of H", m, a, a + m, tolerance);
    eigenvalues_of(m, g_of(&gaussian, 0), a);
    eigenvalues_of(m, g_of(&plain, 0), a + m);
    assert_near("eigenvalue of G", m, a, a + m, tolerance);
    eigenvalues_of(m, s_of(&gaussian, 0), a);
    eigenvalues_of(m, s_of(&plain, 0), a + m);
    assert_near("eigenvalue of S", m, a, a + m, tolerance);
    gold_free(unit);
    gold_free(a);
    FN(measured_fini)(&gaussian);
    FN(measured_fini)(&plain);
    FN(problem_fini)(&problem);
}

static void test_whole_space(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        check_whole_space((gold_activation)(seed % 5), seed % 2 == 0, seed);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* rows (d, m) of random combinations: w_i = sum_j c_ij v_j. */
static void combine(const FN(problem) * problem, const double *c, double *rows)
{
    const size_t d = problem->directions.n;
    const size_t m = problem->network.n_parameters;
    double *v = numbers(m);

    for (size_t j = 0; j < d; j++) {
        FN(direction_unpack)(&problem->directions, &problem->network, j, v);
        for (size_t i = 0; i < d; i++) {
            for (size_t k = 0; k < m; k++) {
                rows[i * m + k] += c[i * d + j] * v[k];
            }
        }
    }
    gold_free(v);
}

/* out (d, d) = c m c'. */
static void transform(size_t d, const double *c, const double *m, double *out)
{
    for (size_t i = 0; i < d * d; i++) {
        out[i] = 0.0;
        for (size_t j = 0; j < d * d; j++) {
            out[i] += c[i / d * d + j / d] * m[j] * c[i % d * d + j % d];
        }
    }
}

static void check_combined(const problem_plan *plan, uint64_t seed)
{
    const size_t d = plan->d;
    FN(problem) problem;
    measured before, after;
    dice draws = {seed, 0};

    FN(problem_init)(&problem, plan);
    double *c = numbers(2 * d * d);
    double *expected = c + d * d;
    double *rows = numbers(d * problem.network.n_parameters);

    dice_fill(&draws, d * d, c);
    FN(point_run)(&problem, 0.9, 1.0, &before);
    combine(&problem, c, rows);
    FN(set_directions)(&problem, d, rows);
    FN(point_run)(&problem, 0.9, 1.0, &after);
    transform(d, c, g_of(&before, 0), expected);
    assert_near("G", d * d, g_of(&after, 0), expected, tolerance);
    transform(d, c, s_of(&before, 0), expected);
    assert_near("S", d * d, s_of(&after, 0), expected, tolerance);
    gold_free(c);
    gold_free(rows);
    FN(measured_fini)(&before);
    FN(measured_fini)(&after);
    FN(problem_fini)(&problem);
}

static void test_quadratic_form(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        const problem_plan plan =
            small_plan((gold_activation)(seed % 5), seed % 2 == 0, seed);

        check_combined(&plan, seed);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* A leading block is the matrix of the leading directions. */
static void test_leading_block(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        problem_plan plan = small_plan(GOLD_TANH, true, seed);
        measured many, few;

        FN(plan_run)(&plan, 1, &(gold_line_point){1.0, 1.0}, &many);
        plan.d = 3;
        FN(plan_run)(&plan, 1, &(gold_line_point){1.0, 1.0}, &few);
        for (size_t i = 0; i < 9; i++) {
            h_of(&many, 0)[i] = h_of(&many, 0)[i / 3 * 8 + i % 3];
        }
        assert_near("H", 9, h_of(&few, 0), h_of(&many, 0), tolerance);
        FN(measured_fini)(&many);
        FN(measured_fini)(&few);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_space),
        cmocka_unit_test(test_quadratic_form),
        cmocka_unit_test(test_leading_block),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
