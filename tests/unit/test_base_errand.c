/* SPDX-License-Identifier: MIT */
/* Work in a process of its own: what it says comes back, and so does how it
 * ends, whatever it does. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/errand.h"

static const gold_errand_limits usual = {.seconds = 0.9, .bytes = 64 << 20};

/* What the process does, for one letter each. */
static gold_status work(const void *request, uint64_t *found)
{
    const char what = *(const char *)request;
    void *volatile block = NULL;

    gold_errand_at("step %c", what);
    switch (what) {
    case 'f':
        return gold_fail(GOLD_ERR_FORMAT, "no\tgood");
    case 'c':
        (void)raise(SIGSEGV);
        break;
    case 'x':
        _exit(0);
    case 'l':
        for (volatile unsigned long i = 0;; i++) {
        }
    case 'm':
        block = malloc((size_t)1 << 30);
        *found = block == NULL;
        free(block);
        break;
    case 't':
        (void)kill(getppid(), 0);
        (void)raise(SIGTERM);
        (void)raise(SIGUSR1);
        *found = 3;
        break;
    default:
        *found = (uint64_t)getpid();
    }
    return GOLD_OK;
}

static gold_errand_report run(char what, gold_status wanted)
{
    gold_errand_report report;

    gold_fail_clear();
    assert_int_equal(gold_errand_run(work, &what, 1, &usual, &report), wanted);
    return report;
}

static void test_ends(void **state)
{
    (void)state;
    gold_errand_report report = run('o', GOLD_OK);

    assert_int_equal(report.ending, GOLD_ERRAND_DONE);
    assert_true(report.found != 0 && report.found != (uint64_t)getpid());
    report = run('f', GOLD_ERR_FORMAT);
    assert_int_equal(report.ending, GOLD_ERRAND_DONE);
    assert_string_equal(gold_fail_message(), "no\\tgood");
    report = run('t', GOLD_OK);
    assert_int_equal(report.ending, GOLD_ERRAND_DONE);
    assert_int_equal(report.found, 3);
    for (const char *what = "cxl"; *what != '\0'; what++) {
        report = run(*what, GOLD_OK);
        assert_int_equal(report.ending, *what == 'l' ? GOLD_ERRAND_ENDLESS
                                                     : GOLD_ERRAND_CRASHED);
        assert_memory_equal(report.where, "step ", 5);
        assert_int_equal(report.where[5], *what);
    }
    /* No process is left behind. */
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* One process for many, until it crashes; then another. */
static void test_waiting(void **state)
{
    (void)state;
    gold_errand_begin();
    const uint64_t first = run('o', GOLD_OK).found;

    (void)run('f', GOLD_ERR_FORMAT);
    assert_int_equal(run('o', GOLD_OK).found, first);
    assert_int_equal(run('c', GOLD_OK).ending, GOLD_ERRAND_CRASHED);
    assert_int_not_equal(run('o', GOLD_OK).found, first);
    gold_errand_end();
    gold_errand_end();
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

#if !defined(__SANITIZE_ADDRESS__)
static void test_memory(void **state)
{
    (void)state;
    assert_int_equal(run('m', GOLD_OK).found, 1);
}
#endif

/* Who ignores its children's ends hears of them all the same. */
static void test_ignored(void **state)
{
    (void)state;
    (void)signal(SIGCHLD, SIG_IGN);
    assert_int_equal(run('t', GOLD_OK).found, 3);
    assert_int_equal(run('c', GOLD_OK).ending, GOLD_ERRAND_CRASHED);
    (void)signal(SIGCHLD, SIG_DFL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_waiting),
#if !defined(__SANITIZE_ADDRESS__)
        cmocka_unit_test(test_memory),
#endif
        cmocka_unit_test(test_ignored)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
