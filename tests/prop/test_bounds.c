/* SPDX-License-Identifier: MIT */
/* D-7: what no point can exceed, from far inside to far outside the zone. */
#include <math.h>
#include <string.h>

#include "curv/spectrum.h"
#include "prop/problem.h"

enum {
    N_POINTS = 9
};

static void check_spectrum(size_t n, const double *m, bool is_psd)
{
    double *values = numbers(n);
    double *scratch = numbers(gold_spectrum_scratch(n));
    gold_spectrum s = {.eigenvalues = values};
    double sum = 0.0, squares = 0.0;
    const double slack = 1.0 + 20.0 * REAL_EPS; /* rounding of entries */

    assert_int_equal(gold_spectrum_of(n, m, n, scratch, &s), GOLD_OK);
    /* relative to the largest: far out they are below 1e-200 */
    const double unit = s.spectral_norm > 0.0 ? s.spectral_norm : 1.0;

    for (size_t i = 0; i < n; i++) {
        sum += values[i] / unit;
        squares += values[i] / unit * (values[i] / unit);
    }
    /* n eigenvalues, each good to n eps of the largest */
    assert_number("trace", s.trace / unit, sum, 1e-13 * (double)n);
    assert_number("norm", s.frobenius_norm / unit, sqrt(squares),
                  1e-13 * (double)n);
    assert_true(fabs(s.trace_over_norm) <= sqrt((double)n) * slack);
    assert_true(s.spectral_norm <= s.frobenius_norm * (1.0 + 1e-13));
    assert_true(s.positive_fraction >= 0.0 && s.positive_fraction <= 1.0);
    if (is_psd && s.frobenius_norm > 0.0) {
        assert_true(s.trace_over_norm * slack >= 1.0);
    }
    gold_free(values);
    gold_free(scratch);
}

static void check_predictions(const gold_line_result *r, double n_classes)
{
    /* log and sums of a few terms in double */
    const double slack = 1.0 + 1e-14;

    assert_true(r->loss >= 0.0);
    assert_true(r->entropy >= 0.0 && r->entropy <= log(n_classes) * slack);
    assert_true(r->confidence * slack >= 1.0 / n_classes);
    assert_true(r->confidence <= slack);
    assert_true(r->accuracy >= 0.0 && r->accuracy <= 1.0);
    assert_true(r->prior_mismatch >= 0.0 && r->prior_mismatch <= sqrt(2.0));
    assert_true(r->gradient_norm >= 0.0 && r->logit_spread >= 0.0);
    assert_true(r->zero_logits >= 0.0 && r->zero_logits <= 1.0);
}

static void test_bounds(void **state)
{
    gold_line_point points[N_POINTS];

    (void)state;
    for (size_t p = 0; p < N_POINTS; p++) {
        points[p] = (gold_line_point){pow(10.0, 0.5 * (double)p - 2.0), 1.0};
    }
    for (uint64_t seed = 0; seed < 25; seed++) {
        problem_plan plan =
            small_plan((gold_activation)(seed % 5), seed % 2 == 0, seed);
        FN(problem) problem;
        measured found;

        plan.n_classes = 2 + seed % 4;
        FN(problem_init)(&problem, &plan);
        const FN(line) line = FN(problem_line)(&problem, N_POINTS, points);

        FN(line_run)(&line, &found);
        for (size_t p = 0; p < N_POINTS; p++) {
            check_predictions(&found.results[p], (double)plan.n_classes);
            check_spectrum(plan.d, g_of(&found, p), true);
            check_spectrum(plan.d, s_of(&found, p), false);
            check_spectrum(plan.d, h_of(&found, p), false);
        }
        FN(measured_fini)(&found);
        FN(problem_fini)(&problem);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* theta = 0: p uniform, loss ln K, all logits 0, gradient 0, G and S 0 but
 * for the last layer's biases, whose G is I/K - 11'/K^2. */
static void test_origin(void **state)
{
    problem_plan plan = small_plan(GOLD_RELU, true, 1);
    FN(problem) problem;
    measured found;

    (void)state;
    plan.d = 0;
    FN(problem_init)(&problem, &plan);
    const size_t m = problem.network.n_parameters;
    double *rows = numbers(3 * m);

    memset(problem.theta, 0, m * sizeof *problem.theta);
    for (size_t k = 0; k < 3; k++) {
        rows[k * m + m - 3 + k] = 1.0;
    }
    FN(set_directions)(&problem, 3, rows);
    FN(point_run)(&problem, 1.0, 1.0, &found);
    assert_number("loss", found.results->loss, log(3.0), 1e-15);
    assert_number("entropy", found.results->entropy, log(3.0), 1e-15);
    assert_number("zero logits", found.results->zero_logits, 1.0, 0.0);
    assert_number("spread", found.results->logit_spread, 0.0, 0.0);
    for (size_t i = 0; i < 9; i++) {
        /* sums over 20 samples of 1/3 and 1/9 */
        assert_number("G", g_of(&found, 0)[i],
                      i % 4 == 0 ? 2.0 / 9.0 : -1.0 / 9.0, 20.0 * REAL_EPS);
        assert_number("S", s_of(&found, 0)[i], 0.0, 0.0);
    }
    gold_free(rows);
    FN(measured_fini)(&found);
    FN(problem_fini)(&problem);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_origin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
