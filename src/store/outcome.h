/* SPDX-License-Identifier: MIT */
/**
 * @file outcome.h
 * How result variables are stored: as the doubles that they are in a record,
 * but for `outcome`, a sum of flags, which is a byte.
 */
#ifndef GOLD_STORE_OUTCOME_H
#define GOLD_STORE_OUTCOME_H

#include <hdf5.h>

#include "goldilocks/schema.h"

#include "store/grid.h"

/* Type of a result variable's dataset; the library's. */
hid_t goldi_result_type(gold_variable variable);

/* Bytes of one item of it. */
size_t goldi_result_bytes(gold_variable variable);

/* Make the dataset `outcome`. */
GOLD_CHECKED gold_status goldi_outcome_create(hid_t file,
                                              const goldi_grid *grid);

/* The byte of an outcome; NaN: not run. */
uint8_t goldi_outcome_encode(double outcome);

/* The outcome of a byte. */
double goldi_outcome_decode(uint8_t byte);

#endif
