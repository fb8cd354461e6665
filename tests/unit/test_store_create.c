/* SPDX-License-Identifier: MIT */
/* A new file says all about itself before anything is measured; one that
 * cannot be made leaves nothing behind, and its reason in the message. */
#include <math.h>
#include <signal.h>
#include <sys/resource.h>

#include "mpi/test_store_support.h"
#include "store/create.h"
#include "store/place.h"

#define GRID                                                                   \
    "  seed: [3, 5]\n  relative_radius: [0.5, 1]\n"                            \
    "  exclude: [{seed: 3, relative_radius: 1}]\n"

/* Make a file for the study. */
static gold_status create(const char *path, const gold_study *study)
{
    const gold_output_request request = {.path = path,
                                         .kind = GOLD_FILE_RESULT};
    gold_status status = GOLD_OK;
    gold_output *output = NULL;
    gold_schema schema;

    gold_schema_init(&schema, study, STORE_N_TRAIN);
    GOLD_TRY(gold_output_open(&request, &output));
    status = goldi_create(output, study, &schema, &store_provenance, NULL);
    gold_output_close(&output);
    return status;
}

static void test_new(void **state)
{
    char folder[64];
    char path[128];
    char message[GOLD_MESSAGE_BYTES];
    gold_study *study = store_study(GRID);
    gold_archive *archive = NULL;
    gold_session sessions[GOLD_MAX_SESSIONS];
    size_t n_sessions = 9;
    uint8_t states[4];
    double values[4 * 6];

    (void)state;
    store_folder(folder);
    (void)snprintf(path, sizeof path, "%s/a.h5", folder);
    STORE_OK(create(path, study));
    STORE_OK(gold_archive_open(path, &archive));
    assert_int_equal(gold_archive_study(archive)->n_points, 4);
    assert_int_equal(gold_archive_schema(archive)->n_dims, 2);
    assert_string_equal(gold_archive_text(archive, "title"), "Größe");
    assert_string_equal(gold_archive_text(archive, "config"), study->text);
    assert_string_equal(gold_archive_text(archive, "data_sha256"), "0123");
    assert_string_equal(gold_archive_text(archive, "no such thing"), "");
    STORE_OK(gold_archive_states(archive, GOLD_TASK_MEASURE, states));
    STORE_OK(gold_archive_variable(archive, GOLD_VAR_EIGENVALUES, values));
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(states[i],
                         i == 1 ? GOLD_STATE_EXCLUDED : GOLD_STATE_PENDING);
        STORE_OK(gold_archive_message(archive, GOLD_TASK_MEASURE, i, message));
        assert_string_equal(message, "");
    }
    for (size_t i = 0; i < 4 * 6; i++) {
        assert_true(isnan(values[i]));
    }
    STORE_OK(gold_archive_sessions(archive, sessions, &n_sessions));
    assert_int_equal(n_sessions, 0);
    gold_archive_close(&archive);
    gold_archive_close(&archive);
    gold_study_destroy(&study);
    assert_int_equal(remove(path), 0);
    assert_int_equal(rmdir(folder), 0);
    store_is_clean();
}

/* A study's text beyond what HDF5 keeps in an object header. */
static void test_large_text(void **state)
{
    enum {
        BYTES = 300000
    };
    char folder[64];
    char path[128];
    gold_study *study = store_study(GRID);
    gold_archive *archive = NULL;
    char *text = NULL;

    (void)state;
    store_folder(folder);
    (void)snprintf(path, sizeof path, "%s/a.h5", folder);
    STORE_OK(GOLD_ALLOC(BYTES, &text));
    memset(text, '#', BYTES);
    (void)snprintf(text + BYTES - 1000, 1000, "\n%s", study->text);
    gold_free(study->text);
    study->text = text;
    STORE_OK(create(path, study));
    STORE_OK(gold_archive_open(path, &archive));
    assert_string_equal(gold_archive_text(archive, "config"), text);
    gold_archive_close(&archive);
    gold_study_destroy(&study);
    assert_int_equal(remove(path), 0);
    assert_int_equal(rmdir(folder), 0);
    store_is_clean();
}

static void test_no_memory(void **state)
{
    char folder[64];
    char path[128];
    gold_study *study = store_study(GRID);
    gold_archive *archive = NULL;
    const int64_t live = gold_live_blocks();
    gold_status status = GOLD_ERR_MEMORY;

    (void)state;
    store_folder(folder);
    (void)snprintf(path, sizeof path, "%s/a.h5", folder);
    for (int64_t k = 1; status != GOLD_OK; k++) {
        assert_int_equal(status, GOLD_ERR_MEMORY);
        gold_refuse_after(k);
        status = create(path, study);
        gold_refuse_after(0);
        assert_int_equal(access(path, F_OK) == 0, status == GOLD_OK);
        assert_int_equal(gold_live_blocks(), live);
    }
    status = GOLD_ERR_MEMORY;
    for (int64_t k = 1; status != GOLD_OK; k++) {
        assert_int_equal(status, GOLD_ERR_MEMORY);
        gold_refuse_after(k);
        status = gold_archive_open(path, &archive);
        gold_refuse_after(0);
        assert_int_equal(archive != NULL, status == GOLD_OK);
        assert_true(status == GOLD_OK || gold_live_blocks() == live);
    }
    gold_archive_close(&archive);
    gold_study_destroy(&study);
    assert_int_equal(remove(path), 0);
    assert_int_equal(rmdir(folder), 0);
    store_is_clean();
}

/* A limit on the size of files stands for a disk that is full. */
static void test_no_room(void **state)
{
    char folder[64];
    char path[128];
    gold_study *study = store_study(GRID);
    struct rlimit before;
    struct rlimit limit;
    gold_status status = GOLD_ERR_IO;
    rlim_t bytes = 1;

    (void)state;
    store_folder(folder);
    (void)snprintf(path, sizeof path, "%s/a.h5", folder);
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    for (; status != GOLD_OK; bytes *= 2) {
        limit.rlim_cur = bytes;
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        status = create(path, study);
        limit.rlim_cur = before.rlim_cur;
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        if (status != GOLD_OK) {
            assert_int_equal(status, GOLD_ERR_IO);
            assert_non_null(strstr(gold_fail_message(), "File too large"));
            (void)rmdir(folder); /* nothing is left in it */
            assert_int_not_equal(access(folder, F_OK), 0);
        }
    }
    assert_true(bytes > 1 << 22);
    gold_study_destroy(&study);
    assert_int_equal(remove(path), 0);
    assert_int_equal(rmdir(folder), 0);
    store_is_clean();
}

static void test_places(void **state)
{
    char folder[64];
    char path[128];
    gold_study *study = store_study(GRID);

    (void)state;
    store_folder(folder);
    (void)snprintf(path, sizeof path, "%s/a.h5", folder);
    STORE_OK(create(path, study));
    (void)snprintf(path, sizeof path, "%s/a.h5/b.h5", folder);
    assert_int_equal(create(path, study), GOLD_ERR_IO);
    assert_non_null(strstr(gold_fail_message(), "is a file"));
    (void)snprintf(path, sizeof path, "%s/a.h5", folder);
    assert_int_equal(remove(path), 0);
    assert_int_equal(rmdir(folder), 0);
    gold_study_destroy(&study);
    store_is_clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new),       cmocka_unit_test(test_large_text),
        cmocka_unit_test(test_no_memory), cmocka_unit_test(test_places),
        cmocka_unit_test(test_no_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
