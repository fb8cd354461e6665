/* SPDX-License-Identifier: MIT */
/** @file sizes.h Does a study fit its data? */
#ifndef GOLD_APP_SIZES_H
#define GOLD_APP_SIZES_H

#include "goldilocks/dataset.h"
#include "goldilocks/schema.h"
#include "goldilocks/task.h"

/** Sizes of a data set that decide costs. */
gold_data_shape gold_shape_of(const gold_dataset *data);

/**
 * Bytes that a process needs for the largest task of a study, beside the data:
 * directions, a gradient for each point measured at a time, matrices, the
 * arrays of a block of samples, and the libraries.
 */
double gold_memory_per_rank(const gold_study *study,
                            const gold_data_shape *shape);

/** Bytes of the result file of a study. */
double gold_file_bytes(const gold_study *study, const gold_schema *schema);

/**
 * Check that every network of a study has room for the subspace, and that its
 * tasks fit run.memory_per_rank.
 *
 * @retval GOLD_ERR_CONFIG  one does not; the message says what to change.
 */
GOLD_CHECKED gold_status gold_check_sizes(const gold_study *study,
                                          gold_data_shape shape);

#endif
