/* SPDX-License-Identifier: MIT */
/* Far out with every label right, p - y is as small as e^-400 and still exact:
 * with y the top class, loss - entropy = mean p . (z - z_top), so that Euler's
 * identity (D-2) reads theta . g = L (loss - entropy). */
#include <math.h>

#include "linalg/product.h"
#include "prop/problem.h"

/* One sample, labelled by what the network says of it. */
static void label_by_prediction(FN(problem) * problem)
{
    measured found;

    for (size_t k = 0; k < problem->plan.n_classes; k++) {
        problem->labels[0] = (uint8_t)k;
        FN(point_run)(problem, 1.0, 1.0, &found);
        const bool is_right = found.results->accuracy > 0.5;

        FN(measured_fini)(&found);
        if (is_right) {
            return;
        }
    }
    fail_msg("no class is predicted");
}

/* The largest size of theta . g that was seen, and the least. */
typedef struct range {
    double least;
    double most;
} range;

static void check(const problem_plan *plan, double alpha, range *seen)
{
    const double layers = (double)plan->settings.depth + 1.0;
    FN(problem) problem;
    measured found;

    FN(problem_init)(&problem, plan);
    label_by_prediction(&problem);
    FN(point_run)(&problem, alpha, 1.0, &found);
    const gold_line_result *r = found.results;
    const double norm =
        alpha * FN(norm)(problem.network.n_parameters, problem.theta);
    const double along = r->radial_derivative * norm * norm;

    /* sums of some ten terms of both signs a unit; p itself is in double */
    assert_near("theta . g", 1, &along,
                (double[]){layers * (r->loss - r->entropy)}, 500.0 * REAL_EPS);
    seen->least = fmin(seen->least, fabs(along));
    seen->most = fmax(seen->most, fabs(along));
    FN(measured_fini)(&found);
    FN(problem_fini)(&problem);
}

static void test_right_and_certain(void **state)
{
    range seen = {1.0, 0.0};

    (void)state;
    for (uint64_t seed = 0; seed < 30; seed++) {
        problem_plan plan = small_plan(
            seed % 2 == 0 ? GOLD_LEAKY_RELU : GOLD_IDENTITY, false, seed);

        plan.settings.depth = seed % 3;
        plan.n = 1;
        plan.d = 0;
        for (int power = 0; power < 3; power++) {
            check(&plan, pow(10.0, power / ((double)plan.settings.depth + 1.0)),
                  &seen);
        }
    }
    /* it went where 1 - p is 0 and where float has no numbers left */
    assert_true(seen.least > 0.0 && seen.least < 1e-60 && seen.most > 0.1);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_right_and_certain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
