/* SPDX-License-Identifier: MIT */
#include "store/columns.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "goldilocks/select.h"

#include "store/h5.h"
#include "store/plain.h"

static const double missing = (double)NAN;
static const int32_t nobody = -1;
static const uint8_t not_known = 255;

/* What is kept about the work, by kind of task. */
static const struct {
    const char *names[GOLDI_N_KINDS];
    const char *titles[GOLDI_N_KINDS];
    const char *units;
    const void *fill;
} works[GOLDI_N_WORK] = {
    {{"seconds_measure", "seconds_train"},
     {"wall time of the task that measured the point",
      "wall time of the task that trained from the point"},
     "s",
     &missing},
    {{"flops_measure", "flops_train"},
     {"floating-point operations of the task that measured the point",
      "floating-point operations of the task that trained from the point"},
     "1",
     &missing},
    {{"rank_measure", "rank_train"},
     {"MPI rank that measured the point",
      "MPI rank that trained from the point"},
     "1",
     &nobody},
    {{"attempts_measure", "attempts_train"},
     {"how often the measurement was tried",
      "how often the training was tried"},
     "1",
     NULL},
    {{"message_measure", "message_train"},
     {"why the measurement failed", "why the training failed or diverged"},
     "1",
     NULL},
    {{"status_measure", "status_train"},
     {"state of the measurement", "state of the training"},
     "1",
     NULL},
};

int goldi_n_kinds(const gold_study *study)
{
    return study->has_train ? GOLDI_N_KINDS : GOLD_TASK_MEASURE + 1;
}

size_t goldi_work_at(gold_task_kind kind, goldi_work work)
{
    return (size_t)GOLD_N_VARIABLES + (size_t)kind * GOLDI_N_WORK +
           (size_t)work;
}

bool goldi_column_is_result(size_t column)
{
    return column < (size_t)GOLD_N_VARIABLES;
}

/* Is it a sum of flags? */
static bool is_flags(size_t column)
{
    return column == GOLD_VAR_OUTCOME || column == GOLD_VAR_PHASE_OUTCOME ||
           column == GOLD_VAR_SELECTED;
}

static goldi_work work_of(size_t column)
{
    return (goldi_work)((column - GOLD_N_VARIABLES) % GOLDI_N_WORK);
}

gold_task_kind goldi_column_kind(size_t column)
{
    if (goldi_column_is_result(column)) {
        return gold_variable_task((gold_variable)column);
    }
    return (gold_task_kind)((column - GOLD_N_VARIABLES) / GOLDI_N_WORK);
}

const char *goldi_column_name(size_t column)
{
    return goldi_column_is_result(column)
               ? gold_variable_about((gold_variable)column)->name
               : works[work_of(column)].names[goldi_column_kind(column)];
}

hid_t goldi_column_type(size_t column)
{
    if (goldi_column_is_result(column)) {
        return is_flags(column) ? H5T_NATIVE_UINT8 : H5T_NATIVE_DOUBLE;
    }
    switch (work_of(column)) {
    case GOLDI_RANK:
    case GOLDI_ATTEMPTS:
        return H5T_NATIVE_INT32;
    case GOLDI_MESSAGE:
        return H5T_C_S1;
    case GOLDI_STATUS:
        return H5T_NATIVE_UINT8;
    default:
        return H5T_NATIVE_DOUBLE;
    }
}

/* Bytes of an item; HDF5 would say the same, but may fail to. */
static size_t item_bytes(size_t column)
{
    if (goldi_column_is_result(column)) {
        return is_flags(column) ? sizeof(uint8_t) : sizeof(double);
    }
    switch (work_of(column)) {
    case GOLDI_RANK:
    case GOLDI_ATTEMPTS:
        return sizeof(int32_t);
    case GOLDI_MESSAGE:
    case GOLDI_STATUS:
        return sizeof(uint8_t);
    default:
        return sizeof(double);
    }
}

