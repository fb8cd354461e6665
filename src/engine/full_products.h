/* SPDX-License-Identifier: MIT */
/** @file full_products.h Products at the point of a full. Private to it.
 * Typed. */
#ifndef GOLD_ENGINE_FULL_PRODUCTS_H
#define GOLD_ENGINE_FULL_PRODUCTS_H

#include "goldilocks/random.h"

#include "base/blocks.h"
#include "engine/full.h"

/** Go to a point. */
void FN(full_place)(FN(full) * full, const gold_line_point *point);

/** y = M x for full->term, of doubles: Lanczos' operator. */
bool FN(full_operator)(void *full, const double *x, double *y);

/**
 * Products with the first `count` rows of full->v: of G and the H-term where
 * the study splits, else of H. True factors are left out.
 *
 * @return  false: the interrupt came.
 */
bool FN(full_multiply)(FN(full) * full, size_t count);

/** True factor of a term's products. */
double FN(full_factor)(const FN(full) * full, gold_term term);

/** x (n) of 1 and -1 with equal chance. */
void FN(full_signs)(gold_stream stream, size_t n, real *x);

/**
 * v' M v and |M v|^2 for probes.
 *
 * @param forms  [GOLD_N_TERMS][n_probes]; those of terms that are not wanted
 *               are left.
 * @param norms  the same.
 */
void FN(full_probe)(FN(full) * full, size_t n_probes, double *forms,
                    double *norms);

#endif
