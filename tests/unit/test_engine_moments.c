/* SPDX-License-Identifier: MIT */
/* Curvature at steps of a training: what a training of so many steps has at its
 * end, bit for bit; nothing else of the training changes; a stop in the middle
 * of a measurement changes nothing either. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "unit/test_engine_support.h"

#define BLOCK                                                                  \
    "subspace: {dim: [2, 5]}, layers: each, logit_gradients: 20, "             \
    "resample: {directions: 2, data: 2}, extreme: {count: 2}, "                \
    "trace_probes: 5, density: {probes: 2, steps: 6}, dense: true, "           \
    "boundary: {eigenvectors: 2, grid: {count: 9}}}\n"
#define ON_THE_WAY                                                             \
    "curvature: {at: [{step: 12}, start, {step: 3}, {step: 7}], " BLOCK
#define TRAIN(steps)                                                           \
    "train: {optimizer: momentum, batch: 7, learning_rate: 0.1, steps: " steps \
    ", log: {every: 1}, track: [loss, weight_norm, gradient_norm, "            \
    "sharpness]}\ngrid: {seed: 3}\n"

/* What every training leaves is measured at moment i of one study, and known
 * at the end of another. */
static void check_left(const bench *b, const gold_outcome *found, size_t i,
                       const bench *a, const gold_outcome *alone)
{
    static const gold_variable left[][2] = {
        {GOLD_VAR_MOMENT_LOSS, GOLD_VAR_FINAL_LOSS},
        {GOLD_VAR_MOMENT_ACCURACY, GOLD_VAR_FINAL_ACCURACY},
        {GOLD_VAR_MOMENT_TEST_LOSS, GOLD_VAR_FINAL_TEST_LOSS},
        {GOLD_VAR_MOMENT_TEST_ACCURACY, GOLD_VAR_FINAL_TEST_ACCURACY},
        {GOLD_VAR_MOMENT_WEIGHT_NORM, GOLD_VAR_FINAL_WEIGHT_NORM},
        {GOLD_VAR_MOMENT_ZERO_LOGITS, GOLD_VAR_FINAL_ZERO_LOGITS}};

    for (size_t k = 0; k < sizeof left / sizeof *left; k++) {
        if (a->schema.count[left[k][1]] > 0) {
            assert_number(gold_variable_about(left[k][0])->name,
                          number_of(b, found->records, left[k][0], i),
                          number_of(a, alone->records, left[k][1], 0), 1e-13);
        }
    }
}

/* Moment i of one study is the end of another; returns how many numbers. */
static size_t check_moment(const bench *b, const gold_outcome *found, size_t i,
                           const char *text)
{
    bench a;
    gold_outcome alone = trained(&a, text);
    size_t n = 0;

    for (int v = 0; v < GOLD_N_VARIABLES; v++) {
        const gold_variable end = gold_variable_at_end((gold_variable)v);
        const gold_variable between =
            gold_variable_at_moments((gold_variable)v);

        if (end == GOLD_N_VARIABLES) {
            continue;
        }
        const size_t count = a.schema.count[end];

        assert_int_equal(b->schema.count[between], count * b->schema.n_moments);
        if (memcmp(found->records + b->schema.offset[between] + i * count,
                   alone.records + a.schema.offset[end],
                   count * sizeof(double)) != 0) {
            fail_msg("%s[%zu] is another number",
                     gold_variable_about(between)->name, i);
        }
        n += count;
    }
    check_left(b, found, i, &a, &alone);
    gold_outcome_fini(&alone);
    bench_close(&a);
    return n;
}

static void test_values(void **state)
{
    static const char *const alone[] = {TRAIN("3"), TRAIN("7"), TRAIN("12")};
    static const char *const networks[] = {
        "network: {width: 6, depth: 2}\n",
        "network: {width: 6, activation: tanh, bias: true, temperature: 2}\n",
        "network: {width: 6, loss: mse}\n"};

    (void)state;
    for (size_t k = 0; k < sizeof networks / sizeof *networks; k++) {
        char text[2000];
        bench b;

        (void)snprintf(text, sizeof text, HEAD "%s" ON_THE_WAY TRAIN("12"),
                       networks[k]);
        gold_outcome found = trained(&b, text);

        assert_int_equal(b.schema.n_moments, 3);
        assert_int_equal(b.schema.moments[0], 3);
        assert_int_equal(b.schema.moments[2], 12);
        for (size_t i = 0; i < 3; i++) {
            (void)snprintf(text, sizeof text,
                           HEAD "%scurvature: {at: [start, end], " BLOCK "%s",
                           networks[k], alone[i]);
            assert_true(check_moment(&b, &found, i, text) > 100);
        }
        assert_true(isfinite(
            number_of(&b, found.records, GOLD_VAR_MOMENT_EIGENVALUES, 0)));
        gold_outcome_fini(&found);
        bench_drop(&b);
    }
}

/* All that has a place without moments has the same bits with them, and they
 * cost what the end does. */
