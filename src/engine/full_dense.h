/* SPDX-License-Identifier: MIT */
/** @file full_dense.h Every entry of the Hessian of all parameters. Private to
 * full. Typed. */
#ifndef GOLD_ENGINE_FULL_DENSE_H
#define GOLD_ENGINE_FULL_DENSE_H

#include "engine/full_products.h"

/**
 * All entries, row by row from products with unit vectors, and what follows
 * from them into the record; nothing where there are more parameters than the
 * study's limit. Entries are the mean of both sides of the diagonal.
 *
 * @param inspection  gets the matrices; may be NULL.
 */
GOLD_CHECKED gold_status FN(full_dense)(gold_full *full, double *record,
                                        gold_inspection *inspection);

#endif
