/* SPDX-License-Identifier: MIT */
/* The lock of a result file: one holder, gone with it, no trace. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "goldilocks/memory.h"

#include "store/lock.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_holder),
        cmocka_unit_test(test_killed_holder),
        cmocka_unit_test(test_no_folder),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
