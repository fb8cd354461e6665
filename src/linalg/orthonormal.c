/* SPDX-License-Identifier: MIT */
#include "linalg/orthonormal.h"

#include <string.h>

#include "linalg/blas.h"
#include "linalg/lapack.h"

enum {
    CHUNK = 512, /* columns handled in double at a time */
    PASSES = 3
};

size_t FN(orthonormalise_scratch)(size_t n_rows)
{
    return n_rows * n_rows + n_rows * CHUNK;
}

/* chunk (n_rows, n) = columns [first, first + n) of the block. */
static void load(size_t n_rows, FN(row_block) block, size_t first, size_t n,
                 double *chunk)
{
    for (size_t i = 0; i < n_rows; i++) {
        const real *row = block.entries + i * block.length + first;

        for (size_t j = 0; j < n; j++) {
            chunk[i * n + j] = (double)row[j];
        }
    }
}

static void save(size_t n_rows, FN(row_block) block, size_t first, size_t n,
                 const double *chunk)
{
    for (size_t i = 0; i < n_rows; i++) {
        real *row = block.entries + i * block.length + first;

        for (size_t j = 0; j < n; j++) {
            row[j] = (real)chunk[i * n + j];
        }
    }
}

/* gram (n_rows, n_rows) += lower triangle of the block's rows times each
 * other. */
static void add_gram(size_t n_rows, FN(row_block) block, double *chunk,
                     double *gram)
{
    for (size_t first = 0; first < block.length; first += CHUNK) {
        const size_t left = block.length - first;
        const size_t n = left < CHUNK ? left : CHUNK;

        load(n_rows, block, first, n, chunk);
        cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, blas_int(n_rows),
                    blas_int(n), 1.0, chunk, blas_int(n), 1.0, gram,
                    blas_int(n_rows));
    }
}

/* The block's rows <- inverse of the lower triangle `factor` times them. */
static void solve(size_t n_rows, FN(row_block) block, double *chunk,
                  const double *factor)
{
    for (size_t first = 0; first < block.length; first += CHUNK) {
        const size_t left = block.length - first;
        const size_t n = left < CHUNK ? left : CHUNK;

        load(n_rows, block, first, n, chunk);
        cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans,
                    CblasNonUnit, blas_int(n_rows), blas_int(n), 1.0, factor,
                    blas_int(n_rows), chunk, blas_int(n));
        save(n_rows, block, first, n, chunk);
    }
}

/* First row that lies in the span of those before it, by the Cholesky factor
 * of the Gram matrix; n_rows if there is none. Rounding can leave a pivot of a
 * few epsilons where it should be 0; what is made of that is noise. */
static size_t first_dependent(size_t n_rows, const double *factor)
{
    const double tiny = (double)(n_rows + 16) * DBL_EPSILON;

    for (size_t i = 0; i < n_rows; i++) {
        const double *row = factor + i * n_rows;
        double length2 = 0.0; /* of the given row */

        for (size_t j = 0; j <= i; j++) {
            length2 += row[j] * row[j];
        }
        if (!(row[i] * row[i] > tiny * length2)) {
            return i;
        }
    }
    return n_rows;
}

double *FN(row_products)(size_t n_rows, const FN(row_block) * blocks,
                         size_t n_blocks, double *scratch)
{
    double *chunk = scratch + n_rows * n_rows;

    memset(scratch, 0, n_rows * n_rows * sizeof *scratch);
    for (size_t b = 0; b < n_blocks; b++) {
        add_gram(n_rows, blocks[b], chunk, scratch);
    }
    return scratch;
}

gold_status FN(orthonormalise)(size_t n_rows, const FN(row_block) * blocks,
                               size_t n_blocks, double *scratch)
{
    double *chunk = scratch + n_rows * n_rows;
    const int order = (int)blas_int(n_rows);
    int info = 0;

    for (int pass = 0; pass < PASSES; pass++) {
        double *gram = FN(row_products)(n_rows, blocks, n_blocks, scratch);

        /* The lower triangle by rows is the upper one by columns: U'U by
         * columns is LL' by rows. */
        dpotrf_("U", &order, gram, &order, &info, 1);
        const size_t dependent =
            info != 0 ? (size_t)info - 1 : first_dependent(n_rows, gram);

        if (dependent < n_rows) {
            return gold_fail(GOLD_ERR_NUMERIC,
                             "direction %zu of the subspace depends on those "
                             "before it: are there fewer parameters than "
                             "directions?",
                             dependent + 1);
        }
        for (size_t b = 0; b < n_blocks; b++) {
            solve(n_rows, blocks[b], chunk, gram);
        }
    }
    return GOLD_OK;
}
