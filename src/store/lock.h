/* SPDX-License-Identifier: MIT */
/**
 * @file lock.h
 * One command at a time writes a file: two would do the same work twice, and
 * one that replaces the file would leave the other writing to nobody.
 *
 * A name is locked by a file of its own beside it, PATH.lock, also before there
 * is a file of that name. What is there already is held by two locks more,
 * which lie on the file itself, so that its name does not matter:
 *
 * - A shared one of the kind that HDF5 asks for (flock). Its libraries, and so
 *   h5py, xarray and netCDF, then open the file for reading and refuse to open
 *   it for writing: two writers that do not know of each other ruin it.
 * - One that only this program asks for, on a byte far beyond its end. It tells
 *   two runs from each other that reach the file by two hard links, where NAMEs
 *   differ. On NFS, where both kinds of lock are one and this would keep
 *   readers out, it is left out.
 *
 * All end with their process, however that ends; only a killed one leaves the
 * empty PATH.lock behind. Where a file system has no locks there are none.
 */
#ifndef GOLD_STORE_LOCK_H
#define GOLD_STORE_LOCK_H

#include "goldilocks/status.h"

typedef struct goldi_lock {
    int descriptor; /* -1: none was asked for */
    char *path;     /* of the lock's file; owned */
    bool is_held;   /* false: the file system has no locks */
} goldi_lock;

#define GOLDI_NO_LOCK ((goldi_lock){-1, NULL, false})

/**
 * Take the lock of a name, for goldi_lock_release.
 *
 * @retval GOLD_ERR_IO  another process has it, or its file cannot be made:
 *                      something else has its name, perhaps.
 */
GOLD_CHECKED gold_status goldi_lock_take(const char *path, goldi_lock *lock);

/** Give it back and remove its file; none held is allowed. */
void goldi_lock_release(goldi_lock *lock);

/** An existing file that is held. */
typedef struct goldi_hold {
    int shared; /* its descriptors; -1: none */
    int claimed;
} goldi_hold;

#define GOLDI_NO_HOLD ((goldi_hold){-1, -1})

/**
 * Hold the file at `path`, for goldi_hold_release.
 *
 * @param name  what messages call it.
 * @retval GOLD_ERR_IO  it may not be written, or somebody else writes it.
 */
GOLD_CHECKED gold_status goldi_hold_take(const char *path, const char *name,
                                         goldi_hold *hold);

/** Let it go; none held is allowed. */
void goldi_hold_release(goldi_hold *hold);

/**
 * Take the shared lock alone, of an open file: it ends with the descriptor.
 * For each process that writes, since locks of one computer may mean nothing
 * on another.
 */
GOLD_CHECKED gold_status goldi_lock_share(int descriptor, const char *name);

/** Fail when another program has the file open for writing. */
GOLD_CHECKED gold_status goldi_lock_ask(const char *path);

#endif
