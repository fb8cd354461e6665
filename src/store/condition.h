/* SPDX-License-Identifier: MIT */
/**
 * @file condition.h
 * What other programs, and accidents, did to a file: why HDF5 does not open it.
 */
#ifndef GOLD_STORE_CONDITION_H
#define GOLD_STORE_CONDITION_H

#include <hdf5.h>

#include "goldilocks/status.h"

/* Fail with why HDF5, which has just refused it, does not open a file that
 * begins as one of HDF5: it was left open, cut short or damaged. */
gold_status goldi_condition_fail(const char *path);

#endif
