/* SPDX-License-Identifier: MIT */
/**
 * @file utf8.h
 * Text of fixed length that any reader can decode.
 */
#ifndef GOLD_STORE_UTF8_H
#define GOLD_STORE_UTF8_H

#include <stddef.h>

/* Copy a text into `n_bytes`, zeros after it, one at least. What does not fit
 * is cut between characters, and bytes that are no UTF-8 become '?': a reader
 * decodes whole arrays and stumbles over one bad cell. */
void goldi_utf8_fill(char *out, size_t n_bytes, const char *text);

#endif
