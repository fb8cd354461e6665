/* SPDX-License-Identifier: MIT */
/** @file local.h A study with its data and engine, in one process. */
#ifndef GOLD_APP_LOCAL_H
#define GOLD_APP_LOCAL_H

#include "goldilocks/engine.h"

/** What the commands without MPI work with. Zero it before use. */
typedef struct gold_local {
    gold_study *study;
    gold_schema *schema; /* of its results */
    void *block;         /* of the data */
    size_t data_bytes;   /* its size */
    gold_dataset data;   /* view of it */
} gold_local;

/**
 * Read a study and its data and check that they fit. Ended by
 * gold_local_close, also on failure.
 */
GOLD_CHECKED gold_status gold_local_open(gold_local *local, const char *path,
                                         const char *overrides);

/** The same for a study that is already read; takes it over. */
GOLD_CHECKED gold_status gold_local_take(gold_local *local, gold_study *study);

/** Free everything; zeroed ones are allowed. */
void gold_local_close(gold_local *local);

#endif
