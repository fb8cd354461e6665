/* SPDX-License-Identifier: MIT */
/**
 * @file archive_file.h
 * The inside of a result file opened for reading, shared by reading and
 * merging.
 */
#ifndef GOLD_STORE_ARCHIVE_FILE_H
#define GOLD_STORE_ARCHIVE_FILE_H

#include <hdf5.h>

#include "goldilocks/store.h"

enum {
    GOLDI_N_TEXTS = 12
};

struct gold_archive {
    char *path;
    hid_t file;
    gold_study *study;
    gold_schema schema;
    char *texts[GOLDI_N_TEXTS]; /* of the root; NULL: none, or damaged */
};

#endif
