/* SPDX-License-Identifier: MIT */
/* Set file: what a file says of its samples becomes the study's, and each
 * allocation is refused once: always the same status, never a leak. */
#include <hdf5.h>

#include "test_data_support.h"

enum {
    N = 10,
    FEATURES = 6
};

static const char text[] = "study: own\ngrid: {seed: [0]}\n"
                           "data: {set: file, path: own.h5}\n"
                           "network: {width: 3}\ntrain: {steps: 1}\n";

static void put(hid_t file, const char *name, hid_t type, int rank,
                const hsize_t *sizes, const void *values)
{
    const hid_t links = H5Pcreate(H5P_LINK_CREATE);
    const hid_t space = H5Screate_simple(rank, sizes, NULL);

    assert_true(H5Pset_create_intermediate_group(links, 1) >= 0);
    const hid_t set =
        H5Dcreate2(file, name, type, space, links, H5P_DEFAULT, H5P_DEFAULT);

    assert_true(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >=
                0);
    (void)H5Dclose(set);
    (void)H5Sclose(space);
    (void)H5Pclose(links);
}

/* Images of 2 x 3, label i % 4 or value i of each. */
static void write_own(const char *path, bool has_targets)
{
    const hsize_t sizes[] = {N, 1, 2, 3};
    const hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    double inputs[N * FEATURES];
    const hsize_t shape[] = {2, GOLD_TENSOR_RANK};
    const int shapes[] = {2, 3, 0, 0, 4, 0, 0, 0};
    int labels[N];
    float targets[N];

    for (int i = 0; i < N * FEATURES; i++) {
        inputs[i] = 0.5 * i;
    }
    for (int i = 0; i < N; i++) {
        labels[i] = i % 4;
        targets[i] = (float)i;
    }
    put(file, "parameters/theta", H5T_NATIVE_DOUBLE, 1, sizes, inputs);
    put(file, "parameters/shapes", H5T_NATIVE_INT, 2, shape, shapes);
    put(file, "data/train/inputs", H5T_NATIVE_DOUBLE, 4, sizes, inputs);
    if (has_targets) {
        put(file, "data/train/targets", H5T_NATIVE_FLOAT, 1, sizes, targets);
    } else {
        put(file, "data/train/labels", H5T_NATIVE_INT, 1, sizes, labels);
    }
    assert_true(H5Fclose(file) >= 0);
}

static gold_study *parsed(const char *path, const char *more)
{
    char lines[2 * PATH_BYTES];
    char *report = NULL;
    gold_study *study = NULL;

    (void)snprintf(lines, sizeof lines, "data.path=%s\n%s", path, more);
    if (gold_study_parse("study", text, strlen(text), lines, &study, &report) !=
        GOLD_OK) {
        fail_msg("%s", report);
    }
    return study;
}

static void test_facts(void **state)
{
    char folder[PATH_BYTES];
    char path[PATH_BYTES];
    char *facts = NULL;

    (void)state;
    folder_make(folder);
    path_in(folder, "own.h5", path);
    write_own(path, true);
    gold_study *study = parsed(path, "network.loss=mse");

    assert_false(gold_data_is_known(&study->data));
    assert_int_equal(gold_dataset_facts(study, &facts), GOLD_OK);
    assert_string_equal(facts, "data.shape=[1, 2, 3]\ndata.outputs=1");
    gold_free(facts);
    gold_study_destroy(&study);

    write_own(path, false);
    study = parsed(path, "");
    assert_int_equal(gold_dataset_facts(study, &facts), GOLD_OK);
    assert_string_equal(facts, "data.shape=[1, 2, 3]\ndata.classes=4");
    gold_study_destroy(&study);
    study = parsed(path, facts);
    gold_free(facts);
    assert_true(gold_data_is_known(&study->data));
    assert_int_equal(gold_dataset_facts(study, &facts), GOLD_OK);
    assert_string_equal(facts, "");
    gold_free(facts);
    gold_study_destroy(&study);
    folder_remove(folder);
}

/* Facts, plan and block, whatever allocation is refused. */
static gold_status read_all(const gold_study *study)
{
    gold_status status = GOLD_OK;
    char *facts = NULL;
    void *block = NULL;

    GOLD_GOTO(gold_dataset_facts(study, &facts));
    GOLD_GOTO(load(study, &block));

done:
    gold_free(block);
    gold_free(facts);
    return status;
}

/* What is known of vectors that points begin from, and these. */
static void test_starts(void **state)
{
    char folder[PATH_BYTES];
    char path[PATH_BYTES];
    gold_dataset_plan *plan = NULL;

    (void)state;
    folder_make(folder);
    path_in(folder, "own.h5", path);
    write_own(path, false);
    gold_study *study = parsed(path, "");

    void *drawn = loaded(study);
    assert_int_equal(gold_copy_text(path, &study->init_path), GOLD_OK);
    assert_int_equal(gold_dataset_plan_create(study, &plan), GOLD_OK);
    const gold_starts starts = gold_dataset_starts(plan);

    assert_int_equal(starts.n, 1);
    assert_int_equal(starts.n_parameters, N);
    assert_int_equal(starts.n_tensors, 2);
    assert_int_equal(starts.tensors[0].sizes[1], 3);
    assert_int_equal(starts.tensors[1].sizes[1], 0);
    gold_dataset_plan_destroy(&plan);
    void *block = loaded(study);
    const gold_dataset data = gold_dataset_view(block);

    assert_int_equal(gold_dataset_view(drawn).n_starts, 0);
    assert_string_not_equal(data.digest, gold_dataset_view(drawn).digest);
    for (size_t i = 0; i < N; i++) {
        assert_true(data.starts[i] >= 0.5 * (double)i &&
                    data.starts[i] <= 0.5 * (double)i);
    }
    gold_free(block);
    gold_free(drawn);
    gold_study_destroy(&study);
    folder_remove(folder);
}

static void test_memory(void **state)
{
    char folder[PATH_BYTES];
    char path[PATH_BYTES];
    gold_status status = GOLD_ERR_MEMORY;
    int n = 0;

    (void)state;
    folder_make(folder);
    path_in(folder, "own.h5", path);
    write_own(path, true);
    gold_study *study = parsed(
        path, "network.loss=mse\ndata.test_share=0.3\ndata.subset={random: 1}");

    assert_int_equal(gold_copy_text(path, &study->init_path), GOLD_OK);
    const int64_t n_live = gold_live_blocks();

    for (; status == GOLD_ERR_MEMORY; n++) {
        assert_true(n < 100);
        gold_refuse_after(n + 1);
        status = read_all(study);
        gold_refuse_after(0);
        assert_int_equal(gold_live_blocks(), n_live);
    }
    assert_int_equal(status, GOLD_OK);
    assert_true(n > 20);
    assert_int_equal(H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
    gold_study_destroy(&study);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_starts),
        cmocka_unit_test(test_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
