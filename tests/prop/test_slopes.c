/* SPDX-License-Identifier: MIT */
/* D-13, A5: on the left of the zone c - c(0) grows as alpha^L, eigenvalues of
 * G as alpha^(2(L-1)), of S as alpha^(L-2), the gradient as alpha^(L-1). */
#include <math.h>

#include "prop/problem.h"

enum {
    N_SEEDS = 20,
    N_POINTS = 6, /* the first is the limit of small scales */
    D = 20
};

typedef struct sums {
    double c[N_POINTS]; /* c less its value at small scales */
    double g[N_POINTS]; /* sizes of G, S and the gradient */
    double s[N_POINTS];
    double gradient[N_POINTS];
} sums;

static void add_seed(size_t depth, uint64_t seed, const gold_line_point *points,
                     sums *total)
{
    problem_plan plan = small_plan(GOLD_RELU, false, seed);
    measured found;

    plan.settings.depth = depth;
    plan.settings.width = 20;
    plan.n_in = 10;
    plan.n_classes = 5;
    plan.n = 100;
    plan.d = D;
    FN(plan_run)(&plan, N_POINTS, points, &found);
    const double offset = curvature_of(D, h_of(&found, 0));

    for (size_t p = 0; p < N_POINTS; p++) {
        const size_t d2 = (size_t)D * D;

        total->c[p] += curvature_of(D, h_of(&found, p)) - offset;
        total->g[p] += largest(d2, g_of(&found, p));
        total->s[p] += largest(d2, s_of(&found, p));
        total->gradient[p] += found.results[p].gradient_norm;
    }
    FN(measured_fini)(&found);
}

/* Slope of log y against log alpha over all points but the first. */
static double log_slope(const gold_line_point *points, const double *y)
{
    double log_alpha[N_POINTS], log_y[N_POINTS];

    for (size_t p = 1; p < N_POINTS; p++) {
        log_alpha[p] = log(points[p].alpha);
        log_y[p] = log(y[p]);
    }
    return slope_of(N_POINTS - 1, log_alpha + 1, log_y + 1);
}

static void check(size_t depth)
{
    const double layers = (double)depth + 1.0;
    gold_line_point points[N_POINTS] = {{1e-3, 1.0}};
    sums total = {{0}, {0}, {0}, {0}};

    /* alpha^L from 0.006 to 0.04: logits of some hundredths */
    for (size_t p = 1; p < N_POINTS; p++) {
        points[p] = (gold_line_point){
            pow(10.0, (-2.4 + 0.2 * (double)p) / layers), 1.0};
    }
    for (uint64_t seed = 0; seed < N_SEEDS; seed++) {
        add_seed(depth, seed, points, &total);
    }
    /* the end of the range already bends by R/(d+1) of some percent */
    assert_number("slope of c", log_slope(points, total.c), layers,
                  0.1 * layers);
    /* predictions differ from uniform ones by some percent */
    assert_number("slope of G", log_slope(points, total.g),
                  2.0 * (layers - 1.0), 0.1);
    assert_number("slope of S", log_slope(points, total.s), layers - 2.0, 0.1);
    assert_number("slope of the gradient", log_slope(points, total.gradient),
                  layers - 1.0, 0.1);
}

static void test_left_slopes(void **state)
{
    (void)state;
    check(1);
    check(2);
    check(3);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_left_slopes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
