/* SPDX-License-Identifier: MIT */
#include "app/refine.h"

#include <math.h>

/* Second divided difference at points k to k + 2. */
static double second(const goldi_points *points, size_t k)
{
    const double *u = points->u + k;
    const double *y = points->y + k;

    return ((y[2] - y[1]) / (u[2] - u[1]) - (y[1] - y[0]) / (u[1] - u[0])) /
           (u[2] - u[0]);
}

static double clamped(double x, double low, double high)
{
    return fmin(fmax(x, low), high);
}

/* A span that reaches to where else it may be as well. */
static void reach_to(goldi_span *span, double there)
{
    span->least = fmin(span->least, there);
    span->most = fmax(span->most, there);
}

/* How far off the parabola with that bend the cubic has the top, whose term of
 * third order begins at point k. */
static void add_cubic(const goldi_points *points, size_t i, size_t k,
                      double bend, goldi_top *top)
{
    const double *u = points->u;
    const double third =
        (second(points, k + 1) - second(points, k)) / (u[k + 3] - u[k]);
    const double a = top->place.at - u[i - 1];
    const double b = top->place.at - u[i];
    const double c = top->place.at - u[i + 1];
    const double shift = -third * (b * c + a * c + a * b) / (2.0 * bend);

    reach_to(&top->place,
             clamped(top->place.at + GOLDI_FAR * shift,
                     fmin(top->place.at, (u[i - 1] + u[i]) / 2.0),
                     fmax(top->place.at, (u[i] + u[i + 1]) / 2.0)));
    top->highest = fmax(top->highest,
                        top->height + third * a * b * c - bend * shift * shift);
}

goldi_top goldi_top_of(const goldi_points *points, size_t i)
{
    const double *u = points->u;
    const double *y = points->y;
    goldi_top top = {{u[i], u[i], u[i]}, y[i], y[i]};

    if (i == 0 || i + 1 >= points->n || fmax(y[i - 1], y[i + 1]) > y[i]) {
        return top;
    }
    const double bend = second(points, i - 1);

    if (!(bend < 0.0)) {
        return top;
    }
    const double slope =
        (y[i] - y[i - 1]) / (u[i] - u[i - 1]) + bend * (u[i] - u[i - 1]);
    const double off = -slope / (2.0 * bend);
    const double at = u[i] + off;

    top.place = (goldi_span){at, at, at};
    top.height = top.highest = y[i] + off * (slope + bend * off);
    for (size_t k = i > 1 ? i - 2 : 0; k < i && k + 3 < points->n; k++) {
        add_cubic(points, i, k, bend, &top);
    }
    return top;
}

goldi_span goldi_crossing_of(const goldi_points *points, size_t k, double at,
                             double peak, const goldi_top *top)
{
    const double *u = points->u;
    const double width = u[k + 1] - u[k];
    const double slope = (points->y[k + 1] - points->y[k]) / width;
    const double heights[] = {top->height, top->highest};
    goldi_span span = {at, at, at};

    for (size_t j = k > 0 ? k - 1 : 0; j <= k && j + 2 < points->n; j++) {
        const double bow = second(points, j) * (at - u[k]) * (at - u[k + 1]);

        for (size_t h = 0; h < 2; h++) {
            const double shift = ((heights[h] - peak) / 2.0 - bow) / slope;

            reach_to(&span, at + clamped(GOLDI_FAR * shift, -width, width));
        }
    }
    return span;
}

double goldi_points_at(const goldi_points *points, double u)
{
    size_t i = 0;

    while (i < points->n && points->u[i] < u) {
        i++;
    }
    if (i == points->n || (i == 0 && points->u[0] > u)) {
        return (double)NAN;
    }
    if (!(points->u[i] > u)) {
        return points->y[i];
    }
    return points->y[i - 1] + (u - points->u[i - 1]) /
                                  (points->u[i] - points->u[i - 1]) *
                                  (points->y[i] - points->y[i - 1]);
}
