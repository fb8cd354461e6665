/* SPDX-License-Identifier: MIT */
/* Curvature where training ended: the numbers of the start where training did
 * not move, in the same subspaces; none where there is no end; nothing else of
 * a training changes. */
#include <math.h>
#include <string.h>

#include "unit/test_engine_support.h"

#define ALL                                                                    \
    "layers: each, logit_gradients: 20, resample: {directions: 2, data: 2}, "  \
    "extreme: {count: 2}, trace_probes: 5, density: {probes: 2, steps: 6}, "   \
    "dense: true, boundary: {eigenvectors: 2, grid: "                          \
    "{count: 9}}}\n"
#define AT_END "curvature: {at: [start, end], subspace: {dim: [2, 5]}, " ALL
#define STILL  "train: {learning_rate: 1e-300, steps: 1, track: []}\n"
#define TRAIN  "train: {learning_rate: 0.2, steps: 12, log: {every: 4}}\n"
#define SPHERE "surface: sphere}, "
#define SPHERE_ENDS                                                            \
    "curvature: {at: [start, end], subspace: {dim: [2, 5], " SPHERE

/* Both tasks of the one point. */
static void run_both(bench *b, const char *text, gold_outcome *measured,
                     gold_outcome *trained)
{
    gold_task task;

    bench_open(b, text);
    *measured = measure(b, 0, &task);
    gold_task_fini(&task);
    *trained = measure(b, 1, &task);
    gold_task_fini(&task);
    assert_int_equal(measured->verdicts[0].state, GOLD_STATE_DONE);
    assert_int_equal(trained->verdicts[0].state, GOLD_STATE_DONE);
}

/* Fail unless every number of the start is there at the end, bit for bit. */
static void check_same(const char *text)
{
    gold_outcome measured, trained;
    size_t n = 0;
    bench b;

    run_both(&b, text, &measured, &trained);
    for (int v = 0; v < GOLD_N_VARIABLES; v++) {
        const gold_variable end = gold_variable_at_end((gold_variable)v);

        if (end == GOLD_N_VARIABLES) {
            continue;
        }
        assert_int_equal(gold_variable_at_start(end), v);
        assert_int_equal(b.schema.count[end], b.schema.count[v]);
        if (memcmp(trained.records + b.schema.offset[end],
                   measured.records + b.schema.offset[v],
                   b.schema.count[v] * sizeof(double)) != 0) {
            fail_msg("%s is another number", gold_variable_about(end)->name);
        }
        n += b.schema.count[v];
    }
    assert_true(n > 100);
    assert_string_equal(trained.verdicts[0].message, "");
    gold_outcome_fini(&measured);
    gold_outcome_fini(&trained);
    bench_drop(&b);
}

/* At scale 1 a point has the very parameters that were drawn. */
static void test_still(void **state)
{
    (void)state;
    check_same(HEAD NETWORK AT_END STILL "grid: {scale: 1}\n");
    check_same(HEAD "network: {width: 6, activation: tanh, bias: true, "
                    "bias_init: same, temperature: 1.5}\n" AT_END STILL
                    "grid: {scale: 1}\n");
    check_same(HEAD NETWORK SPHERE_ENDS ALL STILL "grid: {scale: 1}\n");
    check_same(HEAD "network: {width: 6, loss: mse}\n" AT_END STILL
                    "grid: {scale: 1}\n");
}

/* A homogeneous network is as precise however small it is: so it is measured
 * at the start. */
static void test_small(void **state)
{
    gold_outcome measured, trained;
    bench b;

    (void)state;
    run_both(&b,
             "study: test\ndata: {set: circles, train: 60, test: 30}\n"
             "network: {width: 6, depth: 4}\n" AT_END STILL
             "grid: {scale: 1e-12}\n",
             &measured, &trained);
    for (size_t k = 0; k < 10; k++) {
        const double start =
            number_of(&b, measured.records, GOLD_VAR_EIGENVALUES, k);

        assert_true(isfinite(start) || k == 2 || k == 3 || k == 4);
        if (isfinite(start)) {
            /* the point's parameters are rounded to be trained */
            assert_number(
                "eigenvalue",
                number_of(&b, trained.records, GOLD_VAR_FINAL_EIGENVALUES, k),
                start, 1e-4 * fabs(start));
        }
    }
    gold_outcome_fini(&measured);
    gold_outcome_fini(&trained);
    bench_drop(&b);
}

/* All that has a place without the end has the same bits with it. */
static void test_beside(void **state)
{
    gold_outcome plain[2], ended[2];
    bench a, b;

    (void)state;
    run_both(&a,
             HEAD NETWORK "curvature: {subspace: {dim: [2, 5]}, " ALL TRAIN
                          "grid: {seed: 3}\n",
             &plain[0], &plain[1]);
    run_both(&b, HEAD NETWORK AT_END TRAIN "grid: {seed: 3}\n", &ended[0],
             &ended[1]);
    for (int v = 0; v < GOLD_N_VARIABLES; v++) {
        for (int kind = 0; kind < 2; kind++) {
            assert_memory_equal(ended[kind].records + b.schema.offset[v],
                                plain[kind].records + a.schema.offset[v],
                                a.schema.count[v] * sizeof(double));
        }
    }
    assert_true(ended[0].flops == plain[0].flops);
    /* one point with all of this costs as much at either moment */
    assert_number("flops", ended[1].flops - plain[1].flops, plain[0].flops,
                  0.2 * plain[0].flops);
    assert_true(b.schema.record_length > a.schema.record_length + 100);
    for (int kind = 0; kind < 2; kind++) {
        gold_outcome_fini(&plain[kind]);
        gold_outcome_fini(&ended[kind]);
    }
    bench_close(&a);
    bench_drop(&b);
}

