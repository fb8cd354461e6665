/* SPDX-License-Identifier: MIT */
/* MPI-IO opens another file than the one that was named: that is found out
 * before anything is written, and said. */
#include <sys/stat.h>

#include "mpi/test_store_support.h"

#define GRID "  seed: {count: 2}\n  relative_radius: [0.5, 1, 2]\n"

/* The file that MPI opens whatever it is asked for; NULL: the right one. */
static const char *other;

int MPI_File_open(MPI_Comm comm, const char *name, int mode, MPI_Info info,
                  MPI_File *file)
{
    return PMPI_File_open(comm, other != NULL ? other : name, mode, info, file);
}

static int world_rank(void)
{
    int rank = 0;

    (void)MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank;
}

/* Owned by the caller. */
static char *bytes_of(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    struct stat about;
    char *bytes = NULL;

    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &about), 0);
    *n = (size_t)about.st_size;
    STORE_OK(GOLD_ALLOC(*n, &bytes));
    assert_true(fread(bytes, 1, *n, file) == *n);
    (void)fclose(file);
    return bytes;
}

static void test_other_file(void **state)
{
    gold_study *study = store_study(GRID);
    gold_schema schema;
    gold_store *store = NULL;
    char folder[64];
    char right[128];
    char wrong[128];
    size_t n_before = 0;
    size_t n_after = 0;

    (void)state;
    store_folder(folder);
    (void)snprintf(right, sizeof right, "%s/right.h5", folder);
    (void)snprintf(wrong, sizeof wrong, "%s/wrong.h5", folder);
    gold_schema_init(&schema, study, STORE_N_TRAIN);
    STORE_OK(
        store_open(wrong, false, study, &schema, &store_provenance, &store));
    STORE_OK(gold_store_close(&store));
    char *before = bytes_of(wrong, &n_before);

    other = wrong;
    assert_int_equal(
        store_open(right, false, study, &schema, &store_provenance, &store),
        GOLD_ERR_IO);
    assert_non_null(strstr(gold_fail_message(), "another file"));
    assert_non_null(strstr(gold_fail_message(), right));
    assert_null(store);
    other = NULL;
    char *after = bytes_of(wrong, &n_after);

    assert_int_equal(n_before, n_after);
    assert_memory_equal(before, after, n_after);
    gold_free(before);
    gold_free(after);
    STORE_OK(
        store_open(right, false, study, &schema, &store_provenance, &store));
    STORE_OK(gold_store_close(&store));
    if (world_rank() == 0) {
        assert_int_equal(remove(right), 0);
        assert_int_equal(remove(wrong), 0);
        assert_int_equal(rmdir(folder), 0);
    }
    gold_study_destroy(&study);
    store_is_clean();
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_other_file)};

    (void)MPI_Init(&argc, &argv);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);

    if (failed != 0) {
        (void)MPI_Abort(MPI_COMM_WORLD, 1);
    }
    (void)MPI_Finalize();
    return failed;
}
