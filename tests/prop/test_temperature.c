/* SPDX-License-Identifier: MIT */
/* D-3, A7: scale and temperature are the same control of a homogeneous
 * network: H(alpha theta; T=1) = alpha^-2 H(theta; T=alpha^-L), for G and S
 * too. D-5: temperature changes the predictions, nothing else. */
#include <math.h>

#include "prop/problem.h"

enum {
    N_SCALES = 7
};

static const double scales[N_SCALES] = {0.01, 0.1, 0.5, 1.0, 1.5, 2.0, 3.0};

/* One number in double, one in float: at scale 3 and depth 3 logits are some
 * hundreds, and their rounding is as many times worse in p. */
static const double tolerance = sizeof(real) == sizeof(float) ? 1e-3 : 1e-10;

static size_t positives(size_t n, const double *m)
{
    double values[8];
    size_t count = 0;

    eigenvalues_of(n, m, values);
    for (size_t i = 0; i < n; i++) {
        count += values[i] > 0.0 ? 1 : 0;
    }
    return count;
}

static void compare(const problem_plan *plan, bool is_shared)
{
    gold_line_point moved[N_SCALES], cooled[N_SCALES];
    FN(problem) problem;
    measured by_scale, by_temperature;

    FN(problem_init)(&problem, plan);
    const double layers = (double)problem.network.n_layers;

    for (size_t i = 0; i < N_SCALES; i++) {
        moved[i] = (gold_line_point){scales[i], 1.0};
        cooled[i] = (gold_line_point){1.0, pow(scales[i], -layers)};
    }
    problem.network.is_homogeneous = is_shared;
    const FN(line) along = FN(problem_line)(&problem, N_SCALES, moved);
    const FN(line) down = FN(problem_line)(&problem, N_SCALES, cooled);

    FN(line_run)(&along, &by_scale);
    FN(line_run)(&down, &by_temperature);
    for (size_t p = 0; p < N_SCALES; p++) {
        const size_t d2 = plan->d * plan->d;
        const double factor = 1.0 / (scales[p] * scales[p]);

        assert_number("loss", by_scale.results[p].loss,
                      by_temperature.results[p].loss,
                      tolerance * fmax(1.0, by_scale.results[p].loss));
        for (size_t i = 0; i < 3 * d2; i++) {
            g_of(&by_temperature, p)[i] *= factor;
        }
        assert_near("G", d2, g_of(&by_scale, p), g_of(&by_temperature, p),
                    tolerance);
        assert_near("S", d2, s_of(&by_scale, p), s_of(&by_temperature, p),
                    tolerance);
        assert_number("c", curvature_of(plan->d, h_of(&by_scale, p)),
                      curvature_of(plan->d, h_of(&by_temperature, p)),
                      tolerance);
        /* no eigenvalue of these draws is within rounding of 0 */
        assert_int_equal(positives(plan->d, h_of(&by_scale, p)),
                         positives(plan->d, h_of(&by_temperature, p)));
    }
    FN(measured_fini)(&by_scale);
    FN(measured_fini)(&by_temperature);
    FN(problem_fini)(&problem);
}

/* Evaluated once for all, and each scale on its own. */
static void test_scale_is_temperature(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        problem_plan plan = small_plan(
            seed % 2 == 0 ? GOLD_RELU : GOLD_LEAKY_RELU, false, seed);

        plan.settings.depth = 1 + seed % 3;
        compare(&plan, true);
        compare(&plan, false);
        convolve(&plan, seed);
        compare(&plan, true);
        compare(&plan, false);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* Any network: as T grows p becomes uniform, so T^2 G and T S end at values
 * made of J and the second derivatives alone. */
static void test_hot_limit(void **state)
{
    const gold_line_point points[] = {{1.2, 1e5}, {1.2, 1e6}};

    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        const problem_plan plan =
            small_plan(seed % 2 == 0 ? GOLD_TANH : GOLD_RELU, true, seed);
        FN(problem) problem;
        measured found;

        FN(problem_init)(&problem, &plan);
        const FN(line) line = FN(problem_line)(&problem, 2, points);

        FN(line_run)(&line, &found);
        for (size_t i = 0; i < 64; i++) {
            g_of(&found, 0)[i] *= 1e10;
            s_of(&found, 0)[i] *= 1e5;
            g_of(&found, 1)[i] *= 1e12;
            s_of(&found, 1)[i] *= 1e6;
        }
        /* p is uniform up to z/T, with z some tens */
        assert_near("G", 64, g_of(&found, 0), g_of(&found, 1),
                    1e-3 + 100.0 * REAL_EPS);
        assert_near("S", 64, s_of(&found, 0), s_of(&found, 1),
                    1e-3 + 100.0 * REAL_EPS);
        assert_number("loss", found.results[1].loss, log(3.0), 1e-4);
        FN(measured_fini)(&found);
        FN(problem_fini)(&problem);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scale_is_temperature),
        cmocka_unit_test(test_hot_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
