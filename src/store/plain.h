/* SPDX-License-Identifier: MIT */
/**
 * @file plain.h
 * Datasets that a file holds itself, as the schema has them. Files travel: a
 * name in one may lead into any other file of who opens it.
 */
#ifndef GOLD_STORE_PLAIN_H
#define GOLD_STORE_PLAIN_H

#include <stdbool.h>

#include <hdf5.h>

#include "goldilocks/status.h"

/* Is the dataset `name`, also "sessions/start", missing? */
GOLD_CHECKED gold_status goldi_plain_is_missing(hid_t file, const char *name,
                                                bool *is_missing);

/**
 * Open a dataset by its name, following no link.
 *
 * @retval GOLD_ERR_FORMAT  it is not there; or the name is a link; or its data
 *         lie elsewhere, are put together of others, are packed by a filter
 *         that is not part of every HDF5, or in chunks that cost more memory
 *         than any reading is worth; or its numbers are not of `type`, byte
 *         order aside. Nothing of the data has been read.
 */
GOLD_CHECKED gold_status goldi_plain_open(hid_t file, const char *name,
                                          hid_t type, hid_t *dataset);

/**
 * Fail unless an open dataset is contiguous: processes write into nothing else
 * each for itself. Copies that were compressed are in chunks.
 *
 * @retval GOLD_ERR_MISMATCH  it is not; the message says how to make it.
 */
GOLD_CHECKED gold_status goldi_plain_check_written(hid_t dataset,
                                                   const char *name,
                                                   const char *path);

#endif
