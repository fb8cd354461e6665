/* SPDX-License-Identifier: MIT */
#include "linalg/threads.h"

#include <cblas.h>

void gold_blas_single_thread(void)
{
    openblas_set_num_threads(1);
}

const char *gold_blas_core(void)
{
    return openblas_get_corename();
}

const char *gold_blas_version(void)
{
    return openblas_get_config();
}
