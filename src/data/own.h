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
goldi_plan_fn goldi_own_plan;

/** Read samples of a half (goldi_set). */
goldi_get_fn goldi_own_get;

#endif
