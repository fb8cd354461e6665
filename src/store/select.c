/* SPDX-License-Identifier: MIT */
/* Choosing what is trained, in the file. */
#include "goldilocks/select.h"

#include "goldilocks/memory.h"

#include "store/h5.h"
#include "store/store_file.h"

/* The last of the numbers that a variable has at each point. */
static gold_status read_last(const goldi_columns *columns,
                             const gold_study *study, const gold_schema *schema,
                             gold_variable variable, double *values)
{
    gold_status status = GOLD_OK;
    const size_t count = schema->count[variable];
    const size_t n = study->n_points;
    double *all = NULL;

    GOLD_GOTO(GOLD_ALLOC(n * count, &all));
    GOLD_GOTO(goldi_column_read(&columns->at[variable], study, NULL, all));
    for (size_t p = 0; p < n; p++) {
        values[p] = all[p * count + count - 1];
    }

done:
    gold_free(all);
    return status;
}

/* States of trainings as the choice wants them: what is not chosen is
 * excluded, what is done stays. */
static void settle_states(const gold_study *study, const uint8_t *flags,
                          uint8_t *states)
{
    for (size_t p = 0; p < study->n_points; p++) {
        const bool is_chosen = flags[p] != 0 && flags[p] != GOLD_NOT_SELECTABLE;

        if (states[p] == GOLD_STATE_PENDING && !is_chosen) {
            states[p] = GOLD_STATE_EXCLUDED;
        } else if (states[p] == GOLD_STATE_EXCLUDED && is_chosen) {
            states[p] = GOLD_STATE_PENDING;
        }
    }
}

/* Put down the choice: the flags, then the states. */
static gold_status write_choice(const goldi_columns *columns,
                                const gold_study *study, const uint8_t *flags,
                                uint8_t *states)
{
    const goldi_column *column =
        &columns->at[goldi_work_at(GOLD_TASK_TRAIN, GOLDI_STATUS)];

    GOLD_TRY(goldi_column_write(&columns->at[GOLD_VAR_SELECTED], study, NULL,
                                flags));
    GOLD_TRY(goldi_states_read(column, study, states));
    settle_states(study, flags, states);
    return goldi_column_write(column, study, NULL, states);
}

gold_status goldi_select(const goldi_columns *columns, const gold_study *study,
                         const gold_schema *schema)
{
    gold_status status = GOLD_OK;
    const size_t n = study->n_points;
    double *values[GOLD_N_CRITERIA] = {NULL};
    uint8_t *states = NULL;
    uint8_t *flags = NULL;

    GOLD_GOTO(GOLD_ALLOC(n, &states));
    GOLD_GOTO(GOLD_ALLOC(n, &flags));
    GOLD_GOTO(goldi_states_read(
        &columns->at[goldi_work_at(GOLD_TASK_MEASURE, GOLDI_STATUS)], study,
        states));
    for (int c = 0; c < GOLD_N_CRITERIA; c++) {
        if (study->train.select.by[c]) {
            GOLD_GOTO(GOLD_ALLOC(n, &values[c]));
            GOLD_GOTO(read_last(columns, study, schema,
                                gold_criterion_variable((gold_criterion)c),
                                values[c]));
        }
    }
    gold_select(study, states, (const double *const *)values, flags);
    GOLD_GOTO(write_choice(columns, study, flags, states));

done:
    for (int c = 0; c < GOLD_N_CRITERIA; c++) {
        gold_free(values[c]);
    }
    gold_free(flags);
    gold_free(states);
    return status;
}

gold_status gold_store_select(gold_store *store)
{
    goldi_h5_quiet();
    return gold_fail_context(
        goldi_select(&store->columns, store->study, store->schema), "%s",
        store->path);
}
