/* SPDX-License-Identifier: MIT */
/**
 * @file pool.h
 * Memory of one reading of a study: taken in small pieces, freed as a whole.
 */
#ifndef GOLD_STUDY_POOL_H
#define GOLD_STUDY_POOL_H

#include "goldilocks/memory.h"

/** Value type: zero it; ended by goldi_pool_fini. */
typedef struct goldi_pool {
    struct goldi_chunk *newest; /* owned */
} goldi_pool;

/** Get `bytes` zeroed bytes, aligned for anything. */
GOLD_CHECKED gold_status goldi_pool_take(goldi_pool *pool, size_t bytes,
                                         void **piece);

/** Copy of `length` bytes with a zero behind them. */
GOLD_CHECKED gold_status goldi_pool_copy(goldi_pool *pool, const char *text,
                                         size_t length, const char **copy);

/** Free everything; zeroed pools are allowed. */
void goldi_pool_fini(goldi_pool *pool);

#endif
