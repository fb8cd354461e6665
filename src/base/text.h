/* SPDX-License-Identifier: MIT */
/**
 * @file text.h
 * A text that grows as it is written, and numbers as text.
 */
#ifndef GOLD_BASE_TEXT_H
#define GOLD_BASE_TEXT_H

#include "goldilocks/memory.h"

/** Value type: zero it; ended by goldi_text_fini or goldi_text_give. A refused
 * allocation is remembered and told by goldi_text_give: writers need not look.
 */
typedef struct goldi_text {
    char *data; /* owned; NULL while empty */
    size_t length;
    size_t capacity;
    gold_status status;
} goldi_text;

/** Append formatted text. */
void goldi_text_add(goldi_text *text, const char *format, ...)
    GOLD_PRINTF(2, 3);

/** Append `length` bytes as they are. */
void goldi_text_append(goldi_text *text, const char *bytes, size_t length);

/** Hand the text over to the caller, for gold_free; `text` is empty after. */
GOLD_CHECKED gold_status goldi_text_give(goldi_text *text, char **out);

void goldi_text_fini(goldi_text *text);

enum {
    GOLDI_REAL_BYTES = 40
};

/** A real with as few digits as give it back exactly; returns `text`. */
const char *goldi_real_text(double value, char text[GOLDI_REAL_BYTES]);

/** The same, whole numbers without an exponent. */
const char *goldi_number_text(double value, char text[GOLDI_REAL_BYTES]);

#endif
