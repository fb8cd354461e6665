/* SPDX-License-Identifier: MIT */
/**
 * @file digest.h
 * SHA-256 (FIPS 180-4), by libcrypto: the fingerprint of a study and its data.
 */
#ifndef GOLDILOCKS_DIGEST_H
#define GOLDILOCKS_DIGEST_H

#include "goldilocks/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of a digest as text: 64 hexadecimal digits and a zero. */
enum {
    GOLD_DIGEST_TEXT = 65
};

/** One (pointer, bytes) pair; borrowed. */
typedef struct gold_bytes {
    const void *data;
    size_t bytes;
} gold_bytes;

/** Digest of the pieces as if they stood in one row. */
GOLD_CHECKED gold_status gold_digest(const gold_bytes *pieces, size_t n_pieces,
                                     char text[GOLD_DIGEST_TEXT]);

#ifdef __cplusplus
}
#endif
#endif
