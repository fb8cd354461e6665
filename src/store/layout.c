/* SPDX-License-Identifier: MIT */
#include "store/layout.h"

#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "store/columns.h"
#include "store/h5.h"

/* A file under construction. */
typedef struct layout {
    hid_t file;
    const gold_study *study;
    const gold_schema *schema;
    goldi_shape grid;
    /* The names of the keys of zipped axes: what readers shall attach to every
     * variable, beside the axes themselves. "" when nothing is zipped. */
    char coordinates[GOLD_MAX_AXES * GOLD_MAX_ZIPPED * (GOLD_NAME_BYTES + 1)];
    hid_t scales[GOLD_N_DIMENSIONS]; /* beside the grid's, that the study has */
    hid_t character;
} layout;

static void layout_fini(layout *made)
{
    for (int i = 0; i < made->grid.rank; i++) {
        goldi_h5_close(&made->grid.scales[i]);
    }
    for (int d = 0; d < GOLD_N_DIMENSIONS; d++) {
        goldi_h5_close(&made->scales[d]);
    }
    goldi_h5_close(&made->character);
}

/* ------------------------------------------------------------------ dimensions
 */

/* Values of a key of an axis: the labels of its dimension, or, where `along` is
 * the scale of a zipped axis, a variable along that. */
static gold_status key_create(hid_t file, size_t count,
                              const gold_axis_key *key, const hid_t *along,
                              hid_t *made)
{
    gold_status status = GOLD_OK;
    const void *values = key->integers;
    hid_t type = H5T_NATIVE_INT64;
    hid_t text = H5I_INVALID_HID;

    if (key->kind == GOLD_VALUE_REAL) {
        type = H5T_NATIVE_DOUBLE;
        values = key->reals;
    } else if (key->kind == GOLD_VALUE_TEXT) {
        GOLD_GOTO(goldi_h5_text_type(&text));
        type = text;
        values = key->texts;
    }
    if (along == NULL) {
        GOLD_GOTO(
            goldi_scale_create(file, key->name, count, type, values, made));
    } else {
        const goldi_variable variable = {.name = key->name, .type = type};
        const goldi_shape shape = {
            .rank = 1, .sizes = {count}, .scales = {*along}};

        GOLD_GOTO(goldi_variable_create(file, &variable, &shape, made));
        GOLDI_H5(H5Dwrite(*made, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values),
                 "the values of '%s' cannot be written", key->name);
    }

done:
    goldi_h5_close(&text);
    return status;
}

/* Scale of one axis: its values; of a zipped axis a plain index, with its keys
 * as variables beside it. */
static gold_status axis_create(layout *l, const gold_axis *axis, hid_t *scale)
{
    if (axis->n_keys == 1) {
        return key_create(l->file, axis->count, &axis->keys[0], NULL, scale);
    }
    GOLD_TRY(goldi_index_scale_create(l->file, axis->name, axis->count, scale));
    for (size_t i = 0; i < axis->n_keys; i++) {
        const size_t used = strlen(l->coordinates);
        hid_t dataset = H5I_INVALID_HID;
        const gold_status status =
            key_create(l->file, axis->count, &axis->keys[i], scale, &dataset);

        goldi_h5_close(&dataset);
        GOLD_TRY(status);
        (void)snprintf(l->coordinates + used, sizeof l->coordinates - used,
                       "%s%s", used == 0 ? "" : " ", axis->keys[i].name);
    }
    return GOLD_OK;
}

/* Make a dimension beside the grid's, with its labels. */
static gold_status scale_create(hid_t file, const gold_schema *schema,
                                gold_dimension dimension, hid_t *scale)
{
    gold_status status = GOLD_OK;
    const gold_dimension_info *about = gold_dimension_about(dimension);
    const size_t n = gold_dimension_size(schema, dimension);
    int64_t *integers = NULL;
    double *reals = NULL;

    GOLD_GOTO(GOLD_ALLOC(n, &integers));
    GOLD_GOTO(GOLD_ALLOC(n, &reals));
    for (size_t i = 0; i < n; i++) {
        reals[i] = gold_dimension_label(schema, dimension, i);
        integers[i] = (int64_t)reals[i];
    }
    GOLD_GOTO(goldi_scale_create(
        file, about->name, n,
        about->is_real ? H5T_NATIVE_DOUBLE : H5T_NATIVE_INT64,
        about->is_real ? (const void *)reals : integers, scale));
    GOLD_GOTO(goldi_h5_set_text(*scale, "long_name", about->long_name));
    GOLD_GOTO(goldi_h5_set_text(*scale, "units", about->units));

done:
    gold_free(reals);
    gold_free(integers);
    return status;
}