size_t goldi_column_items(const gold_study *study, const gold_schema *schema,
                          size_t column)
{
    if (goldi_column_is_result(column)) {
        return schema->count[column];
    }
    if ((int)goldi_column_kind(column) >= goldi_n_kinds(study)) {
        return 0;
    }
    return work_of(column) == GOLDI_MESSAGE ? GOLD_MESSAGE_BYTES : 1;
}

/* The values of flags, and their words. */
static goldi_flags flags_of(size_t column)
{
    static const uint8_t outcomes[] = {GOLD_CONVERGED, GOLD_PATIENCE,
                                       GOLD_DIVERGED, GOLD_COLLAPSED,
                                       GOLD_LAZY};
    static const uint8_t choices[] = {1, 2, 4, 8, 16, 32, GOLD_SELECTED_RANDOM};
    static const uint8_t states[] = {GOLD_STATE_PENDING, GOLD_STATE_DONE,
                                     GOLD_STATE_FAILED, GOLD_STATE_EXCLUDED};

    if (column == GOLD_VAR_OUTCOME || column == GOLD_VAR_PHASE_OUTCOME) {
        return (goldi_flags){"flag_masks", sizeof outcomes, outcomes,
                             "converged patience diverged collapsed lazy"};
    }
    if (column == GOLD_VAR_SELECTED) {
        return (goldi_flags){"flag_masks", sizeof choices, choices,
                             "highest_trace_over_norm lowest_trace_over_norm "
                             "highest_positive_fraction "
                             "lowest_positive_fraction "
                             "highest_loss lowest_loss random"};
    }
    if (!goldi_column_is_result(column) && work_of(column) == GOLDI_STATUS) {
        return (goldi_flags){"flag_values", sizeof states, states,
                             "pending done failed excluded"};
    }
    return (goldi_flags){NULL, 0, NULL, NULL};
}

goldi_variable goldi_column_variable(const gold_schema *schema, size_t column)
{
    const gold_variable result = (gold_variable)column;
    goldi_variable made = {.name = goldi_column_name(column),
                           .type = goldi_column_type(column),
                           .flags = flags_of(column)};

    if (goldi_column_is_result(column)) {
        made.fill = is_flags(column) ? (const void *)&not_known : &missing;
        made.long_name = gold_variable_about(result)->title;
        made.units = gold_variable_units(schema, result);
    } else {
        made.fill = works[work_of(column)].fill;
        made.long_name =
            works[work_of(column)].titles[goldi_column_kind(column)];
        made.units = works[work_of(column)].units;
    }
    return made;
}

double gold_store_bytes(const gold_study *study, const gold_schema *schema)
{
    double bytes = 0.0;

    for (size_t i = 0; i < GOLDI_N_COLUMNS; i++) {
        bytes += (double)goldi_column_items(study, schema, i) *
                 (double)item_bytes(i);
    }
    return bytes * (double)study->n_points;
}

goldi_block goldi_block_of_point(const gold_study *study, size_t point)
{
    size_t index[GOLD_MAX_AXES] = {0};
    goldi_block block = {.start = {0}};

    gold_study_unravel(study, point, index);
    for (size_t i = 0; i < study->n_axes; i++) {
        block.start[i] = index[i];
        block.count[i] = 1;
    }
    return block;
}

/* Which axes of a study its file has; returns how many. */
static size_t axes_in_file(const gold_study *study, size_t axes[GOLD_MAX_AXES])
{
    size_t n = 0;

    for (size_t a = 0; a < study->n_axes; a++) {
        if (!study->axes[a].is_implied) {
            axes[n++] = a;
        }
    }
    return n;
}

gold_status goldi_column_fit(const gold_study *study, const gold_schema *schema,
                             size_t at, int rank, const hsize_t *sizes)
{
    size_t axes[GOLD_MAX_AXES];
    const size_t n_axes = axes_in_file(study, axes);
    size_t n_items = 1;
    bool fits = rank >= (int)n_axes && rank <= GOLDI_MAX_RANK;

    for (size_t i = 0; fits && i < (size_t)rank; i++) {
        if (i >= n_axes) {
            n_items *= sizes[i];
        } else {
            fits = sizes[i] == study->axes[axes[i]].count;
        }
    }
    return fits && n_items == goldi_column_items(study, schema, at)
               ? GOLD_OK
               : gold_fail(GOLD_ERR_FORMAT,
                           "variable '%s' has not the shape of the study's "
                           "grid",
                           goldi_column_name(at));
}

