/* SPDX-License-Identifier: MIT */
/* Estimates from probes and what they predict, where the answer is known in
 * closed form. */
#include <math.h>

#include "curv/probe.h"
#include "prop/support.h"

/* A few roundings of numbers near 1. */
static const double eps = 16.0 * 0x1p-52;

static void assert_estimate(const char *what, gold_estimate found, double value,
                            double error)
{
    assert_number(what, found.value, value, eps * (1.0 + fabs(value)));
    assert_number(what, found.error, error, eps * (1.0 + error));
}

static void test_mean(void **state)
{
    const double samples[] = {1.0, 2.0, 3.0, 4.0};

    (void)state;
    /* squares of the deviations: 5 */
    assert_estimate("mean", gold_mean_of(4, samples), 2.5, sqrt(5.0 / 12.0));
    assert_number("of one", gold_mean_of(1, samples).value, 1.0, 0.0);
    assert_true(isnan(gold_mean_of(1, samples).error));
}

static void test_root_mean(void **state)
{
    (void)state;
    /* 4 +- 3, so 2 +- 3 / (2 * 2) */
    assert_estimate("root", gold_root_mean_of(2, (double[]){1.0, 7.0}), 2.0,
                    0.75);
    assert_estimate("zero", gold_root_mean_of(2, (double[]){0.0, 0.0}), 0.0,
                    0.0);
    assert_true(isnan(gold_root_mean_of(1, (double[]){4.0}).error));
}

static void test_ratio(void **state)
{
    (void)state;
    /* 2 of both, 9 / 2 and 1 / 2 of one: 2 * 2 - 5 / 2, +- 2 */
    assert_estimate(
        "two probes",
        gold_ratio_of(2, (double[]){1.0, 3.0}, (double[]){2.0, 2.0}), 1.5, 2.0);
    /* where nothing scatters, there is no error */
    assert_estimate(
        "sure", gold_ratio_of(3, (double[]){-3, -3, -3}, (double[]){2, 2, 2}),
        4.5, 0.0);
    assert_estimate(
        "zero", gold_ratio_of(2, (double[]){0, 0}, (double[]){0, 0}), 0.0, 0.0);
}

/* With equal norms the jackknife leaves the products of different probes,
 * which estimate the squared trace without bias: also below 0. */
static void test_ratio_is_unbiased(void **state)
{
    enum {
        N = 7
    };
    double forms[N], norms[N];
    dice d = {5, 0};

    (void)state;
    for (int draw = 0; draw < 20; draw++) {
        double products = 0.0;

        dice_fill(&d, N, forms);
        for (size_t i = 0; i < N; i++) {
            norms[i] = 1.5;
            for (size_t j = 0; j < i; j++) {
                products += 2.0 * forms[i] * forms[j];
            }
        }
        assert_number("ratio", gold_ratio_of(N, forms, norms).value,
                      products / (N * (N - 1.0)) / 1.5, 100.0 * eps);
    }
    assert_true(gold_ratio_of(2, (double[]){1.0, -1.0}, norms).value < 0.0);
}

static void test_projected(void **state)
{
    const double order = 40.0;

    (void)state;
    for (size_t i = 1; i <= 40; i++) {
        const double d = (double)i;

        /* a multiple of the identity is one in every subspace */
        assert_number("identity",
                      gold_projected_curvature(order, -2.0, d, order), -sqrt(d),
                      eps * d);
    }
    /* all directions: the matrix itself */
    assert_number("whole", gold_projected_curvature(7.0, 1.0, order, order),
                  sqrt(7.0), eps * 7.0);
    /* a square of one direction's entry: 1/D, its own square 3/(D(D+2)) */
    assert_number("rank one", gold_projected_curvature(1.0, 1.0, 1.0, order),
                  sqrt((order + 2.0) / order / 3.0), eps);
    /* few of many: sqrt(d R / (R + d + 1)), to parts of d / D */
    assert_number("few", gold_projected_curvature(50.0, 1.0, 50.0, 1e9),
                  sqrt(50.0 * 50.0 / 101.0), 1e-6);
    assert_number("below 0", gold_projected_curvature(-1.0, 1.0, 5.0, order),
                  0.0, 0.0);
    assert_true(isnan(gold_projected_curvature((double)NAN, 1.0, 5.0, order)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mean),
        cmocka_unit_test(test_root_mean),
        cmocka_unit_test(test_ratio),
        cmocka_unit_test(test_ratio_is_unbiased),
        cmocka_unit_test(test_projected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
