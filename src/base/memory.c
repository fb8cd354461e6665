/* SPDX-License-Identifier: MIT */
#include "goldilocks/memory.h"

#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

static atomic_int_least64_t live_blocks;
static atomic_int_least64_t refuse_countdown;

/* True when this request is the one that a test wants refused. */
static bool is_refused(void)
{
    if (atomic_load(&refuse_countdown) <= 0) {
        return false;
    }
    return atomic_fetch_sub(&refuse_countdown, 1) == 1;
}

/* `bytes` rounded up to the alignment, at least one unit; 0 on overflow. */
static size_t round_up(size_t bytes)
{
    const size_t unit = GOLD_ALIGNMENT;

    if (bytes > SIZE_MAX - unit) {
        return 0;
    }
    return bytes == 0 ? unit : (bytes + unit - 1) / unit * unit;
}

/* Memory for a block. Large ones get whole large pages, where the system has
 * them: memory is there in a third of the time, and fewer addresses are looked
 * up. */
static void *request(size_t bytes)
{
    const size_t page = (size_t)2 << 20U; /* of x86-64, and of most ARM */
    const size_t whole = (bytes + page - 1) / page * page;
    void *memory = NULL;

    if (bytes < page / 2) {
        return aligned_alloc(GOLD_ALIGNMENT, bytes);
    }
    if (bytes > SIZE_MAX - page) {
        return NULL;
    }
    memory = aligned_alloc(page, whole);
#ifdef MADV_HUGEPAGE
    if (memory != NULL) {
        /* Refused, it does no harm. */
        (void)madvise(memory, whole, MADV_HUGEPAGE);
    }
#endif
    return memory;
}

gold_status gold_alloc(size_t count, size_t item_bytes, void **block)
{
    const bool overflows = item_bytes != 0 && count > SIZE_MAX / item_bytes;
    const size_t bytes = overflows ? 0 : round_up(count * item_bytes);
    void *memory = NULL;

    if (bytes != 0 && !is_refused()) {
        memory = request(bytes);
    }
    if (memory == NULL) {
        return gold_fail(GOLD_ERR_MEMORY,
                         "no memory for %zu items of %zu bytes", count,
                         item_bytes);
    }
    memset(memory, 0, bytes);
    atomic_fetch_add(&live_blocks, 1);
    *block = memory;
    return GOLD_OK;
}

void gold_free(void *block)
{
    if (block != NULL) {
        atomic_fetch_sub(&live_blocks, 1);
        free(block);
    }
}

void gold_warm_memory(size_t bytes)
{
    void *block = NULL;

#ifdef __GLIBC__
    /* Nothing that is freed goes back to the system. */
    (void)mallopt(M_MMAP_MAX, 0);
    (void)mallopt(M_TRIM_THRESHOLD, INT_MAX);
#endif
    if (gold_alloc(bytes, 1, &block) == GOLD_OK) {
        gold_free(block);
    }
}

bool gold_has_room(size_t bytes, bool is_written)
{
    const int protection = is_written ? PROT_READ | PROT_WRITE : PROT_NONE;
    void *room =
        mmap(NULL, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return room != MAP_FAILED && munmap(room, bytes) == 0;
}

gold_status gold_copy_text(const char *text, char **copy)
{
    const size_t bytes = strlen(text) + 1;

    GOLD_TRY(GOLD_ALLOC(bytes, copy));
    memcpy(*copy, text, bytes);
    return GOLD_OK;
}

int64_t gold_live_blocks(void)
{
    return atomic_load(&live_blocks);
}

void gold_refuse_after(int64_t countdown)
{
    atomic_store(&refuse_countdown, countdown);
}
