/* SPDX-License-Identifier: MIT */
#include "data/source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <zlib.h>

#include "goldilocks/memory.h"

enum {
    BUFFER_BYTES = 1 << 18,
    GZIP_WINDOW = 15 + 16 /* zlib's way to say: gzip, any window */
};

/* A file, plain or gzip: one stream, or several one after the other, as
 * gzip(1) unpacks them. */
struct goldi_source_file {
    FILE *file;
    bool is_packed;
    bool is_inside; /* a stream, whose end has not come */
    bool goes_on;   /* with what is no stream, after the last one */
    z_stream stream;
    unsigned char buffer[BUFFER_BYTES];
};

goldi_source goldi_source_of(const char *name, const void *memory,
                             size_t n_bytes)
{
    return (goldi_source){.name = name, .memory = memory, .n_memory = n_bytes};
}

/* Have at least `n` bytes of the file at hand, unless it ends before. */
static gold_status refill(const goldi_source *source, size_t n)
{
    goldi_source_file *file = source->file;
    z_stream *stream = &file->stream;

    if (stream->avail_in >= n) {
        return GOLD_OK;
    }
    if (stream->avail_in > 0) {
        memmove(file->buffer, stream->next_in, stream->avail_in);
    }
    stream->next_in = file->buffer;
    stream->avail_in +=
        (uInt)fread(file->buffer + stream->avail_in, 1,
                    BUFFER_BYTES - stream->avail_in, file->file);
    if (ferror(file->file) != 0) {
        return gold_fail(GOLD_ERR_IO, "%s: cannot be read: %s", source->name,
                         strerror(errno));
    }
    return GOLD_OK;
}

/* Does a stream begin here? */
static bool is_stream(const goldi_source_file *file)
{
    return file->stream.avail_in >= 2 && file->stream.next_in[0] == 0x1f &&
           file->stream.next_in[1] == 0x8b;
}

gold_status goldi_source_open(const char *path, goldi_source *source)
{
    gold_status status = GOLD_OK;
    goldi_source made = {.name = path};

    GOLD_GOTO(GOLD_ALLOC(1, &made.file));
    made.file->file = fopen(path, "rb");
    if (made.file->file == NULL) {
        GOLD_FAIL(GOLD_ERR_IO, "%s: cannot be opened: %s", path,
                  strerror(errno));
    }
    GOLD_GOTO(refill(&made, 2));
    if (is_stream(made.file)) {
        if (inflateInit2(&made.file->stream, GZIP_WINDOW) != Z_OK) {
            GOLD_FAIL(GOLD_ERR_MEMORY, "%s: no memory to unpack it", path);
        }
        made.file->is_packed = true;
        made.file->is_inside = true;
    }
    *source = made;
    made.file = NULL;

done:
    goldi_source_close(&made);
    return status;
}

void goldi_source_close(goldi_source *source)
{
    goldi_source_file *file = source->file;

    if (file != NULL) {
        if (file->is_packed) {
            (void)inflateEnd(&file->stream);
        }
        if (file->file != NULL) {
            (void)fclose(file->file);
        }
        gold_free(file);
    }
    *source = (goldi_source){0};
}

bool goldi_source_is_packed(const goldi_source *source)
{
    return source->file != NULL && source->file->is_packed;
}

bool goldi_source_goes_on(const goldi_source *source)
{
    return source->file != NULL && source->file->goes_on;
}

static gold_status refuse(const goldi_source *source, int code)
{
    const char *text = source->file->stream.msg;

    switch (code) {
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
                         source->name, text == NULL ? "no gzip data" : text);
    }
}

/* Between two streams, or at the end. */
static gold_status begin_stream(const goldi_source *source)
{
    goldi_source_file *file = source->file;

    GOLD_TRY(refill(source, 2));
    file->is_inside = is_stream(file);
    file->goes_on = !file->is_inside && file->stream.avail_in > 0;
    if (file->is_inside) {
        (void)inflateReset(&file->stream);
    }
    return GOLD_OK;
}

/* Unpack until `n_bytes` are there or the file ends. */
static gold_status unpack(const goldi_source *source, unsigned char *bytes,
                          size_t n_bytes, size_t *n_read)
{
    goldi_source_file *file = source->file;
    z_stream *stream = &file->stream;

    stream->next_out = bytes;
    stream->avail_out = (uInt)n_bytes;
    while (stream->avail_out > 0 && file->is_inside) {
        GOLD_TRY(refill(source, 1));
        const int code = inflate(stream, Z_NO_FLUSH);

        if (code == Z_STREAM_END) {
            GOLD_TRY(begin_stream(source));
        } else if (code != Z_OK) {
            return refuse(source, code);
        }
    }
    *n_read = n_bytes - stream->avail_out;
    return GOLD_OK;
}

static gold_status read_plain(const goldi_source *source, unsigned char *bytes,
                              size_t n_bytes, size_t *n_read)
{
    z_stream *stream = &source->file->stream;
    size_t n = 0;

    while (n < n_bytes) {
        GOLD_TRY(refill(source, 1));
        const size_t left = n_bytes - n;
        const size_t some = stream->avail_in < left ? stream->avail_in : left;

        if (some == 0) {
            break;
        }
        memcpy(bytes + n, stream->next_in, some);
        stream->next_in += some;
        stream->avail_in -= (uInt)some;
        n += some;
    }
    *n_read = n;
    return GOLD_OK;
}

gold_status goldi_source_read(goldi_source *source, void *bytes, size_t n_bytes,
                              size_t *n_read)
{
    size_t n = source->n_memory;

    GOLD_ASSERT(n_bytes <= GOLDI_SOURCE_MAX_BYTES);
    if (source->file != NULL) {
        return source->file->is_packed
                   ? unpack(source, bytes, n_bytes, n_read)
                   : read_plain(source, bytes, n_bytes, n_read);
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
