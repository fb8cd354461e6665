/* SPDX-License-Identifier: MIT */
#include "store/condition.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "goldilocks/memory.h"
#include "goldilocks/store.h"

#include "base/foreign.h"
#include "store/h5.h"
#include "store/lock.h"
#include "store/place.h"
#include "store/root.h"

/* The superblock of format versions 2 and 3, at the beginning of a file; ours
 * are of version 3. */
enum {
    VERSION_AT = 8,
    OFFSET_BYTES_AT = 9,
    FLAGS_AT = 11, /* not 0 while a program has it open for writing */
    END_AT = 28,   /* where the file ends, 8 bytes */
    HEAD_BYTES = END_AT + 8
};

static gold_status read_head(const char *path, unsigned char head[HEAD_BYTES],
                             bool *is_known)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        return gold_fail(GOLD_ERR_IO, "%s: %s", path, strerror(errno));
    }
    const size_t n = fread(head, 1, HEAD_BYTES, file);

    (void)fclose(file);
    *is_known = n == HEAD_BYTES && head[VERSION_AT] >= 2 &&
                head[VERSION_AT] <= 3 && head[OFFSET_BYTES_AT] == 8;
    return GOLD_OK;
}

static uint64_t end_of(const unsigned char head[HEAD_BYTES])
{
    uint64_t end = 0;

    for (int i = 7; i >= 0; i--) {
        end = end << 8U | head[END_AT + i];
    }
    return end;
}

static gold_status refuse_damaged(const char *path)
{
    return gold_fail(GOLD_ERR_FORMAT,
                     "%s: is a damaged HDF5 file; " GOLDI_WAY_OUT, path);
}

/* What begins as an HDF5 file, and HDF5 has just refused. */
static gold_status refuse_hdf5(const char *path)
{
    unsigned char head[HEAD_BYTES] = {0};
    bool is_known = false;
    struct stat about;

    GOLD_TRY(read_head(path, head, &is_known));
    if (!is_known || stat(path, &about) != 0) {
        return refuse_damaged(path);
    }
    if (end_of(head) > (uint64_t)about.st_size) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "%s: is a damaged HDF5 file, cut short: %" PRIu64
                         " of %" PRIu64 " bytes are there; " GOLDI_WAY_OUT,
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
    return refuse_damaged(path);
}

gold_status goldi_condition_refuse(const char *path, const char *wanted)
{
    const char *guess = NULL;

    GOLD_TRY(goldi_place_guess(path, &guess));
    if (guess == gold_foreign_hdf5) {
        /* Libraries mark a file while they write it. */
        GOLD_TRY(goldi_lock_ask(path));
        return refuse_hdf5(path);
    }
    return gold_fail(GOLD_ERR_FORMAT, "%s: is not %s: the file is %s", path,
                     wanted, guess);
}

gold_status goldi_condition_open(const char *path, const char *wanted,
                                 hid_t *file)
{
    if (goldi_h5_open(path, file) == GOLD_OK) {
        return GOLD_OK;
    }
    gold_fail_clear();
    return goldi_condition_refuse(path, wanted);
}

gold_status goldi_condition_expect_hdf5(const char *path)
{
    const char *guess = NULL;
    bool exists = false;

    GOLD_TRY(goldi_place_exists(path, &exists));
    if (!exists) {
        return gold_fail(GOLD_ERR_IO, "%s: there is no such file", path);
    }
    GOLD_TRY(goldi_place_guess(path, &guess));
    return guess == gold_foreign_hdf5
               ? GOLD_OK
               : goldi_condition_refuse(path, "an HDF5 file");
}

gold_status goldi_condition_tell(hid_t file, gold_file_kind *kind,
                                 const char **what)
{
    gold_status status = GOLD_OK;
    char *format = NULL;
    char *program = NULL;

    GOLD_GOTO(goldi_h5_get_text(file, GOLDI_SCHEMA_VERSION, &format));
    GOLD_GOTO(goldi_h5_get_text(file, GOLDI_PROGRAM_VERSION, &program));
    *kind = GOLD_FILE_OTHER;
    *what = "an HDF5 file of another program";
    if (format != NULL && program != NULL) {
        *kind = GOLD_FILE_RESULT;
        *what = "a result file";
    } else if (H5Lexists(file, "point", H5P_DEFAULT) > 0 &&
               H5Lexists(file, "network", H5P_DEFAULT) > 0) {
        *kind = GOLD_FILE_POINT;
        *what = "of one point, as `goldilocks point` writes it";
    }

done:
    gold_free(program);
    gold_free(format);
    return status;
}
