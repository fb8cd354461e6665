/* SPDX-License-Identifier: MIT */
/** @file foreign.h What a file is that is not what somebody hoped for. */
#ifndef GOLD_BASE_FOREIGN_H
#define GOLD_BASE_FOREIGN_H

#include <stddef.h>

enum {
    GOLD_FOREIGN_BYTES = 64 /* of a beginning that tell enough */
};

/** What a file that begins with these bytes is for sure, "a PNG image"; static.
 * NULL: nothing that is known by its beginning. */
const char *gold_foreign_known(const unsigned char *start, size_t n_bytes);

/** The same, or what it looks like: "plain text". Static, never NULL. */
const char *gold_foreign_guess(const unsigned char *start, size_t n_bytes);

/** What that says of HDF5 files, and of empty ones. */
extern const char gold_foreign_hdf5[];
extern const char gold_foreign_empty[];

#endif
