/* SPDX-License-Identifier: MIT */
/**
 * @file lock.h
 * One run at a time writes a file: two would do the same work twice, and one
 * that replaces the file would leave the other writing to nobody.
 *
 * The lock is on a file of its own beside the result, PATH.lock, so that
 * readers of the result are never in its way. It ends with its process,
 * however that ends; only a killed one leaves the empty file behind. Where a
 * file system has no locks there is none.
 */
#ifndef GOLD_STORE_LOCK_H
#define GOLD_STORE_LOCK_H

#include "goldilocks/status.h"

typedef struct goldi_lock {
    int descriptor; /* -1: none is held */
    char *path;     /* of the lock's file; owned */
} goldi_lock;

#define GOLDI_NO_LOCK ((goldi_lock){-1, NULL})

/**
 * Take the lock of a result file, for goldi_lock_release.
 *
 * @retval GOLD_ERR_IO  another process has it, or its file cannot be made.
 */
GOLD_CHECKED gold_status goldi_lock_take(const char *path, goldi_lock *lock);

/** Give it back and remove its file; none held is allowed. */
void goldi_lock_release(goldi_lock *lock);

#endif
