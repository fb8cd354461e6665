/* SPDX-License-Identifier: MIT */
#include "store/dataset.h"

#include <stdio.h>

#include <hdf5_hl.h>

#include "goldilocks/memory.h"

#include "store/h5.h"

void goldi_shape_add(goldi_shape *shape, size_t size, hid_t scale)
{
    shape->sizes[shape->rank] = size;
    shape->scales[shape->rank] = scale;
    shape->rank++;
}

/* How datasets are made: in one piece, there at once, and without times, so
 * that equal files have equal bytes. */
static gold_status creation_list(const goldi_variable *variable, hid_t *list)
{
    gold_status status = GOLD_OK;
    const unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);

    GOLDI_H5(creation, "no HDF5 dataset creation list");
    GOLDI_H5(H5Pset_layout(creation, H5D_CONTIGUOUS), "no contiguous layout");
    GOLDI_H5(H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY),
             "no early allocation");
    GOLDI_H5(H5Pset_fill_time(creation, H5D_FILL_TIME_ALLOC),
             "no filling at allocation");
    GOLDI_H5(H5Pset_obj_track_times(creation, false), "no untimed objects");
    GOLDI_H5(H5Pset_attr_creation_order(creation, order),
             "HDF5 refuses to track the order of attributes");
    if (variable->fill != NULL) {
        GOLDI_H5(H5Pset_fill_value(creation, variable->type, variable->fill),
                 "no fill value for '%s'", variable->name);
    }
    *list = creation;
    creation = H5I_INVALID_HID;

done:
    goldi_h5_close(&creation);
    return status;
}

/* Attach the scales of a new dataset, if it has any. */
static gold_status attach_scales(hid_t dataset, const goldi_variable *variable,
                                 const goldi_shape *shape)
{
    gold_status status = GOLD_OK;

    for (int i = 0; i < shape->rank; i++) {
        if (shape->scales[i] >= 0) {
            GOLDI_H5(H5DSattach_scale(dataset, shape->scales[i], (unsigned)i),
                     "dimension %d of '%s' cannot be labelled", i,
                     variable->name);
        }
    }

done:
    return status;
}

/* Attributes of a new dataset. */
static gold_status describe(hid_t dataset, const goldi_variable *variable)
{
    if (variable->fill != NULL) {
        GOLD_TRY(goldi_h5_set_numbers(dataset, "_FillValue", variable->type, 1,
                                      variable->fill));
    }
    GOLD_TRY(goldi_h5_set_text(dataset, "long_name", variable->long_name));
    GOLD_TRY(goldi_h5_set_text(dataset, "units", variable->units));
    GOLD_TRY(goldi_h5_set_text(dataset, "coordinates", variable->coordinates));
    if (variable->flags.attribute != NULL) {
        GOLD_TRY(goldi_h5_set_numbers(dataset, variable->flags.attribute,
                                      H5T_NATIVE_UINT8, variable->flags.n,
                                      variable->flags.values));
        GOLD_TRY(goldi_h5_set_text(dataset, "flag_meanings",
                                   variable->flags.meanings));
    }
    return GOLD_OK;
}

gold_status goldi_variable_create(hid_t group, const goldi_variable *variable,
                                  const goldi_shape *shape, hid_t *dataset)
{
    gold_status status = GOLD_OK;
    hid_t creation = H5I_INVALID_HID;
    hid_t created = H5I_INVALID_HID;
    hid_t space = H5Screate_simple(shape->rank, shape->sizes, NULL);

    GOLDI_H5(space, "no HDF5 space for '%s'", variable->name);
    GOLD_GOTO(creation_list(variable, &creation));
    created = H5Dcreate2(group, variable->name, variable->type, space,
                         H5P_DEFAULT, creation, H5P_DEFAULT);
    GOLDI_H5(created, "'%s' cannot be created", variable->name);
    GOLD_GOTO(attach_scales(created, variable, shape));
    GOLD_GOTO(describe(created, variable));
    if (dataset != NULL) {
        *dataset = created;
        created = H5I_INVALID_HID;
    }

done:
    goldi_h5_close(&created);
    goldi_h5_close(&creation);
    goldi_h5_close(&space);
    return status;
}

gold_status goldi_scale_create(hid_t group, const char *name, size_t n,
                               hid_t type, const void *values, hid_t *scale)
{
    gold_status status = GOLD_OK;
    const goldi_variable variable = {.name = name, .type = type};
    const goldi_shape shape = {
        .rank = 1, .sizes = {n}, .scales = {H5I_INVALID_HID}};
    hid_t created = H5I_INVALID_HID;
    char title[128];

    GOLD_GOTO(goldi_variable_create(group, &variable, &shape, &created));
    (void)snprintf(title, sizeof title, "%s", name);
    if (values == NULL) {
        (void)snprintf(
            title, sizeof title,
            "This is a netCDF dimension but not a netCDF variable. %9zu", n);
    } else {
        GOLDI_H5(H5Dwrite(created, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values),
                 "the values of '%s' cannot be written", name);
    }
    GOLDI_H5(H5DSset_scale(created, title), "'%s' cannot be a dimension", name);
    *scale = created;
    created = H5I_INVALID_HID;

done:
    goldi_h5_close(&created);
    return status;
}

gold_status goldi_index_scale_create(hid_t group, const char *name, size_t n,
                                     hid_t *scale)
{
    gold_status status = GOLD_OK;
    int64_t *values = NULL;

    GOLD_GOTO(GOLD_ALLOC(n, &values));
    for (size_t i = 0; i < n; i++) {
        values[i] = (int64_t)i;
    }
    GOLD_GOTO(
        goldi_scale_create(group, name, n, H5T_NATIVE_INT64, values, scale));

done:
    gold_free(values);
    return status;
}
