/* SPDX-License-Identifier: MIT */
/* Files that are not ours are refused by what they are, and stay as they
 * were. */
#include "mpi/test_store_support.h"
#include "store/create.h"
#include "store/identity.h"

#define GRID "  seed: [3, 5]\n  relative_radius: [0.5, 1]\n"

/* What stands in the file, and what the message says. */
static const struct {
    const char *bytes;
    size_t n_bytes;
    const char *words;
} foreign[] = {
    {"", 0, "empty"},
    {"a", 1, "plain text"},
    {"study: fort\ngrid:\n  seed: [1]\n", 30, "plain text"},
    {"{\"a\": 1}", 8, "plain text"},
    {"Gr\303\266\303\237e\n", 8, "plain text"},
    {"\211PNG\r\n\032\n\0\0\0\rIHDR", 16, "PNG"},
    {"\377\330\377\340\0\020JFIF", 10, "JPEG"},
    {"GIF89a", 6, "GIF"},
    {"%PDF-1.4\n", 9, "PDF"},
    {"\177ELF\2\1\1", 7, "a program"},
    {"CDF\001\0\0\0\0", 8, "classic"},
    {"\037\213\010\0\0\0", 6, "gzip"},
    {"PK\003\004\024\0", 6, "zip"},
    {"\223NUMPY\1\0", 8, "NumPy"},
    {"BZh91AY&SY", 10, "bzip2"},
    {"\3757zXZ\0", 6, "xz"},
    {"#!/bin/sh\n", 10, "script"},
    {"SQLite format 3\0", 16, "SQLite"},
    {"\0\0\010\003\0\0\0\012", 8, "unknown kind"},
    {"\211HDF\r\n\032\n", 8, "damaged"},
    {"\211HDF\r\n\032\n\0\0\0\0\0\010\010\0", 16, "damaged"},
    {"\211HDF\r\n\032\n\377\377\377\377\377\377\377\377", 16, "damaged"},
};

static void put_file(const char *path, const void *bytes, size_t n_bytes)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n_bytes, file), n_bytes);
    assert_int_equal(fclose(file), 0);
}

static void get_file(const char *path, char **bytes, size_t *n_bytes)
{
    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *n_bytes = (size_t)ftell(file);
    rewind(file);
    STORE_OK(GOLD_ALLOC(*n_bytes, bytes));
    assert_int_equal(fread(*bytes, 1, *n_bytes, file), *n_bytes);
    assert_int_equal(fclose(file), 0);
}

/* Both ways of looking refuse, with the words, and change nothing. */
static void refuse(const char *path, const gold_study *study,
                   gold_status expected, const char *words)
{
    gold_archive *archive = NULL;
    char *before = NULL;
    char *after = NULL;
    size_t n_before = 0;
    size_t n_after = 0;

    get_file(path, &before, &n_before);
    for (int way = 0; way < 2; way++) {
        gold_fail_clear();
        assert_int_equal(way == 0 ? gold_archive_open(path, &archive)
                                  : goldi_identity_check(path, study, "0123"),
                         expected);
        assert_null(archive);
        if (strstr(gold_fail_message(), words) == NULL) {
            fail_msg("'%s' is not in '%s'", words, gold_fail_message());
        }
    }
    get_file(path, &after, &n_after);
    assert_int_equal(n_before, n_after);
    assert_memory_equal(before, after, n_before);
    gold_free(after);
    gold_free(before);
}

static void test_foreign(void **state)
{
    char folder[64];
    char path[128];
    gold_study *study = store_study(GRID);
    gold_archive *archive = NULL;

    (void)state;
    store_folder(folder);
    (void)snprintf(path, sizeof path, "%s/a.h5", folder);
    assert_int_equal(gold_archive_open(path, &archive), GOLD_ERR_IO);
    assert_non_null(strstr(gold_fail_message(), "no such file"));
    assert_int_equal(gold_archive_open(folder, &archive), GOLD_ERR_IO);
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        put_file(path, foreign[i].bytes, foreign[i].n_bytes);
        refuse(path, study, GOLD_ERR_FORMAT, foreign[i].words);
    }
    assert_int_equal(remove(path), 0);
    assert_int_equal(rmdir(folder), 0);
    gold_study_destroy(&study);
    store_is_clean();
}

