/* SPDX-License-Identifier: MIT */
/**
 * @file tile.h
 * The one kernel of sums over terms that are chosen: what is off is not among
 * them. Typed.
 *
 *   out[x][j] (+)= sum over terms t of a[x][t.a] b[t.b + j]
 *
 * for up to FN(TILE_ROWS) rows x and entries j, in stripes of 64 bytes and at
 * the end perhaps half of one. Rows and terms are reached through pointers and
 * offsets, so that choosing costs no copy. Sums, at most twelve registers of
 * them, stay in registers; each runs over terms in their order, in one of them.
 * So its bits depend on the kernel, but not on what else is in the tile.
 */
#ifndef GOLD_LINALG_TILE_H
#define GOLD_LINALG_TILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/blocks.h"
#include "base/real.h"
#include "linalg/kernel.h"

enum {
    FN(LANES) = GOLD_LANE_BYTES / sizeof(real), /* of a half */
    FN(STRIPE) = 2 * FN(LANES),
    FN(TILE_ROWS) = 12
};

/** Where the factors of a term are, in entries. */
typedef struct gold_tile_term {
    uint32_t a;
    uint32_t b;
} gold_tile_term;

/** One tile. All borrowed. */
typedef struct FN(tile) {
    size_t rows;  /* 1 .. FN(TILE_ROWS) */
    size_t width; /* of j; rounded up to halves, which b and out have */
    size_t n;     /* terms; 0 is allowed */
    const gold_tile_term *terms;
    const real *a[FN(TILE_ROWS)];
    const real *b;
    real *out[FN(TILE_ROWS)]; /* no overlap */
    bool adds;                /* to what is there; else it is replaced */
} FN(tile);

/** Rows of a tile that is to take the first of `left`, so that they and those
 * of later ones fill its registers. */
static inline size_t FN(tile_rows)(size_t left)
{
    const size_t most = FN(TILE_ROWS) / 2;
    const size_t groups = (left + most - 1) / most;
    const size_t each = (left + groups - 1) / groups;

    return groups > 1 ? 2 * each < left ? 2 * each : left : left;
}

typedef void FN(tile_fn)(const FN(tile) * tile);

/** The function of a kernel that has one, see gold_kernel_has_tiles. */
FN(tile_fn) * FN(tile_of)(gold_kernel kernel);

/* Of each kernel; that of AVX2 only where it is compiled. */
FN(tile_fn) FN(tile_plain);
FN(tile_fn) FN(tile_avx2);

#endif
