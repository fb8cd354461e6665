/* SPDX-License-Identifier: MIT */
#include "base/foreign.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

const char gold_foreign_hdf5[] = "an HDF5 file";
const char gold_foreign_empty[] = "empty";

static const struct {
    size_t n_bytes;
    const char *bytes;
    const char *what;
} signatures[] = {
    {8, "\211HDF\r\n\032\n", gold_foreign_hdf5},
    {8, "\211PNG\r\n\032\n", "a PNG image"},
    {3, "\377\330\377", "a JPEG image"},
    {4, "GIF8", "a GIF image"},
    {5, "%PDF-", "a PDF document"},
    {4, "\177ELF", "a program"},
    {3, "CDF", "a netCDF file of the classic format, not netCDF-4"},
    {6, "\223NUMPY", "a NumPy array"},
    {2, "\200\002", "a Python pickle"},
    {2, "\200\004", "a Python pickle"},
    {4, "PAR1", "a Parquet table"},
    {15, "SQLite format 3", "an SQLite database"},
    {4, "PK\003\004", "a zip archive (.npz or .pt?)"},
    {2, "\037\213", "a gzip file, which must be unpacked first"},
    {3, "BZh", "a bzip2 file, which must be unpacked first"},
    {5, "\3757zXZ", "an xz file, which must be unpacked first"},
    {4, "\050\265\057\375", "a zstd file, which must be unpacked first"},
    {4, "\001\010\0\0", "an IDX file in the wrong byte order"},
    {4, "\003\010\0\0", "an IDX file in the wrong byte order"},
    {4, "\0\0\0\0", "nothing but zeros"},
    {2, "#!", "a script"},
};

static bool is_text(const unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] < 0x80 && !isprint(bytes[i]) && !isspace(bytes[i])) {
            return false;
        }
    }
    return true;
}

const char *gold_foreign_known(const unsigned char *start, size_t n_bytes)
{
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
        if (n_bytes >= signatures[i].n_bytes &&
            memcmp(start, signatures[i].bytes, signatures[i].n_bytes) == 0) {
            return signatures[i].what;
        }
    }
    return NULL;
}

const char *gold_foreign_guess(const unsigned char *start, size_t n_bytes)
{
    const char *known = gold_foreign_known(start, n_bytes);

    if (n_bytes == 0) {
        return gold_foreign_empty;
    }
    if (known != NULL) {
        return known;
    }
    if (is_text(start, n_bytes)) {
        return start[0] == '<' ? "a web page or XML" : "plain text";
    }
    return "something of an unknown kind";
}
