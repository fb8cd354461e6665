/* SPDX-License-Identifier: MIT */
/**
 * @file source.h
 * Where bytes come from, one after the other: a file, plain or gzip, or memory.
 * Decoders see only this, so that a fuzzer can feed them.
 */
#ifndef GOLDILOCKS_DATA_SOURCE_H
#define GOLDILOCKS_DATA_SOURCE_H

#include <stddef.h>

#include "goldilocks/status.h"

enum {
    GOLDI_SOURCE_MAX_BYTES = 1 << 30 /* of one read: zlib counts in int */
};

/** A file as it is read; opaque. */
typedef struct goldi_source_file goldi_source_file;

typedef struct goldi_source {
    const char *name; /* for messages; borrowed */
    const unsigned char *memory;
    size_t n_memory;         /* bytes left in memory */
    goldi_source_file *file; /* NULL where memory is read */
} goldi_source;

/** Read from memory; borrowed, nothing to close. */
goldi_source goldi_source_of(const char *name, const void *memory,
                             size_t n_bytes);

/**
 * Open a file, plain or gzip whatever its name.
 *
 * @param path  borrowed until the source is closed.
 * @retval GOLD_ERR_IO  it cannot be opened.
 */
GOLD_CHECKED gold_status goldi_source_open(const char *path,
                                           goldi_source *source);

/** Close; zeroed sources and memory are allowed. */
void goldi_source_close(goldi_source *source);

/** True when the file is gzip, so that its size does not tell its length. */
bool goldi_source_is_packed(const goldi_source *source);

/** After the last read gave fewer bytes than asked for: does the file go on
 * with bytes that are no gzip data? Like gzip(1), nobody reads them. */
bool goldi_source_goes_on(const goldi_source *source);

/**
 * Read up to `n_bytes`, at most GOLDI_SOURCE_MAX_BYTES; fewer only at the end.
 *
 * @retval GOLD_ERR_IO      the system refused.
 * @retval GOLD_ERR_FORMAT  the gzip stream is damaged or ends too early.
 */
GOLD_CHECKED gold_status goldi_source_read(goldi_source *source, void *bytes,
                                           size_t n_bytes, size_t *n_read);

#endif
