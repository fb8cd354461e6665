/* SPDX-License-Identifier: MIT */
/* A point file holds the arrays and attributes that it was given, in groups
 * made as needed, and is written wholly or not at all. */
#include "mpi/test_store_support.h"

static const double matrix[2][3] = {{1.0, 2.0, 3.0}, {4.0, 5.0, 6.5}};
static const double loss = 0.125;
static const unsigned char labels[4] = {0, 9, 255, 3};

static const gold_point_array arrays[] = {
    {"/curvature/hessian", 'd', 2, {2, 3}, matrix},
    {"/point/loss", 'd', 0, {0}, &loss},
    {"/data/train/labels", 'b', 1, {4}, labels},
    {"/data/test/labels", 'b', 1, {0}, NULL},
};

static const gold_point_attribute attributes[] = {
    {"/", "title", "Größe", 0.0},
    {"/network", "layers", "[{\"type\":\"relu\"}]", 0.0},
    {"/train/deep", "steps", NULL, 2000.0},
    {"/curvature/hessian", "empty", "", 0.0},
};

enum {
    N_ARRAYS = sizeof arrays / sizeof *arrays,
    N_ATTRIBUTES = sizeof attributes / sizeof *attributes
};

static void check_text(hid_t file, const char *object, const char *name,
                       const char *expected)
{
    char *text = NULL;
    const hid_t attribute =
        H5Aopen_by_name(file, object, name, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t type = H5Aget_type(attribute);

    assert_true(H5Tis_variable_str(type) > 0);
    assert_int_equal(H5Tget_cset(type), H5T_CSET_UTF8);
    assert_true(H5Aread(attribute, type, (void *)&text) >= 0);
    assert_string_equal(text, expected);
    (void)H5free_memory(text);
    (void)H5Tclose(type);
    (void)H5Aclose(attribute);
}

static void read_array(hid_t file, const char *path, hid_t type, void *values,
                       hssize_t n)
{
    const hid_t dataset = H5Dopen2(file, path, H5P_DEFAULT);
    const hid_t space = H5Dget_space(dataset);

    assert_true(dataset >= 0);
    assert_true(H5Sget_simple_extent_npoints(space) == n);
    assert_true(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >=
                0);
    (void)H5Sclose(space);
    (void)H5Dclose(dataset);
}

static void check_file(const char *path)
{
    double values[6];
    unsigned char bytes[4];
    double steps = 0.0;
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);

    assert_true(file >= 0);
    read_array(file, "/curvature/hessian", H5T_NATIVE_DOUBLE, values, 6);
    assert_memory_equal(values, matrix, sizeof matrix);
    read_array(file, "/point/loss", H5T_NATIVE_DOUBLE, values, 1);
    assert_memory_equal(values, &loss, sizeof loss);
    read_array(file, "/data/train/labels", H5T_NATIVE_UINT8, bytes, 4);
    assert_memory_equal(bytes, labels, sizeof labels);
    read_array(file, "/data/test/labels", H5T_NATIVE_UINT8, bytes, 0);
    check_text(file, "/", "title", "Größe");
    check_text(file, "/", "arrays",
               "/curvature/hessian /point/loss /data/train/labels "
               "/data/test/labels");
    check_text(file, "/network", "layers", "[{\"type\":\"relu\"}]");
    check_text(file, "/curvature/hessian", "empty", "");
    const hid_t attribute =
        H5Aopen_by_name(file, "/train/deep", "steps", H5P_DEFAULT, H5P_DEFAULT);

    assert_true(H5Aread(attribute, H5T_NATIVE_DOUBLE, &steps) >= 0);
    assert_true(steps == 2000.0);
    (void)H5Aclose(attribute);
    (void)H5Fclose(file);
}

/* Ask for the file and write it. */
static gold_status write_to(const char *path, const gold_point_array *them,
                            size_t n_arrays, const gold_point_attribute *notes,
                            size_t n_attributes)
{
    const gold_output_request request = {
        .path = path, .kind = GOLD_FILE_POINT, .is_overwrite = true};
    gold_output *output = NULL;
    gold_status status = GOLD_OK;

    GOLD_TRY(gold_output_open(&request, &output));
    status = gold_point_write(output, them, n_arrays, notes, n_attributes);
    gold_output_close(&output);
    return status;
}

static void test_write(void **state)
{
    char folder[64];
    char path[128];

    (void)state;
    store_folder(folder);
    (void)snprintf(path, sizeof path, "%s/p.h5", folder);
    for (int twice = 0; twice < 2; twice++) {
        STORE_OK(write_to(path, arrays, N_ARRAYS, attributes, N_ATTRIBUTES));
        check_file(path);
    }
    assert_int_equal(remove(path), 0);
    assert_int_equal(rmdir(folder), 0);
    store_is_clean();
}

static void test_failures(void **state)
{
    static const gold_point_array twice[] = {
        {"/point/loss", 'd', 0, {0}, &loss},
        {"/point/loss", 'd', 0, {0}, &loss},
    };
    char folder[64];
    char path[128];
    gold_status status = GOLD_ERR_MEMORY;

    (void)state;
    store_folder(folder);
    assert_int_equal(write_to(folder, arrays, N_ARRAYS, NULL, 0), GOLD_ERR_IO);
    (void)snprintf(path, sizeof path, "%s/p.h5", folder);
    assert_int_equal(write_to(path, twice, 2, NULL, 0), GOLD_ERR_IO);
    assert_non_null(strstr(gold_fail_message(), "/point/loss"));
    for (int64_t k = 1; status != GOLD_OK; k++) {
        assert_int_equal(status, GOLD_ERR_MEMORY);
        gold_refuse_after(k);
        status = write_to(path, arrays, N_ARRAYS, attributes, N_ATTRIBUTES);
        gold_refuse_after(0);
        assert_int_equal(access(path, F_OK) == 0, status == GOLD_OK);
        assert_int_equal(gold_live_blocks(), 0);
    }
    assert_int_equal(remove(path), 0);
    assert_int_equal(rmdir(folder), 0); /* nothing else is in it */
    store_is_clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_failures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
