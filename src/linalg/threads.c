/* SPDX-License-Identifier: MIT */
#include "linalg/threads.h"

#ifdef GOLD_OPENBLAS
#include <cblas.h>

#include "goldilocks/memory.h"

/* BUFFER_SIZE of OpenBLAS on x86-64 and ARM, and of its largest elsewhere. */
#ifdef __powerpc64__
static const size_t buffer_bytes = (size_t)256 << 20U;
#else
static const size_t buffer_bytes = (size_t)128 << 20U;
#endif

/* Small products do without the buffer; this one, of any size, does not. */
static void take_buffer(void)
{
    const double a[1] = {1.0};
    double c[1] = {0.0};

    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasNoTrans, 1, 1, 1.0, a, 1, 0.0,
                c, 1);
}

gold_status gold_blas_begin(void)
{
    static bool has_begun = false;

    if (has_begun) {
        return GOLD_OK;
    }
    openblas_set_num_threads(1);
    if (!gold_has_room(buffer_bytes, true)) {
        return gold_fail(GOLD_ERR_MEMORY,
                         "no room for the %zu MiB that OpenBLAS works in: "
                         "raise ulimit -v and -d, or ask the scheduler for "
                         "more memory",
                         buffer_bytes >> 20U);
    }
    take_buffer();
    has_begun = true;
    return GOLD_OK;
}

int gold_blas_threads(void)
{
    return openblas_get_num_threads();
}

const char *gold_blas_core(void)
{
    return openblas_get_corename();
}

const char *gold_blas_version(void)
{
    return openblas_get_config();
}

#else /* a BLAS that tells nothing of itself */

gold_status gold_blas_begin(void)
{
    return GOLD_OK;
}

int gold_blas_threads(void)
{
    return 0;
}

const char *gold_blas_core(void)
{
    return "unknown";
}

const char *gold_blas_version(void)
{
    return GOLD_BLAS_NAMES;
}

#endif
