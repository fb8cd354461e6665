/* SPDX-License-Identifier: MIT */
/**
 * @file product.h
 * Matrix products of plain row-major arrays, by OpenBLAS. Typed. Shapes are
 * (rows, columns); `ld*` are distances between rows, in entries. Arguments are
 * borrowed; outputs must not overlap inputs. Sizes above INT_MAX are refused
 * by an assertion: callers work in blocks.
 */
#ifndef GOLD_LINALG_PRODUCT_H
#define GOLD_LINALG_PRODUCT_H

#include <stddef.h>

#include "base/real.h"

/** A matrix argument: row-major entries and the distance between rows. */
typedef struct FN(matrix) {
    const real *entries;
    size_t ld;
} FN(matrix);

/** c (m, n) = scale a (m, k) b (k, n) + keep c. */
void FN(product)(size_t m, size_t n, size_t k, double scale, FN(matrix) a,
                 FN(matrix) b, double keep, real *c, size_t ldc);

/** c (m, n) = scale a (m, k) b' with b (n, k), + keep c. */
void FN(product_nt)(size_t m, size_t n, size_t k, double scale, FN(matrix) a,
                    FN(matrix) b, double keep, real *c, size_t ldc);

/** c (m, n) = scale a' b with a (k, m), b (k, n), + keep c. */
void FN(product_tn)(size_t m, size_t n, size_t k, double scale, FN(matrix) a,
                    FN(matrix) b, double keep, real *c, size_t ldc);

/** Lower triangle of c (n, n) = scale a a' with a (n, k), + keep c; the upper
 * triangle is not touched. */
void FN(gram_lower)(size_t n, size_t k, double scale, FN(matrix) a, double keep,
                    real *c, size_t ldc);

/** The same of a' a with a (k, n). */
void FN(gram_lower_tn)(size_t n, size_t k, double scale, FN(matrix) a,
                       double keep, real *c, size_t ldc);

/** to (columns, rows), ldto apart, = the transpose of `from` (rows, columns).
 */
void FN(turn)(size_t rows, size_t columns, FN(matrix) from, real *to,
              size_t ldto);

/** y (n) += factor x (n). */
void FN(add_scaled)(size_t n, double factor, const real *x, real *y);

/** Sum of products, in double. */
double FN(dot)(size_t n, const real *x, const real *y);

/** Sum, in double. */
double FN(total)(size_t n, const real *x);

/** Euclidean norm, sum in double; right wherever it is a double itself. */
double FN(norm)(size_t n, const real *x);

/** Euclidean norm of x - y, as FN(norm). */
double FN(distance)(size_t n, const real *x, const real *y);

/** Cosine of x and y, at any scale of either; NaN where one is 0. */
double FN(cosine)(size_t n, const real *x, const real *y);

#endif
