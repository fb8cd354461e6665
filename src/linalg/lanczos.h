/* SPDX-License-Identifier: MIT */
/**
 * @file lanczos.h
 * Eigenvalues at the ends of a symmetric operator's spectrum, and quadratures
 * of all of it, by Lanczos' method: in double whatever the operator runs in,
 * with full re-orthogonalisation.
 */
#ifndef GOLD_LINALG_LANCZOS_H
#define GOLD_LINALG_LANCZOS_H

#include "goldilocks/status.h"

/** y (n) = A x (n); false: stop here, y is not filled. */
typedef bool gold_operator_fn(void *context, const double *x, double *y);

/** What is asked. */
typedef struct gold_lanczos {
    size_t n; /* order of the operator */
    gold_operator_fn *apply;
    void *context;
    const double *start; /* [n], not 0 */
    size_t most_steps;   /* products with the operator */
    double tolerance;    /* of residuals, relative: see each function */
} gold_lanczos;

/** What was found. */
typedef struct gold_lanczos_result {
    double value;    /* never above the largest eigenvalue, but for rounding */
    double residual; /* |A v - value v| of its unit vector v: an eigenvalue is
                        that near */
    size_t n_steps;
    bool is_converged;
} gold_lanczos_result;

/** Both ends of a spectrum. Arrays are the caller's. */
typedef struct gold_lanczos_ends {
    size_t count;              /* eigenvalues wanted at each end */
    double *largest;           /* [count], descending; NaN where there are
                                  fewer */
    double *largest_residuals; /* [count] */
    double *smallest;          /* [count], ascending; NULL: those are not
                                  wanted */
    double *smallest_residuals;
    double *vectors; /* [2 count][n]: of the largest, then, if wanted, of the
                        smallest; may be NULL */
    size_t n_steps;
    bool is_converged; /* all residuals are small enough */
} gold_lanczos_ends;

/** Gauss quadrature of the spectral measure of the start. */
typedef struct gold_lanczos_quadrature {
    double *nodes; /* [most_steps], ascending, caller's; NaN from n_steps on */
    double *weights; /* [most_steps], of sum 1, likewise */
    size_t n_steps;
} gold_lanczos_quadrature;

/**
 * Largest eigenvalue: steps until its residual is at most the tolerance times
 * its size, the space is exhausted (an invariant subspace), or all steps are
 * done.
 *
 * @param[out] result  NaN where the operator gave what is not finite, or
 *                     stopped.
 * @retval GOLD_ERR_MEMORY   no memory.
 * @retval GOLD_ERR_NUMERIC  LAPACK did not converge.
 */
GOLD_CHECKED gold_status gold_lanczos_largest(const gold_lanczos *lanczos,
                                              gold_lanczos_result *result);

/** The same for the eigenvalue of the largest size, of either sign. */
GOLD_CHECKED gold_status gold_lanczos_modulus(const gold_lanczos *lanczos,
                                              gold_lanczos_result *result);

/**
 * Several eigenvalues at both ends: steps until all residuals are at most the
 * tolerance times the largest size of an eigenvalue, or all steps are done. An
 * exhausted space is left in a new direction while it is too small for what is
 * wanted; else an eigenvalue of several vectors is found once.
 *
 * Results and errors as above.
 */
GOLD_CHECKED gold_status gold_lanczos_both(const gold_lanczos *lanczos,
                                           gold_lanczos_ends *ends);

/**
 * Quadrature of order most_steps, or less where the space is exhausted: the
 * sum of weights times f(nodes) is v' f(A) v for the unit start v, exactly for
 * polynomials f of degree below 2 n_steps (Golub and Welsch 1969). The
 * tolerance is not used.
 *
 * Errors as above; NaN throughout where the operator gave what is not finite,
 * or stopped.
 */
GOLD_CHECKED gold_status gold_lanczos_quadrature_of(
    const gold_lanczos *lanczos, gold_lanczos_quadrature *quadrature);

#endif
