/* SPDX-License-Identifier: MIT */
/* --set changes what the file says, and is checked as the file is. */
#include "unit/test_study_support.h"

static const char text[] =
    HEAD "grid: {network.depth: [1, 2], seed: {count: 5}}\n" WORK;

static void test_values(void **state)
{
    gold_study *study = parse_with(text, "network.bias=true\n"
                                         "grid.depth=[3, 4, 5]\n"
                                         "grid.seed.count=2\n"
                                         "\n"
                                         "run.precision = float64\n"
                                         "grid.network.width=7\n"
                                         "curvature.subspace.dim=[2, 3]");

    (void)state;
    assert_true(study->base.bias);
    assert_int_equal(study->n_axes, 3);
    assert_string_equal(study->axes[0].name, "depth");
    assert_int_equal(study->axes[0].count, 3);
    assert_int_equal(study->axes[0].keys[0].integers[2], 5);
    assert_int_equal(study->axes[1].count, 2);
    assert_string_equal(study->axes[2].name, "width");
    assert_int_equal(study->run.precision, GOLD_FLOAT64);
    assert_int_equal(study->curvature.n_dims, 2);
    assert_non_null(strstr(study->overrides, "grid.depth=[3, 4, 5]"));
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

/* A range inside a section name's key, and what takes a scalar's place. */
static void test_inside(void **state)
{
    gold_study *study = parse_with(text, "grid.network.depth.count=3\n"
                                         "grid.network.depth.from=2");

    (void)state;
    assert_int_equal(study->axes[0].count, 3);
    assert_int_equal(study->axes[0].keys[0].integers[0], 2);
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

static void expect(const char *overrides, const char *start, const char *phrase)
{
    char *report = refusal(text, strlen(text), overrides);
    const char *at = strstr(report, start);

    const bool is_told = at != NULL && strstr(at, phrase) != NULL;

    if (!is_told) {
        print_error("wanted %s...%s, got\n%s", start, phrase, report);
    }
    assert_true(is_told);
    gold_free(report);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_errors(void **state)
{
    (void)state;
    expect("network.dept=1", "--set:1:9: unknown key 'dept'", "'depth'?");
    expect("network.bias=true\nnetwork.bias=maybe",
           "--set:2:14: ", "true or false");
    expect("nonsense", "--set:1:1: no '=' here", "key.path=value");
    expect("network.=1", "--set:1:9: a key is missing", "^");
    expect("network.bias=", "--set:1:14: no value", "^");
    expect("grid.depth=[1, 2", "--set:1:", "not YAML");
    expect("grid.depht=1", "--set:1:6: unknown key 'depht'", "'depth'?");
    expect("network.width=\xff", "--set:1:15: byte 0xff", "^");
}

/* As a shell takes them; of a key that is set again, the last. */
static void test_typed(void **state)
{
    char *options = NULL;

    (void)state;
    assert_int_equal(gold_overrides_typed("grid.seed=[0]\ndata.name=it's\n"
                                          "grid.seed_of=1\ngrid.seed=[0, 1]",
                                          &options),
                     GOLD_OK);
    assert_string_equal(options, " --set 'data.name=it'\\''s'"
                                 " --set 'grid.seed_of=1'"
                                 " --set 'grid.seed=[0, 1]'");
    gold_free(options);
    assert_int_equal(gold_overrides_typed("", &options), GOLD_OK);
    assert_string_equal(options, "");
    gold_free(options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_inside),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_typed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
