/* SPDX-License-Identifier: MIT */
/* Eigenvalues of matrices whose spectrum is known: Q diag Q' with reflections
 * for Q. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "linalg/eigen.h"
#include "prop/support.h"

/* m (n, n) <- (1 - 2 u u') m (1 - 2 u u'), u a random unit vector. */
static void reflect(dice *d, size_t n, double *m, double *u, double *mu)
{
    double squares = 0.0;
    double umu = 0.0;

    dice_fill(d, n, u);
    for (size_t i = 0; i < n; i++) {
        squares += u[i] * u[i];
    }
    for (size_t i = 0; i < n; i++) {
        mu[i] = 0.0;
        for (size_t j = 0; j < n; j++) {
            mu[i] += m[i * n + j] * u[j] / squares;
        }
        umu += u[i] * mu[i];
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            m[i * n + j] += 4.0 * u[i] * u[j] * umu / squares -
                            2.0 * (u[i] * mu[j] + mu[i] * u[j]);
        }
    }
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static void check(dice *d, size_t n, double spread)
{
    double *known = numbers(n);
    double *found = numbers(n);
    double *u = numbers(2 * n);
    double *m = numbers(n * n);

    for (size_t i = 0; i < n; i++) {
        known[i] = dice_normal(d) * pow(10.0, -spread * dice_uniform(d));
        m[i * n + i] = known[i];
    }
    for (int times = 0; times < 3; times++) {
        reflect(d, n, m, u, u + n);
    }
    qsort(known, n, sizeof *known, compare);
    eigenvalues_of(n, m, found);
    /* dsyev's errors are a few n eps of the largest, making the matrix
     * costs as much */
    assert_near("eigenvalue", n, found, known, 10.0 * (double)n * 0x1p-52);
    gold_free(known);
    gold_free(found);
    gold_free(u);
    gold_free(m);
}

static void test_known_spectra(void **state)
{
    static const size_t orders[] = {1, 2, 3, 7, 20, 33, 100};
    dice d = {5, 0};

    (void)state;
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        for (int draws = 0; draws < 4; draws++) {
            check(&d, orders[i], 3.0 * draws);
        }
    }
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_special(void **state)
{
    double values[4] = {9.0, 9.0, 9.0, 9.0};
    const double zero[16] = {0.0};
    /* the upper triangle is not read */
    double lower[4] = {2.0, (double)NAN, 1.0, 2.0};
    double scratch[100];

    (void)state;
    eigenvalues_of(4, zero, values);
    assert_number("of zero", largest(4, values), 0.0, 0.0);
    eigenvalues_of(1, (double[]){-3.5}, values);
    assert_number("of a number", values[0], -3.5, 0.0);
    assert_true(gold_eigenvalues_scratch(2) <= 100);
    assert_int_equal(gold_eigenvalues(2, lower, values, scratch), GOLD_OK);
    /* 1 and 3, to a rounding or two */
    assert_near("of a pair", 2, values, (double[]){1.0, 3.0}, 4.0 * 0x1p-52);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_not_finite(void **state)
{
    static const double bad[] = {(double)NAN, (double)INFINITY,
                                 -(double)INFINITY};
    double values[2];
    double scratch[100];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double m[4] = {1.0, 0.0, bad[i], 1.0};

        assert_int_equal(gold_eigenvalues(2, m, values, scratch),
                         GOLD_ERR_NUMERIC);
        assert_non_null(strstr(gold_fail_message(), "(1, 0)"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_spectra),
        cmocka_unit_test(test_special),
        cmocka_unit_test(test_not_finite),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
