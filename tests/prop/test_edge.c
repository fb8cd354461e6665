/* SPDX-License-Identifier: MIT */
/* D-14, A5: the right edge of the zone lies where near-ties run out, so it
 * moves with the number of samples as N^(1/L). */
#include <math.h>

#include "prop/problem.h"

enum {
    N_SEEDS = 100,
    N_POINTS = 14,
    N_LEVELS = 4,
    D = 20
};

/* alpha^L runs over ten to the power of this. */
static const double first_power = 1.4;
static const double last_power = 4.2;

/* Heights at which the falling curve is cut; their mean is the edge. */
static const double levels[N_LEVELS] = {1.5, 1.25, 1.0, 0.75};

static double power_of(size_t p)
{
    return first_power +
           (last_power - first_power) * (double)p / (N_POINTS - 1.0);
}

/* Mean over seeds of Tr G / |H|_F: c without the offset Tr S / |H|, which is 0
 * in the whole space and scatter in a subspace. */
static void mean_curve(size_t depth, size_t n, double *curve)
{
    gold_line_point points[N_POINTS];

    for (size_t p = 0; p < N_POINTS; p++) {
        points[p] = (gold_line_point){
            pow(10.0, power_of(p) / ((double)depth + 1.0)), 1.0};
        curve[p] = 0.0;
    }
    for (uint64_t seed = 0; seed < N_SEEDS; seed++) {
        problem_plan plan = small_plan(GOLD_RELU, false, seed);
        measured found;

        plan.settings.depth = depth;
        plan.settings.width = 20;
        plan.n_in = 10;
        plan.n_classes = 5;
        plan.n = n;
        plan.d = D;
        FN(plan_run)(&plan, N_POINTS, points, &found);
        for (size_t p = 0; p < N_POINTS; p++) {
            const double *g = g_of(&found, p);
            const double *h = h_of(&found, p);
            double trace = 0.0, squares = 0.0;

            for (size_t i = 0; i < (size_t)D * D; i++) {
                trace += i % (D + 1) == 0 ? g[i] : 0.0;
                squares += h[i] * h[i];
            }
            curve[p] += trace / sqrt(squares) / N_SEEDS;
        }
        FN(measured_fini)(&found);
    }
}

/* log10 of alpha^L where the curve last falls below a level. */
static double crossing(const double *curve, double level)
{
    size_t p = N_POINTS - 1;

    assert_true(curve[0] > level && curve[N_POINTS - 1] < level);
    while (curve[p - 1] < level) {
        p--;
    }
    return power_of(p) - (level - curve[p]) / (curve[p - 1] - curve[p]) *
                             (power_of(p) - power_of(p - 1));
}

static void check(size_t depth)
{
    const double layers = (double)depth + 1.0;
    double few[N_POINTS], many[N_POINTS], shifts[N_LEVELS];

    mean_curve(depth, 100, few);
    mean_curve(depth, 1000, many);
    for (size_t i = 0; i < N_LEVELS; i++) {
        shifts[i] = crossing(many, levels[i]) - crossing(few, levels[i]);
    }
    /* ten times the samples: alpha grows by 10^(1/L), within 10 %; 100 seeds
     * leave about 5 % */
    assert_number("ratio of the edges",
                  pow(10.0, (mean_of(N_LEVELS, shifts) - 1.0) / layers), 1.0,
                  0.1);
}

static void test_two_layers(void **state)
{
    (void)state;
    check(1);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_three_layers(void **state)
{
    (void)state;
    check(2);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_layers),
        cmocka_unit_test(test_three_layers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
