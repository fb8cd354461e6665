/* SPDX-License-Identifier: MIT */
#include "store/plain.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "store/h5.h"

enum {
    MAX_CHUNK_MIB = 32, /* of an unpacked chunk; tools make them of 1 or 4 */
    MOST_PADDED = 64,   /* times the data that all chunks may hold, */
    SPARE_MIB = 32,     /* and so much more */
    MOST_PACKED =
        1032,        /* times their size are data in a file: deflate's most */
    MAX_FILTERS = 3, /* one of each kind */
    NAME_BYTES = 64
};

static const double mebibyte = 1 << 20;

/* Fail unless an existing name is of an object, and no way to another name. */
static gold_status check_name(hid_t file, const char *name)
{
    gold_status status = GOLD_OK;
    H5L_info_t about;

    if (H5Lget_info(file, name, &about, H5P_DEFAULT) < 0) {
        GOLDI_H5_FAIL(GOLD_ERR_FORMAT, "'%s' cannot be found", name);
    }
    if (about.type != H5L_TYPE_HARD) {
        GOLD_FAIL(GOLD_ERR_FORMAT,
                  "'%s' is a link %s, and only files are read that hold their "
                  "data themselves",
                  name,
                  about.type == H5L_TYPE_SOFT ? "to another name"
                                              : "into another file");
    }

done:
    return status;
}

static gold_status is_group(hid_t file, const char *name, bool *is_one)
{
    gold_status status = GOLD_OK;
    hid_t object = H5Oopen(file, name, H5P_DEFAULT);

    GOLDI_H5(object, "'%s' cannot be opened", name);
    const H5I_type_t type = H5Iget_type(object);

    GOLDI_H5(type, "'%s' is of no kind", name);
    *is_one = type == H5I_GROUP;

done:
    goldi_h5_close(&object);
    return status;
}

/* Is there something of that name, and groups of those that it is in? */
static gold_status look_for(hid_t file, const char *name, bool *exists)
{
    const char *slash = strchr(name, '/');
    char group[NAME_BYTES];

    for (; slash != NULL; slash = strchr(slash + 1, '/')) {
        (void)snprintf(group, NAME_BYTES, "%.*s", (int)(slash - name), name);
        GOLD_TRY(goldi_h5_look(file, group, exists));
        if (!*exists) {
            return GOLD_OK;
        }
        GOLD_TRY(check_name(file, group));
        GOLD_TRY(is_group(file, group, exists));
        if (!*exists) {
            return GOLD_OK;
        }
    }
    return goldi_h5_look(file, name, exists);
}

static bool is_known_filter(H5Z_filter_t filter)
{
    return filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_SHUFFLE ||
           filter == H5Z_FILTER_FLETCHER32;
}

/* Fail unless every HDF5 can unpack the data, without loading a program. */
static gold_status check_filters(hid_t creation, const char *name)
{
    gold_status status = GOLD_OK;
    const int n = H5Pget_nfilters(creation);

    GOLDI_H5(n, "'%s' has unknown filters", name);
    if (n > MAX_FILTERS) {
        GOLD_FAIL(GOLD_ERR_FORMAT, "'%s' is packed %d times over", name, n);
    }
    for (int i = 0; i < n; i++) {
        size_t n_values = 0;
        unsigned flags = 0;
        const H5Z_filter_t filter = H5Pget_filter2(
            creation, (unsigned)i, &flags, &n_values, NULL, 0, NULL, NULL);

        GOLDI_H5(filter, "'%s' has an unknown filter", name);
        if (!is_known_filter(filter)) {
            GOLD_FAIL(GOLD_ERR_FORMAT,
                      "'%s' is packed by filter %d of HDF5, and only deflate "
                      "(%d), shuffle and checksums are read",
                      name, (int)filter, H5Z_FILTER_DEFLATE);
        }
    }

done:
    return status;
}

/* Fail when chunks take too much memory, one of which is unpacked as a whole,
 * or hold much more than the data. */
static gold_status check_chunks(hid_t creation, const goldi_plain *found,
                                size_t item_bytes, const char *name)
{
    gold_status status = GOLD_OK;
    hsize_t chunk[H5S_MAX_RANK] = {0};
    double bytes = (double)item_bytes;
    double padded = bytes;
    double data = bytes;
    const int rank = H5Pget_chunk(creation, H5S_MAX_RANK, chunk);

    GOLDI_H5(rank, "'%s' has unknown chunks", name);
    if (rank != found->rank) {
        GOLD_FAIL(GOLD_ERR_FORMAT, "'%s' has chunks of another shape", name);
    }
    for (int i = 0; i < rank; i++) {
        const double n = ceil((double)found->sizes[i] / (double)chunk[i]);

        bytes *= (double)chunk[i];
        padded *= n * (double)chunk[i];
        data *= (double)found->sizes[i];
    }
    if (!(bytes <= MAX_CHUNK_MIB * mebibyte)) {
        GOLD_FAIL(GOLD_ERR_FORMAT,
                  "'%s' is stored in chunks of more than %d MiB, which are "
                  "not read",
                  name, MAX_CHUNK_MIB);
    }
    if (!(padded <= MOST_PADDED * data + SPARE_MIB * mebibyte)) {
        GOLD_FAIL(GOLD_ERR_FORMAT,
                  "'%s' is stored in chunks that hold %.3g times its data",
                  name, padded / data);
    }

done:
    return status;
}

