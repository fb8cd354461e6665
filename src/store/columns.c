/* SPDX-License-Identifier: MIT */
#include "store/columns.h"

#include "store/h5.h"
#include "store/outcome.h"
#include "store/plain.h"

void goldi_columns_init(goldi_columns *columns)
{
    for (size_t i = 0; i < GOLDI_N_COLUMNS; i++) {
        columns->at[i] = GOLDI_NO_COLUMN;
    }
}

size_t goldi_result_at(gold_variable variable)
{
    return (size_t)variable;
}

size_t goldi_work_at(gold_task_kind kind, goldi_work work)
{
    return (size_t)GOLD_N_VARIABLES + (size_t)kind * GOLDI_N_WORK +
           (size_t)work;
}

const goldi_column *goldi_result_column(const goldi_columns *columns,
                                        gold_variable variable)
{
    return &columns->at[goldi_result_at(variable)];
}

const goldi_column *goldi_work_column(const goldi_columns *columns,
                                      gold_task_kind kind, goldi_work work)
{
    return &columns->at[goldi_work_at(kind, work)];
}

gold_task_kind goldi_column_kind(size_t column)
{
    if (column < (size_t)GOLD_N_VARIABLES) {
        return gold_variable_task((gold_variable)column);
    }
    return (gold_task_kind)((column - GOLD_N_VARIABLES) / GOLDI_N_WORK);
}

size_t goldi_column_bytes(const goldi_column *column)
{
    return column->dataset < 0 ? 0 : column->cell_bytes;
}

static bool is_result(size_t column)
{
    return column < (size_t)GOLD_N_VARIABLES;
}

static goldi_work work_of(size_t column)
{
    return (goldi_work)((column - GOLD_N_VARIABLES) % GOLDI_N_WORK);
}

const char *goldi_column_name(size_t column)
{
    return is_result(column)
               ? gold_variable_about((gold_variable)column)->name
               : goldi_work_name(goldi_column_kind(column), work_of(column));
}

hid_t goldi_column_type(size_t column)
{
    return is_result(column) ? goldi_result_type((gold_variable)column)
                             : goldi_work_type(work_of(column));
}

size_t goldi_column_items(const gold_study *study, const gold_schema *schema,
                          size_t column)
{
    if (is_result(column)) {
        return schema->count[column];
    }
    if ((int)goldi_column_kind(column) >= goldi_n_kinds(study)) {
        return 0;
    }
    return work_of(column) == GOLDI_MESSAGE ? GOLD_MESSAGE_BYTES : 1;
}

gold_status goldi_columns_open(hid_t file, const gold_study *study,
                               const gold_schema *schema,
                               goldi_columns *columns)
{
    for (size_t i = 0; i < GOLDI_N_COLUMNS; i++) {
        const size_t n_items = goldi_column_items(study, schema, i);

        if (n_items > 0) {
            GOLD_TRY(goldi_column_open(file, study, goldi_column_name(i),
                                       goldi_column_type(i), n_items,
                                       &columns->at[i]));
        }
    }
    return GOLD_OK;
}

/* Fail when a column that is there has another shape. */
static gold_status check_column(hid_t file, const gold_study *study, size_t at,
                                size_t n_items)
{
    const char *name = goldi_column_name(at);
    goldi_column column = GOLDI_NO_COLUMN;
    const htri_t exists = H5Lexists(file, name, H5P_DEFAULT);

    if (exists < 0) {
        return goldi_h5_fail(GOLD_ERR_IO, "'%s' cannot be looked for", name);
    }
    if (exists > 0) {
        GOLD_TRY(goldi_column_open(file, study, name, goldi_column_type(at),
                                   n_items, &column));
        goldi_column_close(&column);
    }
    return GOLD_OK;
}

gold_status goldi_columns_check(hid_t file, const gold_study *study,
                                const gold_schema *schema)
{
    for (size_t i = 0; i < GOLDI_N_COLUMNS; i++) {
        const size_t n_items = goldi_column_items(study, schema, i);

        if (n_items > 0) {
            GOLD_TRY(check_column(file, study, i, n_items));
        }
    }
    return GOLD_OK;
}

gold_status goldi_columns_check_written(const goldi_columns *columns,
                                        const char *path)
{
    for (size_t i = 0; i < GOLDI_N_COLUMNS; i++) {
        const goldi_column *column = &columns->at[i];
        bool is_chunked = false;

        if (column->dataset >= 0) {
            GOLD_TRY(goldi_plain_is_chunked(column->dataset, column->name,
                                            &is_chunked));
        }
        if (is_chunked) {
            return goldi_plain_refuse_chunks(column->name, path);
        }
    }
    return GOLD_OK;
}

gold_status goldi_states_read(const goldi_columns *columns,
                              const gold_study *study, gold_task_kind kind,
                              uint8_t *states)
{
    GOLD_TRY(goldi_column_read(goldi_work_column(columns, kind, GOLDI_STATUS),
                               study, NULL, states));
    return goldi_states_check(study, kind, states);
}

void goldi_columns_close(goldi_columns *columns)
{
    for (size_t i = 0; i < GOLDI_N_COLUMNS; i++) {
        goldi_column_close(&columns->at[i]);
    }
}
