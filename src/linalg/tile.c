/* SPDX-License-Identifier: MIT */
#include "linalg/tile.h"

FN(tile_fn) * FN(tile_of)(gold_kernel kernel)
{
    static FN(tile_fn) *const tiles[GOLD_N_KERNELS] = {
        [GOLD_KERNEL_PLAIN] = FN(tile_plain),
#ifdef GOLD_HAS_AVX2
        [GOLD_KERNEL_AVX2] = FN(tile_avx2),
#endif
    };

    return tiles[kernel];
}
