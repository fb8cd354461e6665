/* SPDX-License-Identifier: MIT */
#include "study/pool.h"

#include <string.h>

enum {
    CHUNK_BYTES = 1 << 16,
    PIECE_ALIGNMENT = 16
};

struct goldi_chunk {
    struct goldi_chunk *older;
    size_t used;
    size_t bytes;
    _Alignas(PIECE_ALIGNMENT) unsigned char data[];
};

static gold_status add_chunk(goldi_pool *pool, size_t bytes)
{
    void *block = NULL;

    GOLD_TRY(gold_alloc(1, sizeof(struct goldi_chunk) + bytes, &block));
    struct goldi_chunk *chunk = block;

    chunk->older = pool->newest;
    chunk->bytes = bytes;
    pool->newest = chunk;
    return GOLD_OK;
}

gold_status goldi_pool_take(goldi_pool *pool, size_t bytes, void **piece)
{
    const size_t rounded =
        (bytes + PIECE_ALIGNMENT - 1) / PIECE_ALIGNMENT * PIECE_ALIGNMENT;
    struct goldi_chunk *chunk = pool->newest;

    if (chunk == NULL || chunk->bytes - chunk->used < rounded) {
        GOLD_TRY(
            add_chunk(pool, rounded > CHUNK_BYTES ? rounded : CHUNK_BYTES));
        chunk = pool->newest;
    }
    *piece = chunk->data + chunk->used;
    chunk->used += rounded;
    return GOLD_OK;
}

gold_status goldi_pool_copy(goldi_pool *pool, const char *text, size_t length,
                            const char **copy)
{
    void *piece = NULL;

    GOLD_TRY(goldi_pool_take(pool, length + 1, &piece));
    memcpy(piece, text, length);
    *copy = piece;
    return GOLD_OK;
}

void goldi_pool_fini(goldi_pool *pool)
{
    while (pool->newest != NULL) {
        struct goldi_chunk *older = pool->newest->older;

        gold_free(pool->newest);
        pool->newest = older;
    }
}
