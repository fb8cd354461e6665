/* SPDX-License-Identifier: MIT */
/**
 * @file own.h
 * Set file: samples of somebody's own, in an HDF5 file (store/samples.h). What
 * other sets' rows know of them the file says: their shape, how many classes
 * or outputs there are, what they are called.
 */
#ifndef GOLDILOCKS_DATA_OWN_H
#define GOLDILOCKS_DATA_OWN_H

#include "data/plan.h"

/** Look at the file, and see that it has what a study says (goldi_set). */
GOLD_CHECKED gold_status goldi_own_plan(const gold_data_block *data,
                                        gold_dataset_plan *plan);

/** Read samples of a half (goldi_set). */
GOLD_CHECKED gold_status goldi_own_get(const gold_dataset_plan *plan,
                                       goldi_half half, const size_t *slots,
                                       goldi_raw *raw);

#endif
