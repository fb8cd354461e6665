/* SPDX-License-Identifier: MIT */
/* The union of grids, and where its parts stand in it. */
#include "unit/test_study_support.h"

static gold_study *unite_with(const char *a, const char *of_a, const char *b,
                              const char *of_b)
{
    gold_study *one = parse_with(a, of_a);
    gold_study *two = parse_with(b, of_b);
    const gold_study *parts[] = {one, two};
    const char *names[] = {"one.h5", "two.h5"};
    gold_study *whole = NULL;

    if (gold_study_unite(parts, names, 2, &whole) == GOLD_OK) {
        assert_non_null(whole);
    } else {
        assert_null(whole);
    }
    gold_study_destroy(&one);
    gold_study_destroy(&two);
    return whole;
}

static gold_study *unite(const char *a, const char *b)
{
    return unite_with(a, NULL, b, NULL);
}

/* The union of two studies has the identity of the third. */
static void expect_with(const char *a, const char *of_a, const char *b,
                        const char *of_b, const char *expected)
{
    gold_study *whole = unite_with(a, of_a, b, of_b);
    gold_study *wanted = parse(expected);
    char *got = NULL;
    char *identity = NULL;

    assert_non_null(whole);
    assert_int_equal(gold_study_identity(whole, &got), GOLD_OK);
    assert_int_equal(gold_study_identity(wanted, &identity), GOLD_OK);
    assert_string_equal(got, identity);
    gold_free(got);
    gold_free(identity);
    gold_study_destroy(&whole);
    gold_study_destroy(&wanted);
    assert_int_equal(gold_live_blocks(), 0);
}

static void expect(const char *a, const char *b, const char *expected)
{
    expect_with(a, NULL, b, NULL, expected);
}

