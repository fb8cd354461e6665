/* SPDX-License-Identifier: MIT */
/* Looks again and again, as more seeds come, find a zone in nothing no more
 * often than one look may. Prints the shares in per cent; the argument is the
 * number of studies. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "goldilocks/memory.h"
#include "goldilocks/random.h"

#include "app/rise.h"
#include "app/rounds.h"

enum {
    FIRST = 10,
    STEP = 5,
    MOST = 50,
    N = 14, /* radii */
    DIM = 50
};

static size_t n_studies = 200;

/* What is spent at looks at any numbers of seeds is 0.05 in all. */
static void test_parts(void **state)
{
    double sum = 0.0;

    (void)state;
    for (int n = FIRST; n <= MOST; n += STEP) {
        const double part = goldi_rounds_alpha(n, FIRST, MOST);

        assert_true(part > 1.0 / 512.0); /* the flips of signs can be as rare */
        sum += part;
    }
    assert_true(fabs(sum - 0.05) < 1e-12);
    assert_true(fabs(goldi_rounds_alpha(MOST, MOST, MOST) - 0.05) < 1e-12);
    /* a number between two looks has what is left of the part of both */
    assert_true(fabs(goldi_rounds_alpha(13, FIRST, MOST) +
                     goldi_rounds_alpha(FIRST, FIRST, MOST) -
                     0.05 * log1p(expm1(1.0) * 13.0 / MOST)) < 1e-12);
}

/* A seed's numbers: white noise of the scatter of theory and, where `height` is
 * above 0, a sign a seed at three radii times that. */
static void fill_seed(uint64_t study, size_t s, double height, double of[N])
{
    double drawn[N + 1];

    gold_random_normal(gold_stream_of(study, GOLD_PURPOSE_PROBES, (uint32_t)s),
                       0, N + 1, drawn);
    for (size_t i = 0; i < N; i++) {
        of[i] = sqrt(2.0 / (DIM + 1.0)) * drawn[i] +
                (i / 3 == 2 ? copysign(height, drawn[N]) : 0.0);
    }
}

/* Does one of all looks find a zone, by its part and by all of 0.05? */
static void look(goldi_rise *rise, uint64_t study, double height, size_t *found,
                 size_t *naive)
{
    static double x[N];
    static double c[N * MOST];
    static double of[MOST][N];
    bool is_found = false;
    bool is_naive = false;

    for (size_t s = 0; s < MOST; s++) {
        fill_seed(study, s, height, of[s]);
    }
    for (size_t n = FIRST; n <= MOST; n += STEP) {
        for (size_t i = 0; i < N; i++) {
            x[i] = (double)(i + 1);
            for (size_t s = 0; s < n; s++) {
                c[i * n + s] = of[s][i];
            }
        }
        goldi_rise_test(&(goldi_curves){n, N, DIM, x, c, NULL}, rise);
        is_found = is_found ||
                   rise->p_value <= goldi_rounds_alpha((double)n, FIRST, MOST);
        is_naive = is_naive || rise->p_value <= GOLDI_NAMED_P;
    }
    *found += is_found ? 1 : 0;
    *naive += is_naive ? 1 : 0;
}

static void test_nine_looks_at_nothing(void **state)
{
    static const double heights[] = {0.0, 0.5};
    goldi_rise rise = {.looks = NULL};

    (void)state;
    assert_int_equal(goldi_rise_init(MOST, N, &rise), GOLD_OK);
    for (size_t h = 0; h < 2; h++) {
        const double n = (double)n_studies;
        size_t found = 0;
        size_t naive = 0;

        for (uint64_t study = 0; study < n_studies; study++) {
            look(&rise, study, heights[h], &found, &naive);
        }
        (void)printf("signs of %g: %.1f, by 0.05 at each %.1f\n", heights[h],
                     100.0 * (double)found / n, 100.0 * (double)naive / n);
        assert_true((double)found <= 0.06 * n);
        assert_true(naive >= found);
    }
    goldi_rise_fini(&rise);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_nine_looks_at_nothing),
    };

    if (argc > 1) {
        n_studies = (size_t)strtoul(argv[1], NULL, 10);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
