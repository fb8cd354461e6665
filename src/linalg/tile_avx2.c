/* SPDX-License-Identifier: MIT */
/* Compiled for processors with AVX2 and FMA, whatever the rest is. */
#define TILE_REGISTER 32
#define TILE          FN(tile_avx2)

#include "linalg/tile_rows.h"
