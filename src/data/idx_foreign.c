/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <string.h>

#include "data/idx.h"

static const struct {
    const char *text;
    size_t n_bytes;
    unsigned char bytes[8];
} signatures[] = {
    {"a PNG image", 4, {0x89, 'P', 'N', 'G'}},
    {"a JPEG image", 3, {0xff, 0xd8, 0xff}},
    {"a GIF image", 4, {'G', 'I', 'F', '8'}},
    {"an HDF5 file", 4, {0x89, 'H', 'D', 'F'}},
    {"a netCDF file", 3, {'C', 'D', 'F'}},
    {"a NumPy array", 6, {0x93, 'N', 'U', 'M', 'P', 'Y'}},
    {"a zip archive (.npz or .pt?)", 4, {'P', 'K', 3, 4}},
    {"a PDF document", 4, {'%', 'P', 'D', 'F'}},
    {"a Parquet table", 4, {'P', 'A', 'R', '1'}},
    {"a Python pickle", 2, {0x80, 2}},
    {"a Python pickle", 2, {0x80, 4}},
    {"a gzip file packed twice", 2, {0x1f, 0x8b}},
    {"a bzip2 file, which must be unpacked first", 3, {'B', 'Z', 'h'}},
    {"an xz file, which must be unpacked first", 5, {0xfd, '7', 'z', 'X', 'Z'}},
    {"a zstd file, which must be unpacked first", 4, {0x28, 0xb5, 0x2f, 0xfd}},
    {"an ELF program", 4, {0x7f, 'E', 'L', 'F'}},
    {"an IDX file in the wrong byte order", 4, {1, 8, 0, 0}},
    {"an IDX file in the wrong byte order", 4, {3, 8, 0, 0}},
    {"nothing but zeros", 4, {0, 0, 0, 0}},
};

static bool is_text(const unsigned char *start, size_t n_bytes)
{
    for (size_t i = 0; i < n_bytes; i++) {
        if (!isprint(start[i]) && !isspace(start[i])) {
            return false;
        }
    }
    return true;
}

const char *goldi_idx_looks_like(const unsigned char *start, size_t n_bytes)
{
    if (n_bytes == 0) {
        return "empty";
    }
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
        const size_t n = signatures[i].n_bytes;

        if (n_bytes >= n && memcmp(start, signatures[i].bytes, n) == 0) {
            return signatures[i].text;
        }
    }
    if (is_text(start, n_bytes)) {
        return start[0] == '<' ? "a web page or XML" : "text";
    }
    return "something unknown";
}

const char *goldi_idx_type_text(unsigned char code)
{
    static const char *const texts[] = {
        [0x08] = "unsigned bytes",  [0x09] = "signed bytes",
        [0x0b] = "16-bit integers", [0x0c] = "32-bit integers",
        [0x0d] = "floats",          [0x0e] = "doubles"};

    return code < sizeof texts / sizeof *texts ? texts[code] : NULL;
}
