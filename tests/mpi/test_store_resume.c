/* SPDX-License-Identifier: MIT */
/* Opening says no, on all ranks with the same words, to whatever is not this
 * study's file, and leaves it as it was; --overwrite replaces it; a point that
 * was left pending stays so, and one that failed can be done again. */
#include <math.h>

#include "mpi/test_store_support.h"

#define GRID "  seed: [3, 5]\n  relative_radius: [0.5, 1, 2, 4]\n"

static int world_rank(void)
{
    int rank = 0;

    (void)MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank;
}

/* Open and expect a refusal with these words. */
static void refuse(const char *path, const gold_study *study,
                   const gold_provenance *provenance, gold_status expected,
                   const char *words)
{
    gold_schema schema;
    gold_store *store = NULL;

    gold_schema_init(&schema, study, STORE_N_TRAIN);
    gold_fail_clear();
    assert_int_equal(
        store_open(path, false, study, &schema, provenance, &store), expected);
    assert_null(store);
    if (strstr(gold_fail_message(), words) == NULL) {
        fail_msg("'%s' is not in '%s'", words, gold_fail_message());
    }
}

/* Open, commit what `edit` makes of task 0, close. */
static void session(const char *path, bool is_overwrite,
                    const gold_study *study,
                    void (*edit)(gold_outcome *outcome))
{
    gold_schema schema;
    gold_store *store = NULL;
    gold_task task = {.id = 0};
    gold_outcome outcome;

    gold_schema_init(&schema, study, STORE_N_TRAIN);
    STORE_OK(store_open(path, is_overwrite, study, &schema, &store_provenance,
                        &store));
    if (world_rank() == 0 && edit != NULL) {
        STORE_OK(gold_task_init(study, 0, &task));
        store_outcome(&schema, &task, &outcome);
        edit(&outcome);
        STORE_OK(gold_store_commit(store, &task, &outcome));
        gold_outcome_fini(&outcome);
        gold_task_fini(&task);
    }
    STORE_OK(gold_store_close(&store));
    STORE_OK(gold_store_close(&store));
}

static void check(const char *path, size_t point, uint8_t state,
                  const char *message)
{
    gold_archive *archive = NULL;
    uint8_t states[8];
    double loss[8];
    char text[GOLD_MESSAGE_BYTES];

    STORE_OK(gold_archive_open(path, &archive));
    STORE_OK(gold_archive_states(archive, GOLD_TASK_MEASURE, states));
    STORE_OK(gold_archive_variable(archive, GOLD_VAR_LOSS, loss));
    STORE_OK(gold_archive_message(archive, GOLD_TASK_MEASURE, point, text));
    assert_int_equal(states[point], state);
    assert_string_equal(text, message);
    assert_true(state == GOLD_STATE_PENDING ? isnan(loss[point])
                                            : !isnan(loss[point]));
    gold_archive_close(&archive);
    (void)MPI_Barrier(MPI_COMM_WORLD);
}

static void edit_first(gold_outcome *outcome)
{
    outcome->verdicts[1].state = GOLD_STATE_PENDING;
    outcome->verdicts[2].state = GOLD_STATE_FAILED;
    /* 119 bytes that end within a character */
    memset(outcome->verdicts[2].message, 'x', GOLD_MESSAGE_BYTES - 2);
    outcome->verdicts[2].message[GOLD_MESSAGE_BYTES - 2] = '\xc3';
}

static void edit_second(gold_outcome *outcome)
{
    outcome->attempts = 2;
}

static void test_states(void **state)
{
    char folder[64];
    char path[128];
    char cut[GOLD_MESSAGE_BYTES] = "";
    gold_study *study = store_study(GRID);

    (void)state;
    store_folder(folder);
    (void)snprintf(path, sizeof path, "%s/a.h5", folder);
    memset(cut, 'x', GOLD_MESSAGE_BYTES - 2);
    cut[GOLD_MESSAGE_BYTES - 2] = '?';
    session(path, false, study, edit_first);
    check(path, 0, GOLD_STATE_DONE, "");
    check(path, 1, GOLD_STATE_PENDING, "");
    check(path, 2, GOLD_STATE_FAILED, cut);
    session(path, false, study, edit_second);
    check(path, 1, GOLD_STATE_DONE, "");
    check(path, 2, GOLD_STATE_DONE, "");
    session(path, true, study, NULL);
    check(path, 0, GOLD_STATE_PENDING, "");
    (void)MPI_Barrier(MPI_COMM_WORLD);
    if (world_rank() == 0) {
        assert_int_equal(remove(path), 0);
        assert_int_equal(rmdir(folder), 0);
    }
    gold_study_destroy(&study);
    store_is_clean();
}

