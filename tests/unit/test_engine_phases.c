/* SPDX-License-Identifier: MIT */
/* Trainings in phases: one phase is a training without any; several have the
 * same bits wherever they are stopped and gone on with; the log runs on, the
 * ends are those of the last phase. */
#include <math.h>
#include <string.h>

#include "unit/test_engine_support.h"

#define LOG "log: {every: 1}, "
#define CLUSTERS(x)                                                            \
    "{blobs: [{label: 0, mean: [" x ", 1], deviation: 0.3}, {label: 1, mean: " \
    "[-1, 0], deviation: 0.3}]}"
/* Labels, optimizers, rates, lengths, samples, constraints and starts of their
 * own. */
#define MANY                                                                   \
    "study: test\nrun: {precision: float64}\n"                                 \
    "data: {set: clusters, train: 40, test: 20, normalize: none, blobs: "      \
    "[{label: 0, mean: [1, 1], deviation: 0.5}, {label: 1, mean: [-1, 0], "    \
    "deviation: 0.5}]}\n"                                                      \
    "network: {width: 6, activation: tanh, bias: true, bias_init: same}\n"     \
    "curvature: {at: [start, end], subspace: {dim: 2}}\n"                      \
    "train: {optimizer: sgd, batch: 7, keep: [final, best], track: [loss, "    \
    "accuracy, test_accuracy, weight_norm, cosine_to_init, sharpness, "        \
    "condensation, max_stable_learning_rate], " LOG "learning_rate: 0.3, "     \
    "phases: [{labels: random, optimizer: momentum, steps: 9}, {epochs: 1, "   \
    "optimizer: adam, learning_rate: 0.02, constraint: {subspace: {dim: 3}}, " \
    "data: " CLUSTERS("2") "}, {start: {norm_of_phase: 1}, steps: 8, "         \
                           "scale_learning_rate: sharpness, schedule: "        \
                           "{warmup: 3, decay: cosine}}, "                     \
                           "{steps: 5, labels: {permute: 3, share: 0.5}}]}\n"  \
                           "grid: {scale: 0.8}\n"

/* Bits of all that two studies have. */
static void check_same(const char *one, const char *two)
{
    bench a, b;
    gold_outcome of_a = trained(&a, one);
    gold_outcome of_b = trained(&b, two);

    assert_int_equal(a.schema.record_length, b.schema.record_length);
    assert_memory_equal(of_a.records, of_b.records,
                        a.schema.record_length * sizeof(double));
    assert_true(of_a.flops == of_b.flops);
    gold_outcome_fini(&of_a);
    gold_outcome_fini(&of_b);
    bench_close(&a);
    bench_drop(&b);
}

static void test_one(void **state)
{
    (void)state;
    check_same(HEAD NETWORK "train: {optimizer: sgd, batch: 7, steps: 20, " LOG
                            "learning_rate: 0.3}\ngrid: {seed: 2}\n",
               HEAD NETWORK
               "train: {epochs: 9, " LOG "phases: [{optimizer: sgd, batch: 7, "
               "steps: 20, learning_rate: 0.3}]}\ngrid: {seed: 2}\n");
}

/* Stopped after every step, and once after each. */
static void test_resume(void **state)
{
    bench b;
    gold_outcome whole = trained(&b, MANY);
    const size_t bytes = b.schema.record_length * sizeof(double);
    const size_t n_steps =
        (size_t)number_of(&b, whole.records, GOLD_VAR_FINAL_STEP, 0);
    gold_outcome outcome;
    bench_guard g = {.bytes = NULL};
    size_t n_stops = 0;

    (void)state;
    assert_int_equal(n_steps, 9 + 6 + 8 + 5);
    while (!go_on(&b, &g, 1, &outcome) && n_stops < n_steps) {
        gold_outcome_fini(&outcome);
        n_stops++;
    }
    assert_true(n_stops >= n_steps - 4);
    assert_memory_equal(outcome.records, whole.records, bytes);
    assert_true(outcome.flops == whole.flops);
    gold_outcome_fini(&outcome);
    for (size_t k = 1; k <= n_stops; k++) {
        gold_free(g.bytes);
        g = (bench_guard){.bytes = NULL};
        assert_false(go_on(&b, &g, k, &outcome));
        gold_outcome_fini(&outcome);
        assert_true(go_on(&b, &g, 1000000, &outcome));
        assert_memory_equal(outcome.records, whole.records, bytes);
        gold_outcome_fini(&outcome);
    }
    gold_free(g.bytes);
    gold_outcome_fini(&whole);
    bench_drop(&b);
}

/* Entries of one log; the ends are the last phase's; a rule ends a phase, and
 * the next one begins there. */
