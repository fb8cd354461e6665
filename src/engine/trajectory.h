/* SPDX-License-Identifier: MIT */
/** @file trajectory.h The log of a training as variables of a point. Typed. */
#ifndef GOLD_ENGINE_TRAJECTORY_H
#define GOLD_ENGINE_TRAJECTORY_H

#include "goldilocks/schema.h"

#include "train/plan.h"

/**
 * Put what the study tracks of `n` entries into a record: trajectories, first
 * steps of losses to be reached, stages.
 *
 * @retval GOLD_ERR_MEMORY  no memory.
 */
GOLD_CHECKED gold_status FN(put_log)(const gold_schema *schema, size_t n,
                                     const gold_log_entry *log, double *record);

#endif
