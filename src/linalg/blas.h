/* SPDX-License-Identifier: MIT */
/* Typed names of the BLAS, and the one place where sizes become its ints. */
#ifndef GOLD_LINALG_BLAS_H
#define GOLD_LINALG_BLAS_H

#include <limits.h>
#include <stddef.h>

#include <cblas.h>

#include "goldilocks/status.h"

#include "base/real.h"

#ifdef GOLD_PREC_F32
#define BLAS_GEMM cblas_sgemm
#define BLAS_SYRK cblas_ssyrk
#else
#define BLAS_GEMM cblas_dgemm
#define BLAS_SYRK cblas_dsyrk
#endif

static inline int blas_int(size_t n)
{
    GOLD_ASSERT(n <= INT_MAX);
    return (int)n;
}

#endif
