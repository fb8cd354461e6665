/* SPDX-License-Identifier: MIT */
/**
 * @file create.h
 * A whole new result file, by one process.
 */
#ifndef GOLD_STORE_CREATE_H
#define GOLD_STORE_CREATE_H

#include <hdf5.h>

#include "goldilocks/store.h"

/* What is written into a new file before it gets its name. */
typedef struct goldi_filling {
    gold_status (*fill)(hid_t file, void *context);
    void *context;
} goldi_filling;

/* Make the file under a temporary name and rename it, replacing what has the
 * name; parent folders too. On failure nothing is left behind, and what was
 * there is as before.
 *
 * `filling`: NULL for an empty one. */
GOLD_CHECKED gold_status goldi_create(const char *path, const gold_study *study,
                                      const gold_schema *schema,
                                      const gold_provenance *provenance,
                                      const goldi_filling *filling);

#endif
