/* SPDX-License-Identifier: MIT */
/* Whichever request for memory is refused, the refusal comes out as such and
 * nothing is lost. */
#include "goldilocks/schema.h"
#include "goldilocks/task.h"

#include "unit/test_study_support.h"

static const char good[] =
    HEAD WORK "title: a title\n"
              "train: {reach: [0.5, 1], track: [loss, entropy]}\n"
              "grid:\n"
              "  zip: {depth: &n [1, 2], width: *n}\n"
              "  activation: [relu, tanh]\n"
              "  layer_gains: [1, 2]\n"
              "  radius: {from: 1, to: 2, count: 20}\n"
              "  exclude: {depth: 1, activation: [relu]}\n";

static const char bad[] = HEAD "networg: 1\ngrid: {depth: []}\n";

/* Everything a study can do; the status of the first failure. */
static gold_status use(const gold_study *study)
{
    gold_status status = GOLD_OK;
    char *identity = NULL;
    char *difference = NULL;
    gold_task task = {0};
    gold_outcome outcome = {0};
    gold_schema schema;
    size_t point = 0;

    gold_schema_init(&schema, study, 100);
    GOLD_GOTO(gold_study_identity(study, &identity));
    GOLD_GOTO(gold_identity_difference(identity, "x = 1\n", &difference));
    GOLD_GOTO(gold_study_find(
        study, "depth=2,activation=tanh,layer_gains=2,radius=1", &point));
    GOLD_GOTO(gold_task_init(study, 0, &task));
    gold_task_fini(&task);
    GOLD_GOTO(gold_task_init(study, gold_n_tasks(study) - 1, &task));
    GOLD_GOTO(gold_outcome_init(&outcome, &schema, 3));

done:
    gold_outcome_fini(&outcome);
    gold_task_fini(&task);
    gold_free(difference);
    gold_free(identity);
    return status;
}

static void test_parse(void **state)
{
    gold_status status = GOLD_ERR_MEMORY;
    int64_t n_refused = 0;

    (void)state;
    while (status == GOLD_ERR_MEMORY) {
        gold_study *study = NULL;
        char *report = NULL;

        gold_refuse_after(++n_refused);
        status = gold_study_parse("test.yaml", good, strlen(good),
                                  "network.seed=3\ngrid.activation=[relu]\n"
                                  "network.bias_init=same",
                                  &study, &report);
        gold_refuse_after(0);
        assert_null(report);
        assert_int_equal(study == NULL, status != GOLD_OK);
        gold_study_destroy(&study);
        assert_int_equal(gold_live_blocks(), 0);
    }
    assert_int_equal(status, GOLD_OK);
    assert_true(n_refused > 10);
}

static void test_report(void **state)
{
    gold_status status = GOLD_ERR_MEMORY;
    int64_t n_refused = 0;

    (void)state;
    while (status == GOLD_ERR_MEMORY) {
        gold_study *study = NULL;
        char *report = NULL;

        gold_refuse_after(++n_refused);
        status = gold_study_parse("test.yaml", bad, strlen(bad), NULL, &study,
                                  &report);
        gold_refuse_after(0);
        assert_null(study);
        assert_int_equal(report == NULL, status == GOLD_ERR_MEMORY);
        gold_free(report);
        assert_int_equal(gold_live_blocks(), 0);
    }
    assert_int_equal(status, GOLD_ERR_CONFIG);
    assert_true(n_refused > 4);
}

static void test_use(void **state)
{
    gold_study *study = parse(good);
    const int64_t held = gold_live_blocks();
    gold_status status = GOLD_ERR_MEMORY;
    int64_t n_refused = 0;

    (void)state;
    while (status == GOLD_ERR_MEMORY) {
        gold_refuse_after(++n_refused);
        status = use(study);
        gold_refuse_after(0);
        assert_int_equal(gold_live_blocks(), held);
    }
    assert_int_equal(status, GOLD_OK);
    assert_true(n_refused > 6);
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_missing_file(void **state)
{
    gold_study *study = NULL;
    char *report = NULL;

    (void)state;
    assert_int_equal(
        gold_study_read("there/is/none.yaml", NULL, &study, &report),
        GOLD_ERR_IO);
    assert_non_null(strstr(gold_fail_message(), "there/is/none.yaml"));
    assert_null(report);
    assert_int_equal(gold_study_read("/", NULL, &study, &report), GOLD_ERR_IO);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_report),
        cmocka_unit_test(test_use),
        cmocka_unit_test(test_missing_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
