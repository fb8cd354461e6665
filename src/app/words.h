/* SPDX-License-Identifier: MIT */
/**
 * @file words.h
 * Studies in words, and text that is safe to print: what the reading commands
 * say the same way.
 */
#ifndef GOLD_APP_WORDS_H
#define GOLD_APP_WORDS_H

#include <stdio.h>

#include "goldilocks/schema.h"

#include "base/json.h"

enum {
    GOLDI_LABEL_BYTES = 160, /* of labels below, with the zero */
    GOLDI_COLUMNS = 80,      /* of a line of text */
    GOLDI_INDENT = 11        /* where the text of a field starts */
};

/** The first `columns` columns of text as it is shown, on one line, ".." at the
 * end when some were left out. Returns `out`, which has room for `n_bytes`. */
char *goldi_shorten(const char *text, size_t columns, char *out,
                    size_t n_bytes);

/** Columns of text as it is shown (gold_utf8_glyph). */
size_t goldi_text_columns(const char *text);

/** Print UTF-8 text broken at blanks: `indent` blanks before every line but
 * the first, which starts at that column, at most `columns` characters a line
 * where words allow; a line break at the end. */
void goldi_print_wrapped(FILE *out, const char *text, size_t indent,
                         size_t columns);

/** Print "name       text", wrapped at 80 columns. */
void goldi_print_field(FILE *out, const char *name, const char *text);

/**
 * Print as such a field what all points have in common of a block of the study,
 * "network": "mlp, relu, depth 2, width 100, bias false, xavier-normal".
 */
GOLD_CHECKED gold_status goldi_print_block(FILE *out, const char *name,
                                           const gold_study *study,
                                           const char *block);

/** Print as such fields what each phase of training before the last has
 * otherwise than that one. */
GOLD_CHECKED gold_status goldi_print_phases(FILE *out, const gold_study *study);

/** Print as such a field the data: what they are called, where they have a name
 * of their own, how many samples, where the study has all of them, and the rest
 * of the block. `samples` as in gold_provenance; "". */
GOLD_CHECKED gold_status goldi_print_data(FILE *out, const gold_study *study,
                                          const char *samples);

/** "activation 2 x depth 2 x seed 10 x relative_radius 25 = 1,000 points". */
char *goldi_grid_words(const gold_study *study, char text[GOLDI_LABEL_BYTES]);

/** Print "note: without kappa, ..." when a study's file does not have all of
 * its variables, as one begun by an earlier version. */
void goldi_print_dropped(const gold_study *study, const gold_schema *schema);

/** "2026-11-22 19:45:48 UTC"; "?" for NaN. */
char *goldi_time_words(double seconds_since_1970, char text[GOLD_NAME_BYTES]);

/** Append the members that value `index` of an axis has, one a key: numbers as
 * numbers, words as text. */
void goldi_json_axis(goldi_text *out, const gold_axis *axis, size_t index);

/** Append the coordinates of a point. */
void goldi_json_coordinates(goldi_text *out, const gold_study *study,
                            size_t point);

/** Append "axes": how many values each has. */
void goldi_json_axes(goldi_text *out, const gold_study *study);

/** Print a text that was put together, and free it: an object of JSON.
 *
 * @retval GOLD_ERR_MEMORY  there was no room for all of it. */
GOLD_CHECKED gold_status goldi_print_whole(FILE *out, goldi_text *text);

/** Report whether everything printed on `out` so far arrived.
 *
 * @retval GOLD_ERR_IO  it did not: a full disk, a closed pipe. */
GOLD_CHECKED gold_status goldi_flush(FILE *out);

#endif
