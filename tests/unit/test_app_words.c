/* SPDX-License-Identifier: MIT */
/* Text that is safe to print: wrapped, shortened, and as JSON. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/json.h"
#include "app/words.h"

/* What `file` holds; closes it. */
static char *text_of(FILE *file, char text[4096])
{
    size_t n = 0;

    rewind(file);
    n = fread(text, 1, 4095, file);
    text[n] = '\0';
    assert_int_equal(fclose(file), 0);
    return text;
}

static void test_json_text(void **state)
{
    static const char *const cases[][2] = {
        {"", "\"\""},
        {"plain", "\"plain\""},
        {"a\"b\\c", "\"a\\\"b\\\\c\""},
        {"line\nend\t\x01", "\"line\\u000aend\\u0009\\u0001\""},
        {"Gr\xC3\xB6\xC3\x9F"
         "e",
         "\"Gr\xC3\xB6\xC3\x9F"
         "e\""},
        {"\xF0\x9F\x98\x80", "\"\xF0\x9F\x98\x80\""},
        {"\xC3", "\"\\ufffd\""},
        {"\xC0\x80", "\"\\ufffd\\ufffd\""},
        {"\xED\xA0\x80", "\"\\ufffd\\ufffd\\ufffd\""},
        {"\xF5x", "\"\\ufffdx\""},
        {"\x7F\xC2\x9B", "\"\\u007f\\u009b\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        FILE *file = tmpfile();
        char text[4096];

        assert_non_null(file);
        goldi_json_text(file, cases[i][0]);
        assert_string_equal(text_of(file, text), cases[i][1]);
    }
}

static void test_json_numbers(void **state)
{
    FILE *file = tmpfile();
    char text[4096];

    (void)state;
    assert_non_null(file);
    goldi_json_number(file, (double)NAN);
    goldi_json_number(file, (double)INFINITY);
    goldi_json_number(file, 0.1);
    assert_string_equal(text_of(file, text), "nullnull0.10000000000000001");
}

static void test_wrap(void **state)
{
    FILE *file = tmpfile();
    char text[4096];

    (void)state;
    assert_non_null(file);
    goldi_print_wrapped(file, "one two  three\x1b[2Jfour sixteen-letters..", 2,
                        12);
    assert_string_equal(text_of(file, text), "one two\n  three\\x1b[2Jfour\n"
                                             "  sixteen-letters..\n");
}

static void test_shorten(void **state)
{
    char out[32];

    (void)state;
    assert_string_equal(goldi_shorten("short", 8, out, sizeof out), "short");
    assert_string_equal(goldi_shorten("exactly8", 8, out, sizeof out),
                        "exactly8");
    assert_string_equal(goldi_shorten("more than 8", 8, out, sizeof out),
                        "more t..");
    assert_string_equal(
        goldi_shorten("\xC3\xB6\xC3\xB6\xC3\xB6\xC3\xB6", 3, out, sizeof out),
        "\xC3\xB6..");
    assert_string_equal(goldi_shorten("a\x1b[2J", 8, out, sizeof out),
                        "a\\x1b[2J");
    assert_string_equal(goldi_shorten("a\x1b[2J", 7, out, sizeof out),
                        "a\\x1b..");
    assert_string_equal(goldi_shorten("a\nb\tc", 8, out, sizeof out), "a b c");
    assert_int_equal(strlen(goldi_shorten("a long text", 80, out, 8)), 5);
}

static void test_times(void **state)
{
    char text[GOLD_NAME_BYTES];

    (void)state;
    assert_string_equal(goldi_time_words(0.0, text), "1970-01-01 00:00:00 UTC");
    assert_string_equal(goldi_time_words((double)NAN, text), "?");
    assert_string_equal(goldi_time_words(1e300, text), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_text), cmocka_unit_test(test_json_numbers),
        cmocka_unit_test(test_wrap),      cmocka_unit_test(test_shorten),
        cmocka_unit_test(test_times),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
