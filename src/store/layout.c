/* SPDX-License-Identifier: MIT */
#include "store/layout.h"

#include <math.h>

#include "store/grid.h"
#include "store/h5.h"
#include "store/outcome.h"
#include "store/work.h"

/* The dimensions that variables have beside those of the grid. */
typedef struct extras {
    hid_t subspace;
    hid_t eigen;
    hid_t layer;
    hid_t extreme;
    hid_t probe;
    hid_t node;
    hid_t full_eigen;
    hid_t step;
    hid_t reached;
    hid_t character;
} extras;

#define NO_EXTRAS                                                              \
    (extras)                                                                   \
    {                                                                          \
        .subspace = H5I_INVALID_HID, .eigen = H5I_INVALID_HID,                 \
        .extreme = H5I_INVALID_HID, .probe = H5I_INVALID_HID,                  \
        .node = H5I_INVALID_HID, .full_eigen = H5I_INVALID_HID,                \
        .layer = H5I_INVALID_HID, .step = H5I_INVALID_HID,                     \
        .reached = H5I_INVALID_HID, .character = H5I_INVALID_HID               \
    }

static void extras_fini(extras *made)
{
    goldi_h5_close(&made->subspace);
    goldi_h5_close(&made->eigen);
    goldi_h5_close(&made->layer);
    goldi_h5_close(&made->extreme);
    goldi_h5_close(&made->probe);
    goldi_h5_close(&made->node);
    goldi_h5_close(&made->full_eigen);
    goldi_h5_close(&made->step);
    goldi_h5_close(&made->reached);
    goldi_h5_close(&made->character);
}

/* Dimensions of the curvature. */
static gold_status subspaces_create(hid_t file, const gold_schema *schema,
                                    extras *made)
{
    int64_t dims[GOLD_MAX_DIMS];

    for (size_t i = 0; i < schema->n_dims; i++) {
        dims[i] = (int64_t)schema->dims[i];
    }
    GOLD_TRY(goldi_scale_create(file, "subspace_dim", schema->n_dims,
                                H5T_NATIVE_INT64, dims, &made->subspace));
    return goldi_index_scale_create(file, "eigen", schema->n_eigen,
                                    &made->eigen);
}

/* A dimension that only counts, if it is there. */
static gold_status counted_create(hid_t file, const char *name, size_t n,
                                  const char *long_name, hid_t *made)
{
    if (n == 0) {
        return GOLD_OK;
    }
    GOLD_TRY(goldi_index_scale_create(file, name, n, made));
    return goldi_h5_set_text(*made, "long_name", long_name);
}

/* Dimensions of what concerns all parameters together. */
static gold_status full_create(hid_t file, const gold_schema *schema,
                               extras *made)
{
    GOLD_TRY(counted_create(file, "extreme", schema->n_extreme,
                            "eigenvalue, from the end of the spectrum on",
                            &made->extreme));
    GOLD_TRY(counted_create(file, "probe", schema->n_probes,
                            "random vector of the density", &made->probe));
    GOLD_TRY(counted_create(file, "node", schema->n_nodes,
                            "node of a probe's quadrature", &made->node));
    return counted_create(file, "full_eigen", schema->n_dense,
                          "eigenvalue of all parameters", &made->full_eigen);
}

/* Dimension of the logged steps. */
static gold_status steps_create(hid_t file, const gold_schema *schema,
                                extras *made)
{
    int64_t steps[GOLD_MAX_LOG];

    for (size_t i = 0; i < schema->n_log; i++) {
        steps[i] = (int64_t)schema->log_steps[i];
    }
    GOLD_TRY(goldi_scale_create(file, "trajectory_step", schema->n_log,
                                H5T_NATIVE_INT64, steps, &made->step));
    GOLD_TRY(goldi_h5_set_text(made->step, "long_name",
                               "optimizer steps done when it was logged"));
    return goldi_h5_set_text(made->step, "units", "1");
}

/* Dimension of the losses to reach. */
static gold_status reached_create(hid_t file, const gold_schema *schema,
                                  extras *made)
{
    GOLD_TRY(goldi_scale_create(file, "reached_loss", schema->n_reach,
                                H5T_NATIVE_DOUBLE, schema->reach,
                                &made->reached));
    GOLD_TRY(goldi_h5_set_text(made->reached, "long_name",
                               "training loss to reach"));
    return goldi_h5_set_text(made->reached, "units", "nat");
}

static gold_status extras_create(hid_t file, const gold_schema *schema,
                                 extras *made)
{
    if (schema->n_dims > 0) {
        GOLD_TRY(subspaces_create(file, schema, made));
    }
    if (schema->n_layers > 0) {
        GOLD_TRY(goldi_index_scale_create(file, "layer", schema->n_layers,
                                          &made->layer));
        GOLD_TRY(goldi_h5_set_text(made->layer, "long_name",
                                   "layer with weights, from the input on"));
    }
    GOLD_TRY(full_create(file, schema, made));
    if (schema->n_log > 0) {
        GOLD_TRY(steps_create(file, schema, made));
    }
    if (schema->n_reach > 0) {
        GOLD_TRY(reached_create(file, schema, made));
    }
    return goldi_scale_create(file, "message_character", GOLD_MESSAGE_BYTES,
                              H5T_NATIVE_FLOAT, NULL, &made->character);
}

/* The grid's shape with what a variable has beside. */
static goldi_shape shape_of(gold_extent extent, const gold_schema *schema,
                            const goldi_grid *grid, const extras *made)
{
    goldi_shape shape = grid->shape;

    switch (extent) {
    case GOLD_EXTENT_POINT:
        break;
    case GOLD_EXTENT_SUBSPACE:
        goldi_shape_add(&shape, schema->n_dims, made->subspace);
        break;
    case GOLD_EXTENT_SPECTRUM:
        goldi_shape_add(&shape, schema->n_dims, made->subspace);
        goldi_shape_add(&shape, schema->n_eigen, made->eigen);
        break;
    case GOLD_EXTENT_LAYER:
        goldi_shape_add(&shape, schema->n_layers, made->layer);
        goldi_shape_add(&shape, schema->n_dims, made->subspace);
        break;
    case GOLD_EXTENT_EXTREME:
        goldi_shape_add(&shape, schema->n_extreme, made->extreme);
        break;
    case GOLD_EXTENT_NODES:
        goldi_shape_add(&shape, schema->n_probes, made->probe);
        goldi_shape_add(&shape, schema->n_nodes, made->node);
        break;
    case GOLD_EXTENT_DENSE:
        goldi_shape_add(&shape, schema->n_dense, made->full_eigen);
        break;
    case GOLD_EXTENT_TRAJECTORY:
        goldi_shape_add(&shape, schema->n_log, made->step);
        break;
    case GOLD_EXTENT_REACH:
        goldi_shape_add(&shape, schema->n_reach, made->reached);
        break;
    }
    return shape;
}

/* Make one result variable. */
static gold_status result_create(hid_t file, gold_variable which,
                                 const goldi_grid *grid,
                                 const goldi_shape *shape)
{
    static const double missing = (double)NAN;
    const gold_variable_info *info = gold_variable_about(which);
    const goldi_variable variable = {.name = info->name,
                                     .type = H5T_NATIVE_DOUBLE,
                                     .fill = &missing,
                                     .is_fill_missing = true,
                                     .long_name = info->title,
                                     .units = info->units};

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
            GOLD_TRY(result_create(file, variable, grid, &shape));
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
    extras made = NO_EXTRAS;
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
