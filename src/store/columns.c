/* SPDX-License-Identifier: MIT */
#include "store/columns.h"

#include "store/h5.h"
#include "store/identity.h"
#include "store/outcome.h"

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

gold_status goldi_schema_look(hid_t file, gold_schema *schema)
{
    bool is_missing[GOLD_N_VARIABLES] = {false};
    unsigned minor = 0;

    GOLD_TRY(goldi_identity_minor(file, &minor));
    for (int i = 0; i < GOLD_N_VARIABLES; i++) {
        const gold_variable_info *about = gold_variable_about((gold_variable)i);
        htri_t exists = true;

        if (schema->count[i] > 0 && about->since > minor) {
            exists = H5Lexists(file, about->name, H5P_DEFAULT);
        }
        if (exists < 0) {
            return goldi_h5_fail(GOLD_ERR_IO, "'%s' cannot be looked for",
                                 about->name);
        }
        is_missing[i] = !exists;
    }
    gold_schema_drop(schema, is_missing);
    return GOLD_OK;
}

gold_status goldi_columns_open(hid_t file, const gold_study *study,
                               const gold_schema *schema,
                               goldi_columns *columns)
{
    for (int i = 0; i < GOLD_N_VARIABLES; i++) {
        const gold_variable variable = (gold_variable)i;

        if (schema->count[i] > 0) {
            GOLD_TRY(goldi_column_open(
                file, study, gold_variable_about(variable)->name,
                goldi_result_type(variable), schema->count[i],
                &columns->at[goldi_result_at(variable)]));
        }
    }
    for (int i = 0; i < goldi_n_kinds(study) * GOLDI_N_WORK; i++) {
        const gold_task_kind kind = (gold_task_kind)(i / GOLDI_N_WORK);
        const goldi_work work = (goldi_work)(i % GOLDI_N_WORK);

        GOLD_TRY(goldi_column_open(
            file, study, goldi_work_name(kind, work), goldi_work_type(work),
            work == GOLDI_MESSAGE ? GOLD_MESSAGE_BYTES : 1,
            &columns->at[goldi_work_at(kind, work)]));
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
