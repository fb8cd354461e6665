/* SPDX-License-Identifier: MIT */
/* The lock of a name: one holder, gone with it, no trace. And of what is there:
 * open to readers, to no other writer, whatever its name; also where a file
 * system has locks of one kind only, or none. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "goldilocks/memory.h"

#include "store/lock.h"

enum {
    LOCAL,
    NFS, /* where flock is a lock of all bytes */
    NONE
};
static int file_system = LOCAL;

/* In place of the system's. NOLINTNEXTLINE(readability-inconsistent-*) */
int flock(int descriptor, int how)
{
    const struct flock all = {.l_type =
                                  (how & LOCK_SH) != 0 ? F_RDLCK : F_WRLCK,
                              .l_whence = SEEK_SET};

    if (file_system == NONE) {
        errno = ENOLCK;
        return -1;
    }
    if (file_system == NFS) {
        return fcntl(descriptor, F_OFD_SETLK, &all);
    }
    return (int)syscall(SYS_flock, descriptor, how);
}

static char folder[] = "/tmp/goldilocks-lock-XXXXXX";
static char path[64];
static char lock_path[80];

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    (void)snprintf(path, sizeof path, "%s/x.h5", folder);
    (void)snprintf(lock_path, sizeof lock_path, "%s.lock", path);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static void test_one_holder(void **state)
{
    goldi_lock first = GOLDI_NO_LOCK;
    goldi_lock second = GOLDI_NO_LOCK;

    (void)state;
    assert_int_equal(goldi_lock_take(path, &first), GOLD_OK);
    assert_int_equal(access(lock_path, F_OK), 0);
    assert_int_equal(goldi_lock_take(path, &second), GOLD_ERR_IO);
    assert_non_null(strstr(gold_fail_message(), "another run"));
    assert_int_equal(second.descriptor, -1);
    goldi_lock_release(&first);
    assert_int_not_equal(access(lock_path, F_OK), 0);
    assert_int_equal(goldi_lock_take(path, &second), GOLD_OK);
    goldi_lock_release(&second);
    goldi_lock_release(&second);
    assert_int_equal(gold_live_blocks(), 0);
}

/* A killed holder leaves its file, which is in nobody's way. */
static void test_killed_holder(void **state)
{
    goldi_lock lock = GOLDI_NO_LOCK;
    int ended = 0;
    const pid_t child = fork();

    (void)state;
    if (child == 0) {
        _exit(goldi_lock_take(path, &lock) == GOLD_OK ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_int_equal(ended, 0);
    assert_int_equal(access(lock_path, F_OK), 0);
    assert_int_equal(goldi_lock_take(path, &lock), GOLD_OK);
    goldi_lock_release(&lock);
}

static void test_no_folder(void **state)
{
    goldi_lock lock = GOLDI_NO_LOCK;

    (void)state;
    assert_int_equal(goldi_lock_take("/nowhere/at/all/x.h5", &lock),
                     GOLD_ERR_IO);
    assert_int_equal(gold_live_blocks(), 0);
}

static void put_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* What stands where the lock would be is no lock, and stays. */
static void test_somebody_elses_file(void **state)
{
    goldi_lock lock = GOLDI_NO_LOCK;
    struct stat about;

    (void)state;
    put_file(lock_path, "notes");
    assert_int_equal(goldi_lock_take(path, &lock), GOLD_ERR_IO);
    assert_non_null(strstr(gold_fail_message(), "another name"));
    assert_int_equal(stat(lock_path, &about), 0);
    assert_int_equal(about.st_size, 5);
    assert_int_equal(unlink(lock_path), 0);
    assert_int_equal(symlink("elsewhere", lock_path), 0);
    assert_int_equal(goldi_lock_take(path, &lock), GOLD_ERR_IO);
    assert_int_equal(unlink(lock_path), 0);
    assert_int_equal(goldi_lock_take(path, &lock), GOLD_OK);
    assert_int_equal(unlink(lock_path), 0);
    put_file(lock_path, "notes");
    goldi_lock_release(&lock);
    assert_int_equal(unlink(lock_path), 0);
}

/* Can another program lock the file, as HDF5 does? */
static bool is_open_to(int how)
{
    const int descriptor = open(path, O_RDWR);
    const bool is_open = flock(descriptor, how | LOCK_NB) == 0;

    assert_int_equal(close(descriptor), 0);
    return is_open;
}

static void test_hold(void **state)
{
    goldi_hold hold = GOLDI_NO_HOLD;
    goldi_hold second = GOLDI_NO_HOLD;
    char link_path[80];

    (void)state;
    (void)snprintf(link_path, sizeof link_path, "%s/link.h5", folder);
    put_file(path, "");
    assert_int_equal(link(path, link_path), 0);
    for (int i = LOCAL; i <= NFS; i++) {
        file_system = i;
        assert_int_equal(goldi_hold_take(path, "me", &hold), GOLD_OK);
        assert_true(is_open_to(LOCK_SH));
        assert_false(is_open_to(LOCK_EX));
        /* On NFS only names tell two runs from each other. */
        assert_int_equal(goldi_hold_take(link_path, "me", &second),
                         i == LOCAL ? GOLD_ERR_IO : GOLD_OK);
        if (i == LOCAL) {
            assert_non_null(strstr(gold_fail_message(), "me: another run"));
        }
        goldi_hold_release(&second);
        goldi_hold_release(&hold);
        assert_true(is_open_to(LOCK_EX));
    }
    file_system = LOCAL;
    assert_int_equal(unlink(link_path), 0);
    assert_int_equal(unlink(path), 0);
}

static void test_written_by_others(void **state)
{
    goldi_hold hold = GOLDI_NO_HOLD;

    (void)state;
    put_file(path, "");
    for (int i = LOCAL; i <= NFS; i++) {
        const int other = open(path, O_RDWR);

        file_system = i;
        assert_int_equal(flock(other, LOCK_EX), 0);
        assert_int_equal(goldi_hold_take(path, "me", &hold), GOLD_ERR_IO);
        assert_non_null(strstr(gold_fail_message(), "another program"));
        assert_int_equal(flock(other, LOCK_SH), 0);
        assert_int_equal(goldi_hold_take(path, "me", &hold), GOLD_OK);
        goldi_hold_release(&hold);
        assert_int_equal(close(other), 0);
    }
    file_system = LOCAL;
    assert_int_equal(unlink(path), 0);
}

/* Where there are no locks all goes on, and it can be told. */
static void test_no_locks(void **state)
{
    goldi_lock lock = GOLDI_NO_LOCK;
    goldi_hold hold = GOLDI_NO_HOLD;

    (void)state;
    put_file(path, "");
    file_system = NONE;
    assert_int_equal(goldi_lock_take(path, &lock), GOLD_OK);
    assert_false(lock.is_held);
    assert_int_equal(goldi_hold_take(path, "me", &hold), GOLD_OK);
    goldi_hold_release(&hold);
    goldi_lock_release(&lock);
    file_system = LOCAL;
    assert_int_equal(goldi_lock_take(path, &lock), GOLD_OK);
    assert_true(lock.is_held);
    goldi_lock_release(&lock);
    assert_int_equal(unlink(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_holder),
        cmocka_unit_test(test_killed_holder),
        cmocka_unit_test(test_no_folder),
        cmocka_unit_test(test_somebody_elses_file),
        cmocka_unit_test(test_hold),
        cmocka_unit_test(test_written_by_others),
        cmocka_unit_test(test_no_locks),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
