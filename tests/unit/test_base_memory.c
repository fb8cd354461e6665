/* SPDX-License-Identifier: MIT */
/* Memory: aligned, zeroed, counted, refused politely. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "goldilocks/memory.h"

static bool is_aligned(const void *block)
{
    return (uintptr_t)block % GOLD_ALIGNMENT == 0;
}

static void test_blocks(void **state)
{
    static const size_t counts[] = {0, 1, 7, 64, 65, 100000};
    const int64_t n_before = gold_live_blocks();

    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        double *block = NULL;

        assert_int_equal(GOLD_ALLOC(counts[i], &block), GOLD_OK);
        assert_non_null(block);
        assert_true(is_aligned(block));
        assert_int_equal(gold_live_blocks(), n_before + 1);
        for (size_t j = 0; j < counts[i]; j++) {
            assert_true(!(block[j] > 0.0 || block[j] < 0.0));
        }
        memset(block, 0xff, counts[i] * sizeof *block);
        gold_free(block);
    }
    gold_free(NULL);
    assert_int_equal(gold_live_blocks(), n_before);
}

static void test_overflow(void **state)
{
    int unchanged = 0;
    void *block = &unchanged;

    (void)state;
    assert_int_equal(gold_alloc(SIZE_MAX / 8 + 1, 8, &block), GOLD_ERR_MEMORY);
    assert_int_equal(gold_alloc(SIZE_MAX, 1, &block), GOLD_ERR_MEMORY);
    assert_int_equal(gold_alloc(SIZE_MAX - GOLD_ALIGNMENT + 1, 1, &block),
                     GOLD_ERR_MEMORY);
    assert_non_null(strstr(gold_fail_message(), "1 bytes"));
    assert_ptr_equal(block, &unchanged);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_refusal(void **state)
{
    (void)state;
    for (int k = 1; k <= 4; k++) {
        gold_refuse_after(k);
        for (int i = 1; i <= 5; i++) {
            void *block = NULL;
            const gold_status status = gold_alloc(1, 1, &block);

            assert_int_equal(status, i == k ? GOLD_ERR_MEMORY : GOLD_OK);
            assert_true((block == NULL) == (i == k));
            gold_free(block);
        }
    }
    gold_refuse_after(1);
    gold_refuse_after(0);
    void *block = NULL;

    assert_int_equal(gold_alloc(1, 1, &block), GOLD_OK);
    gold_free(block);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_copy_text(void **state)
{
    char text[] = "radius";
    char *copy = NULL;

    (void)state;
    assert_int_equal(gold_copy_text(text, &copy), GOLD_OK);
    text[0] = '#';
    assert_string_equal(copy, "radius");
    gold_free(copy);
    assert_int_equal(gold_copy_text("", &copy), GOLD_OK);
    assert_string_equal(copy, "");
    gold_free(copy);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_refusal),
        cmocka_unit_test(test_copy_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
