/* SPDX-License-Identifier: MIT */
/**
 * @file full.h
 * Curvature of all parameters together at one point after another: extreme
 * eigenvalues, traces by probes, the spectral density and, of small networks,
 * every entry. Typed.
 *
 * All of it is from exact products with the Hessian. Random vectors depend on
 * the point's direction_seed and on what they are for alone, so a line of radii
 * shares them. A homogeneous network is gone through once for a whole line:
 * with L layers, H(alpha theta; T) = H(theta; T alpha^-L) / alpha^2, and so for
 * both terms.
 */
#ifndef GOLD_ENGINE_FULL_H
#define GOLD_ENGINE_FULL_H

#include "engine/full_products.h"

/**
 * All that the study asks for at a point, into its record.
 *
 * @param inspection  gets eigenvectors and matrices; may be NULL.
 * @retval GOLD_ERR_NUMERIC  something is not finite.
 *
 * full->is_stopped afterwards: the interrupt came, the record is not whole.
 */
GOLD_CHECKED gold_status FN(full_measure)(gold_full *full,
                                          const gold_line_point *point,
                                          double *record,
                                          gold_inspection *inspection);

#endif
