/* SPDX-License-Identifier: MIT */
/* The rule by which a zone is named, on curves of known answers, whatever is
 * missing; test_app_noise has curves that are chance. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "goldilocks/memory.h"

#include "app/claim.h"
#include "app/student.h"

#define NONE ((double)NAN)

enum {
    MOST_SEEDS = 12,
    MOST_RADII = 31,
    DIM = 50
};

typedef struct fixture {
    goldi_claim claim;
    double x[MOST_RADII];
    double c[MOST_RADII * MOST_SEEDS];
    double z[MOST_RADII * MOST_SEEDS];
} fixture;

static void near(double value, double wanted, double within)
{
    if (!(fabs(value - wanted) <= within)) {
        fail_msg("%.17g is not %.17g", value, wanted);
    }
}

static int set_up(void **state)
{
    static fixture f;

    assert_int_equal(goldi_claim_init(MOST_SEEDS, MOST_RADII, &f.claim),
                     GOLD_OK);
    for (size_t i = 0; i < MOST_RADII; i++) {
        f.x[i] = pow(10.0, -1.0 + 0.1 * (double)i);
    }
    for (size_t i = 0; i < MOST_RADII * MOST_SEEDS; i++) {
        f.z[i] = 1.0;
    }
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;

    goldi_claim_fini(&f->claim);
    assert_int_equal(gold_live_blocks(), 0);
    return 0;
}

static goldi_curves curves_of(const fixture *f, size_t n_seeds, size_t n)
{
    return (goldi_curves){n_seeds, n, DIM, f->x, f->c, f->z};
}

/* A curve of all seeds, each of them higher by 0.1 than the one before. */
static goldi_curves fill(fixture *f, size_t n_seeds, size_t n, const double *y)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t s = 0; s < n_seeds; s++) {
            f->c[i * n_seeds + s] =
                y[i] + 0.1 * ((double)s - 0.5 * (double)(n_seeds - 1));
        }
    }
    return curves_of(f, n_seeds, n);
}

/* By the largest scatter that signs can give: 1, and that of the projection. */
static double of_signs(double mean, size_t n_seeds, size_t n_looks)
{
    return ((double)n_looks + 2.0) / 3.0 * 3.178 *
           goldi_student_tail(mean * sqrt((double)n_seeds / (1.0 + 2.0 / 51.0)),
                              (double)INFINITY);
}

/* One seed counts by that. */
static void test_one_seed(void **state)
{
    static const double low[] = {0.0, 1.5, 1.5, 1.5, 0.0};
    static const double high[] = {0.0, 3.0, 4.0, 3.0, 0.0};
    fixture *f = *state;
    goldi_curves curves = fill(f, 1, 5, low);

    goldi_claim_find(&curves, &f->claim);
    assert_false(f->claim.is_named);
    assert_int_equal(f->claim.rise.n_looks, 3);
    near(f->claim.rise.p_value, of_signs(1.5, 1, 3), 1e-12);
    assert_true(isnan(f->claim.of[GOLDI_TOLD_LOW].value));
    curves = fill(f, 1, 5, high);
    goldi_claim_find(&curves, &f->claim);
    assert_true(f->claim.is_named);
    assert_true(isfinite(f->claim.of[GOLDI_TOLD_LOW].value));
    for (size_t k = 0; k < GOLDI_N_TOLD; k++) {
        assert_true(isnan(f->claim.of[k].lower));
        assert_true(isnan(f->claim.of[k].upper));
    }
}

/* Three or four seeds that agree may do so by chance, with 1/8 or 1/16: only
 * what signs cannot give is named. Five are enough. */
static void test_equal_signs(void **state)
{
    static const double all[] = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
    static const double some[] = {0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0};
    static const double high[] = {0.0, 0.0, 2.0, 2.0, 2.0, 0.0, 0.0, 0.0};
    fixture *f = *state;

    for (size_t n = 1; n <= 6; n++) {
        goldi_curves curves = fill(f, n, 8, all);

        goldi_rise_test(&curves, &f->claim.rise);
        assert_int_equal(f->claim.rise.p_value <= GOLDI_NAMED_P, n >= 5);
        if (n < 5) {
            near(f->claim.rise.p_value, fmin(of_signs(1.0, n, 6), 1.0), 1e-12);
        }
        curves = fill(f, n, 8, some);
        goldi_rise_test(&curves, &f->claim.rise);
        assert_int_equal(f->claim.rise.p_value <= GOLDI_NAMED_P, n >= 5);
        curves = fill(f, n, 8, high);
        goldi_rise_test(&curves, &f->claim.rise);
        assert_int_equal(f->claim.rise.p_value <= GOLDI_NAMED_P, n >= 2);
    }
}

