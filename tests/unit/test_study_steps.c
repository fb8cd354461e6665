/* SPDX-License-Identifier: MIT */
/* How long points train, and which of their steps are logged. */
#include "goldilocks/random.h"

#include "unit/test_study_support.h"

enum {
    N_DRAWS = 200
};

static uint64_t steps[GOLD_MAX_LOG];

static size_t log_of(const char *text, size_t n_train)
{
    gold_study *study = parse(text);
    const size_t n = gold_log_steps(study, n_train, true, steps);

    gold_study_destroy(&study);
    return n;
}

static void expect(const char *text, size_t n_train, const uint64_t *expected,
                   size_t n)
{
    assert_int_equal(log_of(text, n_train), n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(steps[i], expected[i]);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

#define LENGTH(array) (sizeof(array) / sizeof *(array))
#define TRAIN(block)  HEAD "grid: {seed: 0}\ntrain: {" block "}\n"

static void test_known(void **state)
{
    static const uint64_t every[] = {0, 4, 8, 10};
    static const uint64_t even[] = {0, 5, 10};
    static const uint64_t linear[] = {0, 3, 5, 8, 10};
    static const uint64_t spaced[] = {0, 1, 3, 7, 15};
    static const uint64_t few[] = {0, 1, 2, 3};
    static const uint64_t ends[] = {0, 1000000000000};

    (void)state;
    expect(TRAIN("steps: 10, log: {every: 4}"), 5, every, LENGTH(every));
    expect(TRAIN("steps: 10, log: {every: 5}"), 5, even, LENGTH(even));
    expect(TRAIN("steps: 10, log: {count: 5, spacing: linear}"), 5, linear,
           LENGTH(linear));
    expect(TRAIN("steps: 15, log: {count: 5, spacing: log}"), 5, spaced,
           LENGTH(spaced));
    expect(TRAIN("steps: 3"), 5, few, LENGTH(few));
    expect(TRAIN("steps: 1e12, log: {every: 1e12}"), 5, ends, LENGTH(ends));
    assert_int_equal(log_of(HEAD WORK "grid: {seed: 0}\n", 5), 0);
}

static uint32_t draw(uint32_t *position, uint32_t below)
{
    const gold_stream stream = gold_stream_of(11, GOLD_PURPOSE_PROBES, 0);
    uint32_t bits = 0;

    gold_random_bits(stream, (*position)++, 1, &bits);
    return bits % below;
}

/* From 0 to the last step, ascending, no more than was asked for. */
static void check_log(const char *text, uint64_t last, uint64_t most)
{
    const size_t n = log_of(text, 1);

    assert_true(n >= 2 && n <= most && n <= GOLD_MAX_LOG);
    assert_int_equal(steps[0], 0);
    assert_int_equal(steps[n - 1], last);
    for (size_t i = 1; i < n; i++) {
        assert_true(steps[i - 1] < steps[i]);
    }
}

static void test_property(void **state)
{
    static const char *const spacings[] = {"linear", "log"};
    uint32_t position = 0;

    (void)state;
    for (int i = 0; i < N_DRAWS; i++) {
        const uint32_t last = 1 + draw(&position, 1U << draw(&position, 31));
        const uint32_t count = 2 + draw(&position, GOLD_MAX_LOG - 1);
        const uint32_t least = (last - 1) / (GOLD_MAX_LOG - 1) + 1;
        const uint32_t every = least + draw(&position, last);
        char text[200];

        (void)snprintf(text, sizeof text,
                       TRAIN("steps: %u, log: {count: %u, spacing: %s}"), last,
                       count, spacings[draw(&position, 2)]);
        check_log(text, last, count);
        (void)snprintf(text, sizeof text, TRAIN("steps: %u, log: {every: %u}"),
                       last, every);
        check_log(text, last, (last - 1) / every + 2);
        for (size_t k = 1; steps[k] < last; k++) {
            assert_int_equal(steps[k] % every, 0);
        }
    }
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_train_steps(void **state)
{
    gold_settings settings = {.train = {.steps = 7, .batch = 3}};

    (void)state;
    assert_int_equal(gold_train_steps(&settings, 10), 7);
    settings.train = (gold_train_settings){.epochs = 6, .batch = 3};
    assert_int_equal(gold_train_steps(&settings, 10), 24);
    assert_int_equal(gold_train_steps(&settings, 9), 18);
    assert_int_equal(gold_train_steps(&settings, 3), 6);
    assert_int_equal(gold_train_steps(&settings, 1), 6);
    settings.train.batch = 0;
    assert_int_equal(gold_train_steps(&settings, 10), 6);
    settings.train.batch = 1;
    assert_int_equal(gold_train_steps(&settings, 10), 60);
}

/* The log reaches to the end of the longest training of the grid. */
static void test_longest(void **state)
{
    static const char *const texts[] = {
        HEAD "train: {}\ngrid: {steps: [5, 60, 7]}\n",
        HEAD "train: {optimizer: sgd, epochs: 6}\n"
             "grid: {batch: [full, 1, 3], seed: [1, 2]}\n",
        HEAD "train: {optimizer: sgd}\n"
             "grid: {batch: [full, 1, 3], epochs: [1, 6]}\n",
        HEAD "train: {optimizer: sgd}\n"
             "grid: {zip: {epochs: [1, 15, 20], batch: [1, 3, full]}}\n",
        HEAD "train: {batch: 1, epochs: 6}\ngrid: {optimizer: [gd, sgd]}\n",
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(texts); i++) {
        gold_study *study = parse(texts[i]);
        const size_t n = gold_log_steps(study, 10, true, steps);
        uint64_t most = 0;

        for (size_t point = 0; point < study->n_points; point++) {
            gold_settings settings;

            gold_study_point(study, point, &settings);
            const uint64_t own = gold_train_steps(&settings, 10);

            most = own > most ? own : most;
        }
        assert_int_equal(most, 60);
        assert_int_equal(steps[n - 1], 60);
        gold_study_destroy(&study);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* Data larger than the study was checked for make gaps, not an overflow. */
static void test_too_many(void **state)
{
    const size_t n =
        log_of("study: test\ndata: {set: fashion-mnist}\ngrid: {seed: 0}\n"
               "train: {optimizer: sgd, batch: 60, epochs: 2, log: {every: 1}}"
               "\n",
               90000);

    (void)state;
    assert_int_equal(n, 1501);
    assert_int_equal(steps[1], 2);
    assert_int_equal(steps[n - 1], 3000);
    assert_int_equal(gold_live_blocks(), 0);
}

/* gd takes all samples, whatever batch others are given beside it. */
static void test_gd(void **state)
{
    gold_study *study =
        parse(HEAD "train: {batch: 32}\ngrid: {optimizer: [gd, momentum]}\n");
    gold_settings settings;

    (void)state;
    gold_study_point(study, 0, &settings);
    assert_int_equal(settings.train.batch, 0);
    gold_study_point(study, 1, &settings);
    assert_int_equal(settings.train.batch, 32);
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),       cmocka_unit_test(test_property),
        cmocka_unit_test(test_train_steps), cmocka_unit_test(test_longest),
        cmocka_unit_test(test_too_many),    cmocka_unit_test(test_gd),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
