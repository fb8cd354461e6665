/* SPDX-License-Identifier: MIT */
#include "store/condition.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "store/h5.h"

/* The superblock of format versions 2 and 3, at the beginning of a file; ours
 * are of version 3. */
enum {
    VERSION_AT = 8,
    OFFSET_BYTES_AT = 9,
    FLAGS_AT = 11, /* not 0 while a program has it open for writing */
    END_AT = 28,   /* where the file ends, 8 bytes */
    HEAD_BYTES = END_AT + 8,
    NAME_BYTES = 256
};

static bool read_head(const char *path, unsigned char head[HEAD_BYTES])
{
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        return false;
    }
    const size_t n = fread(head, 1, HEAD_BYTES, file);

    (void)fclose(file);
    return n == HEAD_BYTES && head[VERSION_AT] >= 2 && head[VERSION_AT] <= 3 &&
           head[OFFSET_BYTES_AT] == 8;
}

static uint64_t end_of(const unsigned char head[HEAD_BYTES])
{
    uint64_t end = 0;

    for (int i = 7; i >= 0; i--) {
        end = end << 8U | head[END_AT + i];
    }
    return end;
}

gold_status goldi_condition_fail(const char *path)
{
    unsigned char head[HEAD_BYTES] = {0};
    struct stat about;

    if (!read_head(path, head) || stat(path, &about) != 0) {
        return goldi_h5_fail(GOLD_ERR_FORMAT, "%s: is a damaged HDF5 file",
                             path);
    }
    if (end_of(head) > (uint64_t)about.st_size) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "%s: is a damaged HDF5 file, cut short: %" PRIu64
                         " of %" PRIu64 " bytes are there",
                         path, (uint64_t)about.st_size, end_of(head));
    }
    if (head[VERSION_AT] == 3 && head[FLAGS_AT] != 0) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "%s: a program has it open for writing, or ended "
                         "without closing it: close it there; if no program "
                         "has it open, `h5clear -s %s` (of HDF5's tools) makes "
                         "it readable again",
                         path, path);
    }
    return goldi_h5_fail(GOLD_ERR_FORMAT, "%s: is a damaged HDF5 file", path);
}

static gold_status check_dataset(hid_t dataset, const char *path)
{
    gold_status status = GOLD_OK;
    hid_t creation = H5Dget_create_plist(dataset);
    H5D_layout_t layout = H5D_LAYOUT_ERROR;
    char name[NAME_BYTES] = "";

    GOLDI_H5(creation, "%s: has data without a layout", path);
    layout = H5Pget_layout(creation);
    GOLDI_H5(layout, "%s: has data of an unknown layout", path);
    if (layout != H5D_CONTIGUOUS) {
        (void)H5Iget_name(dataset, name, sizeof name);
        GOLD_FAIL(GOLD_ERR_MISMATCH,
                  "%s: '%s' is stored in chunks, as in a compressed copy: it "
                  "can be read, but a run cannot write into it. Make a plain "
                  "copy, `h5repack -f NONE -l CONTI %s COPY.h5`, and run into "
                  "that, or name another file (-o)",
                  path, name, path);
    }

done:
    goldi_h5_close(&creation);
    return status;
}

/* Check all datasets of a group, and of groups in it down to `depth`. */
static gold_status check_group(hid_t group, int depth, const char *path)
{
    gold_status status = GOLD_OK;
    hid_t object = H5I_INVALID_HID;
    H5G_info_t about;

    GOLDI_H5(H5Gget_info(group, &about), "%s: has a group that is broken",
             path);
    for (hsize_t i = 0; i < about.nlinks; i++) {
        object = H5Oopen_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i,
                                H5P_DEFAULT);
        GOLDI_H5(object, "%s: has an object that cannot be opened", path);
        const H5I_type_t type = H5Iget_type(object);

        GOLDI_H5(type, "%s: has an object of an unknown kind", path);
        if (type == H5I_DATASET) {
            GOLD_GOTO(check_dataset(object, path));
        } else if (type == H5I_GROUP && depth > 0) {
            GOLD_GOTO(check_group(object, depth - 1, path));
        }
        goldi_h5_close(&object);
    }

done:
    goldi_h5_close(&object);
    return status;
}

gold_status goldi_condition_check(hid_t file, const char *path)
{
    gold_status status = GOLD_OK;
    hid_t root = H5Gopen2(file, "/", H5P_DEFAULT);

    GOLDI_H5(root, "%s: cannot be looked into", path);
    GOLD_GOTO(check_group(root, 1, path));

done:
    goldi_h5_close(&root);
    return status;
}
