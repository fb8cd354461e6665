/* SPDX-License-Identifier: MIT */
/* What was kept of a task comes back whole or not at all: nothing of another
 * task, study, data or version, nothing damaged, and no error from it. */
#include <fcntl.h>
#include <sys/stat.h>

#include "mpi/test_store_support.h"

#define GRID "  seed: [3, 5]\n  relative_radius: [0.5, 1]\n"

enum {
    HEADER = 176,
    N_BYTES = 1000
};

/* A folder with a result file's name in it, and a study. */
typedef struct desk {
    char folder[64];
    char path[128];
    char kept[160]; /* file of task 7 */
    gold_study *study;
    gold_checkpoints *checkpoints;
    char bytes[N_BYTES];
} desk;

static gold_checkpoints *open_for(const desk *d, const gold_study *study,
                                  const char *data)
{
    gold_checkpoints *made = NULL;

    STORE_OK(gold_checkpoints_open(d->path, study, data, &made));
    return made;
}

static void desk_init(desk *d)
{
    store_folder(d->folder);
    (void)snprintf(d->path, sizeof d->path, "%s/a.h5", d->folder);
    (void)snprintf(d->kept, sizeof d->kept, "%s.checkpoints/task-7", d->path);
    d->study = store_study(GRID);
    d->checkpoints = open_for(d, d->study, "0123");
    for (size_t i = 0; i < N_BYTES; i++) {
        d->bytes[i] = (char)(i * i);
    }
}

static void desk_fini(desk *d)
{
    gold_checkpoints_clear(d->checkpoints);
    gold_checkpoints_close(&d->checkpoints);
    assert_null(d->checkpoints);
    gold_checkpoints_close(&d->checkpoints);
    gold_study_destroy(&d->study);
    assert_int_equal(rmdir(d->folder), 0);
    store_is_clean();
}

static void keep(const desk *d)
{
    STORE_OK(gold_checkpoint_write(d->checkpoints, 7, 2.5, d->bytes, N_BYTES));
}

/* Is the whole of what was kept there? Else it must be as if nothing was. */
static bool is_kept(const gold_checkpoints *checkpoints, const desk *d,
                    size_t task)
{
    double seconds = -1.0;
    void *bytes = &seconds;
    size_t n_bytes = 1;

    STORE_OK(
        gold_checkpoint_read(checkpoints, task, &seconds, &bytes, &n_bytes));
    if (bytes == NULL) {
        assert_int_equal(n_bytes, 0);
        assert_true(seconds == 0.0);
        return false;
    }
    assert_int_equal(n_bytes, N_BYTES);
    assert_memory_equal(bytes, d->bytes, N_BYTES);
    assert_true(seconds == 2.5);
    gold_free(bytes);
    return true;
}

static void test_round(void **state)
{
    desk d;
    struct stat about;

    (void)state;
    desk_init(&d);
    assert_false(is_kept(d.checkpoints, &d, 7));
    assert_int_equal(stat(d.kept, &about), -1);
    STORE_OK(gold_checkpoint_write(d.checkpoints, 7, 1.0, "old", 3));
    keep(&d);
    assert_true(is_kept(d.checkpoints, &d, 7));
    assert_true(is_kept(d.checkpoints, &d, 7));
    assert_int_equal(stat(d.kept, &about), 0);
    assert_int_equal(about.st_size, HEADER + N_BYTES);
    assert_false(is_kept(d.checkpoints, &d, 8));
    gold_checkpoint_remove(d.checkpoints, 8);
    assert_true(is_kept(d.checkpoints, &d, 7));
    gold_checkpoint_remove(d.checkpoints, 7);
    assert_false(is_kept(d.checkpoints, &d, 7));
    gold_checkpoint_remove(d.checkpoints, 7);
    desk_fini(&d);
}

/* Another session of the same study finds it; others do not. */
static void test_foreign(void **state)
{
    desk d;
    char other[160];
    gold_study *larger = store_study("  seed: [3, 6]\n"
                                     "  relative_radius: [0.5, 1]\n");

    (void)state;
    desk_init(&d);
    keep(&d);
    gold_checkpoints *same = open_for(&d, d.study, "0123");
    gold_checkpoints *other_data = open_for(&d, d.study, "0124");
    gold_checkpoints *other_study = open_for(&d, larger, "0123");

    assert_true(is_kept(same, &d, 7));
    assert_false(is_kept(other_data, &d, 7));
    assert_false(is_kept(other_study, &d, 7));
    (void)snprintf(other, sizeof other, "%s.checkpoints/task-8", d.path);
    assert_int_equal(rename(d.kept, other), 0);
    assert_false(is_kept(same, &d, 8));
    gold_checkpoints_close(&same);
    gold_checkpoints_close(&other_data);
    gold_checkpoints_close(&other_study);
    gold_study_destroy(&larger);
    desk_fini(&d);
}

