/* SPDX-License-Identifier: MIT */
/**
 * @file line.h
 * Loss and subspace curvature at all points of a line: one drawn network at
 * several scales and temperatures. Typed.
 *
 * Wanted at each point: statistics of the predictions, the gradient's norm,
 * and M = V' H V with its two terms, by the bilinear form:
 *
 *   G_ij = mean over samples (J v_i)' (diag p - p p') (J v_j) / T^2
 *   S_ij = P_ij + P_ji + Q_ij
 *   P_ij = sum over layers l >= 2 < C_l^i, V_l^j >,
 *          C_l^i = sum over samples delta_l (da_(l-1)^i)'
 *   Q_ij = sum over samples, units (d loss / d a_l) phi''(z_l) dz_l^i dz_l^j
 *
 * with the forward tangents dz_l^i = W_l da_(l-1)^i + V_l^i a_(l-1). Of the
 * sphere through the point, whose directions are tangent to it, S is less
 *
 *   (<gradient, theta> / |theta|^2) V' V,
 *
 * which is a multiple of the identity for orthonormal directions alone.
 *
 * A point is out of range where a factor that serves it leaves that of double
 * (alpha^(2 (L-1)) soon does), or where the logits of a network that is
 * evaluated there are too small for `real` to hold them to its precision.
 *
 * A homogeneous network of L layers is evaluated once, at scale 1, and serves
 * all points: logits scale by alpha^L, J v by alpha^(L-1), second derivatives
 * of logits by alpha^(L-2). Any network serves all temperatures. Otherwise
 * only the first layer's products x V_1 are shared. Softmax, residuals and
 * scale factors are computed in double.
 */
#ifndef GOLD_CURV_LINE_H
#define GOLD_CURV_LINE_H

#include "nn/directions.h"
#include "nn/model.h"

/** One point of a line. */
typedef struct gold_line_point {
    double alpha;
    double temperature;
} gold_line_point;

/** What is found at a point; means over the training samples. */
typedef struct gold_line_result {
    double loss;
    double accuracy;
    double test_loss; /* NaN without test samples */
    double test_accuracy;
    double logit_spread;
    double entropy;
    double confidence;
    double zero_logits;
    double prior_mismatch;
    /* These where the line `has_confusion`; calibration.h. */
    double calibration_error;
    double test_calibration_error; /* NaN without test samples */
    double brier_score;
    double gamma;
    double gradient_norm;
    double radial_derivative; /* <gradient, theta> / |theta|^2 */
    bool is_out_of_range;     /* the rest may be wrong: see below */
    double *g_term;           /* [d][d], caller's; NULL without directions */
    double *h_term;           /* [d][d], caller's */
} gold_line_result;

/** A line to be measured. All borrowed. */
typedef struct FN(line) {
    const gold_network *network;
    const real *theta; /* the drawn point, scale 1 */
    double input_scale;
    gold_batch train;
    gold_batch test;
    const FN(directions) * directions; /* NULL: predictions and gradient only */
    bool is_sphere; /* curvature of the sphere's surface; dense directions */
    bool has_confusion; /* calibration and Gamma(P) wanted */
    size_t n_points;
    const gold_line_point *points;
} FN(line);

/**
 * Measure a line.
 *
 * The work is done in blocks of samples whose size follows from the sizes of
 * the line alone, so that results do not depend on the machine's memory.
 *
 * @param[out] results  [n_points]; a point whose loss is not finite has that
 *                      loss and NaN in gradient and matrices.
 * @param[out] flops    counted floating point operations of matrix products.
 * @retval GOLD_ERR_MEMORY  no memory.
 */
GOLD_CHECKED gold_status FN(line_measure)(const FN(line) * line,
                                          gold_line_result *results,
                                          double *flops);

#endif
