/* SPDX-License-Identifier: MIT */
/* Reports show the line and point into it, whatever the line is like. */
#include "unit/test_study_support.h"

#define TAIL "data: {set: circles}\ngrid: {seed: 0}\n" WORK

static void expect(const char *text, const char *expected)
{
    char *report = refusal(text, strlen(text), NULL);

    assert_string_equal(report, expected);
    gold_free(report);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_caret(void **state)
{
    (void)state;
    expect("study: a\nnetwork: {dept: 3}\n" TAIL,
           "test.yaml:2:11: unknown key 'dept' in 'network:'; did you mean "
           "'depth'?\n"
           "    network: {dept: 3}\n"
           "              ^~~~\n");
}

static void test_sorted(void **state)
{
    (void)state;
    expect("study: a\nrun: {q: 1, a: 2}\nxyzzy: 1\n" TAIL,
           "test.yaml:2:7: unknown key 'q' in 'run:'\n"
           "    run: {q: 1, a: 2}\n"
           "          ^\n"
           "test.yaml:2:13: unknown key 'a' in 'run:'\n"
           "    run: {q: 1, a: 2}\n"
           "                ^\n"
           "test.yaml:3:1: unknown key 'xyzzy'\n"
           "    xyzzy: 1\n"
           "    ^~~~~\n");
}

/* A tab and two letters of two bytes before the caret. */
static void test_invisible(void **state)
{
    (void)state;
    expect("study: \t\xc3\xa4\xc3\xb6\n" TAIL,
           "test.yaml:1:9: study is '\xc3\xa4\xc3\xb6'; its name may hold "
           "a-z, 0-9, '.', '_' and '-', and begins with a letter, digit or "
           "'_': it becomes a file's name\n"
           "    study: \\t\xc3\xa4\xc3\xb6\n"
           "             ^~\n");
    expect("a: \x1b[0m\n", "test.yaml:1:4: control character 0x1b in the "
                           "text\n"
                           "    a: \\x1b[0m\n"
                           "       ^~~~\n");
}

static void test_line_breaks(void **state)
{
    (void)state;
    expect("study: a\r\nrun: {q: 1}\r\n" TAIL,
           "test.yaml:2:7: unknown key 'q' in 'run:'\n"
           "    run: {q: 1}\n"
           "          ^\n");
}

/* The caret stands under its word, also far out in a long line. */
static void test_long_line(void **state)
{
    char text[1200];
    char *report = NULL;
    const char *line = NULL;
    const char *caret = NULL;

    (void)state;
    (void)snprintf(text, sizeof text, "run: {%300sprecison: 1, %300s}\n%s", "",
                   "", "study: a\n" TAIL);
    report = refusal(text, strlen(text), NULL);
    assert_non_null(strstr(report, "test.yaml:1:307: "));
    line = strchr(report, '\n') + 1;
    caret = strchr(line, '\n') + 1;
    assert_true(caret - line < 90);
    assert_int_equal(strstr(line, "precison") - line,
                     strchr(caret, '^') - caret);
    assert_non_null(strstr(caret, "^~~~~~~~\n"));
    gold_free(report);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_byte_order_mark(void **state)
{
    (void)state;
    gold_study *study = parse("\xef\xbb\xbfstudy: a\n" TAIL);

    assert_string_equal(study->name, "a");
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;

    for (const char *at = strstr(text, what); at != NULL;
         at = strstr(at + 1, what)) {
        n++;
    }
    return n;
}

static void test_many(void **state)
{
    char text[20000] = "study: a\n" TAIL "network:\n";
    char *report = NULL;

    (void)state;
    for (int i = 0; i < 500; i++) {
        (void)snprintf(text + strlen(text), 32, "  zzzzzz%03d: 1\n", i);
    }
    report = refusal(text, strlen(text), NULL);
    assert_int_equal(count(report, "unknown key"), 50);
    assert_int_equal(count(report, "'zzzzzz000'"), 1);
    assert_int_equal(count(report, "'zzzzzz049'"), 1);
    assert_non_null(strstr(report, "and 450 more errors\n"));
    gold_free(report);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_caret),
        cmocka_unit_test(test_sorted),
        cmocka_unit_test(test_invisible),
        cmocka_unit_test(test_line_breaks),
        cmocka_unit_test(test_long_line),
        cmocka_unit_test(test_byte_order_mark),
        cmocka_unit_test(test_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
