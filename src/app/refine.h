/* SPDX-License-Identifier: MIT */
/**
 * @file refine.h
 * What lies between the points of a grid, and what the grid leaves open.
 *
 * A curve is a row of points (u, y). Straight lines join them and a parabola
 * goes through the highest and its neighbours. A cubic through one point more
 * says how far off these are: its term of third order, or the mean of two where
 * there is a point more on either side, moves the top or the crossing, to first
 * order. An interval that reaches GOLDI_FAR times as far covers what seeds do
 * not know of: with fifty seeds and a point for each factor of 1.6 the top was
 * else outside of its interval in every second study.
 */
#ifndef GOLD_APP_REFINE_H
#define GOLD_APP_REFINE_H

#include <stddef.h>

enum {
    GOLDI_FAR = 3
};

/** Points of a curve, u ascending, all of them numbers. */
typedef struct goldi_points {
    size_t n;
    double *u;
    double *y;
} goldi_points;

/** Top of a curve. */
typedef struct goldi_top {
    double at;
    double height;
    double far; /* GOLDI_FAR times as far off, between the neighbours */
} goldi_top;

/** Top of the parabola through point i and its neighbours; the point itself
 * where that is no hill. */
goldi_top goldi_top_of(const goldi_points *points, size_t i);

/**
 * GOLDI_FAR times as far off as a cubic crosses `cross`, where the straight
 * line between points k and k + 1 crosses `half` at `at`; by no more than these
 * are apart.
 */
double goldi_crossing_far(const goldi_points *points, size_t k, double at,
                          double half, double cross);

/** y at a place by straight lines; NaN outside of the points. */
double goldi_points_at(const goldi_points *points, double u);

#endif
