/* SPDX-License-Identifier: MIT */
/**
 * @file watch.h
 * Curvature along a training: the sharpness, and what the point's subspace
 * shows. Typed.
 *
 * Sharpness is the largest eigenvalue of the Hessian of all parameters over
 * all training samples, by Lanczos' method from a start that depends on the
 * seed alone. The subspace is that of the point's measurement, at its largest
 * dimension; on the sphere its directions are made orthogonal to where the
 * training is, as they were to the point.
 */
#ifndef GOLD_ENGINE_WATCH_H
#define GOLD_ENGINE_WATCH_H

#include "engine/seam.h"
#include "engine/sharpness.h"
#include "nn/directions.h"
#include "train/condensation.h"
#include "train/training.h"

typedef struct gold_watch {
    const gold_engine_job *job;
    const gold_settings *settings;
    const gold_start *start;
    gold_status status; /* of what went wrong first */
    bool has_sharpness;
    gold_sharpness sharpness;
    size_t d;                       /* directions; 0: no curvature */
    FN(directions) directions;      /* in the plane */
    real *near;                     /* [n_parameters] of FN(start_near) */
    double *g_term;                 /* [d][d] */
    double *h_term;                 /* [d][d], then their sum */
    double *eigenvalues;            /* [d] */
    double *scratch;                /* of the spectrum */
    gold_condensation condensation; /* zeroed where it is not tracked */
} gold_watch;

/** Get ready for what the study tracks, if anything; ended by FN(watch_fini),
 * also on failure. Keeps what it is given. */
GOLD_CHECKED gold_status FN(watch_init)(gold_watch *watch,
                                        const gold_engine_job *job,
                                        const gold_settings *settings,
                                        const gold_start *start,
                                        const real *theta);

/** Free what the watch holds; zeroed ones are allowed. */
void FN(watch_fini)(gold_watch *watch);

/** Is anything tracked? */
bool FN(watch_is_needed)(const gold_watch *watch);

/** Fill an entry at theta; for gold_training.observe, whose observer is the
 * watch. What goes wrong is kept in watch->status and leaves NaN. */
double FN(watch_entry)(void *watch, const real *theta, gold_log_entry *entry);

#endif
