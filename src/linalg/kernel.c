/* SPDX-License-Identifier: MIT */
#include "linalg/kernel.h"

#include <string.h>

static bool is_anywhere(void)
{
    return true;
}

static bool has_avx2(void)
{
#ifdef GOLD_HAS_AVX2
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return false;
#endif
}

static const struct {
    const char *name;
    bool has_tiles;
    bool (*is_here)(void);
} kernels[GOLD_N_KERNELS] = {
    [GOLD_KERNEL_BLAS] = {"blas", false, is_anywhere},
    [GOLD_KERNEL_PLAIN] = {"plain", true, is_anywhere},
    [GOLD_KERNEL_AVX2] = {"avx2", true, has_avx2},
};

bool gold_kernel_has_tiles(gold_kernel kernel)
{
    return kernels[kernel].has_tiles;
}

const char *gold_kernel_name(gold_kernel kernel)
{
    return kernels[kernel].name;
}

/* Of the whole process. */
static gold_kernel forced = GOLD_N_KERNELS; /* none */

gold_status gold_kernel_force(const char *word)
{
    size_t k = 0;

    if (word == NULL || word[0] == '\0') {
        forced = GOLD_N_KERNELS;
        return GOLD_OK;
    }
    while (k < GOLD_N_KERNELS && strcmp(word, kernels[k].name) != 0) {
        k++;
    }
    if (k == GOLD_N_KERNELS) {
        return gold_fail(GOLD_ERR_USAGE,
                         "GOLD_KERNEL: '%.40s' is no kernel: use plain, avx2 "
                         "or blas, or unset it",
                         word);
    }
    if (!kernels[k].is_here()) {
        return gold_fail(GOLD_ERR_USAGE,
                         "GOLD_KERNEL: this processor or build has no %s: "
                         "unset it",
                         word);
    }
    forced = (gold_kernel)k;
    return GOLD_OK;
}

gold_kernel_choice gold_kernel_chosen(void)
{
    const gold_kernel best = has_avx2() ? GOLD_KERNEL_AVX2 : GOLD_KERNEL_BLAS;

    return forced < GOLD_N_KERNELS ? (gold_kernel_choice){forced, true}
                                   : (gold_kernel_choice){best, false};
}
