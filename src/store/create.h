/* SPDX-License-Identifier: MIT */
/**
 * @file create.h
 * A whole new result file, by one process.
 */
#ifndef GOLD_STORE_CREATE_H
#define GOLD_STORE_CREATE_H

#include <hdf5.h>

#include "goldilocks/output.h"
#include "goldilocks/store.h"

/* What is written into a new file before it gets its name. */
typedef struct goldi_filling {
    gold_status (*fill)(hid_t file, void *context);
    void *context;
} goldi_filling;

/* Make the file that was asked for (goldi_output_make).
 *
 * `filling`: NULL for an empty one. */
GOLD_CHECKED gold_status goldi_create(gold_output *output,
                                      const gold_study *study,
                                      const gold_schema *schema,
                                      const gold_provenance *provenance,
                                      const goldi_filling *filling);

#endif
