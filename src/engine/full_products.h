/* SPDX-License-Identifier: MIT */
/** @file full_products.h Products of all parameters together at one point after
 * another, for full.h. Typed. */
#ifndef GOLD_ENGINE_FULL_PRODUCTS_H
#define GOLD_ENGINE_FULL_PRODUCTS_H

#include "goldilocks/random.h"

#include "base/blocks.h"
#include "curv/line.h"
#include "engine/seam.h"
#include "engine/start.h"
#include "nn/hvp.h"

typedef struct gold_full {
    const gold_engine_job *job;
    const gold_start *start;
    uint64_t seed;
    gold_hvp hvp;
    bool is_placed;  /* the forward pass of a homogeneous network is done */
    bool is_stopped; /* the interrupt said so */
    double scale;    /* of products beside FN(hvp_factor) */
    real *theta;     /* [n_parameters] of the point */
    real *v;         /* [directions][n_parameters] */
    real *products[GOLD_N_TERMS]; /* the same, of those that are needed */
    gold_term term;               /* of Lanczos' operator */
    double *vector;               /* [n_parameters] start of Lanczos' method */
    double n_products;            /* since somebody set it to 0 */
} gold_full;

/** Get ready for a task; ended by FN(full_fini), also on failure. Keeps what
 * it is given. */
GOLD_CHECKED gold_status FN(full_init)(gold_full *full,
                                       const gold_engine_job *job,
                                       const gold_settings *settings,
                                       const gold_start *start);

/** Free what it holds; zeroed ones are allowed. */
void FN(full_fini)(gold_full *full);

/** Go to a point. */
void FN(full_place)(gold_full *full, const gold_line_point *point);

/** y = M x for full->term, of doubles: Lanczos' operator. */
bool FN(full_operator)(void *full, const double *x, double *y);

/**
 * Products with the first `count` rows of full->v: of G and the H-term where
 * the study splits, else of H. True factors are left out.
 *
 * @return  false: the interrupt came.
 */
bool FN(full_multiply)(gold_full *full, size_t count);

/** True factor of a term's products. */
double FN(full_factor)(const gold_full *full, gold_term term);

/** x (n) of 1 and -1 with equal chance. */
void FN(full_signs)(gold_stream stream, size_t n, real *x);

/**
 * v' M v and |M v|^2 for probes.
 *
 * @param forms  [GOLD_N_TERMS][n_probes]; those of terms that are not wanted
 *               are left.
 * @param norms  the same.
 */
void FN(full_probe)(gold_full *full, size_t n_probes, double *forms,
                    double *norms);

#endif
