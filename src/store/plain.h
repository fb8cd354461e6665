/* SPDX-License-Identifier: MIT */
/**
 * @file plain.h
 * Datasets that a file holds itself, as the schema has them. Files travel: a
 * name in one may lead into any other file of who opens it. What these
 * functions refuse is refused before it is opened for anything else
 * (examine.h).
 */
#ifndef GOLD_STORE_PLAIN_H
#define GOLD_STORE_PLAIN_H

#include <stdbool.h>

#include <hdf5.h>

#include "goldilocks/status.h"

/* In the place of a type: whatever numbers there are. */
#define GOLDI_ANY_NUMBER H5I_INVALID_HID

/* What was found of a dataset. */
typedef struct goldi_plain {
    bool is_there;
    bool is_chunked; /* and so, perhaps, packed */
    bool is_byte;    /* numbers are unsigned bytes; of any numbers */
    int rank;
    hsize_t sizes[H5S_MAX_RANK];
} goldi_plain;

/**
 * Fail unless what a file has of that name is a dataset that it holds itself;
 * nothing of that name is allowed. `name` may stand in groups,
 * "sessions/start", which are checked likewise.
 *
 * Only in a file that one process has open (columns.h).
 *
 * @retval GOLD_ERR_FORMAT  the name is a link; or the data lie elsewhere, are
 *         put together of others, are packed by a filter that is not part of
 *         every HDF5, or in chunks that cost more than any reading is worth; or
 *         they are more than the file can hold; or the numbers are not of
 *         `type`, byte order aside. Nothing of the data has been read.
 */
GOLD_CHECKED gold_status goldi_plain_check(hid_t file, const char *name,
                                           hid_t type, goldi_plain *found);

/* Are the data of an open dataset in chunks? */
GOLD_CHECKED gold_status goldi_plain_is_chunked(hid_t dataset, const char *name,
                                                bool *is_chunked);

/* Say that data in chunks are not written into: processes do that each for
 * itself. Copies that were compressed are so. */
gold_status goldi_plain_refuse_chunks(const char *name, const char *path);

#endif
