/* SPDX-License-Identifier: MIT */
/* Bases: orthonormal, nested, in the span of what was given, also from badly
 * conditioned rows; dependent rows are refused. */
#include <string.h>

#include "linalg/orthonormal.h"
#include "prop/support.h"

enum {
    N_BLOCKS = 3,
    LENGTH = 613 + 40 + 7 /* crosses the chunk of 512 columns */
};

static const size_t lengths[N_BLOCKS] = {613, 40, 7};

/* Rows in three arrays, from doubles in one (n, LENGTH); freed by hand. */
static void split(size_t n, const double *rows, FN(row_block) * blocks)
{
    size_t at = 0;

    for (size_t b = 0; b < N_BLOCKS; b++) {
        blocks[b].length = lengths[b];
        assert_int_equal(GOLD_ALLOC(n * lengths[b], &blocks[b].entries),
                         GOLD_OK);
        for (size_t i = 0; i < n * lengths[b]; i++) {
            blocks[b].entries[i] =
                (real)rows[i / lengths[b] * LENGTH + at + i % lengths[b]];
        }
        at += lengths[b];
    }
}

/* Orthonormalise rows (n, LENGTH) in place. */
static gold_status run(size_t n, double *rows)
{
    FN(row_block) blocks[N_BLOCKS] = {{0}};
    double *scratch = numbers(FN(orthonormalise_scratch)(n));
    size_t at = 0;

    split(n, rows, blocks);
    const gold_status status = FN(orthonormalise)(n, blocks, N_BLOCKS, scratch);

    for (size_t b = 0; b < N_BLOCKS; b++) {
        for (size_t i = 0; i < n * lengths[b]; i++) {
            rows[i / lengths[b] * LENGTH + at + i % lengths[b]] =
                (double)blocks[b].entries[i];
        }
        at += lengths[b];
        gold_free(blocks[b].entries);
    }
    gold_free(scratch);
    return status;
}

static double product(const double *rows, size_t i, size_t j)
{
    double sum = 0.0;

    for (size_t k = 0; k < LENGTH; k++) {
        sum += rows[i * LENGTH + k] * rows[j * LENGTH + k];
    }
    return sum;
}

/* Entries of unit rows are rounded by eps/2 of themselves, so products of two
 * rows by about eps; 1e-6 in float and 1e-13 in double is what is promised. */
static void assert_orthonormal(size_t n, const double *rows)
{
    const double tolerance = sizeof(real) == sizeof(float) ? 1e-6 : 1e-13;

    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            assert_number("product of rows", product(rows, i, j),
                          i == j ? 1.0 : 0.0, tolerance);
        }
    }
}

static void test_gaussian_rows(void **state)
{
    double *large = numbers((size_t)60 * LENGTH);
    double *small = numbers((size_t)60 * LENGTH);

    (void)state;
    for (uint64_t seed = 0; seed < 5; seed++) {
        dice d = {seed, 0};

        dice_fill(&d, (size_t)60 * LENGTH, large);
        d.at = 0;
        dice_fill(&d, (size_t)60 * LENGTH, small);
        assert_int_equal(run(60, large), GOLD_OK);
        assert_int_equal(run(13, small), GOLD_OK);
        assert_orthonormal(60, large);
        /* the same rows, up to the rounding of entries below 1 */
        assert_within("leading rows", (size_t)13 * LENGTH, small, large, 1.0,
                      8.0 * REAL_EPS);
    }
    gold_free(large);
    gold_free(small);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Condition about 1e5: every row is the first one and a little of its own. */
static void test_badly_conditioned(void **state)
{
    double *rows = numbers((size_t)20 * LENGTH);
    dice d = {77, 0};

    (void)state;
    dice_fill(&d, (size_t)20 * LENGTH, rows);
    for (size_t i = LENGTH; i < (size_t)20 * LENGTH; i++) {
        rows[i] = rows[i % LENGTH] + 1e-4 * rows[i];
    }
    assert_int_equal(run(20, rows), GOLD_OK);
    assert_orthonormal(20, rows);
    gold_free(rows);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_dependent(void **state)
{
    double *rows = numbers((size_t)3 * LENGTH);

    (void)state;
    for (int factor = 0; factor < 3; factor++) {
        dice d = {78, 0};

        dice_fill(&d, (size_t)3 * LENGTH, rows);
        for (size_t i = 0; i < LENGTH; i++) {
            rows[2 * LENGTH + i] = (double)factor * rows[LENGTH + i];
        }
        assert_int_equal(run(3, rows), GOLD_ERR_NUMERIC);
        assert_non_null(strstr(gold_fail_message(), "direction 3"));
    }
    gold_free(rows);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gaussian_rows),
        cmocka_unit_test(test_badly_conditioned),
        cmocka_unit_test(test_dependent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