/* Seeds that agree are the highest of all ways to flip their signs, and those
 * that are 0 may be flipped as well; beyond ten they are flipped together. */
static void test_flips(void **state)
{
    static const double y[] = {0.0, 0.0, 0.8, 0.8, 0.8, 0.0, 0.0, 0.0};
    fixture *f = *state;

    for (size_t n = 5; n <= MOST_SEEDS; n++) {
        const goldi_curves curves = fill(f, n, 8, y);

        goldi_rise_test(&curves, &f->claim.rise);
        near(f->claim.rise.share[2], pow(0.5, n < 10 ? (double)n : 10.0),
             1e-15);
        for (size_t i = 0; i < 8; i++) {
            f->c[i * n + 1] = 0.0;
        }
        goldi_rise_test(&curves, &f->claim.rise);
        near(f->claim.rise.share[2],
             pow(0.5, n < 10   ? (double)n - 1.0
                      : n < 12 ? 9.0
                               : 10.0),
             1e-15);
    }
}

/* Fewer than three places with numbers: no look, no zone, no p. */
static void test_few_places(void **state)
{
    static const double y[] = {9.0, NONE, 9.0, NONE, NONE};
    fixture *f = *state;

    for (size_t n = 0; n <= 5; n++) {
        const goldi_curves curves = fill(f, 5, n, y);

        goldi_claim_find(&curves, &f->claim);
        assert_false(f->claim.is_named);
        assert_true(isnan(f->claim.rise.p_value));
    }
}

/* Places without any number are no neighbours, and do not count as looks;
 * seeds without a number drop out of their looks. */
static void test_holes(void **state)
{
    static const double whole[] = {0.0, 4.0, 4.0, 4.0, 0.0, 0.0};
    static const double holed[] = {0.0, 4.0, NONE, 4.0, 4.0, NONE, 0.0, 0.0};
    fixture *f = *state;
    goldi_curves curves = fill(f, 4, 6, whole);
    double p = 0.0;

    goldi_rise_test(&curves, &f->claim.rise);
    p = f->claim.rise.p_value;
    assert_true(p < GOLDI_NAMED_P);
    curves = fill(f, 4, 8, holed);
    goldi_rise_test(&curves, &f->claim.rise);
    near(f->claim.rise.p_value, p, 1e-15);
    assert_int_equal(f->claim.rise.n_looks, 4);
    for (size_t i = 0; i < 8; i++) {
        f->c[i * 4 + 3] = NONE;
    }
    goldi_rise_test(&curves, &f->claim.rise);
    assert_int_equal(f->claim.rise.n_seeds, 3);
}

/* The peak is looked for where the curve rises above noise: a higher point that
 * scatters as much as it is high is no peak. */
static void test_peak_above_noise(void **state)
{
    static const double y[] = {0.0, 2.0, 2.5, 2.0, 0.0, 0.0, 0.0, 0.0,
                               0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0};
    fixture *f = *state;
    const goldi_curves curves = fill(f, 6, 16, y);

    f->c[14 * 6] = 20.0;
    goldi_claim_find(&curves, &f->claim);
    assert_true(f->claim.is_named);
    assert_int_equal(f->claim.zone.peak, 2);
    assert_true(f->claim.zone.is_split);
    assert_true(f->claim.of[GOLDI_TOLD_HIGH].upper < f->x[5]);
}

/* A zone scaled by each seed: the height's interval is Student's t of the
 * heights, bounds are the same for all. */
