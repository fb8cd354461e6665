/* SPDX-License-Identifier: MIT */
/**
 * @file cell.h
 * One place on an axis, to be sorted and compared with places on others.
 */
#ifndef GOLD_STUDY_CELL_H
#define GOLD_STUDY_CELL_H

#include "goldilocks/study.h"

typedef struct goldi_cell {
    const gold_axis *axis; /* borrowed */
    size_t index;          /* of the value */
} goldi_cell;

/** Order of two cells, by the values of all keys: for qsort and bsearch. The
 * axes may differ, but not in their keys. */
int goldi_compare_cells(const void *left, const void *right);

#endif
