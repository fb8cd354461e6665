/* SPDX-License-Identifier: MIT */
/**
 * @file condition.h
 * What other programs, and accidents, did to a file: why HDF5 does not open it,
 * or why a run cannot write into it.
 */
#ifndef GOLD_STORE_CONDITION_H
#define GOLD_STORE_CONDITION_H

#include <hdf5.h>

#include "goldilocks/status.h"

/* Fail with why HDF5, which has just refused it, does not open a file that
 * begins as one of HDF5: it was left open, cut short or damaged. */
gold_status goldi_condition_fail(const char *path);

/**
 * Fail unless all data in the open file are contiguous: processes write into
 * nothing else each for itself. Copies that were compressed are in chunks.
 *
 * @retval GOLD_ERR_MISMATCH  some are not; the message says how to make them.
 */
GOLD_CHECKED gold_status goldi_condition_check(hid_t file, const char *path);

#endif
