/* SPDX-License-Identifier: MIT */
/* D-15: the law of random projections, for bases made as the program makes
 * them. With F = |H|_F, t = Tr H, D-dimensional H and d directions:
 *
 *   E Tr(V'HV)     = (d/D) t
 *   E |V'HV|_F^2   = d [(dD + D - 2) F^2 + (D - d) t^2] / (D (D-1) (D+2))
 */
#include <math.h>

#include "linalg/orthonormal.h"
#include "prop/support.h"

enum {
    D = 40,
    N_BASES = 2000
};

/* Diagonal H is enough: the basis is what is random. */
static void fill_spectrum(double *h)
{
    dice draws = {17, 0};

    for (size_t i = 0; i < D; i++) {
        h[i] = 0.3 + dice_normal(&draws) + (i == 0 ? 5.0 : 0.0);
    }
}

static void project(size_t d, const real *v, const double *h, double *trace,
                    double *norm2)
{
    *trace = 0.0;
    *norm2 = 0.0;
    for (size_t i = 0; i < d; i++) {
        for (size_t j = 0; j < d; j++) {
            double m = 0.0;

            for (size_t k = 0; k < D; k++) {
                m += (double)v[i * D + k] * h[k] * (double)v[j * D + k];
            }
            *trace += i == j ? m : 0.0;
            *norm2 += m * m;
        }
    }
}

static void check(size_t d)
{
    static double traces[N_BASES], norms[N_BASES];
    double h[D];
    double t = 0.0, f2 = 0.0;
    double *scratch = numbers(FN(orthonormalise_scratch)(d));
    real v[D * D];
    dice draws = {d, 0};

    fill_spectrum(h);
    for (size_t k = 0; k < D; k++) {
        t += h[k];
        f2 += h[k] * h[k];
    }
    for (size_t b = 0; b < N_BASES; b++) {
        const FN(row_block) block = {v, D};

        for (size_t i = 0; i < d * D; i++) {
            v[i] = (real)dice_normal(&draws);
        }
        assert_int_equal(FN(orthonormalise)(d, &block, 1, scratch), GOLD_OK);
        project(d, v, h, &traces[b], &norms[b]);
    }
    const double n = D;
    const double m = (double)d;
    const double expected = m * ((m * n + n - 2.0) * f2 + (n - m) * t * t) /
                            (n * (n - 1.0) * (n + 2.0));

    /* three standard errors, and rounding where nothing varies (d = D) */
    assert_number("trace", mean_of(N_BASES, traces), m / n * t,
                  3.0 * deviation_of(N_BASES, traces) / sqrt(N_BASES) +
                      100.0 * REAL_EPS);
    assert_number("norm^2", mean_of(N_BASES, norms), expected,
                  3.0 * deviation_of(N_BASES, norms) / sqrt(N_BASES) +
                      1000.0 * REAL_EPS);
    gold_free(scratch);
}

static void test_projection_law(void **state)
{
    (void)state;
    check(1);
    check(2);
    check(5);
    check(12);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_projection_law),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
