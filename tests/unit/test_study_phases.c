/* SPDX-License-Identifier: MIT */
/* Phases of a training: each is the study that it would be alone. */
#include "unit/test_study_wrong.h"

#define WITH_PHASES(list) "train: {phases: " list "}\n" HEAD "grid: {seed: 0}\n"

/* What each of them has, and how long it is. */
static void test_each(void **state)
{
    gold_study *study = parse(
        HEAD "grid: {seed: 0, weight_decay: [0, 0.1]}\n"
             "train: {optimizer: sgd, batch: 8, log: {every: 100}, steps: 9, "
             "phases: [{labels: random, steps: 300}, {epochs: 2, optimizer: "
             "adam, batch: 50}, {data: {seed: 3}, steps: 1}, {start: "
             "{norm_of_phase: 2}, labels: true, learning_rate: 2}]}\n");
    gold_settings settings[4];
    uint64_t steps[GOLD_MAX_LOG];

    (void)state;
    assert_int_equal(study->n_earlier, 3);
    assert_ptr_equal(gold_study_phase(study, 3), study);
    for (size_t i = 0; i < 4; i++) {
        gold_study_point(gold_study_phase(study, i), 1, &settings[i]);
        assert_true(settings[i].train.weight_decay == 0.1);
        assert_true(settings[i].train.learning_rate == (i < 3 ? 0.1 : 2.0));
        assert_true(settings[i].label_share == (i == 0 ? 1.0 : 0.0));
        assert_int_equal(settings[i].train.optimizer,
                         i == 1 ? GOLD_ADAM : GOLD_SGD);
        assert_int_equal(settings[i].train.batch, i == 1 ? 50 : 8);
        assert_int_equal(gold_study_phase(study, i)->has_own_data, i == 2);
        assert_int_equal(gold_study_phase(study, i)->data.seed, i == 2 ? 3 : 0);
        assert_int_equal(gold_study_phase(study, i)->norm_of_phase,
                         i == 3 ? 2 : 0);
    }
    /* 2400 samples */
    assert_int_equal(gold_study_steps(study, 1, 2400), 300 + 96 + 1 + 9);
    assert_int_equal(gold_log_steps(study, 2400, true, steps), 8);
    assert_int_equal(steps[4], 396);
    assert_int_equal(steps[5], 397);
    assert_int_equal(steps[7], 406);
    assert_int_equal(gold_log_steps(study, 2400, false, steps), 6);
    assert_int_equal(steps[4], 400);
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

static char *identity_of(const char *text)
{
    gold_study *study = parse(text);
    char *identity = NULL;

    assert_int_equal(gold_study_identity(study, &identity), GOLD_OK);
    gold_study_destroy(&study);
    return identity;
}

/* One phase is a training without any; all that phases say tells studies
 * apart. */
static void test_identity(void **state)
{
    static const char *const texts[] = {
        HEAD "grid: {seed: 0}\ntrain: {steps: 5, learning_rate: 1}\n",
        WITH_PHASES("[{steps: 5, learning_rate: 1}, {steps: 5}]"),
        WITH_PHASES("[{steps: 5}, {steps: 5, learning_rate: 1}]"),
        WITH_PHASES("[{steps: 6}, {steps: 5, learning_rate: 1}]"),
        WITH_PHASES("[{steps: 5, labels: random}, {steps: 5}]"),
        WITH_PHASES("[{steps: 5}, {steps: 5, labels: random}]"),
        WITH_PHASES("[{steps: 5, labels: random}, {steps: 5, labels: random}]"),
        WITH_PHASES("[{steps: 5, labels: {permute: 1}}, {steps: 5}]"),
        WITH_PHASES("[{steps: 5, data: {seed: 1}}, {steps: 5}]"),
        WITH_PHASES("[{steps: 5}, {steps: 5}]"),
        WITH_PHASES("[{steps: 5}, {steps: 5}, {steps: 5}]"),
        WITH_PHASES("[{steps: 5}, {steps: 5}, {steps: 5, start: "
                    "{norm_of_phase: 1}}]"),
        WITH_PHASES("[{steps: 5}, {steps: 5}, {steps: 5, start: "
                    "{norm_of_phase: 2}}]"),
        WITH_PHASES("[{steps: 5}, {steps: 5, start: {norm_of_phase: 1}}, "
                    "{steps: 5}]"),
    };
    enum {
        N = sizeof texts / sizeof *texts
    };
    char *found[N];
    char *one = identity_of(WITH_PHASES("[{steps: 5, learning_rate: 1}]"));

    (void)state;
    for (size_t i = 0; i < N; i++) {
        found[i] = identity_of(texts[i]);
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(found[i], found[k]);
        }
    }
    assert_string_equal(found[0], one);
    for (size_t i = 0; i < N; i++) {
        gold_free(found[i]);
    }
    gold_free(one);
    assert_int_equal(gold_live_blocks(), 0);
}

