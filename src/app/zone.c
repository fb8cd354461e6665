/* SPDX-License-Identifier: MIT */
#include "app/zone.h"

#include <math.h>

/* Neighbour of `i` that has a number, towards step -1 or +1; n: none. */
static size_t neighbour(size_t n, const double *y, size_t i, int step)
{
    while (step < 0 ? i > 0 : i + 1 < n) {
        i = step < 0 ? i - 1 : i + 1;
        if (isfinite(y[i])) {
            return i;
        }
    }
    return n;
}

/* The point that lies `share` of the way from a to b; of 0, a itself. */
static double between(double a, double b, double share)
{
    if (a > 0.0 && b > 0.0) {
        return a * pow(b / a, share);
    }
    return a + share * (b - a);
}

/* How far `at` lies on the way from a to b; the inverse of between. */
static double share_of(double a, double b, double at)
{
    if (a > 0.0 && b > 0.0) {
        return (log(at) - log(a)) / (log(b) - log(a));
    }
    return (at - a) / (b - a);
}

/* Walk from the peak until the curve falls below `half`; `*stop` is the first
 * index below it, n when the curve ends before. */
static double walk(size_t n, const double *x, const double *y, size_t peak,
                   int step, size_t *stop)
{
    const double half = 0.5 * y[peak];
    size_t inside = peak;
    size_t next = neighbour(n, y, peak, step);

    while (next < n && y[next] >= half) {
        inside = next;
        next = neighbour(n, y, next, step);
    }
    *stop = next;
    if (next == n) {
        return x[inside];
    }
    return between(x[inside], x[next],
                   (y[inside] - half) / (y[inside] - y[next]));
}

/* Does the curve, beyond where it first fell, rise above half again? */
static bool rises_again(size_t n, const double *y, size_t peak, size_t stop,
                        int step)
{
    for (size_t i = stop; i < n; i = neighbour(n, y, i, step)) {
        if (y[i] >= 0.5 * y[peak]) {
            return true;
        }
    }
    return false;
}

goldi_zone goldi_zone_find(size_t n, const double *x, const double *y,
                           const bool *may)
{
    goldi_zone zone = {.is_found = false};
    size_t below = n;
    size_t above = n;

    for (size_t i = 0; i < n; i++) {
        if ((may == NULL || may[i]) && isfinite(y[i]) &&
            y[i] > (zone.is_found ? y[zone.peak] : 0.0)) {
            zone.peak = i;
            zone.is_found = true;
        }
    }
    if (zone.is_found) {
        zone.low = walk(n, x, y, zone.peak, -1, &below);
        zone.high = walk(n, x, y, zone.peak, 1, &above);
        zone.is_low_open = below == n;
        zone.is_high_open = above == n;
        zone.is_split = rises_again(n, y, zone.peak, below, -1) ||
                        rises_again(n, y, zone.peak, above, 1);
    }
    return zone;
}

double goldi_interpolate(size_t n, const double *x, const double *y, double at)
{
    size_t before = n;

    for (size_t i = 0; i < n; i++) {
        if (!isfinite(y[i])) {
            continue;
        }
        if (!(x[i] < at)) {
            if (!(x[i] > at)) {
                return y[i];
            }
            return before == n ? (double)NAN
                               : y[before] + share_of(x[before], x[i], at) *
                                                 (y[i] - y[before]);
        }
        before = i;
    }
    return (double)NAN;
}