/* Take down the shape of an open one, and hold it against the study's. */
static gold_status shape_read(goldi_column *column, const gold_study *study,
                              const gold_schema *schema)
{
    gold_status status = GOLD_OK;
    hsize_t sizes[H5S_MAX_RANK];

    column->rank = H5Sget_simple_extent_dims(column->space, sizes, NULL);
    GOLDI_H5(column->rank, "variable '%s' has no shape",
             goldi_column_name(column->at));
    GOLD_GOTO(goldi_column_fit(study, schema, column->at, column->rank, sizes));
    memcpy(column->sizes, sizes, (size_t)column->rank * sizeof *sizes);

done:
    return status;
}

gold_status goldi_column_open(hid_t file, const gold_study *study,
                              const gold_schema *schema, size_t at,
                              goldi_column *column)
{
    gold_status status = GOLD_OK;
    const char *name = goldi_column_name(at);
    goldi_column opened = GOLDI_NO_COLUMN;

    opened.at = at;
    opened.cell = goldi_column_items(study, schema, at);
    opened.cell_bytes = opened.cell * item_bytes(at);
    opened.dataset = H5Dopen2(file, name, H5P_DEFAULT);
    if (opened.dataset < 0) {
        GOLDI_H5_FAIL(GOLD_ERR_FORMAT, "variable '%s' cannot be opened", name);
    }
    opened.space = H5Dget_space(opened.dataset);
    GOLDI_H5(opened.space, "variable '%s' has no shape", name);
    GOLD_GOTO(shape_read(&opened, study, schema));
    *column = opened;
    opened = GOLDI_NO_COLUMN;

done:
    goldi_column_close(&opened);
    return status;
}

void goldi_column_close(goldi_column *column)
{
    goldi_h5_close(&column->space);
    goldi_h5_close(&column->dataset);
}

/* Select a block with all that is in its cells. */
static gold_status select_block(const goldi_column *column,
                                const gold_study *study,
                                const goldi_block *block, hid_t *memory)
{
    gold_status status = GOLD_OK;
    const char *name = goldi_column_name(column->at);
    hsize_t start[GOLDI_MAX_RANK] = {0};
    hsize_t count[GOLDI_MAX_RANK] = {0};
    hsize_t total = 1;
    size_t axes[GOLD_MAX_AXES];
    const size_t n_axes = block != NULL ? axes_in_file(study, axes) : 0;

    for (size_t i = 0; i < (size_t)column->rank; i++) {
        start[i] = i < n_axes ? block->start[axes[i]] : 0;
        count[i] = i < n_axes ? block->count[axes[i]] : column->sizes[i];
        total *= count[i];
    }
    GOLDI_H5(H5Sselect_hyperslab(column->space, H5S_SELECT_SET, start, NULL,
                                 count, NULL),
             "'%s': cells cannot be selected", name);
    *memory = H5Screate_simple(1, &total, NULL);
    GOLDI_H5(*memory, "'%s': no space for values", name);

done:
    return status;
}

gold_status goldi_column_write(const goldi_column *column,
                               const gold_study *study,
                               const goldi_block *block, const void *values)
{
    gold_status status = GOLD_OK;
    hid_t memory = H5I_INVALID_HID;

    GOLD_GOTO(select_block(column, study, block, &memory));
    GOLDI_H5(H5Dwrite(column->dataset, goldi_column_type(column->at), memory,
                      column->space, H5P_DEFAULT, values),
             "'%s' cannot be written: no room, perhaps",
             goldi_column_name(column->at));

done:
    goldi_h5_close(&memory);
    return status;
}