static gold_status dimensions_create(layout *l)
{
    for (size_t i = 0; i < l->study->n_axes; i++) {
        const gold_axis *axis = &l->study->axes[i];
        hid_t scale = H5I_INVALID_HID;
        const gold_status status = axis_create(l, axis, &scale);

        goldi_shape_add(&l->grid, axis->count, scale);
        GOLD_TRY(status);
    }
    for (int d = 0; d < GOLD_N_DIMENSIONS; d++) {
        if (gold_dimension_size(l->schema, (gold_dimension)d) > 0) {
            GOLD_TRY(scale_create(l->file, l->schema, (gold_dimension)d,
                                  &l->scales[d]));
        }
    }
    return goldi_scale_create(l->file, "message_character", GOLD_MESSAGE_BYTES,
                              H5T_NATIVE_FLOAT, NULL, &l->character);
}

/* --------------------------------------------------------------------- columns
 */

/* The grid's shape with what a column has beside. Messages are an array of
 * characters, which netCDF has always had (its library corrupts memory on HDF5
 * texts of fixed length), and which xarray gives back as bytes of fixed length.
 * An attribute _Encoding would make texts of them, objects to Python, of which
 * dask cannot tell the size: it would refuse to divide the whole file. */
static goldi_shape shape_of(const layout *l, size_t column)
{
    goldi_shape shape = l->grid;
    gold_dimension of[GOLD_MOST_DIMENSIONS];
    size_t n = 0;

    if (goldi_column_is_result(column)) {
        n = gold_variable_dimensions((gold_variable)column, of);
    } else if (goldi_column_items(l->study, l->schema, column) > 1) {
        goldi_shape_add(&shape, GOLD_MESSAGE_BYTES, l->character);
    }
    for (size_t i = 0; i < n; i++) {
        goldi_shape_add(&shape, gold_dimension_size(l->schema, of[i]),
                        l->scales[of[i]]);
    }
    return shape;
}

/* Write the states that points begin with. */
static gold_status states_begin(hid_t dataset, const gold_study *study)
{
    gold_status status = GOLD_OK;
    uint8_t *states = NULL;

    if (study->excluded == NULL) {
        return GOLD_OK;
    }
    GOLD_GOTO(GOLD_ALLOC(study->n_points, &states));
    for (size_t i = 0; i < study->n_points; i++) {
        states[i] = gold_study_is_excluded(study, i) ? GOLD_STATE_EXCLUDED
                                                     : GOLD_STATE_PENDING;
    }
    GOLDI_H5(H5Dwrite(dataset, H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                      states),
             "excluded points cannot be marked");

done:
    gold_free(states);
    return status;
}

static gold_status column_create(const layout *l, size_t column)
{
    gold_status status = GOLD_OK;
    const goldi_shape shape = shape_of(l, column);
    goldi_variable variable = goldi_column_variable(l->schema, column);
    hid_t dataset = H5I_INVALID_HID;

    variable.coordinates = l->coordinates[0] == '\0' ? NULL : l->coordinates;
    GOLD_GOTO(goldi_variable_create(l->file, &variable, &shape, &dataset));
    if (column == goldi_work_at(goldi_column_kind(column), GOLDI_STATUS)) {
        GOLD_GOTO(states_begin(dataset, l->study));
    }

done:
    goldi_h5_close(&dataset);
    return status;
}

gold_status goldi_layout_create(hid_t file, const gold_study *study,
                                const gold_schema *schema)
{
    gold_status status = GOLD_OK;
    layout l = {.file = file,
                .study = study,
                .schema = schema,
                .character = H5I_INVALID_HID};

    for (int d = 0; d < GOLD_N_DIMENSIONS; d++) {
        l.scales[d] = H5I_INVALID_HID;
    }
    GOLD_GOTO(dimensions_create(&l));
    for (size_t i = 0; i < GOLDI_N_COLUMNS; i++) {
        if (goldi_column_items(study, schema, i) > 0) {
            GOLD_GOTO(column_create(&l, i));
        }
    }

done:
    layout_fini(&l);
    return status;
}
