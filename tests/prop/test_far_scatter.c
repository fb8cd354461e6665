/* SPDX-License-Identifier: MIT */
/* D-17: far outside the zone, on either side, the projected Hessian behaves
 * like a Gaussian orthogonal matrix: c scatters about 0 by sqrt(2/(d+1)), the
 * positive fraction about 1/2 by 0.070 for d = 10. */
#include <math.h>

#include "prop/problem.h"

enum {
    N_SEEDS = 300,
    D = 10
};

/* Below the zone logits are 1e-5; above it all predictions are one-hot. */
static const gold_line_point points[] = {{0.02, 1.0}, {1e4, 1.0}};

static double positive_fraction(const double *m)
{
    double values[D];
    double count = 0.0;

    eigenvalues_of(D, m, values);
    for (size_t i = 0; i < D; i++) {
        count += values[i] > 0.0 ? 1.0 : 0.0;
    }
    return count / D;
}

static void assert_scatter(const char *what, const double *x, double mean,
                           double deviation)
{
    const double error = deviation / sqrt(N_SEEDS);

    assert_number(what, mean_of(N_SEEDS, x), mean, 3.0 * error);
    /* the matrix is not exactly Gaussian: 15 %, as the theory allows; 300
     * seeds alone make 4 % */
    assert_number(what, deviation_of(N_SEEDS, x), deviation, 0.15 * deviation);
}

static void test_scatter(void **state)
{
    static double c[2][N_SEEDS], f[2][N_SEEDS];

    (void)state;
    for (uint64_t seed = 0; seed < N_SEEDS; seed++) {
        problem_plan plan = small_plan(GOLD_RELU, false, seed);
        measured found;

        plan.settings.width = 20;
        plan.n_in = 20;
        plan.n_classes = 10;
        plan.n = 50;
        plan.d = D;
        FN(plan_run)(&plan, 2, points, &found);
        for (size_t p = 0; p < 2; p++) {
            c[p][seed] = curvature_of(D, h_of(&found, p));
            f[p][seed] = positive_fraction(h_of(&found, p));
        }
        FN(measured_fini)(&found);
    }
    for (size_t p = 0; p < 2; p++) {
        assert_scatter("c", c[p], 0.0, sqrt(2.0 / (D + 1.0)));
        assert_scatter("positive fraction", f[p], 0.5, 0.070);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scatter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
