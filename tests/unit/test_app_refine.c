/* SPDX-License-Identifier: MIT */
/* Between the points of a grid: curves that are known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "app/refine.h"

enum {
    N = 7
};

static void near(double value, double wanted, double off)
{
    if (!(fabs(value - wanted) <= off)) {
        fail_msg("%.17g is not %.17g", value, wanted);
    }
}

/* y = 4 - (u - 0.2)^2 + skew (u - 0.2)^3 at u = -3, ..., 3. */
static goldi_points hill(double skew, double u[N], double y[N])
{
    for (int i = 0; i < N; i++) {
        const double off = i - 3 - 0.2;

        u[i] = i - 3;
        y[i] = 4.0 - off * off + skew * off * off * off;
    }
    return (goldi_points){N, u, y};
}

/* A parabola is itself; of a cubic a third of the way is its top, to first
 * order in the skew. */
static void test_top(void **state)
{
    double u[N];
    double y[N];
    goldi_points points = hill(0.0, u, y);
    goldi_top top = goldi_top_of(&points, 3);

    (void)state;
    near(top.at, 0.2, 1e-14);
    near(top.height, 4.0, 1e-14);
    near(top.far, 0.2, 1e-12);
    points = hill(0.02, u, y);
    top = goldi_top_of(&points, 3);
    assert_true(fabs(top.at - 0.2) > 5e-3);
    near(top.at + (top.far - top.at) / GOLDI_FAR, 0.2, 1e-3);
}

/* The ends, a slope and three that are the same have no parabola. */
static void test_no_top(void **state)
{
    double u[N];
    double y[N];
    goldi_points points = hill(0.0, u, y);

    (void)state;
    for (size_t i = 0; i < N; i++) {
        if (i != 3) {
            near(goldi_top_of(&points, i).at, u[i], 0.0);
        }
    }
    y[2] = y[3] = y[4];
    near(goldi_top_of(&points, 3).at, 0.0, 0.0);
    near(goldi_top_of(&points, 3).height, y[3], 0.0);
}

/* Where 4 - (u - 0.2)^2 is 2 to the right: at 0.2 + sqrt 2, and by the straight
 * line between 1 and 2 at another place. */
static void test_crossing(void **state)
{
    double u[N];
    double y[N];
    const goldi_points points = hill(0.0, u, y);
    const double at = 1.0 + (y[4] - 2.0) / (y[4] - y[5]);
    const double far = goldi_crossing_far(&points, 4, at, 2.0, 2.0);

    (void)state;
    assert_true(fabs(at - 0.2 - sqrt(2.0)) > 0.05);
    near(at + (far - at) / GOLDI_FAR, 0.2 + sqrt(2.0), 0.01);
    /* no further than the two are apart */
    near(goldi_crossing_far(&points, 4, at, 2.0, -90.0), at + 1.0, 1e-12);
}

static void test_lines(void **state)
{
    double u[N];
    double y[N];
    const goldi_points points = hill(0.0, u, y);

    (void)state;
    near(goldi_points_at(&points, 0.5), 0.5 * (y[3] + y[4]), 1e-14);
    near(goldi_points_at(&points, -3.0), y[0], 0.0);
    near(goldi_points_at(&points, 3.0), y[6], 0.0);
    assert_true(isnan(goldi_points_at(&points, 3.1)));
    assert_true(isnan(goldi_points_at(&points, -3.1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_top),
        cmocka_unit_test(test_no_top),
        cmocka_unit_test(test_crossing),
        cmocka_unit_test(test_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
