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

#include "store/columns.h"

enum {
    GOLDI_N_TEXTS = 14
};

struct gold_archive {
    char *path;
    hid_t file;
    gold_study *study;
    gold_schema schema;
    char *texts[GOLDI_N_TEXTS];     /* of the root; NULL: none, or damaged */
    bool is_tried[GOLDI_N_COLUMNS]; /* its data can be read */
};

/* Name of a text attribute of the root that is read. Without those that are
 * needed the numbers mean nothing. */
const char *goldi_archive_text_name(size_t i, bool *is_needed);

/* One of a path whose file is not open yet; closed by gold_archive_close. */
GOLD_CHECKED gold_status goldi_archive_make(const char *path,
                                            gold_archive **archive);

/* Read what comes before the columns of its open file: the texts of the root
 * but the `damaged` (goldi_examine_result), the study, how records are laid
 * out. */
GOLD_CHECKED gold_status goldi_archive_head(gold_archive *archive,
                                            uint64_t damaged);

/* Open all columns for many readings, like goldi_columns_open. */
GOLD_CHECKED gold_status goldi_archive_columns(gold_archive *archive,
                                               goldi_columns *columns);

#endif
