/* SPDX-License-Identifier: MIT */
#include "data/source.h"

#include <errno.h>
#include <string.h>

#include <zlib.h>

enum {
    BUFFER_BYTES = 1 << 18 /* zlib's own, of compressed bytes */
};

goldi_source goldi_source_of(const char *name, const void *memory,
                             size_t n_bytes)
{
    return (goldi_source){.name = name, .memory = memory, .n_memory = n_bytes};
}

gold_status goldi_source_open(const char *path, goldi_source *source)
{
    gzFile file = NULL;

    errno = 0;
    file = gzopen(path, "rb");
    if (file == NULL) {
        return gold_fail(errno == 0 ? GOLD_ERR_MEMORY : GOLD_ERR_IO,
                         "%s: cannot be opened: %s", path,
                         errno == 0 ? "no memory" : strerror(errno));
    }
    if (gzbuffer(file, BUFFER_BYTES) != 0) {
        (void)gzclose(file);
        return gold_fail(GOLD_ERR_MEMORY, "%s: no memory to read it", path);
    }
    *source = (goldi_source){.name = path, .file = file};
    return GOLD_OK;
}

void goldi_source_close(goldi_source *source)
{
    if (source->file != NULL) {
        (void)gzclose(source->file);
    }
    *source = (goldi_source){0};
}

bool goldi_source_is_packed(const goldi_source *source)
{
    return source->file != NULL && gzdirect(source->file) == 0;
}

/* What zlib has to say about a read that gave fewer bytes than asked for. */
static gold_status file_trouble(const goldi_source *source)
{
    int code = Z_OK;
    const char *text = gzerror(source->file, &code);

    switch (code) {
    case Z_OK:
    case Z_STREAM_END:
        return GOLD_OK;
    case Z_ERRNO:
        return gold_fail(GOLD_ERR_IO, "%s: cannot be read: %s", source->name,
                         strerror(errno));
    case Z_MEM_ERROR:
        return gold_fail(GOLD_ERR_MEMORY, "%s: no memory to unpack it",
                         source->name);
    case Z_BUF_ERROR:
        return gold_fail(GOLD_ERR_FORMAT,
                         "%s: the gzip file is truncated; get it again",
                         source->name);
    default:
        return gold_fail(GOLD_ERR_FORMAT,
                         "%s: the gzip file is damaged (%s); get it again",
                         source->name, text);
    }
}

static gold_status read_file(goldi_source *source, void *bytes, size_t n_bytes,
                             size_t *n_read)
{
    const int n = gzread(source->file, bytes, (unsigned)n_bytes);

    if (n < (int)n_bytes) {
        GOLD_TRY(file_trouble(source));
    }
    *n_read = n < 0 ? 0 : (size_t)n;
    return GOLD_OK;
}

gold_status goldi_source_read(goldi_source *source, void *bytes, size_t n_bytes,
                              size_t *n_read)
{
    size_t n = source->n_memory;

    GOLD_ASSERT(n_bytes <= GOLDI_SOURCE_MAX_BYTES);
    if (source->file != NULL) {
        return read_file(source, bytes, n_bytes, n_read);
    }
    if (n > n_bytes) {
        n = n_bytes;
    }
    if (n > 0) {
        memcpy(bytes, source->memory, n);
        source->memory += n;
        source->n_memory -= n;
    }
    *n_read = n;
    return GOLD_OK;
}
