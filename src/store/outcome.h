/* SPDX-License-Identifier: MIT */
/**
 * @file outcome.h
 * How result variables are stored: as the doubles that they are in a record,
 * but for sums of flags (`outcome`, `selected`), which are bytes.
 */
#ifndef GOLD_STORE_OUTCOME_H
#define GOLD_STORE_OUTCOME_H

#include <hdf5.h>

#include "goldilocks/schema.h"

#include "store/grid.h"

/* Is it a sum of flags? */
bool goldi_is_flags(gold_variable variable);

/* Type of a result variable's dataset; the library's. */
hid_t goldi_result_type(gold_variable variable);

/* Bytes of one item of it. */
size_t goldi_result_bytes(gold_variable variable);

/* Make the dataset of a sum of flags. */
GOLD_CHECKED gold_status goldi_flags_create(hid_t file, const goldi_grid *grid,
                                            gold_variable variable);

/* The byte of a sum of flags; NaN: not known. */
uint8_t goldi_flags_encode(double flags);

/* The sum of flags of a byte. */
double goldi_flags_decode(uint8_t byte);

#endif
