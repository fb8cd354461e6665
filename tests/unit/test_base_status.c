/* SPDX-License-Identifier: MIT */
/* Status: texts, exit codes, and messages that gather context on the way up,
 * one a thread. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <pthread.h>

#include "goldilocks/status.h"

static void test_codes(void **state)
{
    static const struct {
        gold_status status;
        int exit_code;
    } expected[] = {
        {GOLD_OK, 0},         {GOLD_ERR_USAGE, 2},   {GOLD_ERR_CONFIG, 3},
        {GOLD_ERR_IO, 4},     {GOLD_ERR_FORMAT, 4},  {GOLD_ERR_MISMATCH, 4},
        {GOLD_ERR_MEMORY, 4}, {GOLD_ERR_NUMERIC, 5}, {GOLD_ERR_TASKS, 5},
        {GOLD_ERR_VERIFY, 6}, {GOLD_ERR_STOPPED, 75}};

    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const gold_status status = expected[i].status;

        assert_int_equal(gold_status_exit_code(status), expected[i].exit_code);
        assert_true(strlen(gold_status_text(status)) > 0);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(gold_status_text(status),
                                    gold_status_text(expected[j].status));
        }
    }
}

static void test_message(void **state)
{
    (void)state;
    assert_string_equal(gold_fail_message(), "");
    assert_int_equal(gold_fail(GOLD_ERR_IO, "%s: %d", "file", 3), GOLD_ERR_IO);
    assert_string_equal(gold_fail_message(), "file: 3");
    assert_int_equal(gold_fail_context(GOLD_OK, "all is well"), GOLD_OK);
    assert_int_equal(gold_fail_context(GOLD_ERR_IO, "reading %s", "data"),
                     GOLD_ERR_IO);
    (void)gold_fail_context(GOLD_ERR_IO, "point %d", 7);
    assert_string_equal(gold_fail_message(), "point 7: reading data: file: 3");
    assert_int_equal(gold_fail(GOLD_ERR_CONFIG, "other"), GOLD_ERR_CONFIG);
    assert_string_equal(gold_fail_message(), "other");
    gold_fail_clear();
    assert_string_equal(gold_fail_message(), "");
}

static void test_long_messages(void **state)
{
    char text[6000];

    (void)state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    (void)gold_fail(GOLD_ERR_IO, "%s", text);
    assert_int_equal(strlen(gold_fail_message()), 4095);
    (void)gold_fail_context(GOLD_ERR_IO, "%s", text);
    assert_true(strlen(gold_fail_message()) <= 4095);
    (void)gold_fail_context(GOLD_ERR_IO, "short");
    assert_memory_equal(gold_fail_message(), "short: aaa", 10);
    gold_fail_clear();
}

static gold_status fail_if(bool is_wanted)
{
    gold_status status = GOLD_OK;

    if (is_wanted) {
        GOLD_FAIL(GOLD_ERR_FORMAT, "wanted");
    }

done:
    return status;
}

static gold_status try_it(bool is_wanted, int *n_passed)
{
    GOLD_TRY(fail_if(is_wanted));
    (*n_passed)++;
    return GOLD_OK;
}

static gold_status goto_done(bool is_wanted, int *n_passed)
{
    gold_status status = GOLD_OK;

    GOLD_GOTO(fail_if(is_wanted));
    *n_passed += 10;

done:
    *n_passed += 100;
    return status;
}

static void test_macros(void **state)
{
    int n_passed = 0;

    (void)state;
    assert_int_equal(try_it(true, &n_passed), GOLD_ERR_FORMAT);
    assert_int_equal(n_passed, 0);
    assert_int_equal(try_it(false, &n_passed), GOLD_OK);
    assert_int_equal(n_passed, 1);
    assert_int_equal(goto_done(true, &n_passed), GOLD_ERR_FORMAT);
    assert_int_equal(n_passed, 101);
    assert_int_equal(goto_done(false, &n_passed), GOLD_OK);
    assert_int_equal(n_passed, 211);
    gold_fail_clear();
}

static void *fail_elsewhere(void *was_empty)
{
    *(bool *)was_empty = gold_fail_message()[0] == '\0';
    (void)gold_fail(GOLD_ERR_IO, "elsewhere");
    return NULL;
}

static void test_one_message_a_thread(void **state)
{
    pthread_t thread;
    bool was_empty = false;

    (void)state;
    (void)gold_fail(GOLD_ERR_IO, "here");
    assert_int_equal(pthread_create(&thread, NULL, fail_elsewhere, &was_empty),
                     0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(was_empty);
    assert_string_equal(gold_fail_message(), "here");
    gold_fail_clear();
}

/* Another thread sees what this one's latest failure was. */
static void *look_at(void *at)
{
    const gold_failure *failure = *(const gold_failure **)at;

    return gold_failure_status(failure) == GOLD_ERR_FORMAT &&
                   strcmp(gold_failure_message(failure), "second") == 0
               ? at
               : NULL;
}

static void test_failure_of_another_thread(void **state)
{
    const gold_failure *failure = gold_failure_here();
    const unsigned n_before = gold_failure_count(failure);
    pthread_t thread;
    void *seen = NULL;

    (void)state;
    (void)gold_fail(GOLD_ERR_IO, "first");
    (void)gold_fail(GOLD_ERR_FORMAT, "second");
    assert_int_equal(gold_failure_count(failure), n_before + 2);
    assert_int_equal(pthread_create(&thread, NULL, look_at, (void *)&failure),
                     0);
    assert_int_equal(pthread_join(thread, &seen), 0);
    assert_ptr_equal(seen, &failure);
    gold_fail_clear();
    assert_string_equal(gold_failure_message(failure), "");
    assert_int_equal(gold_failure_count(failure), n_before + 2);
}

/* A broken invariant ends the process, naming itself. */
static void test_assertion(void **state)
{
    int ends[2];
    char text[200] = "";
    int how = 0;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();

    if (child == 0) {
        (void)dup2(ends[1], STDERR_FILENO);
        (void)signal(SIGABRT, SIG_DFL);
        gold_assert_failed("sky == blue", "sky.c", 12);
        _exit(0);
    }
    assert_true(child > 0);
    (void)close(ends[1]);
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(read(ends[0], text, sizeof text - 1) > 0);
    (void)close(ends[0]);
    assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGABRT);
    assert_string_equal(text,
                        "sky.c:12: this should always hold: sky == blue\n");
    GOLD_ASSERT(how != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_message),
        cmocka_unit_test(test_long_messages),
        cmocka_unit_test(test_macros),
        cmocka_unit_test(test_one_message_a_thread),
        cmocka_unit_test(test_failure_of_another_thread),
        cmocka_unit_test(test_assertion),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
