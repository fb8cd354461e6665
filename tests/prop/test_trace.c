/* SPDX-License-Identifier: MIT */
/* D-4: with piecewise linear activations the H-term of the whole space has
 * trace 0, for two layers a spectrum symmetric about 0, for one layer it is 0.
 * With tanh none of this holds. */
#include <math.h>

#include "prop/problem.h"

static double trace_of(size_t n, const double *m)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++) {
        sum += m[i * n + i];
    }
    return sum;
}

static double norm_of(size_t n, const double *m)
{
    double sum = 0.0;

    for (size_t i = 0; i < n * n; i++) {
        sum += m[i] * m[i];
    }
    return sqrt(sum);
}

/* G and S in the whole space at a random scale. */
static measured whole_space(gold_activation activation, size_t depth, bool bias,
                            uint64_t seed)
{
    problem_plan plan = small_plan(activation, bias, seed);
    dice d = {seed, 0};
    FN(problem) problem;
    measured found;

    plan.settings.depth = depth;
    plan.settings.directions = GOLD_GAUSSIAN;
    plan.d = EVERY_DIRECTION;
    FN(problem_init)(&problem, &plan);
    FN(point_run)(&problem, 0.5 + dice_uniform(&d), 1.0, &found);
    FN(problem_fini)(&problem);
    return found;
}

/* The basis is orthonormal to about 1e-6 in float, 1e-13 in double, and the
 * trace of n rows gathers n such errors. */
static const double tolerance = sizeof(real) == sizeof(float) ? 1e-4 : 1e-11;

static void test_no_trace(void **state)
{
    static const gold_activation linear[] = {GOLD_RELU, GOLD_LEAKY_RELU,
                                             GOLD_IDENTITY};

    (void)state;
    for (uint64_t seed = 0; seed < 24; seed++) {
        measured found =
            whole_space(linear[seed % 3], 1 + seed % 3, seed % 4 < 2, seed);
        const size_t n = found.d;

        assert_number("trace of S over its norm",
                      trace_of(n, s_of(&found, 0)) /
                          norm_of(n, s_of(&found, 0)),
                      0.0, tolerance);
        assert_true(trace_of(n, h_of(&found, 0)) > 0.0);
        FN(measured_fini)(&found);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* It can fail: two layers of tanh have a trace of a good part of the norm. */
static void test_tanh_has_trace(void **state)
{
    double most = 0.0;

    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        measured found = whole_space(GOLD_TANH, 1, false, seed);
        const double *s = s_of(&found, 0);

        most = fmax(most, fabs(trace_of(found.d, s) / norm_of(found.d, s)));
        FN(measured_fini)(&found);
    }
    assert_true(most > 0.2);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_symmetric_spectrum(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        measured found =
            whole_space(seed % 3 == 0 ? GOLD_LEAKY_RELU : GOLD_RELU, 1,
                        seed % 2 == 0, seed);
        double *values = numbers(2 * found.d);
        double *mirrored = values + found.d;

        eigenvalues_of(found.d, s_of(&found, 0), values);
        for (size_t i = 0; i < found.d; i++) {
            mirrored[i] = -values[found.d - 1 - i];
        }
        assert_near("eigenvalue", found.d, values, mirrored, tolerance);
        gold_free(values);
        FN(measured_fini)(&found);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_one_layer(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        measured found =
            whole_space((gold_activation)(seed % 5), 0, seed % 2 == 0, seed);
        double *values = numbers(found.d);

        /* nothing is added to it */
        assert_number("S", largest(found.d * found.d, s_of(&found, 0)), 0.0,
                      0.0);
        eigenvalues_of(found.d, h_of(&found, 0), values);
        assert_true(values[0] >= -tolerance * values[found.d - 1]);
        gold_free(values);
        FN(measured_fini)(&found);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_trace),
        cmocka_unit_test(test_tanh_has_trace),
        cmocka_unit_test(test_symmetric_spectrum),
        cmocka_unit_test(test_one_layer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
