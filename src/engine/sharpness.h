/* SPDX-License-Identifier: MIT */
/**
 * @file sharpness.h
 * The largest eigenvalue of the Hessian of all parameters over all training
 * samples, by Lanczos' method from a start that depends on the seed alone.
 * Typed.
 */
#ifndef GOLD_ENGINE_SHARPNESS_H
#define GOLD_ENGINE_SHARPNESS_H

#include "engine/seam.h"
#include "engine/start.h"
#include "nn/hvp.h"

/** Owns its arrays; zeroed: none. */
typedef struct gold_sharpness {
    const gold_settings *settings; /* borrowed, as the start */
    const gold_start *start;
    gold_hvp hvp;   /* its run.flops: all products so far */
    double *vector; /* [n_parameters] that Lanczos' method starts with */
    real *near;     /* [n_parameters] of FN(start_near) */
    real *from;     /* [n_parameters] of a product */
    real *to;       /* the same */
} gold_sharpness;

/** Get ready; ended by FN(sharpness_fini), also on failure. */
GOLD_CHECKED gold_status FN(sharpness_init)(gold_sharpness *s,
                                            const gold_engine_job *job,
                                            const gold_settings *settings,
                                            const gold_start *start);

/** The eigenvalue at theta to 1e-3, and the norm of H v - lambda v: another is
 * not nearer.
 *
 * @retval GOLD_ERR_MEMORY  no memory. */
GOLD_CHECKED gold_status FN(sharpness_take)(gold_sharpness *s,
                                            const real *theta, double *value,
                                            double *residual);

/** Free what it holds. */
void FN(sharpness_fini)(gold_sharpness *s);

#endif
