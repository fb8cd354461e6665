/* SPDX-License-Identifier: MIT */
/**
 * @file condition.h
 * What an existing file is, and what other programs, and accidents, did to it.
 */
#ifndef GOLD_STORE_CONDITION_H
#define GOLD_STORE_CONDITION_H

#include <hdf5.h>

#include "goldilocks/output.h"

/* What to do about a damaged file. */
#define GOLDI_WAY_OUT "copy it again from where it is whole, or take a backup"

/* Say why HDF5 does not open an existing file, as it has just refused to: what
 * the file is instead, or that it was left open, cut short or damaged.
 *
 * `wanted`: what it was to be, "a result file". */
gold_status goldi_condition_refuse(const char *path, const char *wanted);

/* Open a file for reading, or say so. */
GOLD_CHECKED gold_status goldi_condition_open(const char *path,
                                              const char *wanted, hid_t *file);

/* Fail unless a file is there and begins as HDF5 files do. */
GOLD_CHECKED gold_status goldi_condition_expect_hdf5(const char *path);

/* Tell what an open file is.
 *
 * `what`: for messages, "a result file"; static. */
GOLD_CHECKED gold_status goldi_condition_tell(hid_t file, gold_file_kind *kind,
                                              const char **what);

#endif
