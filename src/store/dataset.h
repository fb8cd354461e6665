/* SPDX-License-Identifier: MIT */
/**
 * @file dataset.h
 * Making datasets that are netCDF-4 variables and dimensions.
 */
#ifndef GOLD_STORE_DATASET_H
#define GOLD_STORE_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdf5.h>

#include "goldilocks/schema.h"
#include "goldilocks/status.h"

enum {
    GOLDI_MAX_RANK = GOLD_MAX_AXES + GOLD_MOST_DIMENSIONS
};

/* Dimensions of a dataset with the scales that label them. Value type; the
 * ids are borrowed. */
typedef struct goldi_shape {
    int rank;
    hsize_t sizes[GOLDI_MAX_RANK];
    hid_t scales[GOLDI_MAX_RANK];
} goldi_shape;

/* Append a dimension; the scale stays the caller's. */
void goldi_shape_add(goldi_shape *shape, size_t size, hid_t scale);

/* What bytes of a dataset mean. */
typedef struct goldi_flags {
    const char *attribute; /* "flag_values" or "flag_masks"; NULL: no flags */
    size_t n;
    const uint8_t *values; /* [n] */
    const char *meanings;  /* n words */
} goldi_flags;

/* A dataset to be: contiguous, allocated at once, filled. */
typedef struct goldi_variable {
    const char *name;
    hid_t type;
    const void *fill;      /* a value of that type, which readers take for "not
                              there"; NULL: zero, which means itself */
    const char *long_name; /* NULL: none, as with the next two */
    const char *units;
    const char *coordinates; /* what else labels it */
    goldi_flags flags;
} goldi_variable;

/* Create a dataset; `dataset` may be NULL: closed again. */
GOLD_CHECKED gold_status goldi_variable_create(hid_t group,
                                               const goldi_variable *variable,
                                               const goldi_shape *shape,
                                               hid_t *dataset);

/* Create the scale of a dimension of `n` with values of an HDF5 type; without
 * values (NULL) it is a dimension and no variable, as netCDF has it. */
GOLD_CHECKED gold_status goldi_scale_create(hid_t group, const char *name,
                                            size_t n, hid_t type,
                                            const void *values, hid_t *scale);

/* The same with 0 .. n-1 for values. */
GOLD_CHECKED gold_status goldi_index_scale_create(hid_t group, const char *name,
                                                  size_t n, hid_t *scale);

#endif