static size_t count_notes(const char *text)
{
    gold_study *study = parse(text);
    size_t n = 0;

    for (const char *at = study->notes;
         at != NULL && (at = strstr(at, "note: ")) != NULL; at++) {
        n++;
    }
    gold_study_destroy(&study);
    return n;
}

/* A study with its defaults is the same study, and there is no more to say of
 * it: what every phase has of its own is not given beside them. */
static void test_resolve(void **state)
{
    static const char *const texts[] = {
        WITH_PHASES("[{steps: 5, labels: random}, {epochs: 5}]"),
        WITH_PHASES("[{steps: 5, schedule: {warmup: 1}, weight_decay: 0.1}, "
                    "{epochs: 5, schedule: {decay: cosine}, weight_decay: 0}]"),
        WITH_PHASES("[{optimizer: adam}, {betas: [0.5, 0.9]}]"),
        WITH_PHASES("[{data: {seed: 2}}, {data: {seed: 3}, labels: random}]"),
        "study: a\ndata: {set: moons, noise: 0.2, test: 10}\ngrid: {seed: 0}\n"
        "train: {steps: 3, phases: [{data: {set: rings}}, {data: {set: "
        "rings}}]}\n",
        HEAD "grid: {seed: 0}\ntrain: {optimizer: sgd, batch: 8, phases: "
             "[{optimizer: adam, batch: 9}, {optimizer: momentum, batch: "
             "full}]}\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        gold_study *study = parse(texts[i]);
        char *yaml = NULL;

        assert_int_equal(gold_study_resolve(study, &yaml), GOLD_OK);
        gold_study_destroy(&study);
        char *one = identity_of(texts[i]);
        char *two = identity_of(yaml);

        assert_non_null(strstr(yaml, "phases: [{"));
        assert_string_equal(one, two);
        assert_int_equal(count_notes(yaml), 0);
        gold_free(one);
        gold_free(two);
        gold_free(yaml);
    }
    assert_int_equal(count_notes(texts[4]), 0); /* a set has to stand there */
    assert_int_equal(count_notes(texts[5]), 2);
    assert_int_equal(gold_live_blocks(), 0);
}

