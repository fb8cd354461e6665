/* SPDX-License-Identifier: MIT */
/**
 * @file panels.h
 * Products with one matrix X (n, in) that stays: the inputs of a block of
 * samples, which every product with a Hessian reads twice. Typed.
 *
 * A matrix product copies both factors into the order that its kernel wants;
 * for few rows on the other side that costs as much as a quarter of the
 * arithmetic. Here X is copied once. Images have a background, one value that
 * most entries of many columns share: X is taken less that value, and rows of a
 * panel that are 0 throughout are left out. So products cost what the images
 * show, not how large they are. The result is that of the whole X to rounding.
 */
#ifndef GOLD_LINALG_PANELS_H
#define GOLD_LINALG_PANELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "goldilocks/status.h"

#include "base/real.h"

/** X less its background, cut into panels of neighbouring columns. */
typedef struct gold_panel_set {
    size_t depth;  /* rows */
    size_t width;  /* columns */
    size_t *start; /* [panels + 1] where a panel's rows begin in `at` */
    uint32_t *at;  /* rows that are not 0 throughout */
    real *entries; /* these, one after another, as wide as a panel */
} gold_panel_set;

/** Both orientations of X. Zeroed, or of FN(panels_init). */
typedef struct gold_panels {
    size_t most; /* rows that there is room for */
    size_t n;
    size_t in;
    double background;
    real *winners;          /* [in] while the background is looked for */
    gold_panel_set columns; /* X' (in, n) */
    gold_panel_set rows;    /* X (n, in) */
    real *packed;           /* room for a piece of the other factor */
} gold_panels;

/** Get room for matrices of up to `most` rows and of `in` columns; ended by
 * FN(panels_fini), also on failure. */
GOLD_CHECKED gold_status FN(panels_init)(gold_panels *panels, size_t most,
                                         size_t in);

/**
 * Put rows in an order in which neighbours are alike: by where the first entry
 * is that is not background, then by how many there are.
 *
 * @param order  [n] filled.
 * @retval GOLD_ERR_MEMORY  no memory.
 */
GOLD_CHECKED gold_status FN(panels_sort)(size_t n, size_t in,
                                         const real *inputs, size_t *order);

/** Pack a matrix whose row i is scale times row order[i] of the inputs.
 * Products skip most where neighbours are alike. */
void FN(panels_fill)(gold_panels *panels, size_t n, double scale,
                     const real *inputs, const size_t *order);

/** Free; zeroed ones are allowed. */
void FN(panels_fini)(gold_panels *panels);

/** Bytes of the room. */
double FN(panels_bytes)(size_t most, size_t in);

/** y (n, rows), rows of it ld apart, = X w', or that added; with w (rows, in).
 */
void FN(panels_apply)(const gold_panels *x, size_t rows, const real *w,
                      bool adds, real *y, size_t ld);

/** g (rows, in) = scale delta' X, or that added; with delta (n, rows), rows of
 * it ld apart. */
void FN(panels_gradient)(const gold_panels *x, size_t rows, double scale,
                         const real *delta, size_t ld, bool adds, real *g);

#endif
