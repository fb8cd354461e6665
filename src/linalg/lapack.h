/* SPDX-License-Identifier: MIT */
/* Of LAPACK in OpenBLAS; the last arguments are the hidden lengths of the
 * Fortran character arguments. */
#ifndef GOLD_LINALG_LAPACK_H
#define GOLD_LINALG_LAPACK_H

#include <stddef.h>

/* NOLINTBEGIN(readability-identifier-naming,readability-function-size):
 * Fortran's names and arguments */

/** Cholesky factor of a symmetric matrix. */
void dpotrf_(const char *triangle, const int *n, double *a, const int *lda,
             int *info, size_t triangle_length);

/** Eigenvalues, and vectors, of a symmetric matrix. */
void dsyev_(const char *job, const char *triangle, const int *n, double *a,
            const int *lda, double *w, double *work, const int *lwork,
            int *info, size_t job_length, size_t triangle_length);

/** All eigenvalues, and vectors, of a symmetric tridiagonal matrix. */
void dstev_(const char *job, const int *n, double *diagonal, double *beside,
            double *vectors, const int *ld, double *work, int *info,
            size_t job_length);

/** Some of them. */
void dstevr_(const char *job, const char *range, const int *n, double *diagonal,
             double *beside, const double *above, const double *up_to,
             const int *first, const int *last, const double *tolerance,
             int *n_found, double *values, double *vectors, const int *ld,
             int *support, double *work, const int *work_size,
             int *integer_work, const int *integer_work_size, int *info,
             size_t job_length, size_t range_length);

/* NOLINTEND(readability-identifier-naming,readability-function-size) */

#endif