static void test_beside(void **state)
{
    bench a, b;
    gold_outcome plain = trained(
        &a, HEAD NETWORK "curvature: {at: [start, end], " BLOCK TRAIN("12"));
    gold_outcome more =
        trained(&b, HEAD NETWORK "curvature: {at: [start, {step: 3}, end, "
                                 "{step: 12}], " BLOCK TRAIN("12"));
    gold_task task;
    gold_outcome measured = measure(&b, 0, &task);

    (void)state;
    for (int v = 0; v < GOLD_N_VARIABLES; v++) {
        assert_memory_equal(more.records + b.schema.offset[v],
                            plain.records + a.schema.offset[v],
                            a.schema.count[v] * sizeof(double));
    }
    /* one point with all of this costs as much at any moment */
    assert_number("flops", more.flops - plain.flops, 2.0 * measured.flops,
                  0.2 * 2.0 * measured.flops);
    gold_task_fini(&task);
    gold_outcome_fini(&measured);
    gold_outcome_fini(&plain);
    bench_close(&a);
    gold_outcome_fini(&more);
    bench_drop(&b);
}

/* Stopped once at every fifth question, between steps and while something is
 * measured. */
static void test_resume(void **state)
{
    bench b;
    gold_outcome whole = trained(&b, HEAD NETWORK ON_THE_WAY TRAIN("12"));
    const size_t length = b.schema.record_length;
    gold_outcome outcome;
    bench_guard g = {.bytes = NULL};
    size_t n_stops = 0;

    (void)state;
    while (!go_on(&b, &g, n_stops + 1, &outcome)) {
        gold_outcome_fini(&outcome);
        assert_true(go_on(&b, &g, 1000000, &outcome));
        assert_memory_equal(outcome.records, whole.records,
                            length * sizeof(double));
        assert_true(outcome.flops == whole.flops);
        gold_outcome_fini(&outcome);
        gold_free(g.bytes);
        g = (bench_guard){.bytes = NULL};
        n_stops += 5;
    }
    assert_true(n_stops > 60); /* of the questions 12 are between steps */
    gold_free(g.bytes);
    gold_outcome_fini(&outcome);
    gold_outcome_fini(&whole);
    bench_drop(&b);
}

/* Numbers of moment i, and how many of them are finite. */
static size_t count_finite(const bench *b, const double *record, size_t i)
{
    size_t n = 0;

    for (int v = 0; v < GOLD_N_VARIABLES; v++) {
        const gold_variable between =
            gold_variable_at_moments((gold_variable)v);

        if (between < GOLD_N_VARIABLES) {
            const size_t count = b->schema.count[between] / b->schema.n_moments;

            for (size_t k = i * count; k < (i + 1) * count; k++) {
                n += isfinite(number_of(b, record, between, k)) ? 1 : 0;
            }
        }
    }
    return n;
}

/* What training does not come to, or what is not finite, has no numbers. */
static void test_none(void **state)
{
    bench b;
    gold_outcome found = trained(
        &b, HEAD NETWORK "curvature: {at: [start, {step: 1}, {step: 9}], " BLOCK
                         "train: {steps: 12, log: {every: 4}, stop: {loss: "
                         "1000}, track: []}\ngrid: {seed: 3}\n");

    (void)state;
    assert_true(number_of(&b, found.records, GOLD_VAR_FINAL_STEP, 0) == 0.0);
    assert_int_equal(count_finite(&b, found.records, 0), 0);
    assert_string_equal(found.verdicts[0].message, "");
    gold_outcome_fini(&found);
    bench_drop(&b);
    found = trained(&b, HEAD NETWORK
                    "curvature: {at: [start, {step: 1}, {step: 9}], " BLOCK
                    "train: {steps: 12, log: {every: 4}, track: [], stop: "
                    "{loss: 1e-9}}\ngrid: {seed: 3}\n");
    assert_true(count_finite(&b, found.records, 0) > 100);
    assert_true(count_finite(&b, found.records, 1) > 100);
    gold_outcome_fini(&found);
    bench_drop(&b);
    /* Logits of 1e-39, which float32 does not hold to its precision. */
    found =
        trained(&b, "study: test\ndata: {set: circles, train: 60, test: 30}\n"
                    "network: {width: 6, depth: 2, activation: tanh}\n"
                    "curvature: {at: [start, {step: 1}], " BLOCK
                    "train: {learning_rate: 1e-300, steps: 2, track: []}\n"
                    "grid: {scale: 1e-13}\n");
    assert_int_equal(count_finite(&b, found.records, 0), 0);
    assert_non_null(strstr(found.verdicts[0].message, "curvature at step 1: "));
    gold_outcome_fini(&found);
    bench_drop(&b);
}

static void test_memory(void **state)
{
    bench b;
    gold_inspection found;

    (void)state;
    bench_open(&b, HEAD NETWORK
               "curvature: {at: [start, {step: 2}], extreme: {count: 1}, "
               "subspace: {dim: 2}}\ntrain: {steps: 3}\ngrid: {seed: 3}\n");
    assert_true(inspect_refused(&b, 0, &found) > 100);
    gold_inspection_fini(&found);
    bench_drop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values), cmocka_unit_test(test_beside),
        cmocka_unit_test(test_resume), cmocka_unit_test(test_none),
        cmocka_unit_test(test_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
