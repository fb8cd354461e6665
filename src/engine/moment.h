/* SPDX-License-Identifier: MIT */
/** @file moment.h Curvature where a training has come to. Typed. */
#ifndef GOLD_ENGINE_MOMENT_H
#define GOLD_ENGINE_MOMENT_H

#include "engine/seam.h"
#include "engine/start.h"

/** A place that a training has come to. All borrowed. */
typedef struct gold_moment_at {
    const gold_engine_job *job; /* of the training: its samples */
    const gold_schema *schema;  /* of the moment: gold_schema_at_end, or
                                   gold_schema_at_moment */
    const gold_start *start;
    const real *theta;
    double norm; /* of theta */
    real *near;  /* [n_parameters] to work with; may be theta, used up then */
} gold_moment_at;

/**
 * Measure all that is measured at the start, in the same subspaces.
 *
 * @param outcome     of the training: numbers go into its record, none where
 *                    something is not finite, and flops are added.
 * @param verdict     pending: the interrupt came; failed: something is not
 *                    finite, and why.
 * @param inspection  NULL, or for the arrays of this moment.
 */
GOLD_CHECKED gold_status FN(measure_moment)(const gold_moment_at *at,
                                            gold_outcome *outcome,
                                            gold_verdict *verdict,
                                            gold_inspection *inspection);

/** Moments between start and end of a training, as gold_schema.moments has
 * them. */
typedef struct gold_moments {
    const gold_engine_job *job;
    const gold_start *start;
    gold_schema *schema; /* of one of them */
    real *near;
    double *record; /* [record_length] to measure into */
    double *found;  /* [n_found] of all moments, NaN where nothing is yet */
    size_t first;   /* of a record that is theirs */
    size_t n_found;
    gold_status status; /* of what went wrong first */
} gold_moments;

/** Get ready; ended by FN(moments_fini), also on failure. Keeps what it is
 * given. */
GOLD_CHECKED gold_status FN(moments_init)(gold_moments *moments,
                                          const gold_engine_job *job,
                                          const gold_start *start);

/** Free what it holds; zeroed ones are allowed. */
void FN(moments_fini)(gold_moments *moments);

/** For gold_training.visit, whose visitor they are. */
bool FN(moments_visit)(void *moments, size_t i, const real *theta,
                       double *flops);

/** Put what was found into the record of a training that has ended at a step.
 * Of the first moment that has no numbers, or no eigenvalue that is known, the
 * message tells where it has none yet. */
void FN(moments_put)(const gold_moments *moments, uint64_t final_step,
                     double *record, gold_verdict *verdict);

#endif
