/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"
#include "goldilocks/store.h"

#include "store/h5.h"
#include "store/output.h"

/* List that makes the groups above a new object. */
static gold_status link_list(hid_t *list)
{
    gold_status status = GOLD_OK;
    hid_t links = H5Pcreate(H5P_LINK_CREATE);

    GOLDI_H5(links, "no HDF5 link creation list");
    GOLDI_H5(H5Pset_create_intermediate_group(links, 1),
             "HDF5 refuses to make groups on the way");
    *list = links;
    links = H5I_INVALID_HID;

done:
    goldi_h5_close(&links);
    return status;
}

/* Space of an array: a scalar, or its dimensions. */
static hid_t space_of(const gold_point_array *array)
{
    hsize_t sizes[4] = {0};

    if (array->n_dims == 0) {
        return H5Screate(H5S_SCALAR);
    }
    for (size_t i = 0; i < array->n_dims; i++) {
        sizes[i] = array->dims[i];
    }
    return H5Screate_simple((int)array->n_dims, sizes, NULL);
}

static gold_status write_array(hid_t file, hid_t links,
                               const gold_point_array *array)
{
    gold_status status = GOLD_OK;
    const hid_t type =
        array->type == 'b' ? H5T_NATIVE_UINT8 : H5T_NATIVE_DOUBLE;
    hid_t dataset = H5I_INVALID_HID;
    hid_t space = space_of(array);

    GOLD_ASSERT(array->n_dims <= 4);
    GOLDI_H5(space, "%s: impossible shape", array->path);
    dataset = H5Dcreate2(file, array->path, type, space, links, H5P_DEFAULT,
                         H5P_DEFAULT);
    GOLDI_H5(dataset, "%s cannot be created", array->path);
    if (H5Sget_simple_extent_npoints(space) > 0) {
        GOLDI_H5(
            H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, array->data),
            "%s cannot be written", array->path);
    }

done:
    goldi_h5_close(&dataset);
    goldi_h5_close(&space);
    return status;
}

static gold_status write_attribute(hid_t file, hid_t links,
                                   const gold_point_attribute *attribute)
{
    gold_status status = GOLD_OK;
    hid_t object = H5Oopen(file, attribute->object, H5P_DEFAULT);

    if (object < 0) { /* it is not there yet */
        object = H5Gcreate2(file, attribute->object, links, H5P_DEFAULT,
                            H5P_DEFAULT);
    }
    GOLDI_H5(object, "%s cannot be opened", attribute->object);
    if (attribute->text != NULL) {
        GOLD_GOTO(goldi_h5_set_text(object, attribute->name, attribute->text));
    } else {
        GOLD_GOTO(goldi_h5_set_numbers(
            object, attribute->name, H5T_NATIVE_DOUBLE, 0, &attribute->number));
    }

done:
    goldi_h5_close(&object);
    return status;
}

/* Bytes of all arrays. */
static double total_bytes(const gold_point_array *arrays, size_t n_arrays)
{
    double total = 0.0;

    for (size_t i = 0; i < n_arrays; i++) {
        double bytes = arrays[i].type == 'b' ? 1.0 : sizeof(double);

        for (size_t k = 0; k < arrays[i].n_dims; k++) {
            bytes *= (double)arrays[i].dims[k];
        }
        total += bytes;
    }
    return total;
}

/* What a point file is of. */
typedef struct contents {
    const gold_point_array *arrays;
    size_t n_arrays;
    const gold_point_attribute *attributes;
    size_t n_attributes;
} contents;

/* Note the paths of all arrays, so that one that is lost later is missed. */
static gold_status write_paths(hid_t file, const contents *c)
{
    gold_status status = GOLD_OK;
    size_t n_bytes = 1;
    size_t used = 0;
    char *paths = NULL;

    for (size_t i = 0; i < c->n_arrays; i++) {
        n_bytes += strlen(c->arrays[i].path) + 1;
    }
    GOLD_GOTO(GOLD_ALLOC(n_bytes, &paths));
    for (size_t i = 0; i < c->n_arrays; i++) {
        used += (size_t)snprintf(paths + used, n_bytes - used, "%s%s",
                                 i == 0 ? "" : " ", c->arrays[i].path);
    }
    GOLD_GOTO(goldi_h5_set_text(file, "arrays", paths));

done:
    gold_free(paths);
    return status;
}

/* Write the whole file; a goldi_write_fn. */
static gold_status write_file(const char *path, void *context)
{
    gold_status status = GOLD_OK;
    const contents *c = context;
    hid_t file = H5I_INVALID_HID;
    hid_t links = H5I_INVALID_HID;

    GOLD_GOTO(link_list(&links));
    GOLD_GOTO(
        goldi_h5_create(path, total_bytes(c->arrays, c->n_arrays), &file));
    for (size_t i = 0; i < c->n_arrays; i++) {
        GOLD_GOTO(write_array(file, links, &c->arrays[i]));
    }
    for (size_t i = 0; i < c->n_attributes; i++) {
        GOLD_GOTO(write_attribute(file, links, &c->attributes[i]));
    }
    GOLD_GOTO(write_paths(file, c));
    GOLD_GOTO(goldi_h5_close_file(&file, path));

done:
    goldi_h5_close(&file);
    goldi_h5_close(&links);
    return status;
}

gold_status gold_point_write(gold_output *output,
                             const gold_point_array *arrays, size_t n_arrays,
                             const gold_point_attribute *attributes,
                             size_t n_attributes)
{
    contents c = {arrays, n_arrays, attributes, n_attributes};

    goldi_h5_quiet();
    return goldi_output_make(output, write_file, &c);
}
