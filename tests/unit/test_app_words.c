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

#include "app/words.h"
#include "base/json.h"

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
        goldi_text text = {0};

        goldi_json_text(&text, NULL, cases[i][0]);
        assert_string_equal(text.data, cases[i][1]);
        goldi_text_fini(&text);
    }
}

/* Commas stand between values and nowhere else; numbers have as many digits as
 * give them back. */
static void test_json(void **state)
{
    goldi_text text = {0};

    (void)state;
    goldi_json_open(&text, NULL, '{');
    goldi_json_number(&text, "nan", (double)NAN);
    goldi_json_number(&text, "inf", (double)INFINITY);
    goldi_json_number(&text, "tenth", 0.1);
    goldi_json_number(&text, "float", (double)0.1F);
    goldi_json_number(&text, "third", 1.0 / 3.0);
    goldi_json_number(&text, "bytes", 266200000.0);
    goldi_json_number(&text, "least", 0x1p-1074);
    goldi_json_open(&text, "none", '[');
    goldi_json_close(&text, ']');
    goldi_json_text(&text, "left out", NULL);
    goldi_json_open(&text, "list", '[');
    goldi_json_text(&text, NULL, ",");
    goldi_json_bool(&text, NULL, true);
    goldi_json_open(&text, NULL, '{');
    goldi_json_close(&text, '}');
    goldi_json_close(&text, ']');
    goldi_json_close(&text, '}');
    assert_string_equal(text.data,
                        "{\"nan\": null, \"inf\": null, \"tenth\": 0.1, "
                        "\"float\": 0.10000000149011612, "
                        "\"third\": 0.3333333333333333, \"bytes\": 266200000, "
                        "\"least\": 4.94066e-324, \"none\": [], "
                        "\"list\": [\",\", true, {}]}");
    goldi_text_fini(&text);
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
        cmocka_unit_test(test_json_text), cmocka_unit_test(test_json),
        cmocka_unit_test(test_wrap),      cmocka_unit_test(test_shorten),
        cmocka_unit_test(test_times),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
