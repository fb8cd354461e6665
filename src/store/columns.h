/* SPDX-License-Identifier: MIT */
/**
 * @file columns.h
 * The datasets of a result file that lie over the grid: what each of them is,
 * for who makes, examines, reads, writes or merges them, and their cells.
 *
 * Results come first, as many as there are variables, and stand where these
 * do; then what is kept about the work, the same for each kind of task.
 */
#ifndef GOLD_STORE_COLUMNS_H
#define GOLD_STORE_COLUMNS_H

#include <hdf5.h>

#include "goldilocks/store.h"

#include "store/dataset.h"

enum {
    GOLDI_N_KINDS = GOLD_TASK_TRAIN + 1
};

/* What is stored about the work on each point. */
typedef enum goldi_work {
    GOLDI_SECONDS,
    GOLDI_FLOPS,
    GOLDI_RANK,
    GOLDI_ATTEMPTS,
    GOLDI_MESSAGE, /* GOLD_MESSAGE_BYTES characters a point */
    GOLDI_STATUS,  /* last, as it is written last */
    GOLDI_N_WORK
} goldi_work;

enum {
    GOLDI_N_COLUMNS = GOLD_N_VARIABLES + GOLDI_N_KINDS * GOLDI_N_WORK
};

/* ------------------------------------------------------------- what they are
 */

/* Kinds of task that a study has; all kinds from 0 on. */
int goldi_n_kinds(const gold_study *study);

/* Where a variable of the work stands. */
size_t goldi_work_at(gold_task_kind kind, goldi_work work);

/* Is it a result, and not of the work? */
bool goldi_column_is_result(size_t column);

/* Kind of the tasks that write a column. */
gold_task_kind goldi_column_kind(size_t column);

/* Name and type, in the file as in memory; static, and the library's. */
const char *goldi_column_name(size_t column);
hid_t goldi_column_type(size_t column);

/* Items of one cell; 0 where a study has no such column. */
size_t goldi_column_items(const gold_study *study, const gold_schema *schema,
                          size_t column);

/* Fail unless a dataset of these sizes, [rank], holds a column that the study
 * has. */
GOLD_CHECKED gold_status goldi_column_fit(const gold_study *study,
                                          const gold_schema *schema, size_t at,
                                          int rank, const hsize_t *sizes);

/* How to make a column: its name, type, fill value and texts; `schema` is of
 * the file. */
goldi_variable goldi_column_variable(const gold_schema *schema, size_t column);

/* --------------------------------------------------------------- their cells
 */

/* An open dataset. Value type: GOLDI_NO_COLUMN, then goldi_column_open. */
typedef struct goldi_column {
    hid_t dataset;
    hid_t space; /* of the whole dataset */
    size_t at;   /* which it is */
    size_t cell; /* items of one grid cell */
    size_t cell_bytes;
    int rank;
    hsize_t sizes[GOLDI_MAX_RANK];
} goldi_column;

#define GOLDI_NO_COLUMN                                                        \
    (goldi_column)                                                             \
    {                                                                          \
        .dataset = H5I_INVALID_HID, .space = H5I_INVALID_HID                   \
    }

/* A block of the grid: all cells with start <= index < start + count. */
typedef struct goldi_block {
    hsize_t start[GOLD_MAX_AXES];
    hsize_t count[GOLD_MAX_AXES];
} goldi_block;

/* The block of one point. */
goldi_block goldi_block_of_point(const gold_study *study, size_t point);

/* Open a column that the study has, of a file that was examined (examine.h) or
 * made here. Independent: of a file that several processes write, H5Dopen2 is
 * what one may ask alone; H5Lget_info, for one, sends what it reads to all
 * others, who wait for something else then.
 *
 * GOLD_ERR_FORMAT: it is not there, or has another shape. */
GOLD_CHECKED gold_status goldi_column_open(hid_t file, const gold_study *study,
                                           const gold_schema *schema, size_t at,
                                           goldi_column *column);

/* Close; GOLDI_NO_COLUMN is allowed. */
void goldi_column_close(goldi_column *column);

/* Write the cells of a block, row major; NULL: all. Independent. */
GOLD_CHECKED gold_status goldi_column_write(const goldi_column *column,
                                            const gold_study *study,
                                            const goldi_block *block,
                                            const void *values);

/* Read them, likewise. */
GOLD_CHECKED gold_status goldi_column_read(const goldi_column *column,
                                           const gold_study *study,
                                           const goldi_block *block,
                                           void *values);

/* Results are doubles in a record, and in the file too but for sums of flags
 * (`outcome`, `selected`), which are bytes there, 255 for what is not known.
 * Make of `n` numbers what the dataset holds of them; */
void goldi_result_encode(size_t column, const double *values, size_t n,
                         void *cells);

/* and of that the numbers, in its place, which has room for them. */
void goldi_result_decode(size_t column, double *values, size_t n);

/* ------------------------------------------------------------------ all of
 * them
 */

/* All columns; those that a study has not stay closed. Value type:
 * goldi_columns_init, then goldi_columns_open. */
typedef struct goldi_columns {
    goldi_column at[GOLDI_N_COLUMNS];
} goldi_columns;

/* Make them closed ones. */
void goldi_columns_init(goldi_columns *columns);

/* Open all that the study has; ended by goldi_columns_close, also on
 * failure. */
GOLD_CHECKED gold_status goldi_columns_open(hid_t file, const gold_study *study,
                                            const gold_schema *schema,
                                            goldi_columns *columns);

/* Which of these names a file has, [GOLDI_N_COLUMNS]; one walk over all that it
 * has, as a question for each takes longer than all else of an opening. */
GOLD_CHECKED gold_status goldi_columns_look(hid_t file, bool *is_there);

/* Fail when an open column is in chunks (goldi_plain_refuse_chunks). */
GOLD_CHECKED gold_status
goldi_columns_check_written(const goldi_columns *columns, const char *path);

/* Read the states of all points, [n_points], and fail unless all of them are
 * known ones.
 *
 * GOLD_ERR_FORMAT: says where one is not. */
GOLD_CHECKED gold_status goldi_states_read(const goldi_column *column,
                                           const gold_study *study,
                                           uint8_t *states);

/* Choose what is trained (gold_store_select), in a file whose measurements are
 * over. */
GOLD_CHECKED gold_status goldi_select(const goldi_columns *columns,
                                      const gold_study *study,
                                      const gold_schema *schema);

/* Close; closed ones are allowed. */
void goldi_columns_close(goldi_columns *columns);

#endif
