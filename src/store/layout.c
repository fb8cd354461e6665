/* SPDX-License-Identifier: MIT */
#include "store/layout.h"

#include <math.h>

#include "goldilocks/memory.h"

#include "store/grid.h"
#include "store/h5.h"
#include "store/outcome.h"
#include "store/work.h"

/* The dimensions that variables have beside those of the grid. */
typedef struct extras {
    hid_t scales[GOLD_N_DIMENSIONS]; /* of those that the study has */
    hid_t character;
} extras;

static extras no_extras(void)
{
    extras none = {.character = H5I_INVALID_HID};

    for (int d = 0; d < GOLD_N_DIMENSIONS; d++) {
        none.scales[d] = H5I_INVALID_HID;
    }
    return none;
}

static void extras_fini(extras *made)
{
    for (int d = 0; d < GOLD_N_DIMENSIONS; d++) {
        goldi_h5_close(&made->scales[d]);
    }
    goldi_h5_close(&made->character);
}

/* Make a dimension with its labels. */
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
    if (about->long_name != NULL) {
        GOLD_GOTO(goldi_h5_set_text(*scale, "long_name", about->long_name));
    }
    if (about->units != NULL) {
        GOLD_GOTO(goldi_h5_set_text(*scale, "units", about->units));
    }

done:
    gold_free(reals);
    gold_free(integers);
    return status;
}

static gold_status extras_create(hid_t file, const gold_schema *schema,
                                 extras *made)
{
    for (int d = 0; d < GOLD_N_DIMENSIONS; d++) {
        if (gold_dimension_size(schema, (gold_dimension)d) > 0) {
            GOLD_TRY(scale_create(file, schema, (gold_dimension)d,
                                  &made->scales[d]));
        }
    }
    return goldi_scale_create(file, "message_character", GOLD_MESSAGE_BYTES,
                              H5T_NATIVE_FLOAT, NULL, &made->character);
}

/* The grid's shape with what a variable has beside. */
static goldi_shape shape_of(gold_extent extent, const gold_schema *schema,
                            const goldi_grid *grid, const extras *made)
{
    goldi_shape shape = grid->shape;
    gold_dimension of[2];
    const size_t n = gold_extent_dimensions(extent, of);

    for (size_t i = 0; i < n; i++) {
        goldi_shape_add(&shape, gold_dimension_size(schema, of[i]),
                        made->scales[of[i]]);
    }
    return shape;
}

/* Make one result variable. */
static gold_status result_create(hid_t file, const gold_schema *schema,
                                 gold_variable which, const goldi_grid *grid,
                                 const goldi_shape *shape)
{
    static const double missing = (double)NAN;
    const gold_variable_info *info = gold_variable_about(which);
    const goldi_variable variable = {.name = info->name,
                                     .type = H5T_NATIVE_DOUBLE,
                                     .fill = &missing,
                                     .is_fill_missing = true,
                                     .long_name = info->title,
                                     .units =
                                         gold_variable_units(schema, which)};

    if (goldi_is_flags(which)) {
        return goldi_flags_create(file, grid, which);
    }
    return goldi_gridded_create(file, &variable, grid, shape, NULL);
}

/* Make the result variables. */
static gold_status results_create(hid_t file, const gold_schema *schema,
                                  const goldi_grid *grid, const extras *made)
{
    for (int i = 0; i < GOLD_N_VARIABLES; i++) {
        const gold_variable variable = (gold_variable)i;
        const goldi_shape shape =
            shape_of(gold_variable_about(variable)->extent, schema, grid, made);

        if (schema->count[i] > 0) {
            GOLD_TRY(result_create(file, schema, variable, grid, &shape));
        }
    }
    return GOLD_OK;
}

double goldi_layout_bytes(const gold_study *study, const gold_schema *schema)
{
    double bytes = 0.0;

    for (int i = 0; i < GOLD_N_VARIABLES; i++) {
        bytes +=
            (double)(schema->count[i] * goldi_result_bytes((gold_variable)i));
    }
    for (int i = 0; i < GOLDI_N_WORK; i++) {
        bytes += (double)goldi_n_kinds(study) *
                 (double)goldi_work_bytes((goldi_work)i);
    }
    return bytes * (double)study->n_points;
}

gold_status goldi_layout_create(hid_t file, const gold_study *study,
                                const gold_schema *schema)
{
    gold_status status = GOLD_OK;
    extras made = no_extras();
    goldi_grid grid = {.shape = {.rank = 0}};

    GOLD_GOTO(goldi_grid_create(file, study, &grid));
    GOLD_GOTO(extras_create(file, schema, &made));
    GOLD_GOTO(results_create(file, schema, &grid, &made));
    GOLD_GOTO(goldi_work_create(file, study, &grid, made.character));

done:
    extras_fini(&made);
    goldi_grid_fini(&grid);
    return status;
}
