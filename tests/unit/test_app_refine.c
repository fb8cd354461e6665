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

/* How far the one end of a span that is not what it is at goes. */
static double way_of(const goldi_span *span)
{
    if (span->least < span->at && span->most > span->at) {
        fail_msg("open to both sides: %g %g %g", span->least, span->at,
                 span->most);
    }
    return span->most > span->at ? span->most - span->at
                                 : span->least - span->at;
}

/* A parabola is itself; of a cubic, which both that there are are, the top is
 * half of the way, to first order in the skew. */
static void test_top(void **state)
{
    double u[N];
    double y[N];
    goldi_points points = hill(0.0, u, y);
    goldi_top top = goldi_top_of(&points, 3);

    (void)state;
    near(top.place.at, 0.2, 1e-14);
    near(top.place.least, 0.2, 1e-12);
    near(top.place.most, 0.2, 1e-12);
    near(top.height, 4.0, 1e-14);
    near(top.highest, 4.0, 1e-12);
    points = hill(-0.02, u, y);
    top = goldi_top_of(&points, 3);
    assert_true(fabs(top.place.at - 0.2) > 5e-3);
    near(top.place.at + way_of(&top.place) / GOLDI_FAR, 0.2, 1e-3);
    near(top.highest, 4.0, 1e-3);
    assert_true(fabs(top.height - 4.0) > 3e-3);
}

/* Even curves: cubics of either side have the top on either side, and no
 * further than half-way to the neighbours. */
static void test_both_sides(void **state)
{
    double u[N];
    double y[N];
    goldi_points points = {N, u, y};

    (void)state;
    for (int k = 0; k < 10; k++) {
        const double place = -0.45 + 0.1 * k;

        for (int i = 0; i < N; i++) {
            u[i] = i - 3;
            y[i] = exp(-2.0 * (u[i] - place) * (u[i] - place));
        }
        const goldi_top top = goldi_top_of(&points, 3);

        assert_true(top.place.least < top.place.at);
        assert_true(top.place.most > top.place.at);
        assert_true(top.place.least >= -0.5 && top.place.most <= 0.5);
        assert_true(top.place.least < place && top.place.most > place);
    }
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
            const goldi_top top = goldi_top_of(&points, i);

            near(top.place.at, u[i], 0.0);
            near(top.place.most - top.place.least, 0.0, 0.0);
        }
    }
    y[2] = y[3] = y[4];
    near(goldi_top_of(&points, 3).place.at, 0.0, 0.0);
    near(goldi_top_of(&points, 3).height, y[3], 0.0);
}

/* Where 4 - (u - 0.2)^2 is 2 to the right: at 0.2 + sqrt 2, and by the straight
 * line between 1 and 2 at another place. */
static void test_crossing(void **state)
{
    double u[N];
    double y[N];
    const goldi_points points = hill(0.0, u, y);
    const goldi_top top = goldi_top_of(&points, 3);
    const goldi_top high = {top.place, top.height, 180.0};
    const double at = 1.0 + (y[4] - y[3] / 2.0) / (y[4] - y[5]);
    goldi_span span = goldi_crossing_of(&points, 4, at, y[3], &top);

    (void)state;
    assert_true(fabs(at - 0.2 - sqrt(2.0)) > 0.05);
    near(at + way_of(&span) / GOLDI_FAR, 0.2 + sqrt(2.0), 0.01);
    /* no further than the two are apart */
    span = goldi_crossing_of(&points, 4, at, y[3], &high);
    near(span.least, at - 1.0, 1e-12);
    assert_true(span.most > at);
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
        cmocka_unit_test(test_top),    cmocka_unit_test(test_both_sides),
        cmocka_unit_test(test_no_top), cmocka_unit_test(test_crossing),
        cmocka_unit_test(test_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
