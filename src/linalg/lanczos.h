/* SPDX-License-Identifier: MIT */
/**
 * @file lanczos.h
 * The largest eigenvalue of a symmetric operator by Lanczos' method, in double
 * whatever the operator runs in, with full re-orthogonalisation.
 */
#ifndef GOLD_LINALG_LANCZOS_H
#define GOLD_LINALG_LANCZOS_H

#include "goldilocks/status.h"

/** y (n) = A x (n). */
typedef void gold_operator_fn(void *context, const double *x, double *y);

/** What is asked. */
typedef struct gold_lanczos {
    size_t n; /* order of the operator */
    gold_operator_fn *apply;
    void *context;
    const double *start; /* [n], not 0 */
    size_t most_steps;   /* products with the operator */
    double tolerance;    /* of the residual over the size of the eigenvalue */
} gold_lanczos;

/** What was found. */
typedef struct gold_lanczos_result {
    double value;    /* never above the largest eigenvalue, but for rounding */
    double residual; /* |A v - value v| of its unit vector v: an eigenvalue is
                        that near */
    size_t n_steps;
} gold_lanczos_result;

/**
 * Largest eigenvalue: steps until its residual is small enough, the space is
 * exhausted (an invariant subspace), or all steps are done.
 *
 * @param[out] result  NaN where the operator gave what is not finite.
 * @retval GOLD_ERR_MEMORY   no memory.
 * @retval GOLD_ERR_NUMERIC  LAPACK did not converge.
 */
GOLD_CHECKED gold_status gold_lanczos_largest(const gold_lanczos *lanczos,
                                              gold_lanczos_result *result);

#endif
