/* SPDX-License-Identifier: MIT */
#include "linalg/product.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "linalg/blas.h"

/* Where one of the sizes is 1, the BLAS would spend its time on packing. */

/* c (m, n) <- scale a b' + keep c, columns a and b. */
static void outer(size_t m, size_t n, double scale, FN(matrix) a, const real *b,
                  size_t step, double keep, real *c, size_t ldc)
{
    for (size_t i = 0; i < m; i++) {
        const real factor = (real)scale * a.entries[i * a.ld];
        real *row = c + i * ldc;

        for (size_t j = 0; j < n && keep == 0.0; j++) {
            row[j] = factor * b[j * step];
        }
        for (size_t j = 0; j < n && keep != 0.0; j++) {
            row[j] = (real)keep * row[j] + factor * b[j * step];
        }
    }
}

enum {
    SIDE = 16 /* sums that run side by side, of a row times a column */
};

/* c (m), ldc apart, <- scale a b + keep c, a (m, k). */
static void times_column(size_t m, size_t k, double scale, FN(matrix) a,
                         const real *b, double keep, real *c, size_t ldc)
{
    for (size_t i = 0; i < m; i++) {
        const real *row = a.entries + i * a.ld;
        real side[SIDE] = {R(0.0)};
        real sum = R(0.0);

        for (size_t p = 0; p < k / SIDE; p++) {
            for (size_t j = 0; j < SIDE; j++) {
                side[j] += row[p * SIDE + j] * b[p * SIDE + j];
            }
        }
        for (size_t p = k / SIDE * SIDE; p < k; p++) {
            sum += row[p] * b[p];
        }
        for (size_t j = 0; j < SIDE; j++) {
            sum += side[j];
        }
        c[i * ldc] = (real)scale * sum +
                     (keep == 0.0 ? R(0.0) : (real)keep * c[i * ldc]);
    }
}

/* c (n) <- scale a' b + keep c, a (k, 1), b (k, n). */
static void sum_rows(size_t n, size_t k, double scale, FN(matrix) a,
                     FN(matrix) b, double keep, real *c)
{
    for (size_t j = 0; j < n; j++) {
        c[j] = keep == 0.0 ? R(0.0) : (real)keep * c[j];
    }
    for (size_t p = 0; p < k; p++) {
        const real factor = (real)scale * a.entries[p * a.ld];
        const real *row = b.entries + p * b.ld;

        for (size_t j = 0; j < n; j++) {
            c[j] += factor * row[j];
        }
    }
}

void FN(product)(size_t m, size_t n, size_t k, double scale, FN(matrix) a,
                 FN(matrix) b, double keep, real *c, size_t ldc)
{
    if (k == 1) {
        outer(m, n, scale, a, b.entries, 1, keep, c, ldc);
        return;
    }
    BLAS_GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, blas_int(m),
              blas_int(n), blas_int(k), (real)scale, a.entries, blas_int(a.ld),
              b.entries, blas_int(b.ld), (real)keep, c, blas_int(ldc));
}

void FN(product_nt)(size_t m, size_t n, size_t k, double scale, FN(matrix) a,
                    FN(matrix) b, double keep, real *c, size_t ldc)
{
    if (k == 1) {
        outer(m, n, scale, a, b.entries, b.ld, keep, c, ldc);
        return;
    }
    if (n == 1) {
        times_column(m, k, scale, a, b.entries, keep, c, ldc);
        return;
    }
    BLAS_GEMM(CblasRowMajor, CblasNoTrans, CblasTrans, blas_int(m), blas_int(n),
              blas_int(k), (real)scale, a.entries, blas_int(a.ld), b.entries,
              blas_int(b.ld), (real)keep, c, blas_int(ldc));
}

void FN(product_tn)(size_t m, size_t n, size_t k, double scale, FN(matrix) a,
                    FN(matrix) b, double keep, real *c, size_t ldc)
{
    if (m == 1) {
        sum_rows(n, k, scale, a, b, keep, c);
        return;
    }
    if (n == 1 && ldc == 1) {
        sum_rows(m, k, scale, b, a, keep, c);
        return;
    }
    BLAS_GEMM(CblasRowMajor, CblasTrans, CblasNoTrans, blas_int(m), blas_int(n),
              blas_int(k), (real)scale, a.entries, blas_int(a.ld), b.entries,
              blas_int(b.ld), (real)keep, c, blas_int(ldc));
}

void FN(gram_lower)(size_t n, size_t k, double scale, FN(matrix) a, double keep,
                    real *c, size_t ldc)
{
    BLAS_SYRK(CblasRowMajor, CblasLower, CblasNoTrans, blas_int(n), blas_int(k),
              (real)scale, a.entries, blas_int(a.ld), (real)keep, c,
              blas_int(ldc));
}

