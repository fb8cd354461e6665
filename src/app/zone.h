/* SPDX-License-Identifier: MIT */
/**
 * @file zone.h
 * Where a curve over the line axis stands out: its peak, and the range around
 * it where the curve keeps at least half of the peak's height.
 */
#ifndef GOLD_APP_ZONE_H
#define GOLD_APP_ZONE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct goldi_zone {
    bool is_found; /* false: no number, or none above 0 */
    size_t peak;   /* index of the largest value, where it may be */
    double low;    /* bounds in units of x, interpolated */
    double high;
    bool is_low_open; /* still above half at the first x: at or beyond it */
    bool is_high_open;
    bool is_split; /* above half elsewhere too, beyond a valley */
} goldi_zone;

/**
 * Find the zone of y over x. Values that are not numbers are passed over.
 *
 * Bounds are where the straight line between two neighbours, drawn against
 * log x (against x where one is not positive), crosses half of the maximum.
 *
 * Whether the rise is more than chance is another question: rise.h.
 *
 * @param x    [n] ascending.
 * @param may  [n] where the peak is looked for; NULL: everywhere.
 */
goldi_zone goldi_zone_find(size_t n, const double *x, const double *y,
                           const bool *may);

/** The value at `at` of y, interpolated in the same way; NaN outside of the
 * range of x that has numbers. */
double goldi_interpolate(size_t n, const double *x, const double *y, double at);

#endif
