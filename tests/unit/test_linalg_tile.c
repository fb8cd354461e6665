/* SPDX-License-Identifier: MIT */
/* Tiles of every kernel against loops in double: all rows and widths, terms
 * that are none, all, or some in an order of their own, replaced and added. And
 * which kernel is taken. */
#include <math.h>
#include <string.h>

#include "linalg/tile.h"
#include "prop/support.h"

enum {
    DEPTH = 40, /* rows that terms are chosen from */
    WIDEST = 3 * FN(STRIPE),
    STEP = WIDEST + 3,
    OUT = FN(TILE_ROWS) * STEP
};

typedef struct operands {
    real a[FN(TILE_ROWS)][DEPTH];
    real b[DEPTH * STEP];
    real before[OUT];
    real out[OUT];
    gold_tile_term terms[DEPTH];
    size_t n;
} operands;

/* Terms are all of DEPTH, each with a share, or none. */
static void draw(dice *d, double share, operands *o)
{
    o->n = 0;
    for (uint32_t k = 0; k < DEPTH; k++) {
        if (dice_uniform(d) < share) {
            o->terms[o->n++] = (gold_tile_term){k, k * STEP};
        }
    }
    for (size_t i = 0; i < (size_t)FN(TILE_ROWS) * DEPTH; i++) {
        o->a[i / DEPTH][i % DEPTH] = (real)dice_normal(d);
    }
    for (size_t i = 0; i < (size_t)DEPTH * STEP; i++) {
        o->b[i] = (real)dice_normal(d);
    }
    for (size_t i = 0; i < OUT; i++) {
        o->before[i] = (real)dice_normal(d);
    }
}

/* Entry j of row x, and the sum of its terms' sizes. */
static double naive(const operands *o, size_t x, size_t j, bool adds,
                    double *size)
{
    double sum = adds ? (double)o->before[x * STEP + j] : 0.0;

    *size = fabs(sum);
    for (size_t t = 0; t < o->n; t++) {
        const double term =
            (double)o->a[x][o->terms[t].a] * (double)o->b[o->terms[t].b + j];

        sum += term;
        *size += fabs(term);
    }
    return sum;
}

static void multiply(gold_kernel kernel, operands *o, size_t rows, size_t width,
                     bool adds)
{
    FN(tile)
    tile = {.rows = rows,
            .width = width,
            .n = o->n,
            .terms = o->terms,
            .b = o->b,
            .adds = adds};

    memcpy(o->out, o->before, sizeof o->out);
    for (size_t x = 0; x < rows; x++) {
        tile.a[x] = o->a[x];
        tile.out[x] = o->out + x * STEP;
    }
    FN(tile_of)(kernel)(&tile);
}

static void check(gold_kernel kernel, operands *o, size_t rows, size_t width,
                  bool adds)
{
    const size_t whole = (width + FN(LANES) - 1) / FN(LANES) * FN(LANES);

    multiply(kernel, o, rows, width, adds);
    for (size_t i = 0; i < rows * whole; i++) {
        const size_t x = i / whole;
        const size_t j = i % whole;
        double size = 0.0;
        const double expected = naive(o, x, j, adds, &size);

        /* each term rounds twice */
        assert_number("entry", (double)o->out[x * STEP + j], expected,
                      2.0 * (double)(o->n + 1) * REAL_EPS * size);
        o->out[x * STEP + j] = o->before[x * STEP + j];
    }
    /* outside nothing may change */
    assert_memory_equal(o->out, o->before, sizeof o->out);
}

/* Does this processor have it? */
static bool is_here(gold_kernel kernel)
{
    const bool is = gold_kernel_force(gold_kernel_name(kernel)) == GOLD_OK;
    const gold_kernel_choice choice = gold_kernel_chosen();

    assert_true(!is || (choice.is_forced && choice.kernel == kernel));
    return is && gold_kernel_has_tiles(kernel);
}

static void test_tiles(void **state)
{
    static const double shares[] = {0.0, 0.1, 0.5, 1.0};
    static operands o;
    dice d = {91, 0};
    size_t n_kernels = 0;

    (void)state;
    for (gold_kernel kernel = 0; kernel < GOLD_N_KERNELS; kernel++) {
        for (size_t i = 0;
             is_here(kernel) && i < (size_t)FN(TILE_ROWS) * WIDEST * 4; i++) {
            draw(&d, shares[i % 4], &o);
            check(kernel, &o, 1 + i / 4 % FN(TILE_ROWS),
                  1 + i / 4 / FN(TILE_ROWS), dice_below(&d, 2) == 1);
        }
        n_kernels += is_here(kernel) ? 1 : 0;
    }
    assert_true(n_kernels >= 1);
}

/* Bits of a row do not depend on the others, nor on terms that add 0. */
static void test_bits(void **state)
{
    static operands o;
    real alone[FN(STRIPE)];
    dice d = {92, 0};

    (void)state;
    for (gold_kernel kernel = 0; kernel < GOLD_N_KERNELS; kernel++) {
        if (!is_here(kernel)) {
            continue;
        }
        draw(&d, 1.0, &o);
        for (size_t k = 0; k < DEPTH; k += 2) {
            o.a[0][k] = R(0.0);
        }
        multiply(kernel, &o, FN(TILE_ROWS), FN(STRIPE), false);
        memcpy(alone, o.out, sizeof alone);
        o.n = 0;
        for (uint32_t k = 1; k < DEPTH; k += 2) {
            o.terms[o.n++] = (gold_tile_term){k, k * STEP};
        }
        multiply(kernel, &o, 1, 1, false);
        assert_memory_equal(o.out, alone, FN(LANES) * sizeof(real));
        multiply(kernel, &o, 5, WIDEST, false);
        assert_memory_equal(o.out, alone, sizeof alone);
    }
}

static void test_choice(void **state)
{
    const bool has_avx2 = is_here(GOLD_KERNEL_AVX2);

    (void)state;
    assert_int_equal(gold_kernel_force("avx3"), GOLD_ERR_USAGE);
    assert_int_equal(gold_kernel_force("blas"), GOLD_OK);
    assert_int_equal(gold_kernel_chosen().kernel, GOLD_KERNEL_BLAS);
    assert_int_equal(gold_kernel_force(""), GOLD_OK);
    assert_false(gold_kernel_chosen().is_forced);
    assert_true(has_avx2 == (gold_kernel_chosen().kernel == GOLD_KERNEL_AVX2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tiles),
        cmocka_unit_test(test_bits),
        cmocka_unit_test(test_choice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
