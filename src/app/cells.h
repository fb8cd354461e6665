/* SPDX-License-Identifier: MIT */
/**
 * @file cells.h
 * A table of texts for a terminal: columns as wide as what is in them, as many
 * beside each other as a line holds, the rest below, each time behind the
 * columns that say which row it is.
 */
#ifndef GOLD_APP_CELLS_H
#define GOLD_APP_CELLS_H

#include <stdio.h>

#include "goldilocks/status.h"

enum {
    GOLDI_CELL_BYTES = 108, /* 26 characters of four bytes */
    GOLDI_MOST_CELLS = 40   /* columns */
};

/** Zero it. Cells are added row by row. */
typedef struct goldi_cells {
    size_t n_labels; /* columns that say which row it is: first, at the left */
    size_t n_columns;
    const char *heads[GOLDI_MOST_CELLS][2]; /* two lines; borrowed */
    char (*text)[GOLDI_CELL_BYTES];         /* [n_rows][n_columns]; owned */
    size_t n;                               /* cells so far */
    size_t most;
} goldi_cells;

/** Get room for rows; ended by goldi_cells_fini, also on failure. */
GOLD_CHECKED gold_status goldi_cells_init(goldi_cells *cells, size_t n_labels,
                                          size_t n_rows);

void goldi_cells_fini(goldi_cells *cells);

/** One column more, before there are cells. */
void goldi_cells_head(goldi_cells *cells, const char *const head[2]);

/** The next cell. */
void goldi_cells_add(goldi_cells *cells, const char *format, ...)
    GOLD_PRINTF(2, 3);

/** The next cell: a number to so many digits behind a text; nothing of what is
 * no number. */
void goldi_cells_number(goldi_cells *cells, const char *before, int digits,
                        double number);

/** Print it, without columns that have nothing in them. */
void goldi_cells_print(FILE *out, const goldi_cells *cells);

#endif
