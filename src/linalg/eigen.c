/* SPDX-License-Identifier: MIT */
#include "linalg/eigen.h"

#include <limits.h>
#include <math.h>

#include "linalg/lapack.h"

enum {
    WORK_PER_ROW = 34
}; /* block size 32 of dsytrd, and two */

size_t gold_eigenvalues_scratch(size_t n)
{
    return WORK_PER_ROW * n;
}

/* Job "N", or "V" for vectors too. */
static gold_status solve(const char *job, size_t n, double *matrix,
                         double *values, double *scratch)
{
    const int order = (int)n;
    const int work = (int)gold_eigenvalues_scratch(n);
    int info = 0;

    GOLD_ASSERT(n > 0 && n <= INT_MAX / WORK_PER_ROW);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            if (!isfinite(matrix[i * n + j])) {
                return gold_fail(GOLD_ERR_NUMERIC,
                                 "entry (%zu, %zu) of a matrix of order %zu "
                                 "is not finite",
                                 i, j, n);
            }
        }
    }
    /* The lower triangle by rows is the upper one by columns. */
    dsyev_(job, "U", &order, matrix, &order, values, scratch, &work, &info, 1,
           1);
    if (info != 0) {
        return gold_fail(GOLD_ERR_NUMERIC,
                         "the eigenvalues of a matrix of order %zu did not "
                         "converge (dsyev says %d)",
                         n, info);
    }
    return GOLD_OK;
}

gold_status gold_eigenvalues(size_t n, double *matrix, double *values,
                             double *scratch)
{
    return solve("N", n, matrix, values, scratch);
}

gold_status gold_eigenvectors(size_t n, double *matrix, double *values,
                              double *scratch)
{
    return solve("V", n, matrix, values, scratch);
}
