/* SPDX-License-Identifier: MIT */
/** @file starts.h Do the vectors of a file fit the networks of a study? */
#ifndef GOLD_APP_STARTS_H
#define GOLD_APP_STARTS_H

#include "goldilocks/dataset.h"

/**
 * Fail unless every point that begins from a vector of the file finds one, of
 * tensors as its network has them.
 *
 * @retval GOLD_ERR_CONFIG  says at which point, and which tensors differ.
 */
GOLD_CHECKED gold_status gold_check_starts(const gold_study *study,
                                           const gold_dataset_plan *plan);

#endif