/* Turn over a bit of the kept file. */
static void damage(const desk *d, size_t at)
{
    unsigned char byte = 0;
    const int file = open(d->kept, O_RDWR);

    assert_true(file >= 0);
    assert_int_equal(pread(file, &byte, 1, (off_t)at), 1);
    byte ^= 4;
    assert_int_equal(pwrite(file, &byte, 1, (off_t)at), 1);
    assert_int_equal(close(file), 0);
}

/* Every byte of the header counts, the version too, and those of the rest. */
static void test_damaged(void **state)
{
    desk d;

    (void)state;
    desk_init(&d);
    keep(&d);
    for (size_t i = 0; i < HEADER + N_BYTES; i += i < HEADER ? 1 : 37) {
        damage(&d, i);
        assert_false(is_kept(d.checkpoints, &d, 7));
        damage(&d, i);
    }
    assert_true(is_kept(d.checkpoints, &d, 7));
    desk_fini(&d);
}

static void test_truncated(void **state)
{
    desk d;

    (void)state;
    desk_init(&d);
    keep(&d);
    for (off_t size = HEADER + N_BYTES - 1; size > 0; size -= 1 + size / 8) {
        assert_int_equal(truncate(d.kept, size), 0);
        assert_false(is_kept(d.checkpoints, &d, 7));
    }
    assert_int_equal(truncate(d.kept, 0), 0);
    assert_false(is_kept(d.checkpoints, &d, 7));
    keep(&d);
    assert_int_equal(truncate(d.kept, HEADER + N_BYTES + 1), 0);
    assert_false(is_kept(d.checkpoints, &d, 7));
    keep(&d);
    assert_true(is_kept(d.checkpoints, &d, 7));
    desk_fini(&d);
}

/* Where no file can be made the message says so; what was there stays. */
static void test_no_place(void **state)
{
    desk d;
    char folder[160];

    (void)state;
    desk_init(&d);
    (void)snprintf(folder, sizeof folder, "%s.checkpoints", d.path);
    assert_int_equal(close(open(folder, O_CREAT | O_WRONLY, 0666)), 0);
    assert_int_equal(
        gold_checkpoint_write(d.checkpoints, 7, 2.5, d.bytes, N_BYTES),
        GOLD_ERR_IO);
    assert_non_null(strstr(gold_fail_message(), ".checkpoints"));
    assert_false(is_kept(d.checkpoints, &d, 7));
    gold_checkpoints_clear(d.checkpoints);
    assert_int_equal(unlink(folder), 0);

    assert_int_equal(mkdir(folder, 0777), 0);
    assert_int_equal(mkdir(d.kept, 0777), 0);
    assert_int_equal(
        gold_checkpoint_write(d.checkpoints, 7, 2.5, d.bytes, N_BYTES),
        GOLD_ERR_IO);
    assert_false(is_kept(d.checkpoints, &d, 7));
    assert_int_equal(rmdir(d.kept), 0);
    assert_int_equal(rmdir(folder), 0); /* nothing is left of the attempt */
    gold_fail_clear();
    desk_fini(&d);
}

/* All of ours go, with what a kill left of them; a stranger's file stays, and
 * the folder with it. */
static void test_clear(void **state)
{
    desk d;
    char left[200];
    char strange[200];

    (void)state;
    desk_init(&d);
    gold_checkpoints_clear(d.checkpoints);
    for (size_t task = 0; task < 20; task++) {
        STORE_OK(gold_checkpoint_write(d.checkpoints, task, 0.0, "x", 1));
    }
    (void)snprintf(left, sizeof left, "%s.checkpoints/task-7.tmp-99", d.path);
    (void)snprintf(strange, sizeof strange, "%s.checkpoints/notes", d.path);
    assert_int_equal(close(open(left, O_CREAT | O_WRONLY, 0666)), 0);
    assert_int_equal(close(open(strange, O_CREAT | O_WRONLY, 0666)), 0);
    gold_checkpoints_clear(d.checkpoints);
    assert_int_equal(access(left, F_OK), -1);
    assert_int_equal(access(d.kept, F_OK), -1);
    assert_int_equal(unlink(strange), 0);
    desk_fini(&d);
}

/* Through a link to the result file the same are found. */
static void test_link(void **state)
{
    desk d;
    char link[160];
    gold_checkpoints *linked = NULL;

    (void)state;
    desk_init(&d);
    keep(&d);
    (void)snprintf(link, sizeof link, "%s.link", d.path);
    assert_int_equal(symlink(strrchr(d.path, '/') + 1, link), 0);
    STORE_OK(gold_checkpoints_open(link, d.study, "0123", &linked));
    assert_true(is_kept(linked, &d, 7));
    assert_int_equal(gold_checkpoints_count(link), 1);
    gold_checkpoints_close(&linked);
    assert_int_equal(unlink(link), 0);
    desk_fini(&d);
}

