/* SPDX-License-Identifier: MIT */
/**
 * @file page.h
 * All that a result file holds about a block of the grid, in memory: for each
 * column the bytes of its cells, row major.
 */
#ifndef GOLD_STORE_PAGE_H
#define GOLD_STORE_PAGE_H

#include "store/columns.h"

typedef struct goldi_page {
    size_t bytes[GOLDI_N_COLUMNS]; /* of a cell; 0: not there */
    char *cells[GOLDI_N_COLUMNS];  /* [n_cells][bytes]; owned */
} goldi_page;

/* Get room for `n_cells` cells of these columns. Ended by goldi_page_fini, also
 * on failure. */
GOLD_CHECKED gold_status goldi_page_init(goldi_page *page,
                                         const goldi_columns *columns,
                                         size_t n_cells);

/* Free what a page holds; zeroed ones are allowed. */
void goldi_page_fini(goldi_page *page);

/* Read or write a block; it has at most as many cells as the page. */
GOLD_CHECKED gold_status goldi_page_read(goldi_page *page,
                                         const goldi_columns *columns,
                                         const gold_study *study,
                                         const goldi_block *block);
GOLD_CHECKED gold_status goldi_page_write(const goldi_page *page,
                                          const goldi_columns *columns,
                                          const gold_study *study,
                                          const goldi_block *block);

/* Copy what is kept about the work of a kind on a cell. */
void goldi_page_copy_work(goldi_page *to, size_t to_cell,
                          const goldi_page *from, size_t from_cell,
                          gold_task_kind kind);

/* Put the results that tasks of a kind compute into a cell, from a record,
 * [record_length]. `schema` is that of the page's file, here and below. */
void goldi_page_put(goldi_page *page, const gold_schema *schema, size_t cell,
                    gold_task_kind kind, const double *record);

/* The results of a cell as a record, [record_length], filled. */
void goldi_page_record(const goldi_page *page, const gold_schema *schema,
                       size_t cell, double *record);

#endif
