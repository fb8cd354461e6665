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
    size_t most_products; /* then it stops; 0: never */
} diagonal;

static bool apply(void *context, const double *x, double *y)
{
    diagonal *d = context;

    if (d->most_products > 0 && d->n_products == d->most_products) {
        return false;
    }
    d->n_products++;
    for (size_t i = 0; i < d->n; i++) {
        y[i] = d->entries[i] * x[i];
    }
    return true;
}

static gold_lanczos_result run(diagonal *d, size_t steps, double tolerance,
                               uint64_t seed)
{
    dice rolls = {seed, 0};
    double start[N];
    gold_lanczos_result result = {(double)NAN, (double)NAN, 0, false};

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

enum {
    N_ENDS = 3
};

/* Both ends with vectors, from a start of the seed. */
static void run_both(diagonal *d, size_t steps, uint64_t seed,
                     double found[4 * N_ENDS], double *vectors,
                     gold_lanczos_ends *ends)
{
    dice rolls = {seed, 0};
    double start[N];

    dice_fill(&rolls, d->n, start);
    d->n_products = 0;
    *ends = (gold_lanczos_ends){.count = N_ENDS,
                                .largest = found,
                                .largest_residuals = found + N_ENDS,
                                .smallest = found + 2 * N_ENDS,
                                .smallest_residuals = found + 3 * N_ENDS,
                                .vectors = vectors};
    assert_int_equal(gold_lanczos_both(&(gold_lanczos){.n = d->n,
                                                       .apply = apply,
                                                       .context = d,
                                                       .start = start,
                                                       .most_steps = steps,
                                                       .tolerance = 1e-7},
                                       ends),
                     GOLD_OK);
    assert_int_equal(d->n_products, ends->n_steps);
}

/* |A v - value v| for a unit vector v. */
static double residual_of(const diagonal *d, const double *v, double value)
{
    double norm = 0.0;
    double sum = 0.0;

    for (size_t i = 0; i < d->n; i++) {
        sum += pow((d->entries[i] - value) * v[i], 2.0);
        norm += v[i] * v[i];
    }
    assert_number("unit vector", norm, 1.0, 1e-12);
    return sqrt(sum);
}

/* Both ends of a spectrum with gaps there: values to the square of the
 * residual over the gap, vectors with the residuals that are told. */
static void test_both(void **state)
{
    static const double top[N_ENDS] = {9.0, 8.0, 7.0};
    static const double bottom[N_ENDS] = {-6.0, -5.0, -4.0};

    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        diagonal d = {.n = N};
        double found[4 * N_ENDS];
        double vectors[2 * N_ENDS * N];
        dice rolls = {seed, 0};
        gold_lanczos_ends ends;

        for (size_t i = 0; i < N; i++) {
            d.entries[i] = 4.0 * dice_uniform(&rolls) - 2.0;
        }
        for (size_t i = 0; i < N_ENDS; i++) {
            d.entries[10 * i + seed] = top[i];
            d.entries[100 + 10 * i + seed] = bottom[i];
        }
        run_both(&d, 100, seed, found, vectors, &ends);
        assert_true(ends.is_converged);
        assert_true(ends.n_steps < 60);
        for (size_t i = 0; i < N_ENDS; i++) {
            const double *v = vectors + i * N;
            const double *w = vectors + (N_ENDS + i) * N;

            assert_number("largest", ends.largest[i], top[i], 1e-12);
            assert_number("smallest", ends.smallest[i], bottom[i], 1e-12);
            assert_true(ends.largest_residuals[i] <= 9e-7);
            assert_number("residual", residual_of(&d, v, ends.largest[i]),
                          ends.largest_residuals[i], 1e-12);
            assert_number("residual", residual_of(&d, w, ends.smallest[i]),
                          ends.smallest_residuals[i], 1e-12);
        }
        run_both(&d, 8, seed, found, vectors, &ends);
        assert_false(ends.is_converged);
        assert_int_equal(ends.n_steps, 8);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* An exhausted space is left: also for eigenvalues of several vectors, and
 * where there are fewer than wanted. */
static void test_exhausted(void **state)
{
    diagonal few = {.n = 40};
    diagonal two = {.n = 2, .entries = {5.0, -1.0}};
    double found[4 * N_ENDS];
    double vectors[2 * N_ENDS * N];
    gold_lanczos_ends ends;

    (void)state;
    few.entries[3] = 2.0;
    run_both(&few, 30, 1, found, vectors, &ends);
    assert_true(ends.is_converged);
    assert_number("first", ends.largest[0], 2.0, 1e-13);
    assert_number("second", ends.largest[1], 0.0, 1e-13);
    assert_number("smallest", ends.smallest[2], 0.0, 1e-13);
    run_both(&two, 30, 1, found, vectors, &ends);
    assert_true(ends.is_converged);
    assert_int_equal(ends.n_steps, 2);
    assert_number("first", ends.largest[0], 5.0, 1e-13);
    assert_number("second", ends.smallest[1], 5.0, 1e-13);
    assert_true(isnan(ends.largest[2]));
    two.most_products = 1;
    run_both(&two, 30, 1, found, vectors, &ends);
    assert_false(ends.is_converged);
    assert_true(isnan(ends.largest[0]));
    assert_true(isnan(vectors[0]));
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_modulus(void **state)
{
    diagonal d = {.n = 4, .entries = {-9.0, -5.0, -1.0, 8.0}};
    const double start[4] = {1.0, 1.0, 1.0, 1.0};
    gold_lanczos_result result;

    (void)state;
    assert_int_equal(gold_lanczos_modulus(
                         &(gold_lanczos){4, apply, &d, start, 4, 0.0}, &result),
                     GOLD_OK);
    assert_number("modulus", result.value, -9.0, 1e-13);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Weights sum to 1, and integrate powers up to twice the steps less one. */
static void test_quadrature(void **state)
{
    enum {
        STEPS = 5
    };
    diagonal d = {.n = N};
    double start[N];
    double nodes[STEPS];
    double weights[STEPS];
    gold_lanczos_quadrature quadrature = {nodes, weights, 0};
    const gold_lanczos lanczos = {N, apply, &d, start, STEPS, 0.0};
    dice rolls = {4, 0};
    double norm = 0.0;

    (void)state;
    for (size_t i = 0; i < N; i++) {
        d.entries[i] = 2.0 * dice_uniform(&rolls) - 0.5;
        start[i] = dice_normal(&rolls);
        norm += start[i] * start[i];
    }
    assert_int_equal(gold_lanczos_quadrature_of(&lanczos, &quadrature),
                     GOLD_OK);
    assert_int_equal(quadrature.n_steps, STEPS);
    for (int power = 0; power < 2 * STEPS; power++) {
        double exact = 0.0;
        double sum = 0.0;

        for (size_t i = 0; i < N; i++) {
            exact += start[i] * start[i] / norm * pow(d.entries[i], power);
        }
        for (size_t i = 0; i < STEPS; i++) {
            sum += weights[i] * pow(nodes[i], power);
        }
        assert_number("moment", sum, exact, 1e-12);
    }
    d = (diagonal){.n = N};
    assert_int_equal(gold_lanczos_quadrature_of(&lanczos, &quadrature),
                     GOLD_OK);
    assert_int_equal(quadrature.n_steps, 1);
    assert_number("weight", weights[0], 1.0, 1e-13);
    assert_true(isnan(nodes[1]) && isnan(weights[1]));
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
        cmocka_unit_test(test_distinct),   cmocka_unit_test(test_residual),
        cmocka_unit_test(test_signs),      cmocka_unit_test(test_both),
        cmocka_unit_test(test_exhausted),  cmocka_unit_test(test_modulus),
        cmocka_unit_test(test_quadrature), cmocka_unit_test(test_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
