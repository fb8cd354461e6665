/* SPDX-License-Identifier: MIT */
/**
 * @file create.h
 * A whole new result file, by one process.
 */
#ifndef GOLD_STORE_CREATE_H
#define GOLD_STORE_CREATE_H

#include "goldilocks/store.h"

/* Make the file under a temporary name and rename it, replacing what has the
 * name; parent folders too. On failure nothing is left behind, and what was
 * there is as before. */
GOLD_CHECKED gold_status goldi_create(const char *path, const gold_study *study,
                                      const gold_schema *schema,
                                      const gold_provenance *provenance);

#endif
