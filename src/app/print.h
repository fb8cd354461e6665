/* SPDX-License-Identifier: MIT */
/** @file print.h Numbers as people read them, and printing. */
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

/** So many of them: "1 file", "12,345 points", "2 processes". Returns `text`.
 */
char *gold_print_counted(double count, const char *noun,
                         char text[GOLD_PRINT_BYTES]);

/** The same, to be printed at once. */
#define GOLD_COUNTED(COUNT, NOUN)                                              \
    gold_print_counted((double)(COUNT), NOUN, (char[GOLD_PRINT_BYTES]){""})

/**
 * All that the program prints goes through the functions below. Whatever
 * control characters and broken UTF-8 a file, a study, a path or the
 * environment brings, a terminal gets escapes for them (gold_utf8_glyph); only
 * the end of a line stays what it is.
 */
void gold_print(FILE *out, const char *text);

/** The same for text of that many bytes. */
void gold_print_text(FILE *out, const char *text, size_t length);

enum {
    GOLD_SAID_BYTES = 8000 /* stacks may be small */
};

/** The same, as fprintf does; what has GOLD_SAID_BYTES or more is cut. */
void gold_say(FILE *out, const char *format, ...) GOLD_PRINTF(2, 3);

/** Print a line of up to 78 columns over the one that a terminal shows; it has
 * no end yet. */
void gold_print_over(FILE *out, const char *line);

/** Clear the terminal. */
void gold_print_clear(FILE *out);

#endif
