/* SPDX-License-Identifier: MIT */
/* The block: shapes as planned, aligned sections, and the same view of it
 * wherever its bytes lie. */
#include "test_data_support.h"

static void test_shapes_of_files(void **state)
{
    char folder[PATH_BYTES];
    const gold_study study = study_of(GOLD_DATA_FASHION_MNIST, folder);
    gold_dataset_plan *plan = NULL;

    (void)state;
    folder_make(folder);
    write_good(folder);
    assert_int_equal(gold_dataset_plan_create(&study, &plan), GOLD_OK);
    const gold_data_shape shape = gold_dataset_shape(plan);

    assert_int_equal(shape.n_train, N_TRAIN);
    assert_int_equal(shape.n_test, N_TEST);
    assert_int_equal(shape.n_features, HEIGHT * WIDTH);
    assert_int_equal(shape.n_classes, 10);
    gold_dataset_plan_destroy(&plan);

    void *block = loaded(&study);
    const gold_dataset data = gold_dataset_view(block);

    assert_int_equal(data.channels, 1);
    assert_int_equal(data.height, HEIGHT);
    assert_int_equal(data.width, WIDTH);
    assert_int_equal(data.train.n, N_TRAIN);
    assert_int_equal(data.test.n, N_TEST);
    assert_int_equal(strlen(data.digest), GOLD_DIGEST_TEXT - 1);
    gold_free(block);
    folder_remove(folder);
    assert_int_equal(gold_live_blocks(), 0);
}

static void assert_aligned(const void *base, const void *section)
{
    const size_t offset = (size_t)((const char *)section - (const char *)base);

    assert_int_equal(offset % GOLD_ALIGNMENT, 0);
}

static void test_sections_and_copies(void **state)
{
    gold_study study = study_of(GOLD_DATA_CIRCLES, NULL);
    gold_dataset_plan *plan = NULL;
    void *copy = NULL;

    (void)state;
    study.data.train = 7;
    study.data.test = 3;
    study.run.precision = GOLD_FLOAT32;
    assert_int_equal(gold_dataset_plan_create(&study, &plan), GOLD_OK);
    const size_t n_bytes = gold_dataset_bytes(plan);
    void *block = loaded(&study);

    gold_dataset_plan_destroy(&plan);
    assert_int_equal(gold_alloc(n_bytes, 1, &copy), GOLD_OK);
    memcpy(copy, block, n_bytes);
    const gold_dataset a = gold_dataset_view(block);
    const gold_dataset b = gold_dataset_view(copy);

    assert_int_equal(a.channels, 0);
    assert_int_equal(a.height, 0);
    assert_int_equal(a.width, 0);
    assert_aligned(block, a.train.inputs);
    assert_aligned(block, a.train.labels);
    assert_aligned(block, a.test.inputs);
    assert_aligned(block, a.test.labels);
    assert_true((const char *)b.test.labels + b.test.n <=
                (const char *)copy + n_bytes);
    assert_memory_equal(a.train.inputs, b.train.inputs, 7 * 2 * sizeof(float));
    assert_memory_equal(a.test.inputs, b.test.inputs, 3 * 2 * sizeof(float));
    assert_memory_equal(a.train.labels, b.train.labels, 7);
    assert_string_equal(a.digest, b.digest);
    gold_free(block);
    memset(copy, 0, n_bytes);
    gold_free(copy);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_refuses_absurd_requests(void **state)
{
    gold_study study = study_of(GOLD_DATA_MIXTURE, NULL);

    (void)state;
    study.data.train = UINT64_C(1) << 40;
    expect_refusal(&study, GOLD_ERR_CONFIG, "data.train|1099511627776|mixture");
    study.data.train = 10;
    study.data.features = UINT64_MAX;
    expect_refusal(&study, GOLD_ERR_CONFIG, "data.features");
    study.data.features = 1 << 20;
    study.data.test = 1 << 24;
    expect_refusal(&study, GOLD_ERR_CONFIG, "data.test|64 GiB");
    study = study_of(GOLD_DATA_MIXTURE, NULL);
    study.data.classes = 257;
    expect_refusal(&study, GOLD_ERR_CONFIG, "data.classes is 257");
    study.data.classes = 1;
    expect_refusal(&study, GOLD_ERR_CONFIG, "data.classes is 1");
    study.data.classes = 2;
    study.data.separation = -1.0;
    expect_refusal(&study, GOLD_ERR_CONFIG, "data.separation is -1");
    study = study_of(GOLD_DATA_CIRCLES, NULL);
    study.data.subset = GOLD_SUBSET_RANDOM;
    expect_refusal(&study, GOLD_ERR_CONFIG, "data.subset|circles|data.seed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes_of_files),
        cmocka_unit_test(test_sections_and_copies),
        cmocka_unit_test(test_refuses_absurd_requests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
