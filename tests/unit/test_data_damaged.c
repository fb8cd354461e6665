/* SPDX-License-Identifier: MIT */
/* IDX files that are damaged or do not fit each other: refused, saying where.
 */
#include "test_data_support.h"

static int setup(void **state)
{
    static char folder[PATH_BYTES];

    folder_make(folder);
    write_good(folder);
    *state = folder;
    return 0;
}

static int teardown(void **state)
{
    folder_remove(*state);
    return 0;
}

static void test_wrong_length(void **state)
{
    const gold_study study = study_of(GOLD_DATA_MNIST, *state);
    unsigned char bytes[FILE_BYTES] = {0};
    const size_t n = put_images(bytes, N_TRAIN, HEIGHT, WIDTH);

    write_plain(*state, TRAIN_IMAGES, bytes, n - 1);
    expect_refusal(&study, GOLD_ERR_FORMAT,
                   TRAIN_IMAGES ": truncated|256 bytes, it has 255");
    write_plain(*state, TRAIN_IMAGES, bytes, n + 1);
    expect_refusal(&study, GOLD_ERR_FORMAT,
                   TRAIN_IMAGES ": longer|256 bytes, it has 257");
    erase(*state, TRAIN_IMAGES);
    write_gzip(*state, TRAIN_IMAGES ".gz", bytes, n - 1);
    expect_refusal(&study, GOLD_ERR_FORMAT,
                   TRAIN_IMAGES ".gz: truncated|40 images|after 39");
    write_gzip(*state, TRAIN_IMAGES ".gz", bytes, n + 1);
    expect_refusal(&study, GOLD_ERR_FORMAT, TRAIN_IMAGES ".gz: longer");
}

/* Whatever is cut off or changed in a gzip file, it is noticed. */
static void test_damaged_gzip(void **state)
{
    const gold_study study = study_of(GOLD_DATA_MNIST, *state);
    unsigned char plain[FILE_BYTES];
    unsigned char packed[FILE_BYTES];
    const size_t n_plain = put_images(plain, N_TRAIN, HEIGHT, WIDTH);

    erase(*state, TRAIN_IMAGES);
    write_gzip(*state, TRAIN_IMAGES ".gz", plain, n_plain);
    const size_t n = read_plain(*state, TRAIN_IMAGES ".gz", packed);

    for (size_t cut = 1; cut < n; cut++) {
        write_plain(*state, TRAIN_IMAGES ".gz", packed, n - cut);
        expect_refusal(&study, GOLD_ERR_FORMAT, TRAIN_IMAGES ".gz");
    }
    write_plain(*state, TRAIN_IMAGES ".gz", packed, n - 8);
    expect_refusal(&study, GOLD_ERR_FORMAT, "gzip file is truncated");
    packed[n - 8] ^= 1;
    write_plain(*state, TRAIN_IMAGES ".gz", packed, n);
    expect_refusal(&study, GOLD_ERR_FORMAT, "gzip file is damaged");
    packed[n - 8] ^= 1;
    packed[n / 2] ^= 1;
    write_plain(*state, TRAIN_IMAGES ".gz", packed, n);
    expect_refusal(&study, GOLD_ERR_FORMAT, TRAIN_IMAGES ".gz");
}

static void test_files_that_do_not_fit(void **state)
{
    const gold_study study = study_of(GOLD_DATA_MNIST, *state);
    unsigned char bytes[FILE_BYTES];

    write_plain(*state, TRAIN_LABELS, bytes, put_labels(bytes, N_TRAIN - 1));
    expect_refusal(&study, GOLD_ERR_FORMAT,
                   TRAIN_IMAGES " holds 40|" TRAIN_LABELS " holds 39");
    write_good(*state);
    write_plain(*state, TEST_IMAGES, bytes,
                put_images(bytes, N_TEST, WIDTH, HEIGHT));
    expect_refusal(&study, GOLD_ERR_FORMAT,
                   TRAIN_IMAGES "|3 x 2|" TEST_IMAGES "|2 x 3");
    write_plain(*state, TEST_IMAGES, bytes, put_images(bytes, N_TEST, 3, 1));
    expect_refusal(&study, GOLD_ERR_FORMAT,
                   TRAIN_IMAGES "|3 x 2|" TEST_IMAGES "|3 x 1");
}

static void test_label_out_of_range(void **state)
{
    gold_study study = study_of(GOLD_DATA_FASHION_MNIST, *state);
    unsigned char bytes[FILE_BYTES];
    const size_t n = put_labels(bytes, N_TEST);

    study.data.test = 1;
    bytes[n - 3] = 10;
    write_plain(*state, TEST_LABELS, bytes, n);
    expect_refusal(&study, GOLD_ERR_FORMAT, TEST_LABELS ": label 17|is 10");
}

