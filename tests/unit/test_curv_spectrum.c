/* SPDX-License-Identifier: MIT */
/* Numbers from a spectrum: of a block within a larger matrix, of zero, of
 * huge and tiny entries. */
#include <math.h>

#include "curv/spectrum.h"
#include "prop/support.h"

static void run(size_t n, const double *m, size_t ld, gold_spectrum *s)
{
    double *scratch = numbers(gold_spectrum_scratch(n));

    assert_int_equal(gold_spectrum_of(n, m, ld, scratch, s), GOLD_OK);
    gold_free(scratch);
}

/* [[2, 1], [1, 2]]: 1 and 3, in the corner of something larger. */
static void test_leading_block(void **state)
{
    const double m[9] = {2.0, 1.0, 100.0, 1.0, 2.0, 100.0, 100.0, 100.0, -5.0};
    double values[2];
    gold_spectrum s = {.eigenvalues = values};
    const double eps = 8.0 * 0x1p-52; /* a few roundings */

    (void)state;
    run(2, m, 3, &s);
    assert_near("values", 2, values, (double[]){1.0, 3.0}, eps);
    assert_number("trace", s.trace, 4.0, 0.0);
    assert_number("norm", s.frobenius_norm, sqrt(10.0), 4.0 * eps);
    assert_number("trace over norm", s.trace_over_norm, 4.0 / sqrt(10.0),
                  2.0 * eps);
    assert_number("positive", s.positive_fraction, 1.0, 0.0);
    assert_number("spectral norm", s.spectral_norm, 3.0, 4.0 * eps);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Zero counts as not positive, negative ones as large as their size. */
static void test_signs(void **state)
{
    const double m[16] = {-7.0, 0, 0, 0, 0, 0.0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3};
    double values[4];
    gold_spectrum s = {.eigenvalues = values};

    (void)state;
    run(4, m, 4, &s);
    assert_number("positive", s.positive_fraction, 0.5, 0.0);
    assert_number("spectral norm", s.spectral_norm, 7.0, 0.0);
    assert_number("trace", s.trace, -2.0, 0.0);
}

static void test_zero(void **state)
{
    const double m[9] = {0.0};
    double values[3];
    gold_spectrum s = {.eigenvalues = values};

    (void)state;
    run(3, m, 3, &s);
    assert_number("norm", s.frobenius_norm, 0.0, 0.0);
    assert_number("trace over norm", s.trace_over_norm, 0.0, 0.0);
    assert_number("positive", s.positive_fraction, 0.0, 0.0);
    assert_number("uncertain", gold_uncertain_fraction(3, values, 0.0), 1.0,
                  0.0);
}

/* Squares would overflow or vanish, the norm does not. */
static void test_range(void **state)
{
    static const double scales[] = {1e-250, 1e-160, 1.0, 1e160, 1e250};

    (void)state;
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        const double x = scales[i];
        const double m[4] = {3.0 * x, 0.0, 0.0, 4.0 * x};
        double values[2];
        gold_spectrum s = {.eigenvalues = values};

        run(2, m, 2, &s);
        assert_number("norm", s.frobenius_norm / x, 5.0, 1e-14);
        assert_number("trace over norm", s.trace_over_norm, 1.4, 1e-14);
        assert_number("largest", s.spectral_norm / x, 4.0, 1e-14);
        assert_number("positive", s.positive_fraction, 1.0, 0.0);
    }
}

static void test_uncertain(void **state)
{
    const double values[] = {-2.0, -0.5, 0.1, 0.5, 7.0};

    (void)state;
    assert_number("share", gold_uncertain_fraction(5, values, 0.5), 0.6, 0.0);
    assert_number("share", gold_uncertain_fraction(5, values, 0.05), 0.0, 0.0);
}

static void test_not_finite(void **state)
{
    double values[2];
    double scratch[200];
    gold_spectrum s = {.eigenvalues = values};
    const double m[4] = {1.0, (double)NAN, (double)NAN, 1.0};

    (void)state;
    assert_true(gold_spectrum_scratch(2) <= 200);
    assert_int_equal(gold_spectrum_of(2, m, 2, scratch, &s), GOLD_ERR_NUMERIC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_leading_block), cmocka_unit_test(test_signs),
        cmocka_unit_test(test_zero),          cmocka_unit_test(test_range),
        cmocka_unit_test(test_uncertain),     cmocka_unit_test(test_not_finite),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