/* Fail unless data that are not simply in one piece of this file can be read
 * all the same. */
static gold_status check_layout(hid_t dataset, size_t item_bytes,
                                const char *name, goldi_plain *found)
{
    gold_status status = GOLD_OK;
    hid_t creation = H5Dget_create_plist(dataset);
    H5D_layout_t layout = H5D_LAYOUT_ERROR;
    int n_outside = 0;

    GOLDI_H5(creation, "'%s' has no layout", name);
    layout = H5Pget_layout(creation);
    GOLDI_H5(layout, "'%s' has an unknown layout", name);
    n_outside = H5Pget_external_count(creation);
    GOLDI_H5(n_outside, "'%s' lies at an unknown place", name);
    if (n_outside > 0) {
        GOLD_FAIL(GOLD_ERR_FORMAT,
                  "'%s' is in external storage: its data lie in another file, "
                  "and only files are read that hold their data themselves",
                  name);
    }
    if (layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED) {
        GOLD_FAIL(GOLD_ERR_FORMAT,
                  "'%s' is %s, and neither contiguous nor in chunks", name,
                  layout == H5D_VIRTUAL
                      ? "virtual: put together of other datasets"
                      : "compact");
    }
    found->is_chunked = layout == H5D_CHUNKED;
    if (found->is_chunked) {
        GOLD_GOTO(check_filters(creation, name));
        GOLD_GOTO(check_chunks(creation, found, item_bytes, name));
    }

done:
    goldi_h5_close(&creation);
    return status;
}

/* Fail unless the data lie in this file, and can be read; takes down their
 * shape. */
static gold_status check_place(hid_t dataset, size_t item_bytes,
                               const char *name, goldi_plain *found)
{
    gold_status status = GOLD_OK;
    hid_t space = H5Dget_space(dataset);

    GOLDI_H5(space, "'%s' has no shape", name);
    found->rank = H5Sget_simple_extent_dims(space, found->sizes, NULL);
    GOLDI_H5(found->rank, "'%s' has an unknown shape", name);
    /* Only what is in one piece of this very file has an address. */
    if (H5Dget_offset(dataset) == HADDR_UNDEF) {
        GOLD_GOTO(check_layout(dataset, item_bytes, name, found));
    }

done:
    goldi_h5_close(&space);
    return status;
}

/* Are the numbers, or characters, of the type, in whatever order of bytes? */
static gold_status is_of_type(hid_t stored, hid_t type, bool *is_same)
{
    gold_status status = GOLD_OK;
    htri_t result = 0;
    hid_t ordered = H5Tcopy(type);

    GOLDI_H5(ordered, "no HDF5 type");
    if (H5Tget_class(type) == H5T_STRING) {
        result = H5Tget_class(stored) == H5T_STRING &&
                 H5Tget_size(stored) == H5Tget_size(type);
    } else if (H5Tset_order(ordered, H5Tget_order(stored)) >= 0) {
        result = H5Tequal(stored, ordered);
    }
    GOLDI_H5(result, "HDF5 cannot compare two types");
    *is_same = result > 0;

done:
    goldi_h5_close(&ordered);
    return status;
}

/* What else than numbers data may be. */
static const char *class_text(H5T_class_t class)
{
    switch (class) {
    case H5T_STRING:
        return "texts";
    case H5T_COMPOUND:
        return "records of several values";
    case H5T_VLEN:
        return "lists of different lengths";
    case H5T_REFERENCE:
        return "references";
    default:
        return "no numbers";
    }
}

/* Whole numbers, reals, or booleans, which are an enumeration. */
static gold_status check_number(hid_t stored, const char *name,
                                goldi_plain *found)
{
    gold_status status = GOLD_OK;
    const H5T_class_t class = H5Tget_class(stored);
    const htri_t is_byte = H5Tequal(stored, H5T_NATIVE_UINT8);

    GOLDI_H5(class, "'%s' has an unknown type", name);
    GOLDI_H5(is_byte, "'%s' has an unknown type", name);
    found->is_byte = is_byte > 0;
    if (class != H5T_INTEGER && class != H5T_FLOAT && class != H5T_ENUM) {
        GOLD_FAIL(GOLD_ERR_FORMAT, "'%s' holds %s, where numbers are needed",
                  name, class_text(class));
    }

done:
    return status;
}

