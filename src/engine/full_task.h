/* SPDX-License-Identifier: MIT */
/** @file full_task.h Curvature of all parameters at the points of a measure
 * task. Typed. */
#ifndef GOLD_ENGINE_FULL_TASK_H
#define GOLD_ENGINE_FULL_TASK_H

#include "curv/line.h"
#include "engine/seam.h"
#include "engine/start.h"

/** The task's line. All borrowed. */
typedef struct gold_full_line {
    const gold_settings *settings; /* of the first point */
    const gold_start *start;
    size_t n_distinct;
    const gold_line_point *points; /* [n_distinct] */
    const size_t *distinct_of;     /* [task points] which of them */
} gold_full_line;

/**
 * Put what the study asks for of all parameters into the records of points
 * that are done, each distinct one computed once; one whose products overflow
 * is failed. Where the interrupt comes, all verdicts go back to pending and
 * records to NaN.
 */
GOLD_CHECKED gold_status FN(full_points)(const gold_engine_job *job,
                                         const gold_full_line *line,
                                         gold_outcome *outcome,
                                         gold_inspection *inspection);

#endif
