/* SPDX-License-Identifier: MIT */
/* From matrices to records: leading blocks, uncertain eigenvalues, and what a
 * study did not ask for. */
#include <math.h>

#include "engine/record.h"
#include "unit/test_engine_support.h"

enum {
    D = 3
};

static gold_schema schema_of(bool split)
{
    gold_study study = {
        .curvature = {.n_dims = 2, .dims = {1, D}, .split = split}};
    gold_schema schema;

    gold_schema_init(&schema, &study, 100);
    return schema;
}

static double get(const gold_schema *schema, const double *record,
                  gold_variable variable, size_t k)
{
    return record[schema->offset[variable] + k];
}

/* G = diag(1, 0, 0), S = diag(1, 1e-15, -2). */
static const double g[D * D] = {1.0};
static const double s[D * D] = {1.0, 0, 0, 0, 1e-15, 0, 0, 0, -2.0};
static const double h[D * D] = {2.0, 0, 0, 0, 1e-15, 0, 0, 0, -2.0};

static void test_numbers(void **state)
{
    const gold_schema schema = schema_of(true);
    const gold_matrices matrices = {D, h, g, s, 0.0};
    double *record = numbers(schema.record_length);

    (void)state;
    gold_record_clear(&schema, record, 1);
    assert_int_equal(gold_record_curvature(&schema, &matrices, 0x1p-52, record),
                     GOLD_OK);
    assert_number("trace, 1", get(&schema, record, GOLD_VAR_TRACE, 0), 2.0,
                  0.0);
    assert_number("trace, 3", get(&schema, record, GOLD_VAR_TRACE, 1), 1e-15,
                  0x1p-52); /* 2 - 2 + 1e-15 */
    assert_number("c of G", get(&schema, record, GOLD_VAR_G_TRACE_OVER_NORM, 1),
                  1.0, 1e-15);
    assert_number("positive",
                  get(&schema, record, GOLD_VAR_POSITIVE_FRACTION, 1),
                  2.0 / 3.0, 1e-15);
    assert_number("spectral norm of S",
                  get(&schema, record, GOLD_VAR_H_SPECTRAL_NORM, 1), 2.0, 0.0);
    /* 4 sqrt(3) eps (1 + 2) = 4.6e-15: the middle one is below; of G two */
    assert_number("uncertain",
                  get(&schema, record, GOLD_VAR_UNCERTAIN_FRACTION, 1),
                  1.0 / 3.0, 1e-15);
    assert_number("uncertain in G",
                  get(&schema, record, GOLD_VAR_G_UNCERTAIN_FRACTION, 1),
                  2.0 / 3.0, 1e-15);
    assert_number("certain, 1",
                  get(&schema, record, GOLD_VAR_UNCERTAIN_FRACTION, 0), 0.0,
                  0.0);
    assert_true(isnan(get(&schema, record, GOLD_VAR_EIGENVALUES, 1)));
    assert_true(isnan(get(&schema, record, GOLD_VAR_LOSS, 0)));
    gold_free(record);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Without the split G and S serve the resolution only. */
static void test_no_split(void **state)
{
    const gold_schema schema = schema_of(false);
    const gold_matrices matrices = {D, h, g, s, 0.0};
    double *record = numbers(schema.record_length);

    (void)state;
    assert_int_equal(schema.count[GOLD_VAR_G_TRACE], 0);
    assert_int_equal(gold_record_curvature(&schema, &matrices, 0x1p-52, record),
                     GOLD_OK);
    assert_number("uncertain",
                  get(&schema, record, GOLD_VAR_UNCERTAIN_FRACTION, 1),
                  1.0 / 3.0, 1e-15);
    gold_record_put(&schema, record, GOLD_VAR_G_TRACE, 1.0);
    gold_free(record);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_refusals(void **state)
{
    const gold_schema schema = schema_of(true);
    const double bad[D * D] = {1.0, 0, 0, (double)NAN, 1.0, 0, 0, 0, 1.0};
    const gold_matrices sound = {D, h, g, s, 0.0};
    const gold_matrices spoilt = {D, bad, g, s, 0.0};
    double *record = numbers(schema.record_length);

    (void)state;
    assert_int_equal(gold_record_curvature(&schema, &spoilt, 0x1p-52, record),
                     GOLD_ERR_NUMERIC);
    for (int64_t k = 1; k <= 2; k++) {
        gold_refuse_after(k);
        assert_int_equal(
            gold_record_curvature(&schema, &sound, 0x1p-52, record),
            GOLD_ERR_MEMORY);
        gold_refuse_after(0);
    }
    gold_free(record);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_no_split),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
