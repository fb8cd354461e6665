/* SPDX-License-Identifier: MIT */
/**
 * @file column.h
 * A dataset over the grid, open for reading or writing cells.
 */
#ifndef GOLD_STORE_COLUMN_H
#define GOLD_STORE_COLUMN_H

#include <hdf5.h>

#include "goldilocks/store.h"

#include "store/dataset.h"

/* An open dataset. Value type: GOLDI_NO_COLUMN, then goldi_column_open. */
typedef struct goldi_column {
    hid_t dataset;
    hid_t space; /* of the whole dataset */
    hid_t type;  /* in memory; borrowed */
    size_t cell; /* items of one grid cell */
    size_t cell_bytes;
    const char *name;
    int rank;
    hsize_t sizes[GOLDI_MAX_RANK];
} goldi_column;

#define GOLDI_NO_COLUMN                                                        \
    (goldi_column)                                                             \
    {                                                                          \
        .dataset = H5I_INVALID_HID, .space = H5I_INVALID_HID                   \
    }

/* A block of the grid: all cells with start <= index < start + count. */
typedef struct goldi_block {
    hsize_t start[GOLD_MAX_AXES];
    hsize_t count[GOLD_MAX_AXES];
} goldi_block;

/* Open a dataset of `cell` items in each cell of the study's grid, of a file
 * that was examined (examine.h) or made here. Independent: of a file that
 * several processes write, H5Dopen2 is what one may ask alone; H5Lget_info, for
 * one, sends what it reads to all others, who wait for something else then.
 *
 * GOLD_ERR_FORMAT: it is not there, or has another shape. `name` is kept. */
GOLD_CHECKED gold_status goldi_column_open(hid_t file, const gold_study *study,
                                           const char *name, hid_t type,
                                           size_t cell, goldi_column *column);

/* Close; GOLDI_NO_COLUMN is allowed. */
void goldi_column_close(goldi_column *column);

/* Write the cells of a block, row major. Independent. */
GOLD_CHECKED gold_status goldi_column_write(const goldi_column *column,
                                            const gold_study *study,
                                            const goldi_block *block,
                                            const void *values);

/* Read the cells of a block; NULL: all. Independent. */
GOLD_CHECKED gold_status goldi_column_read(const goldi_column *column,
                                           const gold_study *study,
                                           const goldi_block *block,
                                           void *values);

/* The block of one point. */
goldi_block goldi_block_of_point(const gold_study *study, size_t point);

#endif
