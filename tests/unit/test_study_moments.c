/* SPDX-License-Identifier: MIT */
/* When curvature is measured: what is refused, and in which order steps stand.
 */
#include "unit/test_study_wrong.h"

#define AT(list) "curvature: {subspace: {dim: 5}, at: " list "}\n" HEAD GRID

static const wrong errors[] = {
    {AT("[start, end]"), "1:37",
     "nothing is trained: add a 'train:' block, or leave 'at' out"},
    {AT("[end]}\ntrain: {steps: 9"), "1:37",
     "always measured at the start: at: [start, end]"},
    {AT("[]"), "1:37", "at: [start]"},
    {AT("end"), "1:37", "'at' must be a list: [start, {step: 100}, end]"},
    {AT("{step: 5}"), "1:37", "'at' must be a list: [start, {step: 100}, end]"},
    {AT("[start, 5]"), "1:45", "a moment is start, end or {step: 100}"},
    {AT("[start, [end]]"), "1:45", "a moment is start, end or {step: 100}"},
    {AT("[start, ennd]"), "1:45",
     "a moment is start, end or {step: 100}; did you mean 'end'?"},
    {AT("[start, {epoch: 3}]"), "1:45",
     "a moment is start, end or {step: 100}: steps, not epochs"},
    {AT("[start, end, end]"), "1:50", "'end' is listed twice"},
    {AT("[start, final]"), "1:45", "'final' is called 'end' here"},
    {AT("[start, {step: 9}]"), "1:37",
     "'step' is one of training, but nothing is trained"},
    {AT("[{step: 9}]}\ntrain: {steps: 9"), "1:37",
     "always measured at the start: at: [start, {step: 9}]"},
    {AT("[end, {step: 9}, {step: 2}]}\ntrain: {steps: 9"), "1:37",
     "at: [start, {step: 2}, {step: 9}, end]"},
    {AT("[start, {step: 0}]"), "1:52", "step is '0'; it must be"},
    {AT("[start, {steps: 9}]"), "1:45",
     "a moment is start, end or {step: 100}; did you mean 'step'?"},
    {AT("[start, {step: 9, end: 1}]"), "1:45",
     "a moment is start, end or {step: 100}"},
    {AT("[start, {step: 9}, {step: 8}, {step: "
        "9}]"),
     "1:67", "step 9 is listed twice"},
    {AT("[start, {step: 10}, {step: 1}]}\n"
        "train: {steps: 9"),
     "1:37", "step 10 is beyond the training's last, 9"},
    {AT("[start, {step: 1}]}\n"
        "train: {phases: [{steps: 9}, {steps: 8}]"),
     "1:37", "steps between are not measured in trainings of several phases"},
};

static void test_refused(void **state)
{
    (void)state;
    CHECK_ALL(errors);
}

static void test_order(void **state)
{
    gold_study *study = parse(AT("[{step: 9}, start, {step: 2}, {step: 30}]}\n"
                                 "train: {steps: 30"));
    const gold_curvature_block *curvature = &study->curvature;

    (void)state;
    assert_int_equal(curvature->n_moments, 3);
    assert_int_equal(curvature->moments[0], 2);
    assert_int_equal(curvature->moments[1], 9);
    assert_int_equal(curvature->moments[2], 30);
    assert_true(curvature->at[GOLD_AT_START] && !curvature->at[GOLD_AT_END]);
    assert_int_equal(gold_study_n_measured(study, 9), 2);
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
