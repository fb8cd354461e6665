/* SPDX-License-Identifier: MIT */
/* What a file has for trainings: nothing where the study does not train, as
 * in files of the format before; else the logged steps, the losses to reach,
 * outcomes as bytes. */
#include <math.h>

#include "mpi/test_store_support.h"
#include "store/columns.h"
#include "store/create.h"
#include "store/h5.h"
#include "store/identity.h"

#define GRID "  seed: [3, 5]\n  relative_radius: [0.5, 1]\n"

enum {
    N_POINTS = 4
};

/* A new folder with a new file for the study. */
static void make(char folder[64], char path[128], const gold_study *study)
{
    gold_schema schema;

    store_folder(folder);
    (void)snprintf(path, 128, "%s/a.h5", folder);
    gold_schema_init(&schema, study, STORE_N_TRAIN);
    gold_output *output = store_output(path, GOLD_FILE_RESULT);

    STORE_OK(goldi_create(output, study, &schema, &store_provenance, NULL));
    gold_output_close(&output);
}

static void clean(const char *folder, const char *path, gold_study *study)
{
    gold_study_destroy(&study);
    assert_int_equal(remove(path), 0);
    assert_int_equal(rmdir(folder), 0);
    store_is_clean();
}

/* Change root attributes: drop one, and set another. */
static void edit(const char *path, const char *drop, const char *name,
                 const char *text, size_t n, const int64_t *numbers)
{
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);

    assert_true(file >= 0);
    assert_true(H5Adelete(file, drop) >= 0);
    if (text != NULL) {
        STORE_OK(goldi_h5_set_text(file, name, text));
    } else if (n > 0) {
        STORE_OK(
            goldi_h5_set_numbers(file, name, H5T_NATIVE_INT64, n, numbers));
    }
    assert_true(H5Fclose(file) >= 0);
}

static void test_bytes(void **state)
{
    double known[255];
    double values[256];
    uint8_t bytes[255];

    (void)state;
    for (int i = 0; i < 255; i++) {
        known[i] = i;
    }
    goldi_result_encode(GOLD_VAR_OUTCOME, known, 255, bytes);
    memcpy(values, bytes, sizeof bytes);
    goldi_result_decode(GOLD_VAR_OUTCOME, values, 255);
    assert_memory_equal(values, known, sizeof known);
    goldi_result_encode(GOLD_VAR_OUTCOME,
                        (const double[]){(double)NAN, -1.0, 1e9}, 3, bytes);
    assert_true(bytes[0] == 255 && bytes[1] == 255 && bytes[2] == 255);
    memcpy(values, bytes, 3);
    goldi_result_decode(GOLD_VAR_OUTCOME, values, 3);
    assert_true(isnan(values[0]) && isnan(values[1]) && isnan(values[2]));
    /* Numbers are kept as they are. */
    goldi_result_encode(GOLD_VAR_LOSS, known, 255, values);
    goldi_result_decode(GOLD_VAR_LOSS, values, 255);
    assert_memory_equal(values, known, sizeof known);
}

/* The values of a coordinate variable. */
static void read_scale(const char *path, const char *name, hid_t type,
                       hssize_t n, void *values)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    const hid_t space = H5Dget_space(dataset);

    assert_true(H5Sget_simple_extent_npoints(space) == n);
    assert_true(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >=
                0);
    (void)H5Sclose(space);
    (void)H5Dclose(dataset);
    (void)H5Fclose(file);
}

static void test_new(void **state)
{
    static const int64_t expected[] = {0, 3, 6, 8};
    char folder[64];
    char path[128];
    gold_study *study = store_study(GRID);
    gold_archive *archive = NULL;
    double outcomes[N_POINTS];
    double losses[N_POINTS * 4];
    double reached[2];
    int64_t steps[4];

    (void)state;
    make(folder, path, study);
    STORE_OK(gold_archive_open(path, &archive));
    assert_int_equal(gold_archive_schema(archive)->n_train, STORE_N_TRAIN);
    assert_int_equal(gold_archive_schema(archive)->n_log, 4);
    STORE_OK(gold_archive_variable(archive, GOLD_VAR_OUTCOME, outcomes));
    STORE_OK(gold_archive_variable(archive, GOLD_VAR_TRAJECTORY_LOSS, losses));
    for (size_t i = 0; i < N_POINTS * 4; i++) {
        assert_true(isnan(outcomes[i / 4]) && isnan(losses[i]));
    }
    gold_archive_close(&archive);
    read_scale(path, "trajectory_step", H5T_NATIVE_INT64, 4, steps);
    assert_memory_equal(steps, expected, sizeof expected);
    read_scale(path, "reached_loss", H5T_NATIVE_DOUBLE, 2, reached);
    assert_true(reached[0] == 0.5 && reached[1] == 0.25);
    clean(folder, path, study);
}