/* A note is of what holds in every phase. */
static void test_notes(void **state)
{
    gold_study *study =
        parse("grid: {seed: 3}\n" HEAD "train: {momentum: 0.5, optimizer: sgd, "
              "batch: 8, phases: [{optimizer: momentum}, {}]}\n");

    (void)state;
    assert_non_null(strstr(study->notes, "is one seed"));
    assert_null(strstr(study->notes, "momentum"));
    gold_study_destroy(&study);
    study = parse(HEAD "grid: {seed: 0}\ntrain: {momentum: 0.5, optimizer: "
                       "sgd, batch: 8, phases: [{}, {}]}\n");
    assert_non_null(strstr(study->notes, "'momentum' has no effect here"));
    gold_study_destroy(&study);
    study = parse(HEAD "grid: {seed: 0}\ntrain: {steps: 3, learning_rate: 0.2, "
                       "phases: [{steps: 5, learning_rate: 0.3}, {epochs: "
                       "2}]}\n");
    assert_non_null(strstr(study->notes, "'steps' has no effect: every phase"));
    assert_null(strstr(study->notes, "'learning_rate' has"));
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

static const wrong errors[] = {
    {WITH_PHASES("3"), "1:17", "a list of 1 to 8 mappings"},
    {WITH_PHASES("[]"), "1:17", "a list of 1 to 8 mappings"},
    {WITH_PHASES("{steps: 3}"), "1:17", "a list of 1 to 8 mappings"},
    {WITH_PHASES("[{}, {}, {}, {}, {}, {}, {}, {}, {}]"), "1:17", "1 to 8"},
    {WITH_PHASES("[3]"), "1:18", "'a phase' must be a mapping"},
    {WITH_PHASES("[{}, {lr: 3}]"), "1:23", "is called 'learning_rate'"},
    {WITH_PHASES("[{lr: 3}, {}]"), "1:19", "is called 'learning_rate'"},
    {WITH_PHASES("[{learning_rate: 0}, {}]"), "1:34", "above 0"},
    {WITH_PHASES("[{}, {steps: 3, epochs: 3}]"), "1:33", "beside 'steps'"},
    {WITH_PHASES("[{track: [loss]}, {}]"), "1:19", "is of all phases together"},
    {WITH_PHASES("[{}, {log: {every: 1}}]"), "1:23", "of all phases together"},
    {WITH_PHASES("[{phases: [{}]}]"), "1:19", "is of all phases together"},
    {WITH_PHASES("[{labels: randm}]"), "1:27", "did you mean 'random'?"},
    {WITH_PHASES("[{labels: random, data: {labels: {share: 0}}}, {}]"), "1:42",
     "'labels' is given twice: first at line 1, column 19"},
    {WITH_PHASES("[{labels: {within: [[0, 20]]}}, {}]"), "1:28",
     "class 20 in 'within': the samples are of "},
    {WITH_PHASES("[{labels: false}]"), "1:27", "'labels' of a phase are"},
    {WITH_PHASES("[{labels: {share: 2}}, {}]"), "1:35", "at most 1"},
    {WITH_PHASES("[{start: {norm_of_phase: 1}}, {}]"), "1:26", "first phase"},
    {WITH_PHASES("[{}, {start: {norm_of_phase: 2}}]"), "1:46", "at most 1"},
    {WITH_PHASES("[{}, {start: {norm: 1}}]"), "1:30", "'start' is {norm_of"},
    {WITH_PHASES("[{}, {start: 1}]"), "1:30", "'start' is {norm_of_phase"},
    {WITH_PHASES("[{data: 3}, {}]"), "1:25", "'data' must be a mapping"},
    {WITH_PHASES("[{data: {sed: 3}}, {}]"), "1:26", "did you mean 'set'?"},
    {WITH_PHASES("[{data: {set: mixture}}, {}]"), "1:18", "as many features"},
    {WITH_PHASES("[{data: {train: 30}}, {}]"), "1:18", "training samples as"},
    {WITH_PHASES("[{data: {set: mnist, path: x}}, {}]"), "1:18",
     "not of those in files"},
    {WITH_PHASES("[{data: {noise: 3}}, {}]"), "1:26", "not of circles"},
    {WITH_PHASES("[{data: {set: rings, features: 3}}, {}]"), "1:38",
     "not of rings"},
    {"train: {phases: [{steps: 9}, {}]}\n" HEAD "grid: {steps: [1, 2]}\n",
     "1:19", "'steps' is an axis of the grid"},
    {"train: {log: {every: 1}, phases: [{steps: 2000}, {steps: 2000}]}\n" HEAD
     "grid: {seed: 0}\n",
     "1:22", "makes more than 2048 log entries"},
};

/* One fault, one complaint. */
static void test_errors(void **state)
{
    (void)state;
    CHECK_ALL(errors);
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        char *report = refusal(errors[i].text, strlen(errors[i].text), NULL);
        const char *first = strstr(report, "test.yaml:");

        assert_non_null(first);
        assert_null(strstr(first + 1, "test.yaml:"));
        gold_free(report);
    }
}

