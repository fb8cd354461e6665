/* SPDX-License-Identifier: MIT */
/** @file print.h Numbers as people read them. */
#ifndef GOLD_APP_PRINT_H
#define GOLD_APP_PRINT_H

#include <stddef.h>
#include <stdio.h>

#include "goldilocks/status.h"

/** Room that the functions below need, with the zero. */
enum {
    GOLD_PRINT_BYTES = 32
};

/** "0.35 s", "42 s", "3 min 20 s", "5 h 07 min", "3 d 04 h"; "?" for NaN.
 * Returns `text`. */
char *gold_print_duration(double seconds, char text[GOLD_PRINT_BYTES]);

/** "512 B", "1.3 MiB", "2.0 GiB". Returns `text`. */
char *gold_print_bytes(double bytes, char text[GOLD_PRINT_BYTES]);

/** "950", "12,345", "266,200": whole numbers with separators. Returns `text`.
 */
char *gold_print_count(double count, char text[GOLD_PRINT_BYTES]);

/** Print a text that came with a file, a study, a path or the environment,
 * harmless to a terminal (gold_utf8_glyph); ends of lines stay. */
void gold_print_text(FILE *out, const char *text, size_t length);

/** Print as fprintf does, up to 8 KiB, and harmless as above. */
void gold_say(FILE *out, const char *format, ...) GOLD_PRINTF(2, 3);

#endif
