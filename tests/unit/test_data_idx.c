/* SPDX-License-Identifier: MIT */
/* The IDX decoder alone, fed from memory: what it reads is what was there, and
 * a source of any length short of the right one is refused. */
#include "data/idx.h"
#include "test_data_support.h"

static gold_status decode(const unsigned char *bytes, size_t n_bytes,
                          const size_t *slots, size_t n_kept,
                          unsigned char *kept)
{
    goldi_source source = goldi_source_of("memory", bytes, n_bytes);
    goldi_idx idx = {0};

    GOLD_TRY(goldi_idx_read_header(&source, GOLDI_IDX_IMAGES, &idx));
    assert_int_equal(idx.n_items, N_TRAIN);
    assert_int_equal(idx.height, HEIGHT);
    assert_int_equal(idx.width, WIDTH);
    assert_int_equal(goldi_idx_file_bytes(&idx), 16 + N_TRAIN * HEIGHT * WIDTH);
    return goldi_idx_read_items(&source, &idx, slots, n_kept, kept);
}

static void test_reads_what_is_there(void **state)
{
    unsigned char bytes[FILE_BYTES];
    unsigned char kept[N_TRAIN * HEIGHT * WIDTH];
    const size_t n = put_images(bytes, N_TRAIN, HEIGHT, WIDTH);

    (void)state;
    assert_int_equal(decode(bytes, n, NULL, N_TRAIN, kept), GOLD_OK);
    assert_memory_equal(kept, bytes + 16, sizeof kept);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_keeps_by_slot(void **state)
{
    enum {
        N_KEPT = 3
    };
    unsigned char bytes[FILE_BYTES];
    unsigned char kept[N_KEPT * HEIGHT * WIDTH];
    const size_t n = put_images(bytes, N_TRAIN, HEIGHT, WIDTH);
    size_t slots[N_TRAIN];

    (void)state;
    for (size_t i = 0; i < N_TRAIN; i++) {
        slots[i] = N_TRAIN - 1 - i;
    }
    assert_int_equal(decode(bytes, n, slots, N_KEPT, kept), GOLD_OK);
    for (size_t i = 0; i < N_KEPT; i++) {
        assert_int_equal(kept[i * HEIGHT * WIDTH], pixel(N_TRAIN - 1 - i, 0));
    }
}

static void test_refuses_every_other_length(void **state)
{
    unsigned char bytes[FILE_BYTES] = {0};
    unsigned char kept[N_TRAIN * HEIGHT * WIDTH];
    const size_t n = put_images(bytes, N_TRAIN, HEIGHT, WIDTH);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(decode(bytes, i, NULL, N_TRAIN, kept),
                         GOLD_ERR_FORMAT);
    }
    assert_non_null(strstr(gold_fail_message(), "ends after 39"));
    assert_int_equal(decode(bytes, n + 1, NULL, N_TRAIN, kept),
                     GOLD_ERR_FORMAT);
    assert_non_null(strstr(gold_fail_message(), "longer"));
    assert_int_equal(gold_live_blocks(), 0);
}

/* Every single-bit error of magic number and dimensions is noticed. */
static void test_refuses_every_flipped_bit(void **state)
{
    unsigned char bytes[FILE_BYTES];
    unsigned char kept[N_TRAIN * HEIGHT * WIDTH];
    const size_t n = put_images(bytes, N_TRAIN, HEIGHT, WIDTH);

    (void)state;
    for (size_t bit = 0; bit < 16 * 8; bit++) {
        goldi_source source = goldi_source_of("memory", bytes, n);
        goldi_idx idx = {0};
        gold_status status = GOLD_OK;

        bytes[bit / 8] ^= (unsigned char)(1U << bit % 8);
        status = goldi_idx_read_header(&source, GOLDI_IDX_IMAGES, &idx);
        if (status == GOLD_OK) {
            status = goldi_idx_read_items(&source, &idx, NULL, 0, kept);
        }
        assert_int_equal(status, GOLD_ERR_FORMAT);
        bytes[bit / 8] ^= (unsigned char)(1U << bit % 8);
    }
    assert_int_equal(decode(bytes, n, NULL, N_TRAIN, kept), GOLD_OK);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_what_is_there),
        cmocka_unit_test(test_keeps_by_slot),
        cmocka_unit_test(test_refuses_every_other_length),
        cmocka_unit_test(test_refuses_every_flipped_bit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
