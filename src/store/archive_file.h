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

/* A text attribute of the root. */
typedef struct goldi_note {
    char *name;
    char *value;
} goldi_note;

struct gold_archive {
    char *path;
    hid_t file;
    gold_study *study;
    gold_schema schema;
    goldi_note *texts;
    size_t n_texts;
};

#endif
