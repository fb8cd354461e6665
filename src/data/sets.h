/* SPDX-License-Identifier: MIT */
/**
 * @file sets.h
 * How the samples of each data set are had: a row a set.
 */
#ifndef GOLDILOCKS_DATA_SETS_PRIVATE_H
#define GOLDILOCKS_DATA_SETS_PRIVATE_H

#include "data/plan.h"

typedef struct goldi_set {
    /** Check what a study asks for; of sets in files, fill in the shape and
     * numbers of samples. Errors of gold_dataset_plan_create. NULL: nothing to
     * be done. */
    goldi_plan_fn *plan;

    /** Get raw->n samples of a half. Those in files go to slots[i], or to i
     * where slots is NULL; others are drawn. There is room for all of them, of
     * inputs as bytes where the plan says so, else as reals. */
    goldi_get_fn *get;
} goldi_set;

const goldi_set *goldi_set_of(gold_data_set set);

#endif
