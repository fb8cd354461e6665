/* SPDX-License-Identifier: MIT */
/**
 * @file grid.h
 * The grid in a new file: the dimensions of its axes, and variables over them.
 */
#ifndef GOLD_STORE_GRID_H
#define GOLD_STORE_GRID_H

#include "store/dataset.h"

/* The grid of a file under construction; ended by goldi_grid_fini, also when
 * it could not be made. */
typedef struct goldi_grid {
    goldi_shape shape;
    /* The names of the keys of zipped axes: what readers shall attach to every
     * variable, beside the axes themselves. "" when nothing is zipped. */
    char coordinates[GOLD_MAX_AXES * GOLD_MAX_ZIPPED * (GOLD_NAME_BYTES + 1)];
} goldi_grid;

/* Make the dimensions of all axes, with their values. */
GOLD_CHECKED gold_status goldi_grid_create(hid_t file, const gold_study *study,
                                           goldi_grid *grid);

/* Close the scales. */
void goldi_grid_fini(goldi_grid *grid);

/* Create a variable over the grid, say what else labels it, and hand it back
 * if asked to. `shape` is the grid's, perhaps with more dimensions. */
GOLD_CHECKED gold_status goldi_gridded_create(hid_t file,
                                              const goldi_variable *variable,
                                              const goldi_grid *grid,
                                              const goldi_shape *shape,
                                              hid_t *dataset);

#endif