static gold_status check_type(hid_t dataset, hid_t type, const char *name,
                              goldi_plain *found)
{
    gold_status status = GOLD_OK;
    bool is_same = false;
    hid_t stored = H5Dget_type(dataset);

    GOLDI_H5(stored, "'%s' has no type", name);
    const htri_t is_named = H5Tcommitted(stored);

    GOLDI_H5(is_named, "'%s' has an unknown type", name);
    if (is_named == 0 && type == GOLDI_ANY_NUMBER) {
        GOLD_GOTO(check_number(stored, name, found));
        is_same = true;
    } else if (is_named == 0) {
        GOLD_GOTO(is_of_type(stored, type, &is_same));
    }
    if (!is_same && H5Tget_class(type) == H5T_STRING) {
        GOLD_FAIL(GOLD_ERR_FORMAT, "'%s' is not of texts of %zu bytes each",
                  name, H5Tget_size(type));
    }
    if (!is_same) {
        GOLD_FAIL(GOLD_ERR_FORMAT,
                  "'%s' has another type of data than belongs there", name);
    }

done:
    goldi_h5_close(&stored);
    return status;
}

/* Fail when data are said to be larger than the file can hold: whoever reads
 * them takes memory for what is said. */
static gold_status check_extent(hid_t file, size_t item_bytes, const char *name,
                                const goldi_plain *found)
{
    gold_status status = GOLD_OK;
    hsize_t in_file = 0;
    double data = (double)item_bytes;

    for (int i = 0; i < found->rank; i++) {
        data *= (double)found->sizes[i];
    }
    GOLDI_H5(H5Fget_filesize(file, &in_file), "the file has no size");
    const double most =
        found->is_chunked ? MOST_PACKED * (double)in_file + SPARE_MIB * mebibyte
                          : (double)in_file;

    if (!(data <= most)) {
        GOLD_FAIL(GOLD_ERR_FORMAT,
                  "'%s' is said to hold %.3g bytes, which a file of %.3g bytes "
                  "cannot",
                  name, data, (double)in_file);
    }

done:
    return status;
}

/* Bytes of an item of an open dataset. */
static gold_status size_of_item(hid_t dataset, const char *name, size_t *bytes)
{
    gold_status status = GOLD_OK;
    hid_t stored = H5Dget_type(dataset);

    GOLDI_H5(stored, "'%s' has no type", name);
    *bytes = H5Tget_size(stored);
    if (*bytes == 0) {
        GOLDI_H5_FAIL(GOLD_ERR_IO, "'%s' has no size", name);
    }

done:
    goldi_h5_close(&stored);
    return status;
}

/* The same of what is there. */
static gold_status check_there(hid_t file, const char *name, hid_t type,
                               goldi_plain *found)
{
    gold_status status = GOLD_OK;
    hid_t dataset = H5I_INVALID_HID;
    size_t item_bytes = 0;

    GOLD_GOTO(check_name(file, name));
    dataset = H5Dopen2(file, name, H5P_DEFAULT);
    if (dataset < 0) {
        GOLDI_H5_FAIL(GOLD_ERR_FORMAT, "'%s' cannot be opened", name);
    }
    GOLD_GOTO(size_of_item(dataset, name, &item_bytes));
    GOLD_GOTO(check_place(dataset, item_bytes, name, found));
    GOLD_GOTO(check_extent(file, item_bytes, name, found));
    GOLD_GOTO(check_type(dataset, type, name, found));

done:
    goldi_h5_close(&dataset);
    return status;
}

gold_status goldi_plain_check(hid_t file, const char *name, hid_t type,
                              goldi_plain *found)
{
    *found = (goldi_plain){.is_there = false};
    GOLD_TRY(look_for(file, name, &found->is_there));
    return found->is_there ? check_there(file, name, type, found) : GOLD_OK;
}

gold_status goldi_plain_is_chunked(hid_t dataset, const char *name,
                                   bool *is_chunked)
{
    gold_status status = GOLD_OK;
    hid_t creation = H5Dget_create_plist(dataset);
    H5D_layout_t layout = H5D_LAYOUT_ERROR;

    GOLDI_H5(creation, "'%s' has no layout", name);
    layout = H5Pget_layout(creation);
    GOLDI_H5(layout, "'%s' has an unknown layout", name);
    *is_chunked = layout != H5D_CONTIGUOUS;

done:
    goldi_h5_close(&creation);
    return status;
}

gold_status goldi_plain_refuse_chunks(const char *name, const char *path)
{
    return gold_fail(
        GOLD_ERR_MISMATCH,
        "'%s' is stored in chunks, as in a compressed copy: it can be read, "
        "but a run cannot write into it. Make a plain copy, `h5repack -f NONE "
        "-l CONTI %s COPY.h5`, and run into that, or name another file (-o)",
        name, path);
}
