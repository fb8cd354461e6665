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

/** Room for one character, or for what stands for it, with the zero. */
enum {
    GOLD_GLYPH_BYTES = 8
};

/**
 * What a terminal may be sent for the character at the start of `text`: itself,
 * or "\\t", "\\x1b" for what would steer the terminal and for bytes that are
 * no UTF-8. Returns the bytes that it takes in the text.
 */
size_t gold_utf8_glyph(const char *text, size_t length,
                       char glyph[GOLD_GLYPH_BYTES]);

/** All of a text, cut to `n_bytes` with the zero between two glyphs; a line's
 * end stays one. */
void gold_utf8_show(const char *text, char *shown, size_t n_bytes);

/** Copy a text into `n_bytes`, zeros after it, one at least. What does not fit
 * is cut between characters, and bytes that are no UTF-8 become '?': a reader
 * decodes whole arrays and stumbles over one bad cell. */
void gold_utf8_fill(char *out, size_t n_bytes, const char *text);

#endif