/* What is wrong in several phases, and in all of them, is told at once. */
static void test_all_errors(void **state)
{
    static const wrong wrongs[] = {
        {"train: {phases: [{learnin_rate: 3, steps: 0}, {optimizer: foo}, "
         "{momentum: 3, optimizer: momentum}], lazy: -1}\n" HEAD
         "grid: {seed: 0}\nnetwork: {depht: 2}\n",
         "1:19", "did you mean 'learning_rate'?"},
        {NULL, "1:43", "steps is '0'"},
        {NULL, "1:59", "'foo'"},
        {NULL, "1:76", "below 1"},
        {NULL, "1:108", "lazy is '-1'"},
        {NULL, "5:11", "did you mean 'depth'?"},
    };
    const size_t n = sizeof wrongs / sizeof *wrongs;
    char *report = refusal(wrongs[0].text, strlen(wrongs[0].text), NULL);
    const char *at = report;

    (void)state;
    for (size_t i = 0; i < n; i++) {
        assert_true(is_told(&wrongs[i], report));
        at = strstr(at, "test.yaml:");
        assert_non_null(at);
        at++;
    }
    assert_null(strstr(at, "test.yaml:"));
    gold_free(report);
    assert_int_equal(gold_live_blocks(), 0);
}

#define BLOBS                                                                  \
    "study: a\ndata: {set: clusters, train: 8, test: 4, normalize: none, "     \
    "blobs: [{label: 0, mean: [2, 1], deviation: 1}, {label: 1, mean: [0, "    \
    "1], deviation: 1}]}\ngrid: {seed: 0}\n"                                   \
    "train: {optimizer: sgd, batch: 8, learning_rate: 1, steps: 3, phases: "

/* What only the set of the block has is not of a phase with another. */
static void test_other_set(void **state)
{
    gold_study *study =
        parse(BLOBS "[{data: {set: moons, noise: 0.3}}, {}]}\n");

    (void)state;
    assert_null(study->notes);
    assert_int_equal(study->earlier[0]->data.set, GOLD_DATA_MOONS);
    assert_int_equal(study->earlier[0]->data.train, 8);
    assert_int_equal(study->data.set, GOLD_DATA_CLUSTERS);
    assert_int_equal(study->data.n_blobs, 2);
    gold_study_destroy(&study);
    study = parse(BLOBS "[{data: {set: moons}}, {data: {set: rings}}]}\n");
    assert_non_null(strstr(study->notes, "'blobs' has no effect: every phase "
                                         "has its own, or a data set without"));
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

/* No memory, anywhere: nothing is left behind. */
static void test_memory(void **state)
{
    const char *text = WITH_PHASES("[{labels: random, steps: 5}, {data: {seed: "
                                   "3}}, {momentum: 0.5}]");
    gold_status status = GOLD_ERR_MEMORY;
    int64_t k = 0;

    (void)state;
    while (status == GOLD_ERR_MEMORY) {
        gold_study *study = NULL;
        char *report = NULL;

        gold_refuse_after(++k);
        status = gold_study_parse("test.yaml", text, strlen(text), NULL, &study,
                                  &report);
        gold_refuse_after(0);
        gold_study_destroy(&study);
        gold_free(report);
        assert_int_equal(gold_live_blocks(), 0);
    }
    assert_int_equal(status, GOLD_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each),      cmocka_unit_test(test_identity),
        cmocka_unit_test(test_resolve),   cmocka_unit_test(test_notes),
        cmocka_unit_test(test_errors),    cmocka_unit_test(test_all_errors),
        cmocka_unit_test(test_other_set), cmocka_unit_test(test_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
