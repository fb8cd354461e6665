/* SPDX-License-Identifier: MIT */
/** @file measure.h Measuring one point at parameters of its own. Typed. */
#ifndef GOLD_ENGINE_MEASURE_H
#define GOLD_ENGINE_MEASURE_H

#include "engine/seam.h"
#include "engine/start.h"

/** Why no eigenvalue of a record with curvature is known, after "curvature is";
 * NULL: some are, or none was measured, or the network is 0 and all are. */
const char *FN(unresolved)(const gold_schema *schema, const double *record,
                           double zero_logits);

/**
 * Measure at the parameters of `start` times `alpha` all that FN(measure)
 * measures at the points of a task, in the same subspaces.
 *
 * @param job         of one point; its schema says where numbers have a place.
 * @param start       a network and any parameters of it.
 * @param outcome     of one point; pending when the interrupt came.
 * @param inspection  NULL, or for the arrays of this moment.
 */
GOLD_CHECKED gold_status FN(measure_at)(const gold_engine_job *job,
                                        const gold_settings *settings,
                                        const gold_start *start, double alpha,
                                        gold_outcome *outcome,
                                        gold_inspection *inspection);

#endif
