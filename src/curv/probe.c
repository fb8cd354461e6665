/* SPDX-License-Identifier: MIT */
#include "curv/probe.h"

#include <math.h>

gold_estimate gold_mean_of(size_t n, const double *samples)
{
    const double count = (double)n;
    double sum = 0.0;
    double squares = 0.0;

    for (size_t i = 0; i < n; i++) {
        sum += samples[i];
    }
    for (size_t i = 0; i < n; i++) {
        squares += pow(samples[i] - sum / count, 2.0);
    }
    return (gold_estimate){sum / count,
                           n > 1 ? sqrt(squares / (count * (count - 1.0)))
                                 : (double)NAN};
}

gold_estimate gold_root_mean_of(size_t n, const double *samples)
{
    const gold_estimate mean = gold_mean_of(n, samples);
    const double root = sqrt(mean.value);

    return (gold_estimate){root,
                           root > 0.0 ? mean.error / (2.0 * root) : mean.error};
}

/* Of sums over n probes. */
static double plain_ratio(double forms, double norms, double n)
{
    return norms > 0.0 ? forms / n * (forms / norms) : 0.0;
}

gold_estimate gold_ratio_of(size_t n, const double *forms, const double *norms)
{
    const double count = (double)n;
    double all_forms = 0.0;
    double all_norms = 0.0;
    double sum = 0.0;
    double squares = 0.0;

    for (size_t i = 0; i < n; i++) {
        all_forms += forms[i];
        all_norms += norms[i];
    }
    for (size_t i = 0; i < n; i++) {
        sum += plain_ratio(all_forms - forms[i], all_norms - norms[i],
                           count - 1.0);
    }
    for (size_t i = 0; i < n; i++) {
        const double without = plain_ratio(all_forms - forms[i],
                                           all_norms - norms[i], count - 1.0);

        squares += pow(without - sum / count, 2.0);
    }
    return (gold_estimate){count * plain_ratio(all_forms, all_norms, count) -
                               (count - 1.0) / count * sum,
                           sqrt((count - 1.0) / count * squares)};
}

double gold_projected_curvature(double ratio, double sign, double d,
                                double order)
{
    const double r = fmax(ratio, 0.0);
    const double trace = d / order * sqrt(r);
    const double square = d * (d * order + order - 2.0 + (order - d) * r) /
                          (order * (order - 1.0) * (order + 2.0));

    return isnan(ratio) ? (double)NAN : copysign(trace / sqrt(square), sign);
}
