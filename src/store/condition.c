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
    HEAD_BYTES = END_AT + 8
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
