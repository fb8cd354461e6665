/* SPDX-License-Identifier: MIT */
/**
 * @file probe.h
 * What random probes say of a symmetric matrix M of order n.
 *
 * With entries +-1 of equal chance and independent in v, v' M v has the mean
 * Tr M and |M v|^2 the mean |M|_F^2 (Hutchinson 1990). Errors are those of a
 * mean over probes; a ratio is freed of its bias and gets its error by the
 * jackknife (Efron 1982).
 */
#ifndef GOLD_CURV_PROBE_H
#define GOLD_CURV_PROBE_H

#include <stddef.h>

/** A number with its standard error. */
typedef struct gold_estimate {
    double value;
    double error; /* NaN of a single probe */
} gold_estimate;

/** Mean of n samples. */
gold_estimate gold_mean_of(size_t n, const double *samples);

/** Root of the mean of n samples that are not negative; its error follows from
 * that of the mean to first order. */
gold_estimate gold_root_mean_of(size_t n, const double *samples);

/**
 * Squared trace over squared Frobenius norm.
 *
 * The plain ratio is too large by about the squared relative error of the
 * trace; the jackknife takes that out to first order, so that where the truth
 * is near 0 the result may fall below. 0 where all norms are 0.
 *
 * @param forms  [n] v' M v, of n >= 2 probes.
 * @param norms  [n] |M v|^2 of the same probes.
 */
gold_estimate gold_ratio_of(size_t n, const double *forms, const double *norms);

/**
 * Trace over Frobenius norm that a matrix of order `order` with this ratio
 * shows in a random subspace of d dimensions: root mean squares by the exact
 * law of orthonormal projections (Haar),
 *
 *   E Tr = (d/D) t,  E |.|^2 = d [(dD + D - 2) F^2 + (D - d) t^2]
 *                              / (D (D - 1) (D + 2)),
 *
 * for t^2 = R F^2. A ratio below 0 counts as 0.
 *
 * @param sign  of the trace.
 */
double gold_projected_curvature(double ratio, double sign, double d,
                                double order);

#endif
