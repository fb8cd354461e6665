/* SPDX-License-Identifier: MIT */
/**
 * @file json.h
 * JSON, appended to a text: a comma stands before what follows something, so
 * that writers only say what is there. `name` is that of a member of an object,
 * NULL for an entry of a list.
 */
#ifndef GOLD_BASE_JSON_H
#define GOLD_BASE_JSON_H

#include "base/text.h"

/** Append a text in quotes, with quotes, backslashes and control characters
 * escaped; bytes that are not UTF-8 become U+FFFD. */
void goldi_json_quote(goldi_text *out, const char *text);

/** Begin an object, '{', or a list, '['. */
void goldi_json_open(goldi_text *out, const char *name, char bracket);

/** Append the bracket that ends it. */
void goldi_json_close(goldi_text *out, char bracket);

/** Append a text; nothing for NULL. */
void goldi_json_text(goldi_text *out, const char *name, const char *text);

/** Append a number with as few digits as give it back; null when it is not
 * finite, which JSON cannot say. */
void goldi_json_number(goldi_text *out, const char *name, double number);

void goldi_json_whole(goldi_text *out, const char *name, int64_t number);
void goldi_json_bool(goldi_text *out, const char *name, bool is_true);

/** Append JSON that was written loosely, texts in " or ', blanks anywhere,
 * commas where one likes, as it ought to be: what fits stands in one line. */
void goldi_json_lay_out(goldi_text *out, const char *loose);

#endif