/* Whole files that some program has open for writing, or left so. */
static void test_left_open(void **state)
{
    char folder[64];
    char path[128];
    gold_study *study = store_study(GRID);
    gold_schema schema;
    hid_t file = H5I_INVALID_HID;
    char *bytes = NULL;
    size_t n_bytes = 0;

    (void)state;
    store_folder(folder);
    (void)snprintf(path, sizeof path, "%s/a.h5", folder);
    gold_schema_init(&schema, study, STORE_N_TRAIN);
    gold_output *output = store_output(path, GOLD_FILE_RESULT);

    STORE_OK(goldi_create(output, study, &schema, &store_provenance, NULL));
    gold_output_close(&output);
    file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    assert_true(file >= 0);
    get_file(path, &bytes, &n_bytes);
    assert_true(H5Fclose(file) >= 0);
    STORE_OK(goldi_identity_check(path, study, "0123"));
    put_file(path, bytes, n_bytes);
    refuse(path, study, GOLD_ERR_FORMAT, "h5clear -s");
    gold_free(bytes);
    gold_study_destroy(&study);
    assert_int_equal(remove(path), 0);
    assert_int_equal(rmdir(folder), 0);
    store_is_clean();
}

/* Our own file, cut at many places. */
static void test_truncated(void **state)
{
    char folder[64];
    char path[128];
    gold_study *study = store_study(GRID);
    gold_schema schema;
    char *bytes = NULL;
    size_t n_bytes = 0;

    (void)state;
    store_folder(folder);
    (void)snprintf(path, sizeof path, "%s/a.h5", folder);
    gold_schema_init(&schema, study, STORE_N_TRAIN);
    gold_output *output = store_output(path, GOLD_FILE_RESULT);

    STORE_OK(goldi_create(output, study, &schema, &store_provenance, NULL));
    gold_output_close(&output);
    get_file(path, &bytes, &n_bytes);
    for (size_t n = 8; n < n_bytes; n += n_bytes / 37) {
        put_file(path, bytes, n);
        /* shorter ones do not say how long they should be */
        refuse(path, study, GOLD_ERR_FORMAT,
               n < 36 ? "damaged" : "cut short: ");
    }
    put_file(path, bytes, n_bytes);
    STORE_OK(goldi_identity_check(path, study, "0123"));
    gold_free(bytes);
    gold_study_destroy(&study);
    assert_int_equal(remove(path), 0);
    assert_int_equal(rmdir(folder), 0);
    store_is_clean();
}

/* Write a file of any kind as point files are. */
static gold_status write_point(const char *path, const gold_point_array *arrays,
                               size_t n_arrays,
                               const gold_point_attribute *attributes,
                               size_t n_attributes)
{
    gold_output *output = NULL;
    gold_status status = GOLD_OK;

    (void)remove(path);
    output = store_output(path, GOLD_FILE_POINT);
    status =
        gold_point_write(output, arrays, n_arrays, attributes, n_attributes);
    gold_output_close(&output);
    return status;
}

/* HDF5 files of others, of a later format, and one of our point files. */
static void test_other_hdf5(void **state)
{
    static const double one = 1.0;
    static const gold_point_array point = {"/point/loss", 'd', 0, {0}, &one};
    static const gold_point_attribute layers = {"/network", "layers", "[]",
                                                0.0};
    static const gold_point_attribute later[] = {
        {"/", "schema_version", "3", 0.0},
        {"/", "program_version", "9.9", 0.0},
        {"/", "study_identity", "", 0.0},
    };
    static const gold_point_attribute lost[] = {
        {"/", "schema_version", GOLD_SCHEMA_VERSION, 0.0},
        {"/", "program_version", "9.9", 0.0},
    };
    static const gold_point_attribute wrong[] = {
        {"/", "schema_version", NULL, 1.0},
        {"/", "program_version", NULL, 1.0},
    };
    char folder[64];
    char path[128];
    gold_study *study = store_study(GRID);

    (void)state;
    store_folder(folder);
    (void)snprintf(path, sizeof path, "%s/a.h5", folder);
    STORE_OK(write_point(path, NULL, 0, NULL, 0));
    refuse(path, study, GOLD_ERR_FORMAT, "another program");
    STORE_OK(write_point(path, &point, 1, &layers, 1));
    refuse(path, study, GOLD_ERR_FORMAT, "one point");
    STORE_OK(write_point(path, NULL, 0, later, 3));
    refuse(path, study, GOLD_ERR_MISMATCH, "9.9");
    STORE_OK(write_point(path, NULL, 0, lost, 2));
    refuse(path, study, GOLD_ERR_FORMAT, "study_identity");
    STORE_OK(write_point(path, NULL, 0, wrong, 2));
    refuse(path, study, GOLD_ERR_FORMAT, "another program");
    assert_int_equal(remove(path), 0);
    assert_int_equal(rmdir(folder), 0);
    gold_study_destroy(&study);
    store_is_clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_foreign),
        cmocka_unit_test(test_left_open),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_other_hdf5),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
