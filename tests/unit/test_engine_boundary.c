/* SPDX-License-Identifier: MIT */
/* The decision boundary at a point: all eigenvectors have all of the gradients,
 * margins do not know of a homogeneous network's radius, and what goes wrong
 * leaks nothing. */
#include <math.h>

#include "unit/test_engine_support.h"

#define MOONS                                                                  \
    "study: test\ndata: {set: moons, train: 20, test: 6, normalize: none}\n"

static double found(const bench *b, const gold_outcome *measured,
                    gold_variable variable, size_t k)
{
    return number_of(b, measured->records, variable, k);
}

/* 22 parameters, of which there are fewer than vectors asked for. */
static void test_all_vectors(void **state)
{
    enum {
        N = 22,
        ASKED = 30
    };
    gold_task task;
    double trace = 0.0;
    bench b;

    (void)state;
    bench_open(&b, MOONS
               "network: {depth: 1, width: 4, bias: true, init: torch}\n"
               "curvature: {dense: true, boundary: {eigenvectors: 30, "
               "generalisation: true, grid: {count: 5}}}\ngrid: {seed: 0}\n"
               "run: {precision: float64}\n");
    gold_outcome measured = measure(&b, 0, &task);

    assert_int_equal(measured.verdicts[0].state, GOLD_STATE_DONE);
    for (size_t k = 0; k < N; k++) {
        trace += found(&b, &measured, GOLD_VAR_BOUNDARY_EIGENVALUES, k);
    }
    assert_number("trace", trace, found(&b, &measured, GOLD_VAR_DENSE_TRACE, 0),
                  1e-12);
    assert_number("energy",
                  found(&b, &measured, GOLD_VAR_ALIGNMENT_ENERGY, N - 1), 1.0,
                  1e-12);
    assert_true(found(&b, &measured, GOLD_VAR_EFFECTIVE_EIGENVECTORS, 0) < N);
    for (size_t k = N; k < ASKED; k++) {
        assert_true(
            isnan(found(&b, &measured, GOLD_VAR_BOUNDARY_EIGENVALUES, k)));
        assert_true(isnan(found(&b, &measured, GOLD_VAR_ALIGNMENT_ENERGY, k)));
    }
    assert_true(found(&b, &measured, GOLD_VAR_GENERALISATION_MAX, 0) <= 1.0 &&
                found(&b, &measured, GOLD_VAR_GENERALISATION_MAX, 0) >=
                    found(&b, &measured, GOLD_VAR_GENERALISATION_MEAN, 0));
    gold_task_fini(&task);
    gold_outcome_fini(&measured);
    bench_drop(&b);
}

/* f(a x) and the lead's slope grow alike, however small the parameters. */
static void test_radii(void **state)
{
    static const gold_variable same[] = {
        GOLD_VAR_MARGIN, GOLD_VAR_MARGIN_MEDIAN, GOLD_VAR_BOUNDARY_LENGTH};
    gold_task task;
    bench b;

    (void)state;
    bench_open(&b,
               MOONS "network: {depth: 3, width: 6}\ngrid: {scale: [1e-8, 1]}\n"
                     "curvature: {boundary: {eigenvectors: 2}}\n");
    gold_outcome measured = measure(&b, 0, &task);
    const double *small = measured.records;
    const double *plain = small + b.schema.record_length;

    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        const double expected = number_of(&b, plain, same[i], 0);

        assert_true(expected > 0.0 || same[i] == GOLD_VAR_BOUNDARY_LENGTH);
        assert_number(gold_variable_about(same[i])->name,
                      number_of(&b, small, same[i], 0), expected, 0.0);
    }
    assert_true(number_of(&b, small, GOLD_VAR_BOUNDARY_EIGENVALUES, 0) > 0.0);
    assert_true(number_of(&b, small, GOLD_VAR_BOUNDARY_EIGENVALUES, 0) < 1e-12);
    gold_task_fini(&task);
    gold_outcome_fini(&measured);
    bench_drop(&b);
}

static void test_memory(void **state)
{
    gold_task task;
    bench b;
    bool is_done = false;
    int64_t k = 0;

    (void)state;
    bench_open(&b, MOONS "network: {depth: 1, width: 4}\ngrid: {seed: 0}\n"
                         "curvature: {dense: true, boundary: {eigenvectors: 2, "
                         "generalisation: true, grid: {count: 5}}}\n"
                         "run: {precision: float64}\n");
    assert_int_equal(gold_task_init(b.study, 0, &task), GOLD_OK);
    while (!is_done) {
        gold_outcome outcome;

        assert_int_equal(gold_outcome_init(&outcome, &b.schema, 1), GOLD_OK);
        const int64_t before = gold_live_blocks();

        gold_refuse_after(++k);
        gold_engine_run(b.engine, &task, NULL, &outcome);
        gold_refuse_after(0);
        assert_int_equal(gold_live_blocks(), before);
        is_done = outcome.verdicts[0].state == GOLD_STATE_DONE;
        assert_true(is_done ||
                    (outcome.verdicts[0].state == GOLD_STATE_FAILED &&
                     strstr(outcome.verdicts[0].message, "memory") != NULL));
        gold_outcome_fini(&outcome);
    }
    assert_true(k > 60);
    gold_task_fini(&task);
    bench_drop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_vectors),
        cmocka_unit_test(test_radii),
        cmocka_unit_test(test_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
