/* SPDX-License-Identifier: MIT */
/** @file rows.h Reading a dataset of any size, a few of its rows at a time. */
#ifndef GOLD_STORE_ROWS_H
#define GOLD_STORE_ROWS_H

#include <stddef.h>

#include <hdf5.h>

#include "goldilocks/status.h"

enum {
    GOLDI_ALL_ROWS = 0
};

/* What is done with `n` rows from `first` on, one after the other in memory. */
typedef gold_status goldi_each_row(void *context, size_t first, size_t n,
                                   const void *values);

/**
 * Read the first `most` rows of a dataset as values of `type`.
 *
 * @param each  NULL: nothing is done with them, but that they can be read.
 * @retval GOLD_ERR_IO  HDF5 cannot read them; errors of `each`.
 */
GOLD_CHECKED gold_status goldi_rows_read(hid_t file, const char *name,
                                         hid_t type, size_t most,
                                         goldi_each_row *each, void *context);

#endif