static void test_intervals(void **state)
{
    static const double y[] = {0.0, 1.0, 3.0, 4.0, 3.0, 1.0, 0.0};
    static const double factors[] = {0.8, 0.9, 1.0, 1.1, 1.2};
    const double error = sqrt(0.1 / 4.0 / 5.0) * 4.0;
    fixture *f = *state;
    const double step = log(f->x[1] / f->x[0]);
    const goldi_curves curves = curves_of(f, 5, 7);
    const goldi_interval *of = f->claim.of;

    for (size_t i = 0; i < 7; i++) {
        for (size_t s = 0; s < 5; s++) {
            f->c[i * 5 + s] = factors[s] * y[i];
        }
    }
    goldi_claim_find(&curves, &f->claim);
    assert_true(f->claim.is_named);
    near(of[GOLDI_TOLD_HEIGHT].lower, 4.0 - 2.7764451 * error, 1e-6);
    near(of[GOLDI_TOLD_HEIGHT].upper, 4.0 + 2.0 / 144.0 + 2.7764451 * error,
         1e-6);
    near(of[GOLDI_TOLD_HEIGHT].error, error, 1e-6);
    near(of[GOLDI_TOLD_LOW].value, pow(10.0, -0.85), 1e-9);
    /* Third differences of -1 and 1 beside a second of -2, and second ones of 1
     * and -1 beside a first of 2: twice 1/12 and 1/16 of a step. */
    near(of[GOLDI_TOLD_LOW].lower, pow(10.0, -0.85) * exp(-step / 8.0), 1e-6);
    near(of[GOLDI_TOLD_LOW].grid, (1.0 / 4.0 + 1.0 / 288.0) * step, 1e-6);
    near(of[GOLDI_TOLD_LOW].grid_error, 0.0, 1e-9);
    near(of[GOLDI_TOLD_PEAK].lower, f->x[3] * exp(-step / 6.0), 1e-9);
    near(of[GOLDI_TOLD_PEAK].upper, f->x[3] * exp(step / 6.0), 1e-9);
    near(of[GOLDI_TOLD_SPREAD].lower, 1.0, 1e-12);
}

/* Bounds that move from seed to seed, beside the ends of what has numbers: an
 * interval ends there, though the standard error is larger. */
static void test_intervals_end_with_the_grid(void **state)
{
    static const double y[] = {NONE, 1.7, 4.0, 4.0, 4.0, 1.7, NONE};
    fixture *f = *state;
    const goldi_curves curves = fill(f, 5, 7, y);
    const goldi_interval *of = f->claim.of;

    for (size_t s = 0; s < 5; s++) {
        f->c[1 * 5 + s] = 1.7 + 2.0 * ((double)s - 2.0);
        f->c[5 * 5 + s] = 1.7 - 2.0 * ((double)s - 2.0);
    }
    goldi_claim_find(&curves, &f->claim);
    assert_true(f->claim.is_named);
    assert_false(f->claim.zone.is_low_open || f->claim.zone.is_high_open);
    near(f->claim.first, f->x[1], 0.0);
    near(f->claim.last, f->x[5], 0.0);
    near(of[GOLDI_TOLD_LOW].lower, f->x[1], 0.0);
    near(of[GOLDI_TOLD_HIGH].upper, f->x[5], 0.0);
    assert_true(of[GOLDI_TOLD_LOW].upper > of[GOLDI_TOLD_LOW].value);
    assert_true(of[GOLDI_TOLD_HIGH].lower < of[GOLDI_TOLD_HIGH].value);
}

/* Each request for memory is refused once. */
static void test_no_memory(void **state)
{
    const int64_t live = gold_live_blocks();
    gold_status status = GOLD_ERR_MEMORY;

    (void)state;
    for (int64_t k = 1; status != GOLD_OK; k++) {
        goldi_claim claim;

        gold_refuse_after(k);
        status = goldi_claim_init(4, 5, &claim);
        gold_refuse_after(0);
        goldi_claim_fini(&claim);
        assert_int_equal(gold_live_blocks(), live);
    }
}

/* Tails as tables have them. */
static void test_student(void **state)
{
    static const struct {
        double t, freedom, tail;
    } known[] = {
        {0.0, 3.0, 0.5},
        {1.0, 1.0, 0.25},
        {-1.0, 1.0, 0.75},
        {2.7764451051977987, 4.0, 0.025},
        {3.1692726726169509, 10.0, 0.005},
        {1.9599639845400545, (double)INFINITY, 0.025},
        {2.5, 6.5, 0.0217647574243},
    };

    (void)state;
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        const double tail = goldi_student_tail(known[k].t, known[k].freedom);

        if (!(fabs(tail - known[k].tail) <= 1e-9)) {
            fail_msg("t = %g, %g degrees: %.12g", known[k].t, known[k].freedom,
                     tail);
        }
    }
    /* the limit, and far out */
    near(goldi_student_tail(3.0, 1e7),
         goldi_student_tail(3.0, (double)INFINITY), 1e-8);
    assert_true(goldi_student_tail((double)INFINITY, 3.0) <= 0.0);
    for (int i = 0; i < 8; i++) {
        const double freedom = pow(7.0, i);
        const double t = goldi_student_quantile(0.025, freedom);

        near(goldi_student_tail(t, freedom), 0.025, 1e-12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_seed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_equal_signs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_flips, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_few_places, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_holes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_peak_above_noise, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_intervals, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_intervals_end_with_the_grid,
                                        set_up, tear_down),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_student),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
