/* SPDX-License-Identifier: MIT */
/**
 * @file layout.h
 * What a result file consists of, and making an empty one.
 *
 * One process makes the whole file, with HDF5's serial driver, and closes it;
 * only then do all processes open it, and write nothing but raw data. So there
 * is no metadata that a killed job could leave half written.
 */
#ifndef GOLD_STORE_LAYOUT_H
#define GOLD_STORE_LAYOUT_H

#include <hdf5.h>

#include "goldilocks/store.h"

/* Make all variables of a new file; attributes of the root and /sessions are
 * others' business. */
GOLD_CHECKED gold_status goldi_layout_create(hid_t file,
                                             const gold_study *study,
                                             const gold_schema *schema);

#endif
