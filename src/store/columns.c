/* SPDX-License-Identifier: MIT */
#include "store/columns.h"

#include "store/outcome.h"
#include "store/plain.h"

goldi_columns goldi_columns_none(void)
{
    goldi_columns columns;

    for (size_t i = 0; i < GOLDI_N_COLUMNS; i++) {
        columns.at[i] = GOLDI_NO_COLUMN;
    }
    return columns;
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

/* A column that a file is to have. */
typedef struct wanted {
    size_t at;
    const char *name;
    hid_t type;
    size_t cell;
} wanted;

enum {
    MAX_WANTED = GOLDI_N_COLUMNS
};

/* All columns of a study; returns their number. */
static size_t list_wanted(const gold_study *study, const gold_schema *schema,
                          wanted list[MAX_WANTED])
{
    size_t n = 0;

    for (int i = 0; i < GOLD_N_VARIABLES; i++) {
        const gold_variable variable = (gold_variable)i;

        if (schema->count[i] > 0) {
            list[n++] = (wanted){goldi_result_at(variable),
                                 gold_variable_about(variable)->name,
                                 goldi_result_type(variable), schema->count[i]};
        }
    }
    for (int i = 0; i < goldi_n_kinds(study) * GOLDI_N_WORK; i++) {
        const gold_task_kind kind = (gold_task_kind)(i / GOLDI_N_WORK);
        const goldi_work work = (goldi_work)(i % GOLDI_N_WORK);

        list[n++] = (wanted){goldi_work_at(kind, work),
                             goldi_work_name(kind, work), goldi_work_type(work),
                             work == GOLDI_MESSAGE ? GOLD_MESSAGE_BYTES : 1};
    }
    return n;
}

gold_status goldi_columns_open(hid_t file, const gold_study *study,
                               const gold_schema *schema,
                               goldi_columns *columns)
{
    wanted list[MAX_WANTED];
    const size_t n = list_wanted(study, schema, list);

    for (size_t i = 0; i < n; i++) {
        GOLD_TRY(goldi_column_open(file, study, list[i].name, list[i].type,
                                   list[i].cell, &columns->at[list[i].at]));
    }
    return GOLD_OK;
}

gold_status goldi_columns_check(hid_t file, const gold_study *study,
                                const gold_schema *schema)
{
    wanted list[MAX_WANTED];
    const size_t n = list_wanted(study, schema, list);

    for (size_t i = 0; i < n; i++) {
        goldi_column column = GOLDI_NO_COLUMN;
        bool is_missing = false;

        GOLD_TRY(goldi_plain_is_missing(file, list[i].name, &is_missing));
        if (!is_missing) {
            GOLD_TRY(goldi_column_open(file, study, list[i].name, list[i].type,
                                       list[i].cell, &column));
            goldi_column_close(&column);
        }
    }
    return GOLD_OK;
}

gold_status goldi_columns_check_written(const goldi_columns *columns,
                                        const char *path)
{
    for (size_t i = 0; i < GOLDI_N_COLUMNS; i++) {
        const goldi_column *column = &columns->at[i];

        if (column->dataset >= 0) {
            GOLD_TRY(
                goldi_plain_check_written(column->dataset, column->name, path));
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
