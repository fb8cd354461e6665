/* SPDX-License-Identifier: MIT */
/* A cell is dropped when all that one rule names matches. */
#include "unit/test_study_support.h"

static void test_rules(void **state)
{
    gold_study *study =
        parse(HEAD WORK "grid:\n"
                        "  depth: [1, 2, 3]\n"
                        "  zip: {width: [10, 20], activation: [relu, tanh]}\n"
                        "  radius: {from: 1e-1, to: 10, count: 5, spacing: log}"
                        "\n"
                        "  exclude:\n"
                        "    - {depth: [1, 3], width: 20}\n"
                        "    - {activation: relu, radius: 0.316228}\n");
    size_t n_excluded = 0;

    (void)state;
    for (size_t point = 0; point < study->n_points; point++) {
        size_t index[GOLD_MAX_AXES];

        gold_study_unravel(study, point, index);
        assert_int_equal(gold_study_ravel(study, index), point);
        const bool is_first = index[0] != 1 && index[1] == 1;
        const bool is_second = index[1] == 0 && index[2] == 1;

        assert_int_equal(gold_study_is_excluded(study, point),
                         is_first || is_second);
        n_excluded += is_first || is_second ? 1 : 0;
    }
    assert_int_equal(n_excluded, 13);
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_one_rule(void **state)
{
    gold_study *study = parse(
        HEAD WORK "grid: {seed: {count: 3}, exclude: {network.seed: 1}}\n");

    (void)state;
    assert_false(gold_study_is_excluded(study, 0));
    assert_true(gold_study_is_excluded(study, 1));
    assert_false(gold_study_is_excluded(study, 2));
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_one_rule),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
