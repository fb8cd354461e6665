/* SPDX-License-Identifier: MIT */
/* Text of fixed length is always whole UTF-8 with a zero behind it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"

static void check(const char *in, const char *expected)
{
    char out[8];

    memset(out, 'z', sizeof out);
    gold_utf8_fill(out, sizeof out, in);
    assert_string_equal(out, expected);
    for (size_t i = strlen(expected); i < sizeof out; i++) {
        assert_int_equal(out[i], 0);
    }
}

static void test_fill(void **state)
{
    (void)state;
    check("", "");
    check("abc", "abc");
    check("abcdefg", "abcdefg");
    check("abcdefgh", "abcdefg");
    check("abcdef\xc3\xa9", "abcdef");
    check("abcde\xc3\xa9", "abcde\xc3\xa9");
    check("\xe2\x82\xac\xf0\x9f\x98\x80", "\xe2\x82\xac\xf0\x9f\x98\x80");
    check("\xf0\x9f\x98\x80\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80");
}

static void test_broken(void **state)
{
    (void)state;
    check("a\xff", "a?");
    check("a\xc3", "a?");
    check("\xc3(", "?(");
    check("\x80\x80", "??");
    check("\xc0\x80", "??");           /* longer than needed */
    check("\xe0\x80\x80", "???");      /* longer than needed */
    check("\xed\xa0\x80", "???");      /* surrogate */
    check("\xf0\x80\x80\x80", "????"); /* longer than needed */
    check("\xf4\x90\x80\x80", "????"); /* beyond Unicode */
    check("\xe2\x82", "??");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fill),
        cmocka_unit_test(test_broken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
