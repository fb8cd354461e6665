/* SPDX-License-Identifier: MIT */
/**
 * @file seam.h
 * The seam between precisions: what a typed engine can do. Private to engine.
 */
#ifndef GOLD_ENGINE_SEAM_H
#define GOLD_ENGINE_SEAM_H

#include "goldilocks/engine.h"

/** What a task works on; borrowed. */
typedef struct gold_engine_job {
    const gold_study *study;
    const gold_schema *schema;
    const gold_dataset *data;
    const gold_task *task;
    const gold_interrupt *interrupt; /* NULL: never stop */
    const gold_dataset *sets; /* of each phase of training, before a point's
                                 choice of samples and labels */
} gold_engine_job;

/**
 * Do the points of a task into `outcome`. With `inspection` not NULL (and a
 * task of one point), the arrays that the task knows are filled too.
 */
typedef gold_status gold_engine_fn(const gold_engine_job *job,
                                   gold_outcome *outcome,
                                   gold_inspection *inspection);

/** Measure tasks. */
gold_engine_fn gold_measure_f32;
gold_engine_fn gold_measure_f64;

/** Train tasks. */
gold_engine_fn gold_train_point_f32;
gold_engine_fn gold_train_point_f64;

#endif
