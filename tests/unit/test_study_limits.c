/* SPDX-License-Identifier: MIT */
/* Text made to exhaust memory or patience is refused by a limit. */
#include "unit/test_study_wrong.h"

static char *text_of(size_t n_bytes)
{
    char *text = NULL;

    assert_int_equal(gold_alloc(n_bytes + 1, 1, (void **)&text), GOLD_OK);
    return text;
}

static void expect(const char *text, size_t n_bytes, const char *phrase)
{
    char *report = refusal(text, n_bytes, NULL);

    if (strstr(report, phrase) == NULL) {
        print_error("wanted %s, got\n%s", phrase, report);
    }
    assert_non_null(strstr(report, phrase));
    gold_free(report);
}

static void test_bytes(void **state)
{
    const size_t n = ((size_t)4 << 20) + 1;
    char *text = text_of(n);

    (void)state;
    memset(text, ' ', n);
    expect(text, n, "4194305 bytes: a study has at most 4194304");
    gold_free(text);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_depth(void **state)
{
    char text[2200] = "a: ";

    (void)state;
    memset(text + 3, '[', 2000);
    expect(text, strlen(text), "test.yaml:1:67: nested more than 64 deep");
    assert_int_equal(gold_live_blocks(), 0);
}

/* Nine aliases to nine aliases to ... : 9^8 values in 400 bytes. */
static void test_laughs(void **state)
{
    char text[2000] = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n";

    (void)state;
    for (int c = 'b'; c <= 'h'; c++) {
        (void)snprintf(text + strlen(text), 100,
                       "%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c, "
                       "*%c]\n",
                       c, c, c - 1, c - 1, c - 1, c - 1, c - 1, c - 1, c - 1,
                       c - 1, c - 1);
    }
    expect(text, strlen(text), "more than 200000 values");
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_keys(void **state)
{
    char *text = text_of(40000);

    (void)state;
    for (int i = 0; i < 1100; i++) {
        (void)snprintf(text + strlen(text), 32, "k%d: 1\n", i);
    }
    expect(text, strlen(text), "test.yaml:1001:1: more than 1000 keys");
    gold_free(text);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_anchors(void **state)
{
    char *text = text_of(40000);

    (void)state;
    (void)snprintf(text, 8, "a:\n");
    for (int i = 0; i < 1100; i++) {
        (void)snprintf(text + strlen(text), 32, "- &k%d 1\n", i);
    }
    expect(text, strlen(text), "more than 1000 anchors");
    gold_free(text);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Anchors in moderation are welcome. */
static void test_aliases(void **state)
{
    gold_study *study = parse("study: a\n"
                              "data: {set: circles}\n"
                              "grid: {zip: {depth: &n [1, 2], width: *n}}\n"
                              "curvature: {subspace: {dim: 5}}\n");

    (void)state;
    assert_int_equal(study->axes[0].keys[1].integers[1], 2);
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Numbers that steps are made with are what they are in float32 too. */
static void test_rounding(void **state)
{
#define TRAIN(line) "train: {" line "}\n" HEAD GRID
    static const wrong cases[] = {
        {TRAIN("optimizer: adam, epsilon: 1e-60"), "1:35",
         "epsilon: 1e-60 is 0 in float32: take more, or 'run: {precision: "
         "float64}'"},
        {TRAIN("optimizer: rmsprop, epsilon: 1e39"), "1:38",
         "1e+39 is beyond float32"},
        {TRAIN("optimizer: momentum, momentum: 0.999999999"), "1:40",
         "momentum: 0.999999999 is 1 in float32"},
        {TRAIN("optimizer: adam, betas: [0.9, 0.9999999999]"), "1:33",
         "betas: 0.9999999999 is 1 in float32"},
        {"train: {optimizer: adam}\ngrid: {epsilon: [1e-8, 1e-60]}\n" HEAD WORK,
         "2:17", "epsilon: 1e-60 is 0 in float32"},
    };

    (void)state;
    CHECK_ALL(cases);
    gold_study *found = parse(
        TRAIN("optimizer: adam, epsilon: 1e-60") "run: {precision: float64}\n");

    gold_study_destroy(&found);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes),    cmocka_unit_test(test_depth),
        cmocka_unit_test(test_laughs),   cmocka_unit_test(test_keys),
        cmocka_unit_test(test_anchors),  cmocka_unit_test(test_aliases),
        cmocka_unit_test(test_rounding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
