/* SPDX-License-Identifier: MIT */
#include "store/column.h"

#include "store/h5.h"

/* Take down the shape and hold it against the study's grid. */
static bool fits(goldi_column *column, const gold_study *study)
{
    size_t n_items = 1;

    column->rank = H5Sget_simple_extent_ndims(column->space);
    if (column->rank < (int)study->n_axes || column->rank > GOLDI_MAX_RANK) {
        return false;
    }
    (void)H5Sget_simple_extent_dims(column->space, column->sizes, NULL);
    for (int i = 0; i < column->rank; i++) {
        const size_t axis = (size_t)i;

        if (axis < study->n_axes) {
            if (column->sizes[i] != study->axes[axis].count) {
                return false;
            }
        } else {
            n_items *= column->sizes[i];
        }
    }
    return n_items == column->cell;
}

gold_status goldi_column_open(hid_t file, const gold_study *study,
                              const char *name, hid_t type, size_t cell,
                              goldi_column *column)
{
    gold_status status = GOLD_OK;
    goldi_column opened = GOLDI_NO_COLUMN;

    opened.name = name;
    opened.type = type;
    opened.cell = cell;
    opened.cell_bytes = cell * H5Tget_size(type);
    if (opened.cell_bytes == 0) {
        GOLDI_H5_FAIL(GOLD_ERR_IO, "variable '%s' has no size", name);
    }
    opened.dataset = H5Dopen2(file, name, H5P_DEFAULT);
    if (opened.dataset < 0) {
        GOLDI_H5_FAIL(GOLD_ERR_FORMAT, "variable '%s' cannot be opened", name);
    }
    opened.space = H5Dget_space(opened.dataset);
    GOLDI_H5(opened.space, "variable '%s' has no shape", name);
    if (!fits(&opened, study)) {
        GOLD_FAIL(GOLD_ERR_FORMAT,
                  "variable '%s' has not the shape of the study's grid", name);
    }
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

/* Select a block with all that is in its cells; returns the items. */
static gold_status select_block(const goldi_column *column,
                                const gold_study *study,
                                const goldi_block *block, hid_t *memory)
{
    gold_status status = GOLD_OK;
    hsize_t start[GOLDI_MAX_RANK] = {0};
    hsize_t count[GOLDI_MAX_RANK] = {0};
    hsize_t total = 1;

    for (int i = 0; i < column->rank; i++) {
        const size_t axis = (size_t)i;
        const bool is_axis = axis < study->n_axes && block != NULL;

        start[i] = is_axis ? block->start[axis] : 0;
        count[i] = is_axis ? block->count[axis] : column->sizes[i];
        total *= count[i];
    }
    GOLDI_H5(H5Sselect_hyperslab(column->space, H5S_SELECT_SET, start, NULL,
                                 count, NULL),
             "'%s': cells cannot be selected", column->name);
    *memory = H5Screate_simple(1, &total, NULL);
    GOLDI_H5(*memory, "'%s': no space for values", column->name);

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
    GOLDI_H5(H5Dwrite(column->dataset, column->type, memory, column->space,
                      H5P_DEFAULT, values),
             "'%s' cannot be written: no room, perhaps", column->name);

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
    GOLDI_H5(H5Dread(column->dataset, column->type, memory, column->space,
                     H5P_DEFAULT, values),
             "'%s' cannot be read", column->name);

done:
    goldi_h5_close(&memory);
    return status;
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
