/* SPDX-License-Identifier: MIT */
#include "store/grid.h"

#include <stdio.h>

#include "store/h5.h"

/* Values of a key as the labels of an axis. */
static gold_status label_create(hid_t file, const char *name, size_t count,
                                const gold_axis_key *key, hid_t *scale)
{
    gold_status status = GOLD_OK;
    hid_t text = H5I_INVALID_HID;

    switch (key->kind) {
    case GOLD_VALUE_INTEGER:
        GOLD_GOTO(goldi_scale_create(file, name, count, H5T_NATIVE_INT64,
                                     key->integers, scale));
        break;
    case GOLD_VALUE_REAL:
        GOLD_GOTO(goldi_scale_create(file, name, count, H5T_NATIVE_DOUBLE,
                                     key->reals, scale));
        break;
    case GOLD_VALUE_TEXT:
        GOLD_GOTO(goldi_h5_text_type(&text));
        GOLD_GOTO(
            goldi_scale_create(file, name, count, text, key->texts, scale));
        break;
    }

done:
    goldi_h5_close(&text);
    return status;
}

/* Values of one key of a zipped axis, as a variable along it. */
static gold_status zipped_create(hid_t file, size_t count, hid_t scale,
                                 const gold_axis_key *key)
{
    gold_status status = GOLD_OK;
    const goldi_shape shape = {.rank = 1, .sizes = {count}, .scales = {scale}};
    goldi_variable variable = {.name = key->name};
    const void *values = key->integers;
    hid_t text = H5I_INVALID_HID;
    hid_t dataset = H5I_INVALID_HID;

    if (key->kind == GOLD_VALUE_INTEGER) {
        variable.type = H5T_NATIVE_INT64;
    } else if (key->kind == GOLD_VALUE_REAL) {
        variable.type = H5T_NATIVE_DOUBLE;
        values = key->reals;
    } else {
        GOLD_GOTO(goldi_h5_text_type(&text));
        variable.type = text;
        values = key->texts;
    }
    GOLD_GOTO(goldi_variable_create(file, &variable, &shape, &dataset));
    GOLDI_H5(
        H5Dwrite(dataset, variable.type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values),
        "the values of '%s' cannot be written", key->name);

done:
    goldi_h5_close(&dataset);
    goldi_h5_close(&text);
    return status;
}

/* Scale of one axis: its values; of a zipped axis a plain index, with its keys
 * as variables beside it. */
static gold_status axis_create(hid_t file, const gold_axis *axis, hid_t *scale)
{
    if (axis->n_keys == 1) {
        return label_create(file, axis->name, axis->count, &axis->keys[0],
                            scale);
    }
    GOLD_TRY(goldi_index_scale_create(file, axis->name, axis->count, scale));
    for (size_t i = 0; i < axis->n_keys; i++) {
        GOLD_TRY(zipped_create(file, axis->count, *scale, &axis->keys[i]));
    }
    return GOLD_OK;
}

static void coordinate_names(const gold_study *study, char *text,
                             size_t n_bytes)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < study->n_axes; i++) {
        const gold_axis *axis = &study->axes[i];

        for (size_t k = 0; axis->n_keys > 1 && k < axis->n_keys; k++) {
            used += (size_t)snprintf(text + used, n_bytes - used, "%s%s",
                                     used == 0 ? "" : " ", axis->keys[k].name);
        }
    }
}

gold_status goldi_grid_create(hid_t file, const gold_study *study,
                              goldi_grid *grid)
{
    *grid = (goldi_grid){.shape = {.rank = 0}};
    coordinate_names(study, grid->coordinates, sizeof grid->coordinates);
    for (size_t i = 0; i < study->n_axes; i++) {
        hid_t scale = H5I_INVALID_HID;

        GOLD_TRY(axis_create(file, &study->axes[i], &scale));
        goldi_shape_add(&grid->shape, study->axes[i].count, scale);
    }
    return GOLD_OK;
}

void goldi_grid_fini(goldi_grid *grid)
{
    for (int i = 0; i < grid->shape.rank; i++) {
        goldi_h5_close(&grid->shape.scales[i]);
    }
}

gold_status goldi_gridded_create(hid_t file, const goldi_variable *variable,
                                 const goldi_grid *grid,
                                 const goldi_shape *shape, hid_t *dataset)
{
    gold_status status = GOLD_OK;
    hid_t created = H5I_INVALID_HID;

    GOLD_GOTO(goldi_variable_create(file, variable, shape, &created));
    if (grid->coordinates[0] != '\0') {
        GOLD_GOTO(goldi_h5_set_text(created, "coordinates", grid->coordinates));
    }
    if (dataset != NULL) {
        *dataset = created;
        created = H5I_INVALID_HID;
    }

done:
    goldi_h5_close(&created);
    return status;
}
