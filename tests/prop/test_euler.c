/* SPDX-License-Identifier: MIT */
/* D-2: Euler's identities for homogeneous networks of L layers, with theta
 * itself as the direction:
 *
 *   theta . g       = (L/T) mean (p - y) . z
 *   theta' G theta  = (L/T)^2 mean z' A z
 *   theta' S theta  = (L (L-1) / T) mean (p - y) . z
 */
#include <math.h>

#include "nn/model.h"
#include "nn/softmax.h"
#include "prop/problem.h"

/* mean (p - y) . z and mean z' A z, and the means of their terms' sizes. */
typedef struct means {
    double residual, residual_size;
    double spread, spread_size;
} means;

static means means_of(const FN(problem) * problem, double temperature)
{
    const size_t n = problem->plan.n;
    double *logits = FN(logits_at)(problem, problem->theta, 1.0);
    means m = {0};

    for (size_t i = 0; i < n; i++) {
        double z[3], scaled[3], p[3];
        gold_softmax softmax = {.p = p};
        double mean = 0.0;

        for (size_t k = 0; k < 3; k++) {
            z[k] = logits[k * n + i];
            scaled[k] = z[k] / temperature;
        }
        gold_softmax_of(3, scaled, problem->labels[i], &softmax);
        for (size_t k = 0; k < 3; k++) {
            const double gap = p[k] - (problem->labels[i] == k ? 1.0 : 0.0);

            m.residual += gap * z[k] / (double)n;
            m.residual_size += fabs(gap * z[k]) / (double)n;
            m.spread += p[k] * z[k] * z[k] / (double)n;
            mean += p[k] * z[k];
        }
        m.spread_size = m.spread;
        m.spread -= mean * mean / (double)n;
    }
    gold_free(logits);
    return m;
}

static void check(problem_plan plan, double temperature)
{
    FN(problem) problem;
    measured found;

    plan.d = 0;
    FN(problem_init)(&problem, &plan);
    const size_t m = problem.network.n_parameters;
    double *theta = numbers(m);
    double theta2 = 0.0;

    for (size_t i = 0; i < m; i++) {
        theta[i] = (double)problem.theta[i];
        theta2 += theta[i] * theta[i];
    }
    FN(set_directions)(&problem, 1, theta);
    FN(point_run)(&problem, 1.0, temperature, &found);
    const means of_z = means_of(&problem, temperature);
    const double layers = (double)problem.network.n_layers;
    const double t = temperature;
    /* sums of about 100 terms of both signs in each layer; 5e-14 in double */
    const double tolerance = 200.0 * REAL_EPS;

    assert_within("theta g", 1,
                  (double[]){found.results->radial_derivative * theta2},
                  (double[]){layers / t * of_z.residual},
                  layers / t * of_z.residual_size, tolerance);
    assert_within("theta G theta", 1, g_of(&found, 0),
                  (double[]){layers * layers / (t * t) * of_z.spread},
                  layers * layers / (t * t) * of_z.spread_size, tolerance);
    assert_within("theta S theta", 1, s_of(&found, 0),
                  (double[]){layers * (layers - 1.0) / t * of_z.residual},
                  layers * layers / t * of_z.residual_size, tolerance);
    gold_free(theta);
    FN(measured_fini)(&found);
    FN(problem_fini)(&problem);
}

static void test_euler(void **state)
{
    static const gold_activation linear[] = {GOLD_RELU, GOLD_LEAKY_RELU,
                                             GOLD_IDENTITY};
    static const double temperatures[] = {0.3, 1.0, 5.0};

    (void)state;
    for (uint64_t seed = 0; seed < 21; seed++) {
        for (size_t depth = 0; depth < 4; depth++) {
            problem_plan plan = small_plan(linear[seed % 3], false, seed);

            plan.settings.depth = depth;
            check(plan, temperatures[seed / 3 % 3]);
        }
        problem_plan images = small_plan(linear[seed % 3], false, seed);

        convolve(&images, seed / 2);
        check(images, temperatures[seed / 3 % 3]);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_euler),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
