/* SPDX-License-Identifier: MIT */
/* Of every group of candidates those are trained that should be. */
#include <math.h>

#include "goldilocks/random.h"
#include "goldilocks/select.h"

#include "unit/test_study_support.h"

#define GRID                                                                   \
    "grid: {width: [5, 6], seed: {from: 40, count: 600}, radius: [1, 2, 3]}\n"

enum {
    N_SEEDS = 600,
    N_RADII = 3,
    GROUP = 10,
    N_POINTS = 2 * N_SEEDS * N_RADII
};

/* What a choice is made from, and the choice. */
typedef struct choice {
    uint8_t states[N_POINTS];
    double values[GOLD_N_CRITERIA][N_POINTS];
    uint8_t flags[N_POINTS];
} choice;

static void draw(choice *c)
{
    for (uint32_t i = 0; i < GOLD_N_CRITERIA; i++) {
        gold_random_uniform(gold_stream_of(7, GOLD_PURPOSE_DATA, i), 0,
                            N_POINTS, c->values[i]);
    }
    memset(c->states, GOLD_STATE_DONE, sizeof c->states);
}

static void make(const char *select, choice *c)
{
    char text[512];

    (void)snprintf(text, sizeof text,
                   HEAD WORK GRID "train: {select: {group: 10%s}}\n", select);
    gold_study *study = parse(text);
    const double *const values[] = {c->values[0], c->values[1], c->values[2]};

    assert_int_equal(study->n_points, N_POINTS);
    gold_select(study, c->states, values, c->flags);
    gold_study_destroy(&study);
}

static size_t member(size_t width, size_t group, size_t radius, size_t m)
{
    return (width * N_SEEDS + group * GROUP + m) * N_RADII + radius;
}

/* Each flag stands where it should in one group. */
static void check_group(const choice *c, size_t width, size_t group,
                        size_t radius)
{
    size_t n_random = 0;

    for (size_t m = 0; m < GROUP; m++) {
        const size_t p = member(width, group, radius, m);

        n_random += (c->flags[p] & GOLD_SELECTED_RANDOM) != 0;
        for (int i = 0; i < GOLD_N_CRITERIA; i++) {
            bool is_highest = true;
            bool is_lowest = true;

            for (size_t other = 0; other < GROUP; other++) {
                const size_t q = member(width, group, radius, other);

                is_highest = is_highest && c->values[i][q] <= c->values[i][p];
                is_lowest = is_lowest && c->values[i][q] >= c->values[i][p];
            }
            assert_int_equal((c->flags[p] >> 2 * i & 1) != 0, is_highest);
            assert_int_equal((c->flags[p] >> 2 * i & 2) != 0, is_lowest);
        }
    }
    assert_int_equal(n_random, 1);
}

static void test_all(void **state)
{
    static choice c;

    (void)state;
    draw(&c);
    make("", &c);
    for (size_t i = 0; i < 2 * N_SEEDS / GROUP * N_RADII; i++) {
        check_group(&c, i % 2, i / 2 / N_RADII, i / 2 % N_RADII);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* The random one: each place about as often, the same at all radii. */
static void test_random(void **state)
{
    static choice c;
    size_t counts[GROUP] = {0};
    const double expected = (double)N_SEEDS / GROUP / GROUP;
    double chi_squared = 0.0;

    (void)state;
    draw(&c);
    make(", take: [random]", &c);
    for (size_t g = 0; g < N_SEEDS / GROUP; g++) {
        for (size_t m = 0; m < GROUP; m++) {
            const uint8_t flag = c.flags[member(0, g, 0, m)];

            assert_true(flag == 0 || flag == GOLD_SELECTED_RANDOM);
            assert_int_equal(flag, c.flags[member(0, g, 2, m)]);
            assert_int_equal(flag, c.flags[member(1, g, 1, m)]);
            counts[m] += flag != 0;
        }
    }
    for (size_t m = 0; m < GROUP; m++) {
        const double off = (double)counts[m] - expected;

        chi_squared += off * off / expected;
    }
    /* 9 degrees of freedom: larger once in a thousand; the numbers are fixed.
     */
    assert_true(chi_squared < 27.88);
}

/* What failed or is no number is no candidate, and equals go to the first. */
static void test_candidates(void **state)
{
    static choice c;

    (void)state;
    draw(&c);
    for (size_t m = 0; m < GROUP; m++) {
        const size_t p = member(1, 4, 2, m);

        c.states[p] = m == 0 ? GOLD_STATE_FAILED : GOLD_STATE_DONE;
        c.values[GOLD_BY_LOSS][p] = m == 1 ? (double)NAN : 3.0;
        c.states[member(0, 0, 0, m)] = GOLD_STATE_EXCLUDED;
    }
    make(", by: [loss], take: [highest, lowest, random]", &c);
    assert_int_equal(c.flags[member(1, 4, 2, 0)], GOLD_NOT_SELECTABLE);
    assert_int_equal(c.flags[member(1, 4, 2, 1)], GOLD_NOT_SELECTABLE);
    assert_int_equal(c.flags[member(1, 4, 2, 2)] & ~GOLD_SELECTED_RANDOM,
                     (GOLD_SELECTED_HIGHEST | GOLD_SELECTED_LOWEST)
                         << 2 * GOLD_BY_LOSS);
    for (size_t m = 3; m < GROUP; m++) {
        assert_int_equal(c.flags[member(1, 4, 2, m)] & ~GOLD_SELECTED_RANDOM,
                         0);
    }
    for (size_t m = 0; m < GROUP; m++) {
        assert_int_equal(c.flags[member(0, 0, 0, m)], GOLD_NOT_SELECTABLE);
    }
}

static void test_refusals(void **state)
{
    const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {HEAD WORK GRID "train: {select: {by: [loss]}}\n",
         "'select:' lacks 'group:', neighbouring seeds"},
        {HEAD WORK GRID "train: {select: {group: 7}}\n",
         "600 seeds do not make groups of 7"},
        {HEAD GRID "train: {select: {group: 10}}\n", "needs a 'curvature:'"},
        {HEAD WORK "grid: {zip: {seed: [1, 2], radius: [1, 2]}}\n"
                   "train: {select: {group: 2}}\n",
         "candidates are seeds"},
        {HEAD WORK "grid: {radius: [1, 2]}\ntrain: {select: {group: 2}}\n",
         "candidates are seeds"},
        {HEAD WORK GRID "train: {select: {group: 10, by: [los]}}\n", "loss"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *report = refusal(cases[i].text, strlen(cases[i].text), NULL);

        assert_non_null(strstr(report, cases[i].message));
        gold_free(report);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_candidates),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
