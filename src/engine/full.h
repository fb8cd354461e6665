/* SPDX-License-Identifier: MIT */
/**
 * @file full.h
 * Curvature of all parameters together at one point after another: extreme
 * eigenvalues, traces by probes, the spectral density and, of small networks,
 * every entry. Typed.
 *
 * All of it is from exact products with the Hessian. Random vectors depend on
 * the point's seed and on what they are for alone, so a line of radii shares
 * them. A homogeneous network is gone through once for a whole line: with L
 * layers, H(alpha theta; T) = H(theta; T alpha^-L) / alpha^2, and so for both
 * terms.
 */
#ifndef GOLD_ENGINE_FULL_H
#define GOLD_ENGINE_FULL_H

#include "curv/line.h"
#include "engine/seam.h"
#include "engine/start.h"
#include "nn/hvp.h"

typedef struct FN(full) {
    const gold_engine_job *job;
    const FN(start) * start;
    uint64_t seed;
    FN(hvp) hvp;
    bool is_placed;  /* the forward pass of a homogeneous network is done */
    bool is_stopped; /* the interrupt said so */
    double scale;    /* of products beside FN(hvp_factor) */
    real *theta;     /* [n_parameters] of the point */
    real *v;         /* [directions][n_parameters] */
    real *products[GOLD_N_TERMS]; /* the same, of those that are needed */
    gold_term term;               /* of Lanczos' operator */
    double *vector;               /* [n_parameters] start of Lanczos' method */
    double n_products;            /* since somebody set it to 0 */
} FN(full);

/** Get ready for a task; ended by FN(full_fini), also on failure. Keeps what
 * it is given. */
GOLD_CHECKED gold_status FN(full_init)(FN(full) * full,
                                       const gold_engine_job *job,
                                       const gold_settings *settings,
                                       const FN(start) * start);

/** Free what it holds; zeroed ones are allowed. */
void FN(full_fini)(FN(full) * full);

/**
 * All that the study asks for at a point, into its record.
 *
 * @param inspection  gets eigenvectors and matrices; may be NULL.
 * @retval GOLD_ERR_NUMERIC  something is not finite.
 *
 * full->is_stopped afterwards: the interrupt came, the record is not whole.
 */
GOLD_CHECKED gold_status FN(full_measure)(FN(full) * full,
                                          const gold_line_point *point,
                                          double *record,
                                          gold_inspection *inspection);

#endif