void FN(gram_lower_tn)(size_t n, size_t k, double scale, FN(matrix) a,
                       double keep, real *c, size_t ldc)
{
    BLAS_SYRK(CblasRowMajor, CblasLower, CblasTrans, blas_int(n), blas_int(k),
              (real)scale, a.entries, blas_int(a.ld), (real)keep, c,
              blas_int(ldc));
}

enum {
    TILE = 16 /* rows and columns turned at a time: lines of the cache */
};

static size_t smaller(size_t x, size_t y)
{
    return x < y ? x : y;
}

/* A tile, or what there is of it at the edges; of whole ones the compiler makes
 * vectors. */
static inline void turn_tile(size_t rows, size_t columns, FN(matrix) from,
                             real *to, size_t ldto)
{
    for (size_t k = 0; k < columns; k++) {
        for (size_t i = 0; i < rows; i++) {
            to[k * ldto + i] = from.entries[i * from.ld + k];
        }
    }
}

void FN(turn)(size_t rows, size_t columns, FN(matrix) from, real *to,
              size_t ldto)
{
    for (size_t i = 0; i < rows; i += TILE) {
        for (size_t k = 0; k < columns; k += TILE) {
            const size_t m = smaller(rows - i, TILE);
            const size_t n = smaller(columns - k, TILE);
            const FN(matrix) part = {from.entries + i * from.ld + k, from.ld};

            if (m == TILE && n == TILE) {
                turn_tile(TILE, TILE, part, to + k * ldto + i, ldto);
            } else {
                turn_tile(m, n, part, to + k * ldto + i, ldto);
            }
        }
    }
}

void FN(add_scaled)(size_t n, double factor, const real *x, real *y)
{
    const real f = (real)factor;

    for (size_t i = 0; i < n; i++) {
        y[i] += f * x[i];
    }
}

enum {
    LANES = 8 /* sums that run side by side */
};

double FN(total)(size_t n, const real *x)
{
    double lane[LANES] = {0.0};
    double sum = 0.0;

    for (size_t i = 0; i < n / LANES; i++) {
        for (size_t j = 0; j < LANES; j++) {
            lane[j] += (double)x[i * LANES + j];
        }
    }
    for (size_t i = n / LANES * LANES; i < n; i++) {
        sum += (double)x[i];
    }
    for (size_t j = 0; j < LANES; j++) {
        sum += lane[j];
    }
    return sum;
}

double FN(dot)(size_t n, const real *x, const real *y)
{
    double lane[LANES] = {0.0};
    double sum = 0.0;
    size_t i = 0;

    for (; i + LANES <= n; i += LANES) {
        for (size_t j = 0; j < LANES; j++) {
            lane[j] += (double)x[i + j] * (double)y[i + j];
        }
    }
    for (; i < n; i++) {
        sum += (double)x[i] * (double)y[i];
    }
    for (size_t j = 0; j < LANES; j++) {
        sum += lane[j];
    }
    return sum;
}

/* Size of the largest entry of x, or of x - y; infinite where one is not a
 * number. */
static double largest(size_t n, const real *x, const real *y)
{
    double most = 0.0;

    for (size_t i = 0; i < n; i++) {
        const double size =
            fabs((double)x[i] - (y == NULL ? 0.0 : (double)y[i]));

        most = size <= most ? most : isnan(size) ? (double)INFINITY : size;
    }
    return most;
}

/* Is a sum of squares what it should be? None of its terms has lost digits that
 * count at the lower end of the range, nor left it at the upper. */
static bool is_exact(double sum)
{
    return sum >= DBL_MIN / DBL_EPSILON && isfinite(sum);
}

/* Length of x, or of x - y, in units of its largest entry. */
static double scaled_length(size_t n, const real *x, const real *y)
{
    const double most = largest(n, x, y);
    double sum = 0.0;

    if (most <= 0.0 || isinf(most)) {
        return most;
    }
    for (size_t i = 0; i < n; i++) {
        const double part =
            ((double)x[i] - (y == NULL ? 0.0 : (double)y[i])) / most;

        sum += part * part;
    }
    return most * sqrt(sum);
}

double FN(norm)(size_t n, const real *x)
{
    const double sum = FN(dot)(n, x, x);

    return is_exact(sum) ? sqrt(sum) : scaled_length(n, x, NULL);
}

double FN(distance)(size_t n, const real *x, const real *y)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++) {
        const double part = (double)x[i] - (double)y[i];

        sum += part * part;
    }
    return is_exact(sum) ? sqrt(sum) : scaled_length(n, x, y);
}

double FN(cosine)(size_t n, const real *x, const real *y)
{
    const double of_x = FN(norm)(n, x);
    const double of_y = FN(norm)(n, y);
    double sum = 0.0;

    if (is_exact(of_x * of_x) && is_exact(of_y * of_y) &&
        is_exact(of_x * of_y)) {
        return FN(dot)(n, x, y) / (of_x * of_y);
    }
    for (size_t i = 0; i < n; i++) {
        sum += ((double)x[i] / of_x) * ((double)y[i] / of_y);
    }
    return sum;
}
