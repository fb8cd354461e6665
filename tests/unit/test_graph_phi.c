/* SPDX-License-Identifier: MIT */
/* Activations in float: value and derivatives have the digits of those in
 * double, also where they are close to 0, and where a slope is. */
#include <float.h>
#include <math.h>

#include "graph/phi.h"
#include "prop/support.h"

/* Relative, of numbers that are normal. */
static double error_of(float found, double expected)
{
    const double least = (double)FLT_MIN;

    return fabs((double)found - expected) / fmax(fabs(expected), least);
}

static void check(const gold_phi *phi, double sign)
{
    float z[GOLD_PHI_LANES];
    float found[3][GOLD_PHI_LANES];

    for (int k = -70; k <= 30; k++) { /* 1e-7 to 1e3 */
        const double at = pow(10.0, 0.1 * (double)k);

        for (size_t i = 0; i < GOLD_PHI_LANES; i++) {
            z[i] = (float)(sign * at * (1.0 + 0.01 * (double)i));
        }
        phi->in_float(z, found[0], found[1], found[2]);
        for (size_t i = 0; i < GOLD_PHI_LANES; i++) {
            const gold_jet jet = phi->at((double)z[i]);

            assert_number("value", error_of(found[0][i], jet.value), 0.0, 1e-6);
            if (fabs((double)z[i]) < 8.0) { /* 1 - a^2 has digits in double */
                assert_number("first", error_of(found[1][i], jet.first), 0.0,
                              1e-6);
                assert_number("second", error_of(found[2][i], jet.second), 0.0,
                              1e-6);
            }
        }
    }
}

static void test_digits(void **state)
{
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < gold_n_phis; i++) {
        if (gold_phis[i].in_float != NULL) {
            check(&gold_phis[i], 1.0);
            check(&gold_phis[i], -1.0);
            n++;
        }
    }
    assert_int_equal(n, 2);
}

/* Where no double has a slope but 0, and what is not a number. */
static void test_edges(void **state)
{
    const float odd[] = {0.0F,       (float)INFINITY, -(float)INFINITY,
                         (float)NAN, 30.0F,           -30.0F};

    (void)state;
    for (size_t i = 0; i < gold_n_phis; i++) {
        const gold_phi *phi = &gold_phis[i];
        float z[GOLD_PHI_LANES] = {0.0F};
        float found[3][GOLD_PHI_LANES];

        if (phi->in_float == NULL) {
            continue;
        }
        for (size_t k = 0; k < sizeof odd / sizeof *odd; k++) {
            z[k] = odd[k];
        }
        phi->in_float(z, found[0], found[1], found[2]);
        for (size_t k = 0; k < sizeof odd / sizeof *odd; k++) {
            const bool is_number = !isnan(odd[k]);

            assert_int_equal(!isnan(found[0][k]), is_number);
            assert_int_equal(!isnan(found[1][k]), is_number);
            if (is_number) {
                assert_number("value", (double)found[0][k],
                              phi->at((double)odd[k]).value, 1e-6);
                assert_true(isinf(odd[k]) ? found[1][k] == 0.0F
                                          : found[1][k] >= 0.0F);
            }
        }
        assert_true(found[1][4] > 0.0F && found[1][5] > 0.0F);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_digits),
                                       cmocka_unit_test(test_edges)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