/* A folder that is renamed is the same; one that takes its name is another. */
static void test_renamed_folder(void **state)
{
    desk d;
    char away[80];

    (void)state;
    desk_init(&d);
    keep(&d);
    (void)snprintf(away, sizeof away, "%s.away", d.folder);
    assert_int_equal(rename(d.folder, away), 0);
    assert_int_equal(mkdir(d.folder, 0777), 0);
    assert_true(is_kept(d.checkpoints, &d, 7));
    STORE_OK(gold_checkpoint_write(d.checkpoints, 8, 2.5, d.bytes, N_BYTES));
    assert_true(is_kept(d.checkpoints, &d, 8));
    gold_checkpoint_remove(d.checkpoints, 8);
    assert_false(is_kept(d.checkpoints, &d, 8));
    gold_checkpoints_clear(d.checkpoints);
    assert_int_equal(rmdir(d.folder), 0); /* nothing was put there */
    assert_int_equal(rename(away, d.folder), 0);
    desk_fini(&d);
}

/* Each path has a parent: the root, the folder that we are in. */
static void test_parents(void **state)
{
    desk d;
    char here[4096];
    gold_checkpoints *made = NULL;

    (void)state;
    desk_init(&d);
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(chdir(d.folder), 0);
    keep(&d);
    STORE_OK(gold_checkpoints_open("a.h5", d.study, "0123", &made));
    assert_true(is_kept(made, &d, 7));
    gold_checkpoints_close(&made);
    STORE_OK(gold_checkpoints_open("/a.h5", d.study, "0123", &made));
    assert_false(is_kept(made, &d, 7));
    gold_checkpoints_close(&made);
    assert_int_equal(gold_checkpoints_open("no/a.h5", d.study, "0123", &made),
                     GOLD_ERR_IO);
    assert_non_null(strstr(gold_fail_message(), "folder no: "));
    assert_null(made);
    gold_fail_clear();
    assert_int_equal(chdir(here), 0);
    desk_fini(&d);
}

/* What begins otherwise is not a checkpoint, whatever its name: it stays, and
 * its task is not kept. */
static void test_strange(void **state)
{
    desk d;
    char text[8] = "";

    (void)state;
    desk_init(&d);
    keep(&d);
    for (int way = 0; way < 3; way++) {
        int file = open(d.kept, O_WRONLY | O_TRUNC);

        assert_int_equal(write(file, "notes", 5), 5);
        assert_int_equal(close(file), 0);
        if (way == 0) {
            gold_checkpoint_remove(d.checkpoints, 7);
        } else if (way == 1) {
            gold_checkpoints_clear(d.checkpoints);
        } else {
            assert_int_equal(
                gold_checkpoint_write(d.checkpoints, 7, 1.0, "x", 1),
                GOLD_ERR_IO);
            assert_non_null(strstr(gold_fail_message(), "not replaced"));
        }
        file = open(d.kept, O_RDONLY);
        assert_int_equal(read(file, text, sizeof text), 5);
        assert_int_equal(close(file), 0);
    }
    assert_int_equal(unlink(d.kept), 0);
    gold_fail_clear();
    desk_fini(&d);
}

static void test_memory(void **state)
{
    desk d;
    gold_status status = GOLD_ERR_MEMORY;

    (void)state;
    desk_init(&d);
    keep(&d);
    const int64_t before = gold_live_blocks();

    for (int64_t k = 1; status != GOLD_OK; k++) {
        double seconds = 0.0;
        void *bytes = NULL;
        size_t n_bytes = 0;
        gold_checkpoints *again = NULL;

        gold_refuse_after(k);
        status = gold_checkpoints_open(d.path, d.study, "0123", &again);
        if (status == GOLD_OK) {
            status = gold_checkpoint_write(again, 7, 2.5, d.bytes, N_BYTES);
        }
        if (status == GOLD_OK) {
            status = gold_checkpoint_read(again, 7, &seconds, &bytes, &n_bytes);
        }
        gold_refuse_after(0);
        assert_true(status == GOLD_OK || status == GOLD_ERR_MEMORY);
        assert_true((bytes != NULL) == (status == GOLD_OK));
        gold_free(bytes);
        gold_checkpoints_close(&again);
        assert_int_equal(gold_live_blocks(), before);
        assert_true(is_kept(d.checkpoints, &d, 7));
        assert_true(k < 1000);
    }
    desk_fini(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round),    cmocka_unit_test(test_foreign),
        cmocka_unit_test(test_damaged),  cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_no_place), cmocka_unit_test(test_clear),
        cmocka_unit_test(test_link),     cmocka_unit_test(test_strange),
        cmocka_unit_test(test_memory),   cmocka_unit_test(test_renamed_folder),
        cmocka_unit_test(test_parents),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
