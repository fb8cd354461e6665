/* SPDX-License-Identifier: MIT */
/**
 * @file eigen.h
 * Eigenvalues of symmetric matrices, in double whatever the rest runs in.
 */
#ifndef GOLD_LINALG_EIGEN_H
#define GOLD_LINALG_EIGEN_H

#include "goldilocks/status.h"

/** Doubles of scratch that gold_eigenvalues needs for order `n`. */
size_t gold_eigenvalues_scratch(size_t n);

/**
 * Eigenvalues of the symmetric matrix in the lower triangle of `matrix`
 * (n, n), ascending, by LAPACK's dsyev (tridiagonal QL/QR: the small ones are
 * as exact as the large ones allow).
 *
 * @param matrix   destroyed.
 * @param values   [n], filled.
 * @param scratch  gold_eigenvalues_scratch(n) doubles.
 * @retval GOLD_ERR_NUMERIC  an entry is not finite, or no convergence.
 */
GOLD_CHECKED gold_status gold_eigenvalues(size_t n, double *matrix,
                                          double *values, double *scratch);

/** The same, and the unit eigenvectors in the rows of `matrix`. */
GOLD_CHECKED gold_status gold_eigenvectors(size_t n, double *matrix,
                                           double *values, double *scratch);

#endif