/* Is there a variable of that name? */
static bool has(const char *path, const char *name)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    const bool is_there = H5Lexists(file, name, H5P_DEFAULT) > 0;

    (void)H5Fclose(file);
    return is_there;
}

static void test_untrained(void **state)
{
    static const char *const names[] = {
        "status_train",   "seconds_train",   "message_train", "outcome",
        "final_accuracy", "trajectory_step", "reached_loss",
    };
    char folder[64];
    char path[128];
    gold_study *study = store_study_of(GRID, STORE_CURVATURE);

    (void)state;
    make(folder, path, study);
    assert_true(has(path, "status_measure"));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_false(has(path, names[i]));
    }
    clean(folder, path, study);
    study = store_study(GRID);
    make(folder, path, study);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_true(has(path, names[i]));
    }
    clean(folder, path, study);
}

/* The format before this one knew of no training but in the study's text: it
 * is read, and not written. */
static void test_format_1(void **state)
{
    char folder[64];
    char path[128];
    gold_study *study = store_study(GRID);
    gold_archive *archive = NULL;
    uint8_t states[N_POINTS];

    (void)state;
    study->has_train = false;
    make(folder, path, study);
    edit(path, GOLDI_N_TRAIN, "", NULL, 0, NULL);
    edit(path, GOLDI_SCHEMA_VERSION, GOLDI_SCHEMA_VERSION, "1", 0, NULL);
    STORE_OK(gold_archive_open(path, &archive));
    assert_false(gold_archive_study(archive)->has_train);
    assert_int_equal(gold_archive_schema(archive)->n_log, 0);
    STORE_OK(gold_archive_states(archive, GOLD_TASK_MEASURE, states));
    gold_archive_close(&archive);
    assert_int_equal(goldi_identity_check(path, study, "0123"),
                     GOLD_ERR_MISMATCH);
    assert_non_null(strstr(gold_fail_message(), "has file format 1"));
    assert_non_null(strstr(gold_fail_message(), "writes formats 2 to 2."));
    clean(folder, path, study);
}

/* A number of samples that is none; without one the study's stands in, which
 * these data, of other logged steps, do not fit. */
static void test_samples(void **state)
{
    static const int64_t numbers[] = {-5, 7};
    char folder[64];
    char path[128];
    gold_study *study = store_study(GRID);
    gold_archive *archive = NULL;

    (void)state;
    make(folder, path, study);
    edit(path, GOLDI_N_TRAIN, GOLDI_N_TRAIN, NULL, 1, numbers);
    assert_int_equal(gold_archive_open(path, &archive), GOLD_ERR_FORMAT);
    assert_non_null(strstr(gold_fail_message(), "n_train is -5"));
    edit(path, GOLDI_N_TRAIN, GOLDI_N_TRAIN, NULL, 2, numbers);
    assert_int_equal(gold_archive_open(path, &archive), GOLD_ERR_FORMAT);
    edit(path, GOLDI_N_TRAIN, GOLDI_N_TRAIN, "many", 0, NULL);
    assert_int_equal(gold_archive_open(path, &archive), GOLD_ERR_FORMAT);
    assert_non_null(strstr(gold_fail_message(), "n_train"));
    edit(path, GOLDI_N_TRAIN, "", NULL, 0, NULL);
    assert_int_equal(gold_archive_open(path, &archive), GOLD_ERR_FORMAT);
    assert_non_null(strstr(gold_fail_message(), "trajectory_loss"));
    clean(folder, path, study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes),     cmocka_unit_test(test_new),
        cmocka_unit_test(test_untrained), cmocka_unit_test(test_format_1),
        cmocka_unit_test(test_samples),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
