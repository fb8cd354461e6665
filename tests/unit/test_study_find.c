/* SPDX-License-Identifier: MIT */
/* What describe says, find finds; what names no point is refused in words that
 * say what there is. */
#include "unit/test_study_support.h"

static const char text[] =
    HEAD WORK "grid:\n"
              "  zip: {depth: [1, 2, 2], width: [10, 10, 20]}\n"
              "  activation: [relu, tanh]\n"
              "  data.scale: [0.5]\n"
              "  relative_radius: {from: 1e-2, to: 1e2, count: 25, spacing: "
              "log}\n";

static void test_round_trip(void **state)
{
    gold_study *study = parse(text);

    (void)state;
    for (size_t point = 0; point < study->n_points; point++) {
        char at[200];
        size_t found = SIZE_MAX;

        assert_ptr_equal(gold_study_describe(study, point, at, sizeof at), at);
        assert_int_equal(gold_study_find(study, at, &found), GOLD_OK);
        assert_int_equal(found, point);
    }
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_describe(void **state)
{
    gold_study *study = parse(text);
    char at[200];
    char small[12];

    (void)state;
    assert_string_equal(gold_study_describe(study, 1, at, sizeof at),
                        "depth=1, width=10, activation=relu, data_scale=0.5, "
                        "relative_radius=0.01467799");
    assert_string_equal(gold_study_describe(study, 1, small, sizeof small),
                        "depth=1, wi");
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_near(void **state)
{
    gold_study *study = parse(text);
    size_t point = 0;

    (void)state;
    assert_int_equal(gold_study_find(study,
                                     "width = 20,network.activation=tanh,"
                                     "relative_radius=0.9991",
                                     &point),
                     GOLD_OK);
    assert_int_equal(point, (2 * 2 + 1) * 25 + 12);
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

/* A part of the grid: axes that are not named have any value. */
static void test_part(void **state)
{
    gold_study *study = parse(text);
    size_t index[GOLD_MAX_AXES];

    (void)state;
    assert_int_equal(
        gold_study_match(study, "depth=1,relative_radius=99.95", index),
        GOLD_OK);
    assert_int_equal(index[0], 0);
    assert_int_equal(index[1], GOLD_ANY_VALUE);
    assert_int_equal(index[2], GOLD_ANY_VALUE);
    assert_int_equal(index[3], 24);
    assert_int_equal(gold_study_match(study, NULL, index), GOLD_OK);
    assert_int_equal(index[0], GOLD_ANY_VALUE);
    assert_int_equal(gold_study_match(study, "depth=2", index), GOLD_ERR_USAGE);
    assert_int_equal(gold_study_match(study, "relative_radius=90", index),
                     GOLD_ERR_USAGE);
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

/* A word that stands for 0 may be given for it. */
static void test_word(void **state)
{
    gold_study *study =
        parse(HEAD "grid: {batch: [32, full]}\ntrain: {optimizer: sgd}\n");
    size_t point = 0;

    (void)state;
    assert_int_equal(gold_study_find(study, "batch=full", &point), GOLD_OK);
    assert_int_equal(point, 1);
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

static void refuse(const gold_study *study, const char *at, const char *phrase)
{
    size_t point = 12345;

    assert_int_equal(gold_study_find(study, at, &point), GOLD_ERR_USAGE);
    if (strstr(gold_fail_message(), phrase) == NULL) {
        print_error("wanted %s, got %s\n", phrase, gold_fail_message());
    }
    assert_non_null(strstr(gold_fail_message(), phrase));
    assert_int_equal(point, 12345);
}

/* Commas in brackets end no term; what is printed is found. */
static void test_lists(void **state)
{
    gold_study *study =
        parse(HEAD WORK "grid: {layer_gains: [1, [1, 2, 1], [1, 2, "
                        "0.70710678118654757]], seed: [0, 1]}\n");
    size_t point = 0;

    (void)state;
    for (size_t p = 0; p < study->n_points; p++) {
        char at[200];

        (void)gold_study_describe(study, p, at, sizeof at);
        assert_int_equal(gold_study_find(study, at, &point), GOLD_OK);
        assert_int_equal(point, p);
    }
    assert_int_equal(gold_study_find(study,
                                     "seed=1,layer_gains=[ 1,2.0,\t0.7071068 ]",
                                     &point),
                     GOLD_OK);
    assert_int_equal(point, 5);
    refuse(study, "seed=1,layer_gains=[1, 2]", "names no value of axis");
    refuse(study, "seed=1,layer_gains=2", "names no value of axis");
    refuse(study, "seed=1,layer_gains=[1,2,1", "is no value of axis");
    refuse(study, "layer_gains=[1,2,1,seed=1", "is no value of axis");
    refuse(study, "seed=1,layer_gains=[1,,1]", "is no value of axis");
    refuse(study, "seed=1,layer_gains=[]", "is no value of axis");
    refuse(study, "seed=1,layer_gains=[1,2,1]]", "is no value of axis");
    refuse(study, "seed=1,layer_gains=", "is no value of axis");
    refuse(study, "seed=1,layer_gains=[[1,2,1]]", "is no value of axis");
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_refusals(void **state)
{
    gold_study *study = parse(text);

    (void)state;
    refuse(study, "depth=1",
           "axis 'activation'; it has activation: relu, tanh");
    refuse(study, "depth=2,activation=relu,relative_radius=1",
           "axis 'depth_width'; it has depth: 1, 2, 2; width: 10, 10, 20");
    refuse(study, "depth=1,activation=relu,relative_radius=1.01",
           "0.01, 0.01467799, 0.02154435 ... 100 (25 values)");
    refuse(study, "depth=3", "names no value of axis 'depth_width'");
    refuse(study, "depth=deep", "'deep' is no value of axis 'depth'");
    refuse(study, "seed=1", "'seed' is no axis; the axes are depth, width");
    refuse(study, "nonsense=1", "'nonsense' is no axis");
    refuse(study, "depth", "'depth' is not axis=value");
    refuse(study, "depth=1,,", "is not axis=value");
    refuse(study, NULL, "axis 'depth_width'");
    refuse(study, "",
           "'' is not axis=value, as in depth=2,seed=0; the axes "
           "are depth, width, activation");
    refuse(study, "depth=3,width=10", "'depth=3,width=10' names no value");
    refuse(study, "width=10,depth=1,depth=2",
           "axis 'depth' is given twice, as 1 and as 2: name one value");
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_describe),
        cmocka_unit_test(test_near),       cmocka_unit_test(test_word),
        cmocka_unit_test(test_refusals),   cmocka_unit_test(test_lists),
        cmocka_unit_test(test_part),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
