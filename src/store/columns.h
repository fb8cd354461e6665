/* SPDX-License-Identifier: MIT */
/**
 * @file columns.h
 * All variables of a result file, open for reading or writing cells.
 */
#ifndef GOLD_STORE_COLUMNS_H
#define GOLD_STORE_COLUMNS_H

#include "store/column.h"
#include "store/work.h"

enum {
    GOLDI_N_COLUMNS = GOLD_N_VARIABLES + GOLDI_N_KINDS * GOLDI_N_WORK
};

/* Results first, then the work by kind; those that a study has not stay
 * closed. Value type: goldi_columns_init, then goldi_columns_open. */
typedef struct goldi_columns {
    goldi_column at[GOLDI_N_COLUMNS];
} goldi_columns;

/* Make them closed ones. */
void goldi_columns_init(goldi_columns *columns);

/* Where a result or a variable of the work stands. */
size_t goldi_result_at(gold_variable variable);
size_t goldi_work_at(gold_task_kind kind, goldi_work work);

/* The columns there, open or not; borrowed. */
const goldi_column *goldi_result_column(const goldi_columns *columns,
                                        gold_variable variable);
const goldi_column *goldi_work_column(const goldi_columns *columns,
                                      gold_task_kind kind, goldi_work work);

/* Name and type of a column, open or not; the library's. */
const char *goldi_column_name(size_t column);
hid_t goldi_column_type(size_t column);

/* Items of one cell of a column; 0 where a study has no such column. */
size_t goldi_column_items(const gold_study *study, const gold_schema *schema,
                          size_t column);

/* Kind of the tasks that write a column. */
gold_task_kind goldi_column_kind(size_t column);

/* Bytes of one cell of an open column; 0 of a closed one. */
size_t goldi_column_bytes(const goldi_column *column);

/* Open all that the study has; ended by goldi_columns_close, also on
 * failure. */
GOLD_CHECKED gold_status goldi_columns_open(hid_t file, const gold_study *study,
                                            const gold_schema *schema,
                                            goldi_columns *columns);

/* Fail unless all that the file has of these columns is of the right shape; who
 * reads one that is missing says so. */
GOLD_CHECKED gold_status goldi_columns_check(hid_t file,
                                             const gold_study *study,
                                             const gold_schema *schema);

/* Fail when an open column is in chunks (goldi_plain_refuse_chunks). */
GOLD_CHECKED gold_status
goldi_columns_check_written(const goldi_columns *columns, const char *path);

/* States of all points in tasks of a kind, checked: [n_points]. */
GOLD_CHECKED gold_status goldi_states_read(const goldi_columns *columns,
                                           const gold_study *study,
                                           gold_task_kind kind,
                                           uint8_t *states);

/* Choose what is trained (gold_store_select), in a file whose measurements are
 * over. */
GOLD_CHECKED gold_status goldi_select(const goldi_columns *columns,
                                      const gold_study *study,
                                      const gold_schema *schema);

/* Close; closed ones are allowed. */
void goldi_columns_close(goldi_columns *columns);

#endif
