/* SPDX-License-Identifier: MIT */
/**
 * @file memory.h
 * Memory that fails politely: every request can be refused, sizes are checked
 * for overflow, blocks are aligned for vector units, and the number of live
 * blocks is counted, so that every test is a leak test.
 */
#ifndef GOLDILOCKS_MEMORY_H
#define GOLDILOCKS_MEMORY_H

#include <stdint.h>

#include "goldilocks/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Alignment of every block, in bytes: a cache line, and an AVX-512 vector. */
enum {
    GOLD_ALIGNMENT = 64
};

/**
 * Get `count * item_bytes` bytes, zeroed, aligned to GOLD_ALIGNMENT.
 *
 * Zero bytes are allowed and give a block that can be freed.
 *
 * @param[out] block  receives the block, owned by the caller, for gold_free;
 *                    unchanged on failure.
 * @retval GOLD_ERR_MEMORY  the product overflows or the system refuses.
 */
GOLD_CHECKED gold_status gold_alloc(size_t count, size_t item_bytes,
                                    void **block);

/** The same with the type checked: GOLD_ALLOC(n, &pointer). */
#define GOLD_ALLOC(count, pointer)                                             \
    gold_alloc((count), sizeof **(pointer), (void **)(pointer))

/** Give a block back; NULL is allowed. */
void gold_free(void *block);

/**
 * Get `bytes` from the system and keep them for requests to come, which then
 * find memory as they do in a program that has run for long. From now on the
 * process gives nothing back, where the C library is glibc. If the system has
 * not as much, nothing is kept, and that is no failure.
 */
void gold_warm_memory(size_t bytes);

/** Would the system map `bytes` more, to write to them or only to hold the
 * addresses? Nothing is kept, nor is it a failure where it would not. */
bool gold_has_room(size_t bytes, bool is_written);

/** Copy of a string, owned by the caller, for gold_free. */
GOLD_CHECKED gold_status gold_copy_text(const char *text, char **copy);

/** Blocks given out and not yet freed, over all threads. */
int64_t gold_live_blocks(void);

/**
 * From now on refuse the `countdown`-th request (1 is the next); 0: never.
 * For tests of every error path.
 */
void gold_refuse_after(int64_t countdown);

#ifdef __cplusplus
}
#endif
#endif
