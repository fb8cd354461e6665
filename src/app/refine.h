/* SPDX-License-Identifier: MIT */
/**
 * @file refine.h
 * What lies between the points of a grid, and what the grid leaves open.
 *
 * A curve is a row of points (u, y). Straight lines join them and a parabola
 * goes through the highest and its neighbours. Cubics through one point more,
 * on either side of a top, and parabolas, on either side of a crossing, say to
 * first order how far off these are. Where curves are not even the two differ,
 * and the truth is as a rule between what they say, or up to 1.8 times as far
 * off: GOLDI_FAR, chosen among 1.5, 2 and 3 by made-up curves whose truth is
 * known (analysis/tests/test_placement.py), is 2. With fifty seeds and a point
 * for each factor of 1.6, seeds alone are sure of a wrong place.
 */
#ifndef GOLD_APP_REFINE_H
#define GOLD_APP_REFINE_H

#include <stddef.h>

enum {
    GOLDI_FAR = 2
};

/** Points of a curve, u ascending, all of them numbers. */
typedef struct goldi_points {
    size_t n;
    double *u;
    double *y;
} goldi_points;

/** A number, and as little and as much as the grid leaves open. */
typedef struct goldi_span {
    double at;
    double least;
    double most;
} goldi_span;

/** Top of a curve. */
typedef struct goldi_top {
    goldi_span place;
    double height;  /* of the parabola */
    double highest; /* that a cubic or it has */
} goldi_top;

/** Top of the parabola through point i and its neighbours, no further off than
 * half-way to these; the point itself where that is no hill. */
goldi_top goldi_top_of(const goldi_points *points, size_t i);

/** Where the straight line between points k and k + 1 crosses half of `peak` at
 * `at`, and parabolas half of the top; by no more than these are apart. */
goldi_span goldi_crossing_of(const goldi_points *points, size_t k, double at,
                             double peak, const goldi_top *top);

/** y at a place by straight lines; NaN outside of the points. */
double goldi_points_at(const goldi_points *points, double u);

#endif
