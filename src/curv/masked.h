/* SPDX-License-Identifier: MIT */
/**
 * @file masked.h
 * A line of a network of linear layers with relu between them, computed without
 * what relu switches off. Private to curv. Typed.
 *
 * A unit that is off for a sample has no tangents, for any direction, and no
 * deltas, for any residual. So of each layer there are *pairs* (sample, unit)
 * that are on, and nothing else is computed, stored or read:
 *
 *   dz[s,v]     = V[v] a[s] + sum over u on of W[v,u] da[s,u]        v on
 *   delta[s,u]  = sum over v on of W[v,u] delta[s,v]                 u on
 *   w[s,u][c,j] = sum over v on of delta^c[s,v] V^j[v,u]             u on
 *   P^c[i,j]    = sum over s, u on of da^i[s,u] w[s,u][c,j]
 *   gradient[v] = sum over s where v is on of delta[s,v] a[s]
 *
 * with a, da of the layer below (curv/line.h has P). Of a pair all directions
 * stand together, or all residuals, padded to halves of a tile (linalg/tile.h);
 * directions of a layer are turned likewise, a stripe at a time, in each block
 * again, which takes no memory. About half of all units are on, so that what
 * has two of them costs a quarter.
 *
 * What is left out are terms that are 0, and sums run in the order of units and
 * samples: results are those of curv/ways.c to rounding.
 */
#ifndef GOLD_CURV_MASKED_H
#define GOLD_CURV_MASKED_H

#include "curv/block.h"
#include "linalg/tile.h"

enum {
    GOLD_PANELS = 4 /* stripes of an input that gradients are made of at a time
                     */
};

/** A linear layer of a block of samples, and which of its units are on. */
typedef struct FN(masked_layer) {
    const gold_node *node; /* (out, in) */
    size_t index;          /* of the node */
    size_t mask;           /* the activation behind it; 0: all are on */
    size_t *start;         /* [n + 1] where pairs of each sample begin */
    uint32_t *unit;        /* [pairs] ascending in a sample */
    uint32_t *row;         /* [pairs] where tangents are */
    uint32_t *place;       /* [pairs] where a pair stands unit by unit: */
    size_t *begin;         /* [out + 1] where pairs of each unit begin */
    uint32_t *pair;        /* [pairs] unit by unit */
    uint32_t *sample;      /* [pairs] unit by unit */
    real *da;              /* (rows, ld) tangents */
    real *common;          /* (pairs, ldk) deltas that residuals have in
                              common */
} FN(masked_layer);

/** What the way has beside the line's work. */
typedef struct FN(masked) {
    FN(tile_fn) * tile;
    size_t n_layers;
    FN(masked_layer) * layers;
    bool keeps_first; /* tangents of all units of the first layer, for every
                         mask of several groups */
    size_t ld;        /* d, padded */
    size_t k;         /* deltas in common of each sample */
    size_t ldk;
    size_t ldm;            /* residuals, padded */
    real *delta;           /* (n, k, outputs) */
    real *mix;             /* (m, n k); NULL: residuals are the common ones */
    real *shares;          /* (n, k, ldm) the same turned */
    real *each;            /* (pairs, ldm) residuals of a layer, unit by unit */
    real *dense;           /* (n, units) of one residual */
    real *turned;          /* directions of a stripe */
    real *w;               /* (pairs of some samples, k, stripe) */
    real *second;          /* (samples, k, d, stripe), see masked_second.c */
    real *p;               /* (m, d, stripe) likewise */
    real *panels;          /* (stripes, n, stripe) of a layer's input */
    gold_tile_term *ramp;  /* [most units] all of them */
    gold_tile_term *terms; /* of a sample, or of pairs */
} FN(masked);

/** Rounded up to whole halves. */
static inline size_t FN(padded)(size_t count)
{
    return (count + FN(LANES) - 1) / FN(LANES) * FN(LANES);
}

/** Run a tile, and count its flops. */
void FN(masked_multiply)(FN(work) * work, const FN(tile) * tile);

/** Deltas of all layers, S and gradients of a group's members. */
void FN(masked_second)(FN(work) * work, const gold_group *group, size_t n,
                       real *gradients);

/** Gradients of layer l of m residuals += those of the block, once its deltas
 * are there. */
void FN(masked_gradient)(FN(work) * work, size_t l, size_t n, size_t m,
                         real *gradients);

/** Reals of turned, w and second, for at least one sample. */
size_t FN(masked_turned)(const FN(masked) * masked);
size_t FN(masked_w)(const FN(masked) * masked);
size_t FN(masked_sums)(const FN(work) * work);

#endif
