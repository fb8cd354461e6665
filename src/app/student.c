/* SPDX-License-Identifier: MIT */
#include "app/student.h"

#include <math.h>

/* One step of a continued fraction in Lentz's manner: its numerator in, the
 * value so far times the step out. */
static double lentz(double numerator, double *c, double *d)
{
    const double least = 1e-300;

    *d = 1.0 + numerator * *d;
    *c = 1.0 + numerator / *c;
    *d = 1.0 / (fabs(*d) < least ? least : *d);
    *c = fabs(*c) < least ? least : *c;
    return *c * *d;
}

/* The continued fraction of the incomplete beta function; converges in
 * O(sqrt(max(a, b))) steps where x < (a + 1) / (a + b + 2). */
static double beta_fraction(double a, double b, double x)
{
    enum {
        MAX_STEPS = 100000
    };
    double c = 1.0;
    double d = 1.0 / (1.0 - (a + b) * x / (a + 1.0));
    double value = d;

    for (int i = 1; i < MAX_STEPS; i++) {
        const double m = i;
        const double even =
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        const double odd =
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));

        value *= lentz(even, &c, &d);
        const double step = lentz(odd, &c, &d);

        value *= step;
        if (fabs(step - 1.0) < 1e-15) {
            break;
        }
    }
    return value;
}

/* The regularised incomplete beta function; y is 1 - x. */
static double beta_share(double a, double b, double x, double y)
{
    const double front =
        exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(y));

    return x < (a + 1.0) / (a + b + 2.0)
               ? front * beta_fraction(a, b, x) / a
               : 1.0 - front * beta_fraction(b, a, y) / b;
}

double goldi_student_tail(double t, double freedom)
{
    const double square = t * t;
    double half = 0.5;

    if (isinf(freedom)) {
        return 0.5 * erfc(t * sqrt(0.5));
    }
    if (square > 0.0) {
        half = isinf(square) ? 0.0
                             : 0.5 * beta_share(0.5 * freedom, 0.5,
                                                freedom / (freedom + square),
                                                square / (freedom + square));
    }
    return t < 0.0 ? 1.0 - half : half;
}

double goldi_student_quantile(double tail, double freedom)
{
    double low = 0.0;
    double high = 1.0;

    while (goldi_student_tail(high, freedom) > tail) {
        low = high;
        high *= 2.0;
    }
    for (int i = 0; i < 60; i++) {
        const double middle = 0.5 * (low + high);

        if (goldi_student_tail(middle, freedom) > tail) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return 0.5 * (low + high);
}
