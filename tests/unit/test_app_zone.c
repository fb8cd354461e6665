/* SPDX-License-Identifier: MIT */
/* The zone: bounds interpolated against log x, open edges, gaps, valleys. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "app/zone.h"

#define NONE ((double)NAN)

static void near(double value, double wanted)
{
    if (!(fabs(value - wanted) <= 1e-12 * fabs(wanted))) {
        fail_msg("%.17g is not %.17g", value, wanted);
    }
}

static const double decades[] = {0.01, 0.1, 1.0, 10.0, 100.0};

static void test_bounds(void **state)
{
    const double y[] = {0.0, 0.0, 4.0, 3.0, 1.0};
    const goldi_zone zone = goldi_zone_find(5, decades, y, NULL);

    (void)state;
    assert_true(zone.is_found);
    assert_int_equal(zone.peak, 2);
    near(zone.low, pow(10.0, -0.5));
    near(zone.high, pow(10.0, 1.5));
    assert_false(zone.is_low_open);
    assert_false(zone.is_high_open);
    assert_false(zone.is_split);
}

static void test_edges(void **state)
{
    const double rising[] = {0.0, 0.5, 1.0, 2.0, 3.0};
    const double flat[] = {1.0, 1.0, 1.0, 1.0, 1.0};
    goldi_zone zone = goldi_zone_find(5, decades, rising, NULL);

    (void)state;
    near(zone.low, pow(10.0, 0.5));
    assert_false(zone.is_low_open);
    assert_true(zone.is_high_open);
    near(zone.high, 100.0);
    zone = goldi_zone_find(5, decades, flat, NULL);
    assert_true(zone.is_low_open);
    assert_true(zone.is_high_open);
    near(zone.low, 0.01);
    near(zone.high, 100.0);
}

/* Exactly half of the peak still belongs to the zone. */
static void test_half(void **state)
{
    const double y[] = {0.0, 2.0, 4.0, 2.0, 0.0};
    const goldi_zone zone = goldi_zone_find(5, decades, y, NULL);

    (void)state;
    near(zone.low, 0.1);
    near(zone.high, 10.0);
}

static void test_gaps(void **state)
{
    const double y[] = {0.0, NONE, 4.0, NONE, NONE};
    const double infinite[] = {0.0, (double)INFINITY, 4.0, 0.0, NONE};
    goldi_zone zone = goldi_zone_find(5, decades, y, NULL);

    (void)state;
    near(zone.low, 0.1);
    near(zone.high, 1.0);
    assert_true(zone.is_high_open);
    zone = goldi_zone_find(5, decades, infinite, NULL);
    assert_int_equal(zone.peak, 2);
}

static void test_nothing(void **state)
{
    const double missing[] = {NONE, NONE, NONE, NONE, NONE};
    const double below[] = {-1.0, -2.0, 0.0, NONE, -1.0};

    (void)state;
    assert_false(goldi_zone_find(5, decades, missing, NULL).is_found);
    assert_false(goldi_zone_find(5, decades, below, NULL).is_found);
    assert_false(goldi_zone_find(0, decades, below, NULL).is_found);
}

static void test_valley(void **state)
{
    const double y[] = {3.0, 1.0, 4.0, 1.0, 0.0};
    const goldi_zone zone = goldi_zone_find(5, decades, y, NULL);

    (void)state;
    assert_true(zone.is_split);
    assert_false(zone.is_low_open);
    assert_true(zone.low > 0.1 && zone.low < 1.0);
}

/* The peak is looked for where it may be; the valley counts everywhere. */
static void test_where_it_may_be(void **state)
{
    const double y[] = {9.0, 1.0, 4.0, 3.0, 1.0};
    const bool may[] = {false, true, true, true, true};
    const bool nowhere[5] = {false};
    const goldi_zone zone = goldi_zone_find(5, decades, y, may);

    (void)state;
    assert_int_equal(zone.peak, 2);
    near(zone.high, pow(10.0, 1.5));
    assert_true(zone.is_split);
    assert_false(goldi_zone_find(5, decades, y, nowhere).is_found);
}

static void test_linear(void **state)
{
    const double x[] = {-1.0, 0.0, 1.0};
    const double y[] = {0.0, 2.0, 0.0};
    const goldi_zone zone = goldi_zone_find(3, x, y, NULL);

    (void)state;
    near(zone.low, -0.5);
    near(zone.high, 0.5);
}

static void test_interpolate(void **state)
{
    const double y[] = {1.0, 2.0, NONE, 6.0, NONE};

    (void)state;
    near(goldi_interpolate(5, decades, y, 0.01), 1.0);
    near(goldi_interpolate(5, decades, y, sqrt(0.001)), 1.5);
    near(goldi_interpolate(5, decades, y, 1.0), 4.0);
    near(goldi_interpolate(5, decades, y, 10.0), 6.0);
    assert_true(isnan(goldi_interpolate(5, decades, y, 0.009)));
    assert_true(isnan(goldi_interpolate(5, decades, y, 11.0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_half),
        cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_valley),
        cmocka_unit_test(test_linear),
        cmocka_unit_test(test_interpolate),
        cmocka_unit_test(test_where_it_may_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
