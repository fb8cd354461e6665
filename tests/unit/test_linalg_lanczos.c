/* SPDX-License-Identifier: MIT */
/* Lanczos' method on diagonal matrices, whose spectrum is known: the method
 * sees nothing of a matrix but its spectrum and the start's parts. */
#include <math.h>

#include "linalg/lanczos.h"
#include "prop/support.h"

enum {
    N = 200
};

typedef struct diagonal {
    size_t n;
    double entries[N];
    size_t n_products;
} diagonal;

static void apply(void *context, const double *x, double *y)
{
    diagonal *d = context;

    d->n_products++;
    for (size_t i = 0; i < d->n; i++) {
        y[i] = d->entries[i] * x[i];
    }
}

static gold_lanczos_result run(diagonal *d, size_t steps, double tolerance,
                               uint64_t seed)
{
    dice rolls = {seed, 0};
    double start[N];
    gold_lanczos_result result = {(double)NAN, (double)NAN, 0};

    dice_fill(&rolls, d->n, start);
    d->n_products = 0;
    assert_int_equal(
        gold_lanczos_largest(&(gold_lanczos){.n = d->n,
                                             .apply = apply,
                                             .context = d,
                                             .start = start,
                                             .most_steps = steps,
                                             .tolerance = tolerance},
                             &result),
        GOLD_OK);
    assert_int_equal(d->n_products, result.n_steps);
    return result;
}

/* k distinct eigenvalues: k steps, and the largest to rounding. */
static void test_distinct(void **state)
{
    (void)state;
    for (size_t k = 1; k <= 8; k++) {
        diagonal d = {.n = N};

        for (size_t i = 0; i < N; i++) {
            d.entries[i] = 3.0 - 2.5 * (double)(i % k);
        }
        for (uint64_t seed = 0; seed < 10; seed++) {
            const gold_lanczos_result found = run(&d, 30, 0.0, seed);

            /* one more where rounding leaves more than is_exhausted allows */
            assert_in_range(found.n_steps, k, k + 1);
            assert_number("largest", found.value, 3.0, 1e-13);
            assert_number("residual", found.residual, 0.0, 1e-13);
        }
        assert_int_equal(run(&d, 30, 1e-10, 99).n_steps, k);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* The residual is kept to: never more than the tolerance where it stopped
 * early, an eigenvalue that near, no value above the largest; more steps are
 * no worse. */
static void test_residual(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        diagonal d = {.n = N};
        dice rolls = {seed, 0};
        double last = -(double)INFINITY;

        dice_fill(&rolls, N, d.entries);
        d.entries[seed] = 6.0;
        for (size_t steps = 1; steps <= 30; steps++) {
            const gold_lanczos_result found = run(&d, steps, 1e-3, seed);
            double nearest = (double)INFINITY;

            for (size_t i = 0; i < N; i++) {
                nearest = fmin(nearest, fabs(d.entries[i] - found.value));
            }
            assert_true(found.n_steps <= steps);
            assert_true(found.value <= 6.0 + 1e-13);
            assert_true(found.value >= last - 1e-13);
            assert_true(nearest <= found.residual + 1e-13);
            assert_true(found.n_steps == steps ||
                        found.residual <= 1e-3 * found.value);
            last = found.value;
        }
        assert_number("largest", last, 6.0, 1e-4);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* Also where the largest is not the largest in size, or 0. */
static void test_signs(void **state)
{
    diagonal d = {.n = 3, .entries = {-9.0, -5.0, -1.0}};
    diagonal zero = {.n = 5};

    (void)state;
    assert_number("negative", run(&d, 30, 0.0, 1).value, -1.0, 1e-13);
    assert_int_equal(run(&d, 30, 0.0, 1).n_steps, 3);
    assert_number("zero", run(&zero, 30, 1e-3, 1).value, 0.0, 0.0);
    assert_int_equal(run(&zero, 30, 1e-3, 1).n_steps, 1);
    d.entries[1] = (double)NAN;
    assert_true(isnan(run(&d, 30, 1e-3, 1).value));
    assert_true(isnan(run(&d, 30, 1e-3, 1).residual));
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_memory(void **state)
{
    diagonal d = {.n = 3, .entries = {1.0, 2.0, 3.0}};
    const double start[3] = {1.0, 1.0, 1.0};
    const gold_lanczos lanczos = {3, apply, &d, start, 3, 0.0};
    gold_lanczos_result result;
    int64_t k = 0;

    (void)state;
    do {
        gold_refuse_after(++k);
    } while (gold_lanczos_largest(&lanczos, &result) == GOLD_ERR_MEMORY &&
             gold_live_blocks() == 0);
    gold_refuse_after(0);
    assert_true(k > 8);
    assert_number("largest", result.value, 3.0, 1e-13);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distinct),
        cmocka_unit_test(test_residual),
        cmocka_unit_test(test_signs),
        cmocka_unit_test(test_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
