/* SPDX-License-Identifier: MIT */
/* One sample's softmax: against sums in long double, and exact where it
 * saturates. */
#include <math.h>

#include "nn/softmax.h"
#include "prop/support.h"

enum {
    MOST = 12
};

static gold_softmax run(size_t n, const double *z, size_t label, double *p)
{
    gold_softmax s = {.p = p};

    gold_softmax_of(n, z, label, &s);
    return s;
}

/* What the text books say, in long double. */
static void check(size_t n, const double *z, size_t label)
{
    double p[MOST];
    const gold_softmax s = run(n, z, label, p);
    long double sum = 0.0L;
    long double entropy = 0.0L;
    long double rest = 0.0L;
    /* a few roundings, and an error of an ulp or two in exp */
    const double tolerance = 16.0 * 0x1p-52;

    for (size_t k = 0; k < n; k++) {
        assert_true(z[k] <= z[s.top] && (k >= s.top || z[k] < z[s.top]));
        sum += expl((long double)z[k] - (long double)z[s.top]);
    }
    for (size_t k = 0; k < n; k++) {
        const long double gap = (long double)z[k] - (long double)z[s.top];
        const long double expected = expl(gap) / sum;

        assert_number("p", p[k] / (double)expected, 1.0,
                      tolerance * fmax(1.0, fabs((double)gap)));
        entropy -= expected * (gap - logl(sum));
        rest += k == s.top ? 0.0L : expected;
    }
    const long double loss =
        logl(sum) - ((long double)z[label] - (long double)z[s.top]);

    /* numbers of the size of the largest gap are subtracted */
    assert_number("loss", s.loss, (double)loss,
                  tolerance * fmax(1.0, (double)loss));
    assert_number("entropy", s.entropy, (double)entropy, tolerance);
    assert_number("rest", s.rest / (double)rest, 1.0,
                  tolerance * (rest > 1e-6L ? 1.0 : 1000.0));
}

static void test_ordinary(void **state)
{
    dice d = {8, 0};

    (void)state;
    for (int draws = 0; draws < 200; draws++) {
        const size_t n = 2 + dice_below(&d, MOST - 1);
        const double spread = pow(10.0, 3.0 * dice_uniform(&d) - 1.5);
        double z[MOST];

        dice_fill(&d, n, z);
        for (size_t k = 0; k < n; k++) {
            z[k] *= spread;
        }
        check(n, z, dice_below(&d, n));
    }
}

/* Small numbers stay exact: p = e^-gap, not 1 - (1 - p). */
static void test_saturated(void **state)
{
    double p[3];

    (void)state;
    for (int tens = 4; tens <= 70; tens += 3) {
        const double gap = 10.0 * tens;
        const double z[] = {gap, 0.0, -2000.0};
        const gold_softmax s = run(3, z, 0, p);

        assert_near("rest", 1, &s.rest, (double[]){exp(-gap)}, 1e-15);
        assert_near("loss", 1, &s.loss, (double[]){exp(-gap)}, 1e-15);
        assert_near("entropy", 1, &s.entropy,
                    (double[]){(1.0 + gap) * exp(-gap)}, 1e-15);
        assert_number("p of the top", p[0], 1.0, 0.0);
        assert_number("p far below", p[2], 0.0, 0.0);
    }
}

/* e^-800 is no double: exactly one-hot, and nothing is NaN. */
static void test_one_hot(void **state)
{
    const double z[] = {-400.0, 400.0};
    double p[2];

    (void)state;
    gold_softmax s = run(2, z, 1, p);
    assert_number("loss", s.loss, 0.0, 0.0);
    assert_number("entropy", s.entropy, 0.0, 0.0);
    assert_number("rest", s.rest, 0.0, 0.0);
    assert_number("p", p[0], 0.0, 0.0);
    s = run(2, z, 0, p);
    assert_number("loss of the wrong label", s.loss, 800.0, 0.0);
}

/* Ties go to the first; adding a constant changes nothing. */
static void test_ties_and_shift(void **state)
{
    const double tied[] = {0.0, 5.0, 5.0};
    const double shifted[] = {1024.0, 1029.0, 1029.0};
    const double equal[] = {-7.0, -7.0, -7.0, -7.0};
    double p[4];
    double q[3];

    (void)state;
    const gold_softmax a = run(3, tied, 2, p);
    const gold_softmax b = run(3, shifted, 2, q);

    assert_int_equal(a.top, 1);
    assert_number("loss", a.loss, b.loss, 0.0);
    assert_number("entropy", a.entropy, b.entropy, 0.0);
    assert_within("p", 3, p, q, 1.0, 0.0);
    const gold_softmax s = run(4, equal, 3, p);

    assert_int_equal(s.top, 0);
    assert_number("uniform loss", s.loss, log(4.0), 0x1p-51);
    assert_number("uniform entropy", s.entropy, log(4.0), 0x1p-51);
}

static void test_overflow(void **state)
{
    static const double bad[] = {(double)INFINITY, -(double)INFINITY,
                                 (double)NAN};
    double p[3];

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        for (size_t at = 0; at < 3; at++) {
            double z[] = {1.0, 2.0, 3.0};

            z[at] = bad[i];
            /* -inf in another class than the label's is a p of 0 */
            const gold_softmax s = run(3, z, at, p);

            assert_true(!isfinite(s.loss));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ordinary),       cmocka_unit_test(test_saturated),
        cmocka_unit_test(test_one_hot),        cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_ties_and_shift),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
