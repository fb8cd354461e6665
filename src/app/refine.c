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

/* Third divided difference around point i: the mean of those that there are; 0
 * of three points. */
static double third(const goldi_points *points, size_t i)
{
    double sum = 0.0;
    int n = 0;

    for (size_t k = i > 1 ? i - 2 : 0; k < i && k + 3 < points->n; k++) {
        sum += (second(points, k + 1) - second(points, k)) /
               (points->u[k + 3] - points->u[k]);
        n++;
    }
    return n > 0 ? sum / n : 0.0;
}

static double clamped(double x, double low, double high)
{
    return fmin(fmax(x, low), high);
}

goldi_top goldi_top_of(const goldi_points *points, size_t i)
{
    const double *u = points->u;
    const double *y = points->y;
    goldi_top top = {u[i], y[i], u[i]};

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

    top.at = u[i] + off;
    top.height = y[i] + slope * off + bend * off * off;

    const double a = top.at - u[i - 1];
    const double b = top.at - u[i];
    const double c = top.at - u[i + 1];
    const double shift =
        -third(points, i) * (b * c + a * c + a * b) / (2.0 * bend);

    top.far = clamped(top.at + GOLDI_FAR * shift, u[i - 1], u[i + 1]);
    return top;
}

double goldi_crossing_far(const goldi_points *points, size_t k, double at,
                          double half, double cross)
{
    const double *u = points->u;
    const double width = u[k + 1] - u[k];
    double bend = 0.0;
    int n = 0;

    for (size_t j = k > 0 ? k - 1 : 0; j <= k && j + 2 < points->n; j++) {
        bend += second(points, j);
        n++;
    }
    bend = n > 0 ? bend / n : 0.0;

    const double above = bend * (at - u[k]) * (at - u[k + 1]) + half - cross;
    const double shift =
        -GOLDI_FAR * above * width / (points->y[k + 1] - points->y[k]);

    return at + clamped(shift, -width, width);
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
