/* SPDX-License-Identifier: MIT */
/* What a kernel of tile.h is made of: defines TILE, a FN(tile_fn), for
 * registers of TILE_REGISTER bytes, 16 or more, of which it takes twelve for
 * sums. */
#include "linalg/tile.h"

/* Where only float is aligned. */
typedef real wide __attribute__((vector_size(TILE_REGISTER),
                                 aligned(sizeof(real)), may_alias));

enum {
    LANES = TILE_REGISTER / sizeof(real),
    SUMS = 12 /* in registers: rows times registers of one */
};

#ifdef __clang__
#define UNROLLED _Pragma("clang loop unroll(full)")
#else
#define UNROLLED _Pragma("GCC unroll 12")
#endif

/* Rows [first, first + rows) of a tile, `count` registers of each from entry j
 * on: both are constants where this is copied to. */
static inline __attribute__((always_inline)) void
take_rows(size_t rows, size_t count, const FN(tile) * tile, size_t first,
          size_t j)
{
    wide sum[SUMS][2];
    const real *a[SUMS];
    const real *b = tile->b + j;
    const gold_tile_term *end = tile->terms + tile->n;

    UNROLLED for (size_t x = 0; x < rows; x++)
    {
        a[x] = tile->a[first + x];
        UNROLLED for (size_t y = 0; y < count; y++)
        {
            const real *out = tile->out[first + x] + j + y * LANES;

            sum[x][y] = tile->adds ? *(const wide *)out : (wide){R(0.0)};
        }
    }
    for (const gold_tile_term *t = tile->terms; t < end; t++) {
        const wide *row = (const wide *)(b + t->b);
        const wide low = row[0];
        const wide high = row[count - 1];

        UNROLLED for (size_t x = 0; x < rows; x++)
        {
            const real factor = a[x][t->a];

            sum[x][0] += factor * low;
            if (count > 1) {
                sum[x][1] += factor * high;
            }
        }
    }
    UNROLLED for (size_t x = 0; x < rows; x++)
    {
        UNROLLED for (size_t y = 0; y < count; y++)
        {
            *(wide *)(tile->out[first + x] + j + y * LANES) = sum[x][y];
        }
    }
}

#define CASE(n, count)                                                         \
    case n:                                                                    \
        take_rows(n, count, tile, first, j);                                   \
        break

static void take_single(const FN(tile) * tile, size_t rows, size_t first,
                        size_t j)
{
    switch (rows) {
        CASE(1, 1);
        CASE(2, 1);
        CASE(3, 1);
        CASE(4, 1);
        CASE(5, 1);
        CASE(6, 1);
        CASE(7, 1);
        CASE(8, 1);
        CASE(9, 1);
        CASE(10, 1);
        CASE(11, 1);
    default:
        take_rows(SUMS, 1, tile, first, j);
    }
}

static void take_double(const FN(tile) * tile, size_t rows, size_t first,
                        size_t j)
{
    switch (rows) {
        CASE(1, 2);
        CASE(2, 2);
        CASE(3, 2);
        CASE(4, 2);
        CASE(5, 2);
    default:
        take_rows(SUMS / 2, 2, tile, first, j);
    }
}

/* Two registers at a time, and one at the end; rows in groups that are as large
 * as can be, and alike. */
void TILE(const FN(tile) * tile)
{
    const size_t halves = (tile->width + FN(LANES) - 1) / FN(LANES);
    const size_t registers = halves * FN(LANES) / LANES;

    for (size_t y = 0; y < registers; y += 2) {
        const size_t most = y + 1 < registers ? SUMS / 2 : SUMS;
        const size_t groups = (tile->rows + most - 1) / most;

        for (size_t g = 0; g < groups; g++) {
            const size_t first = g * tile->rows / groups;
            const size_t rows = (g + 1) * tile->rows / groups - first;

            (most < SUMS ? take_double : take_single)(tile, rows, first,
                                                      y * LANES);
        }
    }
}
