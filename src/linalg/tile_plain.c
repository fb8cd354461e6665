/* SPDX-License-Identifier: MIT */
#define TILE_REGISTER 16
#define TILE          FN(tile_plain)

#include "linalg/tile_rows.h"
