/* SPDX-License-Identifier: MIT */
/* Every allocation is refused once: always the same status, never a leak. */
#include "test_data_support.h"

/* Number of refusals until loading succeeds. */
static int refuse_each(const gold_study *study)
{
    gold_status status = GOLD_ERR_MEMORY;
    int n = 0;

    while (status == GOLD_ERR_MEMORY) {
        void *block = NULL;

        n++;
        assert_true(n < 100);
        gold_refuse_after(n);
        status = load(study, &block);
        gold_refuse_after(0);
        assert_true((status == GOLD_OK) == (block != NULL));
        gold_free(block);
        assert_int_equal(gold_live_blocks(), 0);
    }
    assert_int_equal(status, GOLD_OK);
    return n - 1;
}

static void test_files(void **state)
{
    char folder[PATH_BYTES];
    gold_study study = study_of(GOLD_DATA_MNIST, folder);

    (void)state;
    folder_make(folder);
    write_good(folder);
    study.data.subset = GOLD_SUBSET_RANDOM;
    study.data.normalize = GOLD_NORMALIZE_STANDARD;
    /* plan, 4 paths, block; 4 files, opened for the plan and again; in each
     * half bytes, labels, all labels, order,
     * slots, 2 buffers; shift and divisor */
    assert_int_equal(refuse_each(&study), 6 + 8 + 2 * 7 + 2);
    folder_remove(folder);
}

static void test_built_in(void **state)
{
    gold_study study = study_of(GOLD_DATA_CIRCLES, NULL);

    (void)state;
    /* plan, block; inputs and labels of each half; shift and divisor */
    assert_int_equal(refuse_each(&study), 2 + 2 * 2 + 2);
    study.data.set = GOLD_DATA_MIXTURE;
    assert_int_equal(refuse_each(&study), 2 + 2 * 3 + 2);
    study.data.set = GOLD_DATA_FUNCTION;
    study.data.features = 1;
    study.data.function = (gold_function){.to = 1.0};
    assert_int_equal(refuse_each(&study), 2 + 2 * 3 + 2);
    study.data.set = GOLD_DATA_CLUSTERS;
    study.data.n_blobs = 1;
    assert_int_equal(refuse_each(&study), 2 + 2 * 2 + 2);
    study.data.set = GOLD_DATA_MODULAR_ADDITION;
    study.data.modulus = 7;
    study.data.train = 24;
    study.data.test = 25;
    /* of each half an order too */
    assert_int_equal(refuse_each(&study), 2 + 2 * 3 + 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_built_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
