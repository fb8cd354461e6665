/* SPDX-License-Identifier: MIT */
/* The rule by which a zone is named: noise of many kinds names none, a rise of
 * three standard errors over three radii is found, whatever is missing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "goldilocks/memory.h"
#include "goldilocks/random.h"

#include "app/claim.h"
#include "app/student.h"

#define NONE ((double)NAN)

enum {
    N_STUDIES = 1000,
    MOST_SEEDS = 10,
    MOST_RADII = 31,
    DIM = 50,
    /* Of 1000 studies at a true rate of 5 % so few are named with a chance of
     * 4.3 %; and at a true rate of 95 % so many are found with the same. */
    FEW = 38,
    MANY = N_STUDIES - FEW,
    FIVE_PERCENT = 50
};

/* What made-up noise is like. */
typedef struct manner {
    const char *name;
    double correlation; /* of neighbours */
    double first;       /* scatter over that of theory, at the first radius */
    double last;        /* at the last, geometric between; on the last third of
                           the line alone where is_step */
    bool is_step;
    bool is_sign; /* +1 or -1 rather than normal */
} manner;

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

static double theory(void)
{
    return sqrt(2.0 / (DIM + 1.0));
}

static goldi_curves curves_of(const fixture *f, size_t n_seeds, size_t n)
{
    return (goldi_curves){n_seeds, n, DIM, f->x, f->c, f->z};
}

static double scatter_at(const manner *how, size_t i, size_t n)
{
    const double share = (double)i / (double)(n - 1);

    if (how->is_step) {
        return share > 2.0 / 3.0 ? how->last : how->first;
    }
    return how->first * pow(how->last / how->first, share);
}

/* One seed's curve of noise. */
static void fill_seed(fixture *f, const manner *how, uint64_t study,
                      size_t n_seeds, size_t n, size_t s)
{
    const double rest = sqrt(1.0 - how->correlation * how->correlation);
    double normal[MOST_RADII];
    double at = 0.0;

    gold_random_normal(gold_stream_of(study, GOLD_PURPOSE_PROBES, (uint32_t)s),
                       0, n, normal);
    for (size_t i = 0; i < n; i++) {
        at = i == 0 ? normal[0] : how->correlation * at + rest * normal[i];
        f->c[i * n_seeds + s] = theory() * scatter_at(how, i, n) *
                                (!how->is_sign ? at
                                 : at > 0.0    ? 1.0
                                               : -1.0);
    }
}

/* A study of 3 to 10 seeds and 10 to 31 radii, with a mean of `height`
 * standard errors at three radii somewhere. */
static goldi_curves make(fixture *f, const manner *how, uint64_t study,
                         double height)
{
    uint32_t bits[3];

    gold_random_bits(gold_stream_of(study, GOLD_PURPOSE_SUBSET, 0), 0, 3, bits);
    const size_t n_seeds = 3 + bits[0] % (MOST_SEEDS - 2);
    const size_t n = 10 + bits[1] % (MOST_RADII - 9);
    const size_t first = bits[2] % (n - 2);

    for (size_t s = 0; s < n_seeds; s++) {
        fill_seed(f, how, study, n_seeds, n, s);
        for (size_t i = first; i < first + 3; i++) {
            f->c[i * n_seeds + s] += height * theory() / sqrt((double)n_seeds);
        }
    }
    return curves_of(f, n_seeds, n);
}

static size_t count_named(fixture *f, const manner *how, double height)
{
    size_t n_named = 0;

    for (uint64_t study = 0; study < N_STUDIES; study++) {
        const goldi_curves curves = make(f, how, study, height);

        goldi_rise_test(&curves, &f->claim.rise);
        assert_true(f->claim.rise.p_value >= 0.0 &&
                    f->claim.rise.p_value <= 1.0);
        n_named += f->claim.rise.p_value <= GOLDI_NAMED_P ? 1 : 0;
    }
    return n_named;
}

/* Far outside of a zone. */
static const manner plain = {"as theory says", 0.0, 1.0, 1.0, false, false};

static void test_noise(void **state)
{
    const size_t n_named = count_named(*state, &plain, 0.0);

    assert_in_range(n_named, 1, FEW);
}

static void test_found(void **state)
{
    assert_in_range(count_named(*state, &plain, 3.0), MANY, N_STUDIES);
}

/* Noise that theory knows less of: nowhere more than 5 %. */
static void test_other_noise(void **state)
{
    static const manner manners[] = {
        {"correlated by 0.5", 0.5, 1.0, 1.0, false, false},
        {"correlated by 0.9", 0.9, 1.0, 1.0, false, false},
        {"all the same", 1.0, 1.0, 1.0, false, false},
        {"half of theory", 0.0, 0.5, 0.5, false, false},
        {"twice theory", 0.0, 2.0, 2.0, false, false},
        {"twice theory, correlated", 0.9, 2.0, 2.0, false, false},
        {"twice theory on a third", 0.0, 1.0, 2.0, true, false},
        {"growing to fivefold", 0.0, 1.0, 5.0, false, false},
        {"growing to fivefold, correlated", 0.8, 1.0, 5.0, false, false},
        {"signs", 0.0, 5.0, 5.0, false, true},
        {"signs, correlated", 0.5, 5.0, 5.0, false, true},
    };

    for (size_t k = 0; k < sizeof manners / sizeof *manners; k++) {
        const size_t n_named = count_named(*state, &manners[k], 0.0);

        if (n_named > FIVE_PERCENT) {
            fail_msg("%s: %zu of %d named", manners[k].name, n_named,
                     N_STUDIES);
        }
    }
}

/* One high point of one seed is not a zone, whatever its height. */
static void test_one_high_point(void **state)
{
    fixture *f = *state;

    for (uint64_t study = 0; study < 100; study++) {
        const goldi_curves curves = make(f, &plain, study, 0.0);

        f->c[(curves.n / 2) * curves.n_seeds] = 7.0;
        goldi_rise_test(&curves, &f->claim.rise);
        assert_true(f->claim.rise.p_value > GOLDI_NAMED_P);
    }
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

/* One seed or two count by the largest scatter that chance gives: 1. */
static void test_few_seeds(void **state)
{
    static const double low[] = {0.0, 1.5, 1.5, 1.5, 0.0};
    static const double high[] = {0.0, 3.0, 4.0, 3.0, 0.0};
    fixture *f = *state;
    goldi_curves curves = fill(f, 1, 5, low);

    goldi_claim_find(&curves, &f->claim);
    assert_false(f->claim.is_named);
    assert_int_equal(f->claim.rise.n_looks, 3);
    near(f->claim.rise.p_value,
         3.0 *
             goldi_student_tail(1.5 / sqrt(1.0 + 2.0 / 51.0), (double)INFINITY),
         1e-12);
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
    near(of[GOLDI_TOLD_HEIGHT].upper, 4.0 + 2.7764451 * error, 1e-6);
    near(of[GOLDI_TOLD_LOW].value, pow(10.0, -0.85), 1e-9);
    near(of[GOLDI_TOLD_LOW].lower, of[GOLDI_TOLD_LOW].value, 1e-6);
    near(of[GOLDI_TOLD_PEAK].lower, f->x[3], 1e-12);
    near(of[GOLDI_TOLD_PEAK].upper, f->x[3], 1e-12);
    near(of[GOLDI_TOLD_SPREAD].lower, 1.0, 1e-12);
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
        cmocka_unit_test_setup_teardown(test_noise, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_other_noise, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_one_high_point, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_few_seeds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_few_places, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_holes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_peak_above_noise, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_intervals, set_up, tear_down),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_student),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