static void refuse(const char *a, const char *b, const char *words)
{
    assert_null(unite(a, b));
    assert_non_null(strstr(gold_fail_message(), "two.h5"));
    assert_non_null(strstr(gold_fail_message(), words));
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_ascending(void **state)
{
    (void)state;
    expect(HEAD WORK "grid: {seed: {from: 5, count: 5}, radius: [1, 4]}\n",
           HEAD WORK "grid: {seed: {count: 6}, radius: [0.1, 2, 4]}\n",
           HEAD WORK "grid: {seed: {count: 10}, radius: [0.1, 1, 2, 4]}\n");
    expect(HEAD WORK "grid: {seed: {count: 1000}}\n",
           HEAD WORK "grid: {seed: {from: 900, count: 30000}}\n",
           HEAD WORK "grid: {seed: {count: 30900}}\n");
}

static void test_other_order(void **state)
{
    (void)state;
    expect(HEAD WORK "grid: {activation: [tanh, relu], seed: [3, 1]}\n",
           HEAD WORK "grid: {activation: [relu, sigmoid], seed: [1, 2]}\n",
           HEAD WORK "grid: {activation: [tanh, relu, sigmoid], "
                     "seed: [3, 1, 2]}\n");
}

/* Of a study in parts, each with some of its values: they stand as it has them,
 * wherever a text has them all. */
static void test_order_of_the_study(void **state)
{
    static const char study[] =
        HEAD WORK "grid: {seed: [7, 2, 5], depth: [1]}\n";
    static const char later[] =
        HEAD WORK "grid: {seed: [3, 7, 2, 5], depth: [1]}\n";
    static const char zipped[] =
        HEAD WORK "grid: {zip: {depth: [3, 1], width: [4, 2]}}\n";

    (void)state;
    expect_with(study, "grid.seed=[2]", study, "grid.seed=[5, 7]", study);
    expect_with(study, "grid.seed=[2]\nnetwork.width=8", study,
                "grid.seed=[7]\nnetwork.width=8",
                HEAD WORK "network: {width: 8}\n"
                          "grid: {seed: [7, 2], depth: [1]}\n");
    expect_with(study, NULL, later, "grid.seed=[3]", later);
    expect_with(zipped, "grid.zip.depth=[1]\ngrid.zip.width=[2]", zipped,
                "grid.zip.depth=[3]\ngrid.zip.width=[4]", zipped);
    /* No text has 9. */
    expect_with(study, "grid.seed=[2]", study, "grid.seed=[9]",
                HEAD WORK "grid: {seed: [2, 9], depth: [1]}\n");
}

static void test_zipped(void **state)
{
    (void)state;
    expect(HEAD WORK "grid: {zip: {depth: [1, 2], width: [4, 2]}}\n",
           HEAD WORK "grid: {zip: {depth: [2, 3], width: [2, 1]}}\n",
           HEAD WORK "grid: {zip: {depth: [1, 2, 3], width: [4, 2, 1]}}\n");
}

static void test_lists(void **state)
{
    (void)state;
    expect(HEAD WORK "grid: {layer_gains: [[1, 2, 1], 1]}\n",
           HEAD WORK "grid: {layer_gains: [[1, 2, 0.1], [1, 2, 1]]}\n",
           HEAD WORK "grid: {layer_gains: [[1, 2, 1], 1, [1, 2, 0.1]]}\n");
    expect(HEAD WORK "grid: {zip: {depth: [1], layer_gains: [[1, 2]]}}\n",
           HEAD WORK "grid: {zip: {depth: [2], layer_gains: [[2, 1, 2]]}}\n",
           HEAD WORK "grid: {zip: {depth: [1, 2], layer_gains: [[1, 2], "
                     "[2, 1, 2]]}}\n");
}

static void test_excluded(void **state)
{
    (void)state;
    expect(HEAD WORK "grid: {seed: [0, 1], depth: [1, 2], "
                     "exclude: [{depth: 2, seed: 1}]}\n",
           HEAD WORK "grid: {seed: [1, 2], depth: [1, 2], "
                     "exclude: [{depth: 2, seed: 1}]}\n",
           HEAD WORK "grid: {seed: [0, 1, 2], depth: [1, 2], "
                     "exclude: [{depth: 2, seed: 1}]}\n");
}

static void test_refused(void **state)
{
    static const char one[] = HEAD WORK "grid: {seed: [0], depth: [1]}\n";

    (void)state;
    refuse(one, HEAD WORK "grid: {depth: [1], seed: [0]}\n", "grid: file has");
    refuse(one, HEAD WORK "grid: {seed: [0]}\n", "grid: file has");
    refuse(one, HEAD WORK "grid: {seed: [0], width: [1]}\n", "grid: file has");
    refuse(one,
           "study: x\ndata: {set: circles}\n" WORK
           "grid: {seed: [1], depth: [1]}\n",
           "study: file has x, study has test");
    refuse(one,
           HEAD "curvature: {subspace: {dim: 6}}\n"
                "grid: {seed: [1], depth: [1]}\n",
           "curvature.subspace.dim: file has 6");
}

static void test_placing(void **state)
{
    gold_study *whole = parse(HEAD WORK "grid: {seed: [0, 4, 2]}\n");
    gold_study *part = parse(HEAD WORK "grid: {seed: [2, 0]}\n");
    gold_study *other = parse(HEAD WORK "grid: {seed: [2, 3]}\n");
    gold_placing placing = {{NULL}};

    (void)state;
    assert_int_equal(gold_placing_init(&placing, whole, part, "part"), GOLD_OK);
    assert_int_equal(placing.index[0][0], 2);
    assert_int_equal(placing.index[0][1], 0);
    gold_placing_fini(&placing);
    assert_int_equal(gold_placing_init(&placing, whole, other, "other"),
                     GOLD_ERR_MISMATCH);
    assert_non_null(strstr(gold_fail_message(), "other: has seed 3"));
    gold_placing_fini(&placing);
    gold_study_destroy(&whole);
    gold_study_destroy(&part);
    gold_study_destroy(&other);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_memory(void **state)
{
    (void)state;
    for (int64_t k = 1;; k++) {
        gold_study *one = parse(HEAD WORK "grid: {seed: [0, 1]}\n");
        gold_study *two = parse(HEAD WORK "grid: {seed: [1, 2]}\n");
        const gold_study *parts[] = {one, two};
        const char *names[] = {"one.h5", "two.h5"};
        gold_study *whole = NULL;

        gold_refuse_after(k);
        const gold_status status = gold_study_unite(parts, names, 2, &whole);

        gold_refuse_after(0);
        gold_study_destroy(&whole);
        gold_study_destroy(&one);
        gold_study_destroy(&two);
        assert_int_equal(gold_live_blocks(), 0);
        if (status == GOLD_OK) {
            assert_true(k > 10);
            return;
        }
        assert_int_equal(status, GOLD_ERR_MEMORY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ascending),
        cmocka_unit_test(test_other_order),
        cmocka_unit_test(test_order_of_the_study),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_zipped),
        cmocka_unit_test(test_excluded),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_placing),
        cmocka_unit_test(test_memory)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
