/* SPDX-License-Identifier: MIT */
/** @file boundary.h The decision boundary at a point (curv/boundary.h), held
 * against the Hessian's largest eigenvectors. Typed. */
#ifndef GOLD_ENGINE_BOUNDARY_H
#define GOLD_ENGINE_BOUNDARY_H

#include "curv/boundary.h"
#include "engine/full_products.h"

/**
 * All of `curvature.boundary:` where `full` was placed, into the record.
 *
 * @param inspection  gets the arrays; may be NULL.
 * @retval GOLD_ERR_NUMERIC  something is not finite.
 *
 * full->is_stopped afterwards: the interrupt came, the record is not whole.
 */
GOLD_CHECKED gold_status FN(full_boundary)(gold_full *full, double *record,
                                           gold_inspection *inspection);

/** The same of the grid of inputs of one or two features, in arrays whose
 * eigenvectors and samples are there; alignments only if `rounded`
 * [n_vectors][n_parameters] is not NULL. */
GOLD_CHECKED gold_status FN(boundary_grid)(gold_full *full,
                                           const gold_boundary *boundary,
                                           const real *rounded,
                                           gold_boundary_arrays *arrays,
                                           double *record);

/** Shares of all eigenvectors of the Hessian (n, n) of all parameters, where
 * the study wants them. */
GOLD_CHECKED gold_status FN(boundary_dense)(gold_full *full,
                                            const double *hessian,
                                            double *record);

#endif
