/* SPDX-License-Identifier: MIT */
/** @file utf8.h Reading UTF-8 that may be broken. */
#ifndef GOLD_BASE_UTF8_H
#define GOLD_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/**
 * One character: its length in bytes, 1 for bytes that are none (cut short,
 * written longer than needed, a surrogate, beyond Unicode).
 *
 * @param length      bytes of `text`, at least 1.
 * @param[out] point  the code point, or UINT32_MAX for such bytes.
 */
size_t gold_utf8_decode(const char *text, size_t length, uint32_t *point);

#endif
