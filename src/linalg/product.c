/* SPDX-License-Identifier: MIT */
#include "linalg/product.h"

#include <math.h>

#include "linalg/blas.h"

void FN(product)(size_t m, size_t n, size_t k, double scale, FN(matrix) a,
                 FN(matrix) b, double keep, real *c, size_t ldc)
{
    BLAS_GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, blas_int(m),
              blas_int(n), blas_int(k), (real)scale, a.entries, blas_int(a.ld),
              b.entries, blas_int(b.ld), (real)keep, c, blas_int(ldc));
}

void FN(product_nt)(size_t m, size_t n, size_t k, double scale, FN(matrix) a,
                    FN(matrix) b, double keep, real *c, size_t ldc)
{
    BLAS_GEMM(CblasRowMajor, CblasNoTrans, CblasTrans, blas_int(m), blas_int(n),
              blas_int(k), (real)scale, a.entries, blas_int(a.ld), b.entries,
              blas_int(b.ld), (real)keep, c, blas_int(ldc));
}

void FN(product_tn)(size_t m, size_t n, size_t k, double scale, FN(matrix) a,
                    FN(matrix) b, double keep, real *c, size_t ldc)
{
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

void FN(add_scaled)(size_t n, double factor, const real *x, real *y)
{
    const real f = (real)factor;

    for (size_t i = 0; i < n; i++) {
        y[i] += f * x[i];
    }
}

double FN(dot)(size_t n, const real *x, const real *y)
{
    enum {
        LANES = 8
    };
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

double FN(norm)(size_t n, const real *x)
{
    return sqrt(FN(dot)(n, x, x));
}
