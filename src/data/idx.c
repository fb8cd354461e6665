/* SPDX-License-Identifier: MIT */
#include "data/idx.h"

#include <stdint.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "base/foreign.h"

enum {
    MAGIC_BYTES = 4,
    UNSIGNED_BYTES = 0x08,
    CHUNK_BYTES = 1 << 20
};

/* Name of an IDX element type: "32-bit integers"; NULL: there is none. */
static const char *type_text(unsigned char code)
{
    static const char *const texts[] = {
        [0x08] = "unsigned bytes",  [0x09] = "signed bytes",
        [0x0b] = "16-bit integers", [0x0c] = "32-bit integers",
        [0x0d] = "floats",          [0x0e] = "doubles"};

    return code < sizeof texts / sizeof *texts ? texts[code] : NULL;
}

size_t goldi_idx_item_bytes(const goldi_idx *idx)
{
    return idx->height * idx->width;
}

size_t goldi_idx_file_bytes(const goldi_idx *idx)
{
    return MAGIC_BYTES * (1 + (size_t)idx->kind) +
           idx->n_items * goldi_idx_item_bytes(idx);
}

static const char *kind_text(unsigned n_dims)
{
    return n_dims == GOLDI_IDX_LABELS ? "labels" : "images";
}

static gold_status check_magic(const char *name, goldi_idx_kind kind,
                               const unsigned char *start, size_t n_bytes)
{
    const bool is_idx = n_bytes >= MAGIC_BYTES && start[0] == 0 &&
                        start[1] == 0 && type_text(start[2]) != NULL;
    const unsigned n_dims = start[3];

    if (!is_idx) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "%s: not an IDX file of %s: it is, or looks like, %s",
                         name, kind_text(kind),
                         gold_foreign_guess(start, n_bytes));
    }
    if (start[2] != UNSIGNED_BYTES) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "%s: IDX elements are %s (type 0x%02x); unsigned "
                         "bytes (0x08) are needed",
                         name, type_text(start[2]), start[2]);
    }
    if (n_dims == (unsigned)kind) {
        return GOLD_OK;
    }
    if (n_dims == GOLDI_IDX_LABELS || n_dims == GOLDI_IDX_IMAGES) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "%s: an IDX file of %s, where %s belong; were two "
                         "files confused?",
                         name, kind_text(n_dims), kind_text(kind));
    }
    return gold_fail(GOLD_ERR_FORMAT,
                     "%s: an IDX array of %u dimensions; %s have %u", name,
                     n_dims, kind_text(kind), (unsigned)kind);
}

static size_t big_endian(const unsigned char *bytes)
{
    return (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 |
           (size_t)bytes[2] << 8 | (size_t)bytes[3];
}

static gold_status check_sizes(const char *name, const goldi_idx *idx)
{
    const size_t n = idx->n_items;

    if (n == 0) {
        return gold_fail(GOLD_ERR_FORMAT, "%s: holds no %s", name,
                         kind_text(idx->kind));
    }
    if (n > GOLDI_IDX_MAX_ITEMS) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "%s: its header speaks of %zu %s; at most %d are "
                         "taken",
                         name, n, kind_text(idx->kind), GOLDI_IDX_MAX_ITEMS);
    }
    /* both below 2^32, so the product does not overflow */
    if (idx->height == 0 || idx->width == 0 ||
        goldi_idx_item_bytes(idx) > GOLDI_IDX_MAX_ITEM_BYTES) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "%s: its header speaks of images of %zu x %zu pixels; "
                         "1 to %d pixels are taken",
                         name, idx->height, idx->width,
                         GOLDI_IDX_MAX_ITEM_BYTES);
    }
    if (n * goldi_idx_item_bytes(idx) > GOLDI_IDX_MAX_BYTES) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "%s: its header speaks of %zu images of %zu x %zu "
                         "pixels, more than 64 GiB",
                         name, n, idx->height, idx->width);
    }
    return GOLD_OK;
}

gold_status goldi_idx_read_header(goldi_source *source, goldi_idx_kind kind,
                                  goldi_idx *idx)
{
    const size_t n_header = MAGIC_BYTES * (1 + (size_t)kind);
    unsigned char header[GOLDI_IDX_MAX_HEADER] = {0};
    goldi_idx found = {.kind = kind, .height = 1, .width = 1};
    size_t n = 0;

    GOLD_TRY(goldi_source_read(source, header, n_header, &n));
    GOLD_TRY(check_magic(source->name, kind, header, n));
    if (n < n_header) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "%s: truncated: %zu bytes, its header alone has %zu",
                         source->name, n, n_header);
    }
    found.n_items = big_endian(header + 4);
    if (kind == GOLDI_IDX_IMAGES) {
        found.height = big_endian(header + 8);
        found.width = big_endian(header + 12);
    }
    GOLD_TRY(check_sizes(source->name, &found));
    *idx = found;
    return GOLD_OK;
}

static void keep_items(const unsigned char *items, size_t n_items,
                       size_t item_bytes, const size_t *slots, size_t n_kept,
                       size_t first, unsigned char *kept)
{
    for (size_t i = 0; i < n_items; i++) {
        const size_t slot = slots == NULL ? first + i : slots[first + i];

        if (slot < n_kept) {
            memcpy(kept + slot * item_bytes, items + i * item_bytes,
                   item_bytes);
        }
    }
}

static gold_status check_end(goldi_source *source, const goldi_idx *idx)
{
    unsigned char byte = 0;
    size_t n = 0;

    GOLD_TRY(goldi_source_read(source, &byte, 1, &n));
    if (n != 0) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "%s: longer than its header says: %zu bytes for %zu "
                         "%s, and then more",
                         source->name, goldi_idx_file_bytes(idx), idx->n_items,
                         kind_text(idx->kind));
    }
    return GOLD_OK;
}

gold_status goldi_idx_read_items(goldi_source *source, const goldi_idx *idx,
                                 const size_t *slots, size_t n_kept,
                                 unsigned char *kept)
{
    gold_status status = GOLD_OK;
    const size_t item_bytes = goldi_idx_item_bytes(idx);
    const size_t n_chunk = CHUNK_BYTES / item_bytes;
    unsigned char *chunk = NULL;

    GOLD_GOTO(GOLD_ALLOC(n_chunk * item_bytes, &chunk));
    for (size_t i = 0; i < idx->n_items;) {
        const size_t n_left = idx->n_items - i;
        const size_t n = n_left < n_chunk ? n_left : n_chunk;
        size_t n_read = 0;

        GOLD_GOTO(goldi_source_read(source, chunk, n * item_bytes, &n_read));
        if (n_read < n * item_bytes) {
            GOLD_FAIL(GOLD_ERR_FORMAT,
                      "%s: truncated: its header speaks of %zu %s, but it ends "
                      "after %zu",
                      source->name, idx->n_items, kind_text(idx->kind),
                      i + n_read / item_bytes);
        }
        keep_items(chunk, n, item_bytes, slots, n_kept, i, kept);
        i += n;
    }
    GOLD_GOTO(check_end(source, idx));

done:
    gold_free(chunk);
    return status;
}
