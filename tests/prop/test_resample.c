/* SPDX-License-Identifier: MIT */
/* Deviations over bases and over halves of the data are those of what they
 * stand for: other bases of the same point, other samples of the same kind. */
#include <math.h>

#include "engine/record.h"
#include "engine/resample.h"
#include "prop/problem.h"

enum {
    N_NUMBERS = 6, /* trace, fraction by basis; their means; by data */
    N_FRESH = 100
};

static const gold_line_point place = {1.0, 1.0};

static problem_plan plan_of(uint64_t data_seed)
{
    problem_plan plan = small_plan(GOLD_TANH, false, 3);

    plan.n = 81;
    plan.data_seed = data_seed;
    return plan;
}

/* The numbers of a problem's point. */
static gold_status spread(const problem_plan *plan, uint64_t directions,
                          uint64_t data, double values[N_NUMBERS])
{
    FN(problem) problem;
    measured found;
    double flops = 0.0;
    gold_status status = GOLD_OK;

    FN(problem_init)(&problem, plan);
    FN(point_run)(&problem, 1.0, 1.0, &found);
    const FN(line) line = FN(problem_line)(&problem, 1, &place);
    const gold_study study = {.curvature = {.resample_directions = directions,
                                            .resample_data = data}};
    const gold_schema schema = {
        .n_dims = 1, .dims = {found.d}, .n_eigen = found.d};
    const gold_engine_job job = {.study = &study, .schema = &schema};

    assert_int_equal(gold_spread_numbers(&schema), N_NUMBERS);
    status = FN(resample)(&line, &job, &plan->settings, found.results, values,
                          &flops);
    assert_true(status != GOLD_OK || flops > 0.0);
    FN(measured_fini)(&found);
    FN(problem_fini)(&problem);
    return status;
}

/* Nothing is asked for: NaN. Bases of all parameters: one space. */
static void test_bases(void **state)
{
    problem_plan plan = plan_of(1);
    double values[N_NUMBERS];

    (void)state;
    assert_int_equal(spread(&plan, 5, 0, values), GOLD_OK);
    assert_true(values[0] > 0.01 && values[1] >= 0.0);
    assert_true(isnan(values[4]) && isnan(values[5]));
    plan.d = EVERY_DIRECTION;
    assert_int_equal(spread(&plan, 5, 5, values), GOLD_OK);
    assert_number("all directions", values[0], 0.0, 1e-12);
    assert_true(values[4] > 1e-3 && values[5] >= 0.0);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Over the point's basis and those that bear other numbers. */
static void test_directions(void **state)
{
    enum {
        N_BASES = 5
    };
    const problem_plan plan = plan_of(1);
    double curvature[N_BASES];
    double values[N_NUMBERS];

    (void)state;
    for (uint32_t b = 0; b < N_BASES; b++) {
        const gold_direction_streams streams = {
            plan.settings.direction_seed,
            b == 0 ? GOLD_PURPOSE_DIRECTIONS : GOLD_PURPOSE_OTHER_DIRECTIONS,
            b == 0 ? 0 : (b - 1) * GOLD_BASIS_STREAMS};
        FN(problem) problem;
        measured found;

        FN(problem_init)(&problem, &plan);
        FN(directions_fini)(&problem.directions);
        assert_int_equal(FN(directions_draw)(&problem.directions,
                                             &problem.network, &plan.settings,
                                             streams, plan.d, problem.theta),
                         GOLD_OK);
        FN(point_run)(&problem, 1.0, 1.0, &found);
        curvature[b] = curvature_of(found.d, h_of(&found, 0));
        FN(measured_fini)(&found);
        FN(problem_fini)(&problem);
    }
    assert_int_equal(spread(&plan, N_BASES - 1, 0, values), GOLD_OK);
    assert_number("deviation", values[0], deviation_of(N_BASES, curvature),
                  1e-12);
    double mean = 0.0;

    for (size_t b = 0; b < N_BASES; b++) {
        mean += curvature[b] / (double)N_BASES;
    }
    assert_number("mean", values[2], mean, 1e-12);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Over halves of one set of samples, as over fresh sets. */
static void test_data(void **state)
{
    double fresh[N_FRESH];
    double found = 0.0;
    double values[N_NUMBERS];

    (void)state;
    for (uint64_t s = 0; s < N_FRESH; s++) {
        const problem_plan plan = plan_of(s);
        FN(problem) problem;
        measured here;

        FN(problem_init)(&problem, &plan);
        FN(point_run)(&problem, 1.0, 1.0, &here);
        fresh[s] = curvature_of(here.d, h_of(&here, 0));
        FN(measured_fini)(&here);
        FN(problem_fini)(&problem);
    }
    for (uint64_t s = 0; s < 5; s++) {
        const problem_plan plan = plan_of(s);

        assert_int_equal(spread(&plan, 0, 40, values), GOLD_OK);
        found += values[4] / 5.0;
    }
    /* 7 % of the one and 5 % of the other by chance, and halves are as
     * non-linear as they are small */
    assert_number("halves over fresh sets",
                  found / deviation_of(N_FRESH, fresh), 1.0, 0.35);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_no_memory(void **state)
{
    const problem_plan plan = plan_of(1);
    FN(problem) problem;
    measured found;
    double values[N_NUMBERS];
    double flops = 0.0;
    gold_status status = GOLD_ERR_MEMORY;
    int64_t k = 0;

    (void)state;
    FN(problem_init)(&problem, &plan);
    FN(point_run)(&problem, 1.0, 1.0, &found);
    const FN(line) line = FN(problem_line)(&problem, 1, &place);
    const gold_study study = {
        .curvature = {.resample_directions = 1, .resample_data = 2}};
    const gold_schema schema = {
        .n_dims = 1, .dims = {found.d}, .n_eigen = found.d};
    const gold_engine_job job = {.study = &study, .schema = &schema};
    const int64_t n_before = gold_live_blocks();

    while (status == GOLD_ERR_MEMORY && k < 1000) {
        gold_refuse_after(++k);
        status = FN(resample)(&line, &job, &plan.settings, found.results,
                              values, &flops);
        gold_refuse_after(0);
        assert_int_equal(gold_live_blocks(), n_before);
    }
    assert_int_equal(status, GOLD_OK);
    assert_true(k > 20);
    FN(measured_fini)(&found);
    FN(problem_fini)(&problem);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bases),
        cmocka_unit_test(test_directions),
        cmocka_unit_test(test_data),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
