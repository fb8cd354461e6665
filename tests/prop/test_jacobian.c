/* SPDX-License-Identifier: MIT */
/* D-6 from first principles: G against mean J'(diag p - p p')J / T^2 and its
 * trace against the formula without A, J by central differences of logits. */
#include <math.h>
#include <string.h>

#include "nn/model.h"
#include "nn/softmax.h"
#include "prop/problem.h"

enum {
    N = 6,
    K = 3
};

/* logits (K, N) at theta_0 + h v. */
static void logits_at(const FN(problem) * problem, double h, const double *v,
                      double *z)
{
    const size_t m = problem->network.n_parameters;
    double *theta = numbers(m);
    double *found = NULL;

    for (size_t i = 0; i < m; i++) {
        theta[i] = problem->theta[i] + h * v[i];
    }
    found = FN(logits_at)(problem, theta, 1.0);
    memcpy(z, found, (size_t)K * N * sizeof *z);
    gold_free(found);
    gold_free(theta);
}

/* J v (K, N) for all directions, and p (K, N). */
static void differentiate(const FN(problem) * problem, double temperature,
                          double (*jv)[K * N], double *p)
{
    const double h = 1e-5;
    double *v = numbers(problem->network.n_parameters);
    double above[K * N], below[K * N], z[K], q[K];
    gold_softmax softmax = {.p = q};

    for (size_t i = 0; i < problem->directions.n; i++) {
        FN(direction_unpack)(&problem->directions, &problem->network, i, v);
        logits_at(problem, h, v, above);
        logits_at(problem, -h, v, below);
        for (size_t j = 0; j < (size_t)K * N; j++) {
            jv[i][j] = (above[j] - below[j]) / (2.0 * h);
        }
    }
    logits_at(problem, 0.0, v, above);
    for (size_t i = 0; i < N; i++) {
        for (size_t k = 0; k < K; k++) {
            z[k] = above[k * N + i] / temperature;
        }
        gold_softmax_of(K, z, 0, &softmax);
        for (size_t k = 0; k < K; k++) {
            p[k * N + i] = q[k];
        }
    }
    gold_free(v);
}

/* Entry of G from J v and J w. */
static double form(const double *x, const double *y, const double *p)
{
    double sum = 0.0;

    for (size_t i = 0; i < N; i++) {
        double xy = 0.0, mean_x = 0.0, mean_y = 0.0;

        for (size_t k = 0; k < K; k++) {
            xy += p[k * N + i] * x[k * N + i] * y[k * N + i];
            mean_x += p[k * N + i] * x[k * N + i];
            mean_y += p[k * N + i] * y[k * N + i];
        }
        sum += xy - mean_x * mean_y;
    }
    return sum / N;
}

static void check(gold_activation activation, bool bias, uint64_t seed,
                  double temperature)
{
    enum {
        D = 8
    };
    problem_plan plan = small_plan(activation, bias, seed);
    double jv[D][K * N], p[K * N], expected[D * D];
    FN(problem) problem;
    measured found;

    plan.n = N;
    FN(problem_init)(&problem, &plan);
    FN(point_run)(&problem, 1.0, temperature, &found);
    differentiate(&problem, temperature, jv, p);
    for (size_t i = 0; i < (size_t)D * D; i++) {
        expected[i] =
            form(jv[i / D], jv[i % D], p) / (temperature * temperature);
    }
    /* differences: h^2 = 1e-10 times third derivatives of about 1, and
     * rounding 1e-16 / h = 1e-11 of logits of about 10 */
    assert_near("G", (size_t)D * D, g_of(&found, 0), expected, 1e-7);
    FN(measured_fini)(&found);
    FN(problem_fini)(&problem);
}

static void test_definition(void **state)
{
    static const double temperatures[] = {0.5, 1.0, 4.0};

    (void)state;
    for (uint64_t seed = 0; seed < 30; seed++) {
        check((gold_activation)(seed % 5), seed % 2 == 0, seed,
              temperatures[seed % 3]);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_definition),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
