/* SPDX-License-Identifier: MIT */
/* Digests: the examples of FIPS 180-4, however the bytes are cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "goldilocks/digest.h"

static const char of_nothing[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const char of_abc[] =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char of_million[] =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

static void assert_digest(const gold_bytes *pieces, size_t n_pieces,
                          const char *expected)
{
    char text[GOLD_DIGEST_TEXT];

    assert_int_equal(gold_digest(pieces, n_pieces, text), GOLD_OK);
    assert_string_equal(text, expected);
}

static void test_published(void **state)
{
    const gold_bytes abc[] = {{"abc", 3}};

    (void)state;
    assert_digest(NULL, 0, of_nothing);
    assert_digest(abc, 1, of_abc);
}

static void test_pieces(void **state)
{
    const gold_bytes cut[] = {{"a", 1}, {"", 0}, {"bc", 2}};
    char many[1000];
    gold_bytes million[1000];

    (void)state;
    assert_digest(cut, 3, of_abc);
    memset(many, 'a', sizeof many);
    for (size_t i = 0; i < 1000; i++) {
        million[i] = (gold_bytes){many, sizeof many};
    }
    assert_digest(million, 1000, of_million);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published),
        cmocka_unit_test(test_pieces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
