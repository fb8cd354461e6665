/* SPDX-License-Identifier: MIT */
/* Function: even points from end to end, test points between them, random ones
 * in their interval; values are the sum of the target's terms. */
#include <math.h>

#include "test_data_support.h"

static void make(gold_study *study)
{
    *study = study_of(GOLD_DATA_FUNCTION, NULL);
    study->run.precision = GOLD_FLOAT64;
    study->data.features = 1;
    study->data.classes = 2;
    study->data.train = 5;
    study->data.test = 4;
    study->data.normalize = GOLD_NORMALIZE_NONE;
    study->data.function = (gold_function){
        .from = -1.0,
        .to = 3.0,
        .n_outputs = 2,
        .n_ridges = 3,
        .ridges = {{.kind = GOLD_RIDGE_SIN, .factor = 2.0, .slope = {0.5}},
                   {.kind = GOLD_RIDGE_CONSTANT, .factor = 0.25},
                   {.kind = GOLD_RIDGE_RELU,
                    .output = 1,
                    .factor = -1.0,
                    .slope = {1.0},
                    .shift = -1.0}}};
}

static void check_half(const gold_dataset *data, const gold_samples *half,
                       const double *points)
{
    assert_int_equal(data->n_classes, 2);
    assert_non_null(half->targets);
    for (size_t i = 0; i < half->n; i++) {
        const double x = input(data, half, i, 0);

        assert_true(fabs(x - points[i]) <= 1e-15);
        assert_int_equal(half->labels[i], 0);
        assert_true(fabs(half->targets[2 * i] - 2.0 * sin(0.5 * x) - 0.25) <=
                    1e-15);
        assert_true(fabs(half->targets[2 * i + 1] + fmax(x - 1.0, 0.0)) <=
                    1e-15);
    }
}

static void test_even(void **state)
{
    const double train[] = {-1.0, 0.0, 1.0, 2.0, 3.0};
    const double test[] = {-0.5, 0.5, 1.5, 2.5};
    gold_study study;

    (void)state;
    make(&study);
    void *block = loaded(&study);
    const gold_dataset data = gold_dataset_view(block);

    check_half(&data, &data.train, train);
    check_half(&data, &data.test, test);
    gold_free(block);
}

/* Other targets, other digests. */
static void test_digest(void **state)
{
    gold_study study;

    (void)state;
    make(&study);
    void *a = loaded(&study);
    study.data.function.ridges[1].factor = 0.5;
    void *b = loaded(&study);

    assert_string_not_equal(gold_dataset_view(a).digest,
                            gold_dataset_view(b).digest);
    gold_free(a);
    gold_free(b);
}

static void test_random(void **state)
{
    gold_study study;
    double sum = 0.0;

    (void)state;
    make(&study);
    study.data.features = 3;
    study.data.train = 2000;
    study.data.function.spacing = GOLD_SPACING_RANDOM;
    void *block = loaded(&study);
    const gold_dataset data = gold_dataset_view(block);

    for (size_t i = 0; i < 6000; i++) {
        const double x = input(&data, &data.train, i / 3, i % 3);

        assert_true(x >= -1.0 && x <= 3.0);
        sum += (x - 1.0) / 6000.0;
    }
    /* five standard errors of uniform numbers */
    assert_true(fabs(sum) <= 5.0 * 4.0 / sqrt(12.0 * 6000.0));
    gold_free(block);
}

static void test_refusals(void **state)
{
    gold_study study;

    (void)state;
    make(&study);
    study.data.features = 2;
    expect_refusal(&study, GOLD_ERR_CONFIG, "data.spacing|random");
    make(&study);
    study.data.function.to = -1.0;
    expect_refusal(&study, GOLD_ERR_CONFIG, "data.from|data.to");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_even),
        cmocka_unit_test(test_digest),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