gold_status goldi_column_read(const goldi_column *column,
                              const gold_study *study, const goldi_block *block,
                              void *values)
{
    gold_status status = GOLD_OK;
    hid_t memory = H5I_INVALID_HID;

    GOLD_GOTO(select_block(column, study, block, &memory));
    GOLDI_H5(H5Dread(column->dataset, goldi_column_type(column->at), memory,
                     column->space, H5P_DEFAULT, values),
             "'%s' cannot be read", goldi_column_name(column->at));

done:
    goldi_h5_close(&memory);
    return status;
}

void goldi_result_encode(size_t column, const double *values, size_t n,
                         void *cells)
{
    uint8_t *bytes = cells;

    if (!is_flags(column)) {
        memcpy(cells, values, n * sizeof *values);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const bool is_known = values[i] >= 0.0 && values[i] < (double)not_known;

        bytes[i] = is_known ? (uint8_t)values[i] : not_known;
    }
}

void goldi_result_decode(size_t column, double *values, size_t n)
{
    const uint8_t *bytes = (const uint8_t *)values;

    for (size_t i = n; i > 0 && is_flags(column); i--) {
        const uint8_t byte = bytes[i - 1];

        values[i - 1] = byte == not_known ? missing : (double)byte;
    }
}

void goldi_columns_init(goldi_columns *columns)
{
    for (size_t i = 0; i < GOLDI_N_COLUMNS; i++) {
        columns->at[i] = GOLDI_NO_COLUMN;
    }
}

gold_status goldi_columns_open(hid_t file, const gold_study *study,
                               const gold_schema *schema,
                               goldi_columns *columns)
{
    for (size_t i = 0; i < GOLDI_N_COLUMNS; i++) {
        if (goldi_column_items(study, schema, i) > 0) {
            GOLD_TRY(
                goldi_column_open(file, study, schema, i, &columns->at[i]));
        }
    }
    return GOLD_OK;
}

/* An H5L_iterate_t. */
static herr_t mark_column(hid_t file, const char *name, const H5L_info_t *about,
                          void *is_there)
{
    bool *marks = is_there;

    (void)file;
    (void)about;
    for (size_t i = 0; i < GOLDI_N_COLUMNS; i++) {
        marks[i] = marks[i] || strcmp(goldi_column_name(i), name) == 0;
    }
    return 0;
}

gold_status goldi_columns_look(hid_t file, bool *is_there)
{
    gold_status status = GOLD_OK;

    memset(is_there, 0, GOLDI_N_COLUMNS * sizeof *is_there);
    GOLDI_H5(H5Literate(file, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, mark_column,
                        is_there),
             "its names cannot be listed");

done:
    return status;
}

gold_status goldi_columns_check_written(const goldi_columns *columns,
                                        const char *path)
{
    for (size_t i = 0; i < GOLDI_N_COLUMNS; i++) {
        const hid_t dataset = columns->at[i].dataset;
        const char *name = goldi_column_name(i);
        bool is_chunked = false;

        if (dataset >= 0) {
            GOLD_TRY(goldi_plain_is_chunked(dataset, name, &is_chunked));
        }
        if (is_chunked) {
            return goldi_plain_refuse_chunks(name, path);
        }
    }
    return GOLD_OK;
}

gold_status goldi_states_read(const goldi_column *column,
                              const gold_study *study, uint8_t *states)
{
    char place[512];

    GOLD_TRY(goldi_column_read(column, study, NULL, states));
    for (size_t p = 0; p < study->n_points; p++) {
        if (states[p] > GOLD_STATE_EXCLUDED) {
            return gold_fail(
                GOLD_ERR_FORMAT,
                "%s is %d at %s, and only 0 to 3 have a meaning: the file is "
                "damaged, or another version of the program wrote it",
                goldi_column_name(column->at), (int)states[p],
                gold_study_describe(study, p, place, sizeof place));
        }
    }
    return GOLD_OK;
}

void goldi_columns_close(goldi_columns *columns)
{
    for (size_t i = 0; i < GOLDI_N_COLUMNS; i++) {
        goldi_column_close(&columns->at[i]);
    }
}