/* Every number of the end is NaN; the finals are there. */
static void check_none(const char *text, const char *message)
{
    gold_task task;
    bench b;

    bench_open(&b, text);
    gold_outcome trained = measure(&b, 1, &task);

    for (int v = 0; v < GOLD_N_VARIABLES; v++) {
        const bool is_end =
            gold_variable_at_start((gold_variable)v) != GOLD_N_VARIABLES;

        for (size_t k = 0; is_end && k < b.schema.count[v]; k++) {
            if (!isnan(number_of(&b, trained.records, (gold_variable)v, k))) {
                fail_msg("%s is a number",
                         gold_variable_about((gold_variable)v)->name);
            }
        }
    }
    assert_int_equal(trained.verdicts[0].state, GOLD_STATE_DONE);
    assert_true(number_of(&b, trained.records, GOLD_VAR_FINAL_STEP, 0) > 0.0);
    assert_non_null(strstr(trained.verdicts[0].message, message));
    gold_task_fini(&task);
    gold_outcome_fini(&trained);
    bench_drop(&b);
}

static void test_none(void **state)
{
    (void)state;
    check_none(HEAD NETWORK AT_END
               "train: {learning_rate: 1e200, steps: 12}\ngrid: {seed: 3}\n",
               "diverged at step");
    /* Logits of 1e-39, which float32 does not hold to its precision. */
    check_none("study: test\ndata: {set: circles, train: 60, test: 30}\n"
               "network: {width: 6, depth: 2, activation: tanh}\n" AT_END STILL
               "grid: {scale: 1e-13}\n",
               "curvature where training ended: ");
}

/* Stopped at any time, a training has no numbers and is to be done. */
static void test_stopped(void **state)
{
    gold_task task;
    bench b;
    bool is_done = false;
    size_t n_stops = 0;

    (void)state;
    bench_open(&b, HEAD NETWORK AT_END
               "train: {steps: 1, track: []}\ngrid: {seed: 3}\n");
    assert_int_equal(gold_task_init(b.study, 1, &task), GOLD_OK);
    while (!is_done) {
        size_t left = n_stops + 1;
        const gold_interrupt interrupt = {.should_stop = stops_later,
                                          .context = &left};
        gold_outcome outcome;

        assert_int_equal(gold_outcome_init(&outcome, &b.schema, 1), GOLD_OK);
        gold_engine_run(b.engine, &task, &interrupt, &outcome);
        is_done = outcome.verdicts[0].state == GOLD_STATE_DONE;
        assert_true(is_done || outcome.verdicts[0].state == GOLD_STATE_PENDING);
        for (size_t i = 0; !is_done && i < b.schema.record_length; i++) {
            assert_true(isnan(outcome.records[i]));
        }
        gold_outcome_fini(&outcome);
        n_stops++;
    }
    assert_true(n_stops > 30);
    gold_task_fini(&task);
    bench_drop(&b);
}

static void test_memory(void **state)
{
    bench b;
    gold_inspection found;

    (void)state;
    bench_open(&b, HEAD NETWORK
               "curvature: {at: [start, end], extreme: {count: "
               "1}, subspace: {dim: 2}}\n" TRAIN "grid: {seed: 3}\n");
    assert_true(inspect_refused(&b, 0, &found) > 100);
    gold_inspection_fini(&found);
    bench_drop(&b);
}

/* Arrays of the end; the plane's directions are those of the start, and the
 * sphere's are tangent to it where training ended. */
static void check_arrays(const char *text, bool is_sphere)
{
    gold_inspection found;
    bench b;

    bench_open(&b, text);
    assert_int_equal(gold_engine_inspect(b.engine, 0, &found), GOLD_OK);
    assert_non_null(found.end);
    const gold_inspection *end = found.end;
    const size_t n = found.n_parameters;

    assert_memory_equal(end->theta, found.final_theta, n * sizeof(double));
    assert_int_equal(end->n_directions, 5);
    if (is_sphere) {
        assert_true(end->directions[0] != found.directions[0]);
    } else {
        assert_memory_equal(end->directions, found.directions,
                            5 * n * sizeof(double));
    }
    for (size_t v = 0; v < 5; v++) {
        double along = 0.0;

        for (size_t i = 0; i < n; i++) {
            along += end->directions[v * n + i] * end->theta[i];
        }
        assert_true(!is_sphere || fabs(along) < 1e-12);
    }
    assert_number("trace", number_of(&b, found.record, GOLD_VAR_FINAL_TRACE, 1),
                  end->hessian[0] + end->hessian[6] + end->hessian[12] +
                      end->hessian[18] + end->hessian[24],
                  1e-13);
    assert_true(end->hessian[0] != found.hessian[0]);
    gold_inspection_fini(&found);
    bench_drop(&b);
}

static void test_arrays(void **state)
{
    (void)state;
    check_arrays(HEAD NETWORK AT_END TRAIN "grid: {radius: 4}\n", false);
    check_arrays(HEAD NETWORK SPHERE_ENDS ALL TRAIN "grid: {radius: 4}\n",
                 true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_still),   cmocka_unit_test(test_small),
        cmocka_unit_test(test_beside),  cmocka_unit_test(test_none),
        cmocka_unit_test(test_stopped), cmocka_unit_test(test_memory),
        cmocka_unit_test(test_arrays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