static void test_too_few_samples(void **state)
{
    gold_study study = study_of(GOLD_DATA_FASHION_MNIST, *state);

    study.data.train = N_TRAIN + 1;
    expect_refusal(&study, GOLD_ERR_CONFIG,
                   "data.train asks for 41|" TRAIN_IMAGES " holds 40");
    study.data.train = N_TRAIN;
    study.data.test = UINT64_MAX;
    expect_refusal(&study, GOLD_ERR_CONFIG,
                   "data.test asks for 18446744073709551615|holds 20");
}

static void test_changed_under_way(void **state)
{
    const gold_study study = study_of(GOLD_DATA_MNIST, *state);
    gold_dataset_plan *plan = NULL;
    unsigned char bytes[FILE_BYTES];
    void *block = NULL;

    assert_int_equal(gold_dataset_plan_create(&study, &plan), GOLD_OK);
    assert_int_equal(gold_alloc(gold_dataset_bytes(plan), 1, &block), GOLD_OK);
    static const uint32_t other[][3] = {
        {N_TRAIN + 1, HEIGHT, WIDTH}, {N_TRAIN, WIDTH, WIDTH}, {N_TRAIN, 3, 3}};

    for (size_t i = 0; i < 3; i++) {
        write_plain(*state, TRAIN_IMAGES, bytes,
                    put_images(bytes, other[i][0], other[i][1], other[i][2]));
        assert_int_equal(gold_dataset_fill(plan, block), GOLD_ERR_FORMAT);
        assert_non_null(strstr(gold_fail_message(), "changed"));
    }
    erase(*state, TRAIN_IMAGES);
    assert_int_equal(gold_dataset_fill(plan, block), GOLD_ERR_IO);
    gold_free(block);
    gold_dataset_plan_destroy(&plan);
    assert_null(plan);
    assert_int_equal(gold_live_blocks(), 0);
}

/* What follows gzip data is not read, and that is said; more gzip data are. */
static void test_after_gzip(void **state)
{
    const gold_study study = study_of(GOLD_DATA_MNIST, *state);
    unsigned char plain[FILE_BYTES];
    unsigned char packed[2 * FILE_BYTES];
    const size_t n_plain = put_images(plain, N_TRAIN, HEIGHT, WIDTH);
    char text[200];
    void *block = NULL;

    erase(*state, TRAIN_IMAGES);
    write_gzip(*state, TRAIN_IMAGES ".gz", plain, n_plain);
    const size_t n = read_plain(*state, TRAIN_IMAGES ".gz", packed);

    for (size_t more = 0; more < 4; more++) {
        memcpy(packed + n, "\x1fxy", more);
        write_plain(*state, TRAIN_IMAGES ".gz", packed, n + more);
        block = loaded(&study);
        const gold_dataset data = gold_dataset_view(block);

        gold_dataset_remarks(&data, text, sizeof text);
        if (more == 0) {
            assert_null(strstr(text, "gzip"));
        } else {
            assert_non_null(strstr(text, "gzip data of the training images"));
        }
        gold_free(block);
    }
    write_gzip(*state, TRAIN_IMAGES ".gz", plain, 100);
    const size_t n_first = read_plain(*state, TRAIN_IMAGES ".gz", packed);

    write_gzip(*state, TRAIN_IMAGES ".gz", plain + 100, n_plain - 100);
    const size_t n_both =
        n_first + read_plain(*state, TRAIN_IMAGES ".gz", packed + n_first);

    write_plain(*state, TRAIN_IMAGES ".gz", packed, n_both);
    block = loaded(&study);
    assert_int_equal(gold_dataset_view(block).train.goes_on, 0);
    gold_free(block);
    for (size_t cut = 1; cut + n_first < n_both; cut++) {
        write_plain(*state, TRAIN_IMAGES ".gz", packed, n_both - cut);
        expect_refusal(&study, GOLD_ERR_FORMAT, TRAIN_IMAGES ".gz: ");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_wrong_length, setup, teardown),
        cmocka_unit_test_setup_teardown(test_damaged_gzip, setup, teardown),
        cmocka_unit_test_setup_teardown(test_after_gzip, setup, teardown),
        cmocka_unit_test_setup_teardown(test_files_that_do_not_fit, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_label_out_of_range, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_too_few_samples, setup, teardown),
        cmocka_unit_test_setup_teardown(test_changed_under_way, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