static void test_log(void **state)
{
    bench b;
    gold_outcome outcome = trained(&b, MANY);
    const double *record = outcome.records;

    (void)state;
    assert_int_equal(b.schema.n_log, 29);
    for (size_t k = 0; k < 29; k++) {
        assert_int_equal(b.schema.log_steps[k], k);
        assert_true(
            isfinite(number_of(&b, record, GOLD_VAR_TRAJECTORY_LOSS, k)));
    }
    assert_true(number_of(&b, record, GOLD_VAR_TRAJECTORY_LOSS, 28) ==
                number_of(&b, record, GOLD_VAR_FINAL_LOSS, 0));
    gold_outcome_fini(&outcome);
    bench_drop(&b);
    outcome = trained(&b, HEAD NETWORK
                      "train: {" LOG "steps: 4, phases: [{steps: 6, stop: "
                      "{loss: 1000}}, {}, {learning_rate: 1e-300}]}\n"
                      "grid: {seed: 3}\n");
    record = outcome.records;
    assert_int_equal(b.schema.n_log, 15);
    assert_true(number_of(&b, record, GOLD_VAR_FINAL_STEP, 0) == 8.0);
    assert_true(number_of(&b, record, GOLD_VAR_TRAJECTORY_LOSS, 4) ==
                number_of(&b, record, GOLD_VAR_TRAJECTORY_LOSS, 8));
    assert_true(isnan(number_of(&b, record, GOLD_VAR_TRAJECTORY_LOSS, 9)));
    for (size_t i = 0; i < 3; i++) {
        static const double steps[] = {0.0, 4.0, 8.0};
        static const double flags[] = {GOLD_CONVERGED, 0.0, 0.0};
        const unsigned outcome_of =
            (unsigned)number_of(&b, record, GOLD_VAR_PHASE_OUTCOME, i);

        assert_true(number_of(&b, record, GOLD_VAR_PHASE_STEP, i) == steps[i]);
        assert_true((outcome_of & ~(unsigned)GOLD_LAZY) == (unsigned)flags[i]);
        assert_true(
            number_of(&b, record, GOLD_VAR_PHASE_LOSS, i) ==
            number_of(&b, record, GOLD_VAR_TRAJECTORY_LOSS, (size_t)steps[i]));
    }
    gold_outcome_fini(&outcome);
    bench_drop(&b);
}

/* What diverges ends there. */
static void test_diverged(void **state)
{
    bench b;
    gold_outcome outcome = trained(
        &b, HEAD NETWORK "train: {" LOG "steps: 4, phases: [{learning_rate: "
                         "1e300}, {}]}\ngrid: {seed: 3}\n");

    (void)state;
    assert_non_null(strstr(outcome.verdicts[0].message, "diverged at step"));
    assert_true(number_of(&b, outcome.records, GOLD_VAR_FINAL_STEP, 0) <= 4.0);
    assert_true(
        (unsigned)number_of(&b, outcome.records, GOLD_VAR_PHASE_OUTCOME, 0) &
        GOLD_DIVERGED);
    assert_true(
        isnan(number_of(&b, outcome.records, GOLD_VAR_PHASE_OUTCOME, 1)));
    assert_true(isnan(number_of(&b, outcome.records, GOLD_VAR_PHASE_STEP, 1)));
    gold_outcome_fini(&outcome);
    bench_drop(&b);
}

/* What a plan counts is what is done. */
static void test_cost(void **state)
{
    bench b;
    gold_outcome outcome = trained(
        &b, HEAD NETWORK "train: {log: {count: 3}, phases: [{steps: 200}, "
                         "{optimizer: sgd, batch: 6, epochs: 30}, {steps: "
                         "50}]}\ngrid: {seed: 3}\n");
    gold_data_shape shape = gold_data_shape_of(&b.study->data);

    (void)state;
    shape.n_train = b.data.train.n;
    shape.n_test = b.data.test.n;
    assert_number("flops", gold_task_flops(b.study, 1, &shape), outcome.flops,
                  0.02 * outcome.flops);
    gold_outcome_fini(&outcome);
    bench_drop(&b);
}

static void test_memory(void **state)
{
    bench b;
    gold_inspection found;

    (void)state;
    bench_open(&b, HEAD NETWORK
               "train: {steps: 1, phases: [{labels: random}, {}]}\n"
               "grid: {seed: 3}\n");
    (void)inspect_refused(&b, 0, &found);
    assert_int_equal(found.n_earlier, 1);
    assert_true(found.earlier_steps[0] == 1.0);
    assert_non_null(found.phase_theta);
    gold_inspection_fini(&found);
    bench_drop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one),  cmocka_unit_test(test_resume),
        cmocka_unit_test(test_log),  cmocka_unit_test(test_diverged),
        cmocka_unit_test(test_cost), cmocka_unit_test(test_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
