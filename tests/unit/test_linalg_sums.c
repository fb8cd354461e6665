/* SPDX-License-Identifier: MIT */
/* Sums over many terms run in double whatever the precision. */
#include <math.h>

#include "linalg/product.h"
#include "prop/support.h"

enum {
    MANY = 1000000
};

static void test_a_million_terms(void **state)
{
    real *x = NULL;
    real *y = NULL;
    double sum = 0.0;
    double squares = 0.0;

    (void)state;
    assert_int_equal(GOLD_ALLOC(MANY, &x), GOLD_OK);
    assert_int_equal(GOLD_ALLOC(MANY, &y), GOLD_OK);
    for (size_t i = 0; i < MANY; i++) {
        x[i] = R(1.0) / (real)(i % 997 + 1);
        y[i] = R(0.1);
        sum += (double)x[i] * (double)y[i];
        squares += (double)x[i] * (double)x[i];
    }
    /* 1e6 double additions of positive terms, in another order: the errors'
     * bound is 1e6 eps, their usual size its root; a float sum is 1e-4 off */
    assert_near("dot", 1, (double[]){FN(dot)(MANY, x, y)}, &sum, 1e-12);
    assert_near("norm", 1, (double[]){FN(norm)(MANY, x)},
                (double[]){sqrt(squares)}, 1e-12);
    gold_free(x);
    gold_free(y);
    assert_int_equal(gold_live_blocks(), 0);
}

/* 1e8 + 1 - 1e8: a float sum, of products that float cannot hold. */
static void test_cancellation(void **state)
{
    const real x[] = {R(10000.0), R(1.0), R(10000.0)};
    const real y[] = {R(10000.0), R(1.0), R(-10000.0)};

    (void)state;
    assert_number("dot", FN(dot)(3, x, y), 1.0, 0.0);
}

static void test_every_length(void **state)
{
    real x[40];
    real y[40];

    (void)state;
    for (size_t n = 0; n <= 40; n++) {
        for (size_t i = 0; i < 40; i++) {
            x[i] = (real)(i + 1);
            y[i] = (real)1;
        }
        const double t = (double)n;

        /* whole numbers: exact */
        assert_number("dot", FN(dot)(n, x, y), t * (t + 1.0) / 2.0, 0.0);
        FN(add_scaled)(n, 0.5, x, y);
        for (size_t i = 0; i < 40; i++) {
            assert_number("add_scaled", (double)y[i],
                          i < n ? 1.0 + 0.5 * (double)(i + 1) : 1.0, 0.0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_million_terms),
        cmocka_unit_test(test_cancellation),
        cmocka_unit_test(test_every_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
