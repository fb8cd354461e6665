/* SPDX-License-Identifier: MIT */
/**
 * @file orthonormal.h
 * Orthonormal bases of rows that may lie in several arrays. Typed.
 */
#ifndef GOLD_LINALG_ORTHONORMAL_H
#define GOLD_LINALG_ORTHONORMAL_H

#include "goldilocks/status.h"

#include "base/real.h"

/** Part of a set of rows: columns [0, length) of each row, row after row. */
typedef struct FN(row_block) {
    real *entries; /* [n_rows][length], borrowed */
    size_t length;
} FN(row_block);

/** Doubles of scratch that FN(orthonormalise) and FN(row_products) need. */
size_t FN(orthonormalise_scratch)(size_t n_rows);

/**
 * Lower triangle of the rows' products with each other, summed in double.
 *
 * @param blocks   the rows, in `n_blocks` parts.
 * @param scratch  FN(orthonormalise_scratch)(n_rows) doubles.
 * @return         [n_rows][n_rows], at the beginning of the scratch; what is
 *                 above the diagonal is 0.
 */
double *FN(row_products)(size_t n_rows, const FN(row_block) * blocks,
                         size_t n_blocks, double *scratch);

/**
 * Make rows orthonormal, each in the span of itself and those before it, by
 * Cholesky QR, three times over (Fukaya et al. 2014), with sums and solves in
 * double. So the first k rows of the result depend on the first k given rows
 * alone, up to rounding; they are orthonormal to the rounding of `real` also
 * where the given ones were badly conditioned (up to about 1e7).
 *
 * @param blocks   the rows, in `n_blocks` parts; changed in place.
 * @param scratch  FN(orthonormalise_scratch)(n_rows) doubles.
 * @retval GOLD_ERR_NUMERIC  the rows are linearly dependent.
 */
GOLD_CHECKED gold_status FN(orthonormalise)(size_t n_rows,
                                            const FN(row_block) * blocks,
                                            size_t n_blocks, double *scratch);

#endif
