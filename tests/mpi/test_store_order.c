/* SPDX-License-Identifier: MIT */
/* Stopped after any write, a job leaves a file in which every point marked
 * done holds its values.
 *
 * HDF5 writes by MPI_File_write_at, which is replaced here by one that copies
 * the file after each write: what the system has then is what a process that
 * ends there leaves behind. */
#include <fcntl.h>
#include <sys/stat.h>

#include "mpi/test_store_support.h"
#include "store/h5.h"

#define GRID                                                                   \
    "  seed: {count: 1}\n  relative_radius: [0.5, 1, 2]\n"                     \
    "  activation: [relu, tanh]\n"

/* The file that is looked at; NULL: none. */
static const char *watched;
static size_t n_copies;

static void name_copy(size_t k, char text[256])
{
    (void)snprintf(text, 256, "%.200s.%zu", watched, k);
}

static void copy_file(const char *from, const char *to)
{
    const int in = open(from, O_RDONLY);
    const int out = open(to, O_WRONLY | O_CREAT | O_EXCL, 0666);
    char bytes[1 << 16];
    ssize_t n = 0;

    assert_true(in >= 0 && out >= 0);
    while ((n = read(in, bytes, sizeof bytes)) > 0) {
        assert_true(write(out, bytes, (size_t)n) == n);
    }
    assert_true(n == 0);
    assert_int_equal(close(in), 0);
    assert_int_equal(close(out), 0);
}

int MPI_File_write_at(MPI_File file, MPI_Offset offset, const void *bytes,
                      int count, MPI_Datatype type, MPI_Status *status)
{
    const int code =
        PMPI_File_write_at(file, offset, bytes, count, type, status);
    char name[256];

    if (watched != NULL) {
        name_copy(n_copies++, name);
        copy_file(watched, name);
    }
    return code;
}

/* Look at the file as it was after each write; returns how many points the
 * last one had. */
static size_t check_copies(size_t n_before)
{
    size_t n_done = n_before;
    char name[256];

    assert_true(n_copies > 5); /* or they would go another way */
    for (size_t k = 0; k < n_copies; k++) {
        name_copy(k, name);
        const size_t now = store_check(name);

        assert_true(now >= n_done);
        n_done = now;
        assert_int_equal(remove(name), 0);
    }
    n_copies = 0;
    return n_done;
}

/* Commit a task but for its second point. */
static void commit_some(gold_store *store, const gold_study *study,
                        const gold_schema *schema, size_t id)
{
    gold_task task = {.id = 0};
    gold_outcome outcome;

    STORE_OK(gold_task_init(study, id, &task));
    store_outcome(schema, &task, &outcome);
    if (task.n_points > 1) {
        outcome.verdicts[1].state = GOLD_STATE_PENDING;
    }
    STORE_OK(gold_store_commit(store, &task, &outcome));
    gold_outcome_fini(&outcome);
    gold_task_fini(&task);
}

static void test_order(void **state)
{
    gold_study *study = store_study(GRID);
    gold_schema schema;
    gold_store *store = NULL;
    char folder[64];
    char path[128];
    size_t n_done = 0;

    (void)state;
    store_folder(folder);
    (void)snprintf(path, sizeof path, "%s/a.h5", folder);
    gold_schema_init(&schema, study, STORE_N_TRAIN);
    STORE_OK(
        store_open(path, false, study, &schema, &store_provenance, &store));
    watched = path;
    for (size_t id = 0; id < gold_n_tasks(study); id++) {
        commit_some(store, study, &schema, id);
        n_done = check_copies(n_done);
        store_commit(store, study, &schema, id);
        n_done = check_copies(n_done);
    }
    watched = NULL;
    assert_int_equal(n_done, 2 * study->n_points);
    STORE_OK(gold_store_close(&store));
    gold_study_destroy(&study);
    assert_int_equal(remove(path), 0);
    assert_int_equal(rmdir(folder), 0);
    store_is_clean();
}

/* Nothing is held back that another driver would hold back. */
static void test_no_sieve(void **state)
{
    hid_t access = H5I_INVALID_HID;
    size_t bytes = 1;

    (void)state;
    STORE_OK(goldi_h5_access(&access));
    assert_true(H5Pget_sieve_buf_size(access, &bytes) >= 0);
    assert_int_equal(bytes, 0);
    goldi_h5_close(&access);
    store_is_clean();
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_no_sieve),
    };

    gold_store_prepare();
    (void)MPI_Init(&argc, &argv);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);

    (void)MPI_Finalize();
    return failed;
}