static void test_refusals(void **state)
{
    char folder[64];
    char path[128];
    gold_study *study = store_study(GRID);
    gold_study *other =
        store_study("  seed: [3, 5]\n  relative_radius: [0.5, 1, 2, 8]\n");
    gold_provenance data = store_provenance;

    (void)state;
    data.data_digest = "4567";
    store_folder(folder);
    refuse(folder, study, &store_provenance, GOLD_ERR_IO, "folder");
    refuse("", study, &store_provenance, GOLD_ERR_IO, "empty");
    refuse("/dev/null", study, &store_provenance, GOLD_ERR_IO, "device");
    refuse("/proc/none/a.h5", study, &store_provenance, GOLD_ERR_IO, "folder");
    (void)snprintf(path, sizeof path, "%s/a.h5", folder);
    session(path, false, study, NULL);
    refuse(path, other, &store_provenance, GOLD_ERR_MISMATCH,
           "relative_radius");
    refuse(path, study, &data, GOLD_ERR_MISMATCH, "4567");
    session(path, false, study, NULL);
    session(path, true, other, NULL);
    refuse(path, study, &store_provenance, GOLD_ERR_MISMATCH,
           "relative_radius");
    (void)MPI_Barrier(MPI_COMM_WORLD);
    if (world_rank() == 0) {
        FILE *file = fopen(path, "w");

        assert_non_null(file);
        assert_true(fputs("notes: none\n", file) >= 0);
        assert_int_equal(fclose(file), 0);
    }
    (void)MPI_Barrier(MPI_COMM_WORLD);
    refuse(path, study, &store_provenance, GOLD_ERR_FORMAT, "plain text");
    if (world_rank() == 0) {
        assert_int_equal(remove(path), 0);
        assert_int_equal(rmdir(folder), 0);
    }
    gold_study_destroy(&other);
    gold_study_destroy(&study);
    store_is_clean();
}

/* Rows up to `end` are taken, as if by as many sessions at the time of the
 * last that there was: to make them all would take long. */
static void take_rows(const char *path, size_t n_taken, size_t end)
{
    double starts[GOLD_MAX_SESSIONS];

    if (world_rank() == 0) {
        const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
        const hid_t rows = H5Dopen2(file, "sessions/start", H5P_DEFAULT);

        assert_true(H5Dread(rows, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL,
                            H5P_DEFAULT, starts) >= 0);
        assert_true(!isnan(starts[n_taken - 1]));
        assert_true(isnan(starts[n_taken]));
        for (size_t i = n_taken; i < end; i++) {
            starts[i] = starts[n_taken - 1];
        }
        assert_true(H5Dwrite(rows, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL,
                             H5P_DEFAULT, starts) >= 0);
        assert_true(H5Dclose(rows) >= 0);
        assert_true(H5Fclose(file) >= 0);
    }
    (void)MPI_Barrier(MPI_COMM_WORLD);
}

/* Rows for sessions are as many as were made; then the last is used again. */
static void test_many_sessions(void **state)
{
    char folder[64];
    char path[128];
    gold_study *study = store_study(GRID);
    gold_archive *archive = NULL;
    gold_session sessions[GOLD_MAX_SESSIONS];
    size_t n_sessions = 0;
    double last = 0.0;

    (void)state;
    store_folder(folder);
    (void)snprintf(path, sizeof path, "%s/a.h5", folder);
    session(path, false, study, NULL);
    session(path, false, study, NULL);
    take_rows(path, 2, GOLD_MAX_SESSIONS - 1);
    for (size_t i = GOLD_MAX_SESSIONS; i <= GOLD_MAX_SESSIONS + 2; i++) {
        session(path, false, study, NULL);
        STORE_OK(gold_archive_open(path, &archive));
        STORE_OK(gold_archive_sessions(archive, sessions, &n_sessions));
        gold_archive_close(&archive);
        assert_int_equal(n_sessions, GOLD_MAX_SESSIONS);
        assert_true(sessions[n_sessions - 1].start > last);
        assert_true(sessions[0].start < sessions[1].start);
        assert_true(sessions[n_sessions - 2].start == sessions[1].start);
        last = sessions[n_sessions - 1].start;
        (void)MPI_Barrier(MPI_COMM_WORLD);
    }
    if (world_rank() == 0) {
        assert_int_equal(remove(path), 0);
        assert_int_equal(rmdir(folder), 0);
    }
    gold_study_destroy(&study);
    store_is_clean();
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_many_sessions),
    };

    (void)MPI_Init(&argc, &argv);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);

    if (failed != 0) {
        (void)MPI_Abort(MPI_COMM_WORLD, 1);
    }
    (void)MPI_Finalize();
    return failed;
}
