/* SPDX-License-Identifier: MIT */
/* The numbers of a record: points lie where the grid says, and what a record
 * says about them hangs together. */
#include <math.h>
#include <stdio.h>

#include "unit/test_engine_support.h"

#define GET(variable, k) number_of(b, record, GOLD_VAR_##variable, k)

/* Spectra: sums and signs of the eigenvalues that stand beside them. */
static void check_spectrum(const bench *b, const double *record,
                           gold_variable values, size_t k)
{
    const gold_variable first = values;
    const size_t d = b->schema.dims[k];
    double sum = 0.0, squares = 0.0, positive = 0.0, most = 0.0;

    for (size_t i = 0; i < b->schema.n_eigen; i++) {
        const double x = number_of(b, record, first, k * b->schema.n_eigen + i);

        assert_true((isnan(x) != 0) == (i >= d));
        if (i < d) {
            sum += x;
            squares += x * x;
            positive += x > 0.0 ? 1.0 : 0.0;
            most = fmax(most, fabs(x));
        }
    }
    /* in the order of GOLD_CURVATURE_VARIABLES; eigenvalues are good to some
     * eps of the largest */
    assert_number("trace", number_of(b, record, first + 1, k), sum,
                  1e-13 * most);
    assert_number("norm", number_of(b, record, first + 2, k), sqrt(squares),
                  1e-13 * most);
    assert_number("c", number_of(b, record, first + 3, k), sum / sqrt(squares),
                  1e-12);
    assert_number("positive", number_of(b, record, first + 4, k),
                  positive / (double)d, 1e-15);
    assert_number("largest", number_of(b, record, first + 6, k), most, 0.0);
}

static void check_record(const bench *b, const double *record)
{
    /* 2-6-6-3 without biases: 12 + 36 + 18 */
    assert_number("parameters", GET(PARAMETERS, 0), 66.0, 0.0);
    assert_true(GET(LOSS, 0) > 0.0 && GET(TEST_LOSS, 0) > 0.0);
    assert_true(GET(GRADIENT_NORM, 0) > 0.0);
    for (size_t k = 0; k < 2; k++) {
        check_spectrum(b, record, GOLD_VAR_EIGENVALUES, k);
        check_spectrum(b, record, GOLD_VAR_G_EIGENVALUES, k);
        check_spectrum(b, record, GOLD_VAR_H_EIGENVALUES, k);
        assert_number(
            "H = G + S", GET(TRACE, k), GET(G_TRACE, k) + GET(H_TRACE, k),
            1e-14 * (GET(G_FROBENIUS_NORM, k) + GET(H_FROBENIUS_NORM, k)));
    }
}

static void check_places(const char *grid, gold_variable placed)
{
    char text[1000];

    (void)snprintf(text, sizeof text, HEAD NETWORK CURVATURE "%s", grid);
    bench b;

    bench_open(&b, text);

    for (size_t id = 0; id < gold_n_measure_tasks(b.study); id++) {
        gold_task task;
        gold_outcome outcome = measure(&b, id, &task);

        assert_true(outcome.flops > 0.0);
        for (size_t i = 0; i < task.n_points; i++) {
            const double *record = outcome.records + i * b.schema.record_length;
            gold_settings settings;

            gold_study_point(b.study, task.points[i], &settings);
            assert_int_equal(outcome.verdicts[i].state, GOLD_STATE_DONE);
            assert_string_equal(outcome.verdicts[i].message, "");
            /* one division and one product */
            assert_near("place", 1,
                        (double[]){number_of(&b, record, placed, 0)},
                        &settings.place, 1e-15);
            check_record(&b, record);
        }
        gold_outcome_fini(&outcome);
        gold_task_fini(&task);
    }
    bench_drop(&b);
}

static void test_places(void **state)
{
    (void)state;
    check_places("grid: {seed: [0, 7], scale: [0.5, 1, 3]}\n", GOLD_VAR_ALPHA);
    check_places("grid: {radius: [2.5, 10], seed: [1, 2]}\n",
                 GOLD_VAR_WEIGHT_NORM);
    check_places("grid: {relative_radius: [0.5, 2]}\n",
                 GOLD_VAR_NORM_OVER_REFERENCE);
}

/* Without a curvature block there are predictions and the gradient. */
static void test_no_curvature(void **state)
{
    bench b;

    bench_open(&b, HEAD NETWORK "train: {}\n"
                                "grid: {scale: [1, 2]}\n");
    gold_task task;
    gold_outcome outcome = measure(&b, 0, &task);

    (void)state;
    assert_int_equal(b.schema.count[GOLD_VAR_TRACE], 0);
    for (size_t i = 0; i < 2; i++) {
        const double *record = outcome.records + i * b.schema.record_length;

        assert_int_equal(outcome.verdicts[i].state, GOLD_STATE_DONE);
        for (int v = 0; v < GOLD_N_VARIABLES; v++) {
            const bool is_mine =
                gold_variable_task((gold_variable)v) == GOLD_TASK_MEASURE;

            /* nothing is left out */
            assert_true(!is_mine || largest(b.schema.count[v],
                                            record + b.schema.offset[v]) <
                                        (double)INFINITY);
        }
    }
    gold_outcome_fini(&outcome);
    gold_task_fini(&task);
    bench_drop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_no_curvature),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
