/* SPDX-License-Identifier: MIT */
/* Numbers for people: every unit, the places where rounding carries over into
 * the next one, and what is no number. Printing sends no control characters. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/print.h"

typedef struct expected {
    double number;
    const char *text;
} expected;

static void check(char *(*print)(double, char *), const expected *cases,
                  size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char text[GOLD_PRINT_BYTES];

        assert_ptr_equal(print(cases[i].number, text), text);
        assert_string_equal(text, cases[i].text);
    }
}

static void test_counted(void **state)
{
    (void)state;
    assert_string_equal(GOLD_COUNTED(0, "file"), "0 files");
    assert_string_equal(GOLD_COUNTED(1, "file"), "1 file");
    assert_string_equal(GOLD_COUNTED(1, "process"), "1 process");
    assert_string_equal(GOLD_COUNTED(2, "process"), "2 processes");
    assert_string_equal(GOLD_COUNTED(12345, "point"), "12,345 points");
}

static void test_durations(void **state)
{
    static const expected cases[] = {
        {0.0, "0.00 s"},
        {0.0035, "3.5 ms"},
        {0.35, "0.35 s"},
        {9.994, "9.99 s"},
        {9.996, "10 s"},
        {42.0, "42 s"},
        {59.4, "59 s"},
        {59.6, "1 min 00 s"},
        {200.0, "3 min 20 s"},
        {3599.4, "59 min 59 s"},
        {3599.6, "1 h 00 min"},
        {18420.0, "5 h 07 min"},
        {86399.0, "1 d 00 h"},
        {3.0 * 86400 + 4.0 * 3600, "3 d 04 h"},
        {-1.0, "?"},
    };

    (void)state;
    check(gold_print_duration, cases, sizeof cases / sizeof *cases);
    check(gold_print_duration, &(expected){(double)NAN, "?"}, 1);
    check(gold_print_duration, &(expected){(double)INFINITY, "?"}, 1);
    check(gold_print_duration, &(expected){8.64e304, "1e+300 d"}, 1);
}

static void test_bytes(void **state)
{
    static const expected cases[] = {
        {0.0, "0 B"},
        {512.0, "512 B"},
        {1023.0, "1023 B"},
        {1024.0, "1.0 KiB"},
        {1.3 * 1024 * 1024, "1.3 MiB"},
        {1024.0 * 1024 - 1, "1.0 MiB"},
        {2.0 * 1024 * 1024 * 1024, "2.0 GiB"},
        {-1.0, "?"},
    };

    (void)state;
    check(gold_print_bytes, cases, sizeof cases / sizeof *cases);
    check(gold_print_bytes, &(expected){(double)NAN, "?"}, 1);
    check(gold_print_bytes, &(expected){1e300, "8.67e+281 EiB"}, 1);
}

static void test_counts(void **state)
{
    static const expected cases[] = {
        {0.0, "0"},         {7.0, "7"},          {950.0, "950"},
        {1000.0, "1,000"},  {12345.0, "12,345"}, {266200.0, "266,200"},
        {1e6, "1,000,000"}, {-1234.0, "-1,234"}, {999.6, "1,000"},
        {1e20, "1e+20"},    {-0.2, "0"},
    };

    (void)state;
    check(gold_print_count, cases, sizeof cases / sizeof *cases);
    check(gold_print_count, &(expected){(double)NAN, "?"}, 1);
    check(gold_print_count, &(expected){(double)INFINITY, "inf"}, 1);
}

/* What all of it prints, which has to be text that ends with a zero. */
static void check_printed(FILE *file, const char *expected_text)
{
    char text[16384] = "";

    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    assert_string_equal(text, expected_text);
    assert_int_equal(fclose(file), 0);
}

static void test_harmless(void **state)
{
    FILE *file = tmpfile();

    (void)state;
    assert_non_null(file);
    gold_print(file, "a\x1b[31m\a\r\t\n");
    gold_say(file, "%s %c|%4s\n", "\x7f\xC2\x9B\xC3\xB6", '\b', "\xC3");
    gold_print_text(file, "\xC3\xB6\0b", 4);
    gold_print_text(file, "\xC3\xB6", 1);
    check_printed(file, "a\\x1b[31m\\x07\\x0d\\t\n"
                        "\\x7f\\x9b\xC3\xB6 \\x08|   \\xc3\n"
                        "\xC3\xB6\\x00b\\xc3");
}

/* Longer than what is printed at once. */
static void test_long_texts(void **state)
{
    enum {
        LENGTH = 10000
    };
    char text[LENGTH + 1];
    FILE *file = tmpfile();

    (void)state;
    assert_non_null(file);
    memset(text, 'x', LENGTH);
    text[LENGTH] = '\0';
    gold_print(file, text);
    check_printed(file, text);
    file = tmpfile();
    assert_non_null(file);
    gold_say(file, "%s", text);
    memcpy(text + GOLD_SAID_BYTES - 5, "...\n", 5);
    check_printed(file, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counted),  cmocka_unit_test(test_durations),
        cmocka_unit_test(test_bytes),    cmocka_unit_test(test_counts),
        cmocka_unit_test(test_harmless), cmocka_unit_test(test_long_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
