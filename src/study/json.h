/* SPDX-License-Identifier: MIT */
/**
 * @file json.h
 * JSON, written loosely first: texts in " or ', blanks anywhere, commas in
 * excess; then laid out.
 */
#ifndef GOLD_STUDY_JSON_H
#define GOLD_STUDY_JSON_H

#include "study/text.h"

/** Append a text in quotes, with what has to be escaped. */
void goldi_json_quote(goldi_text *out, const char *text);

/** Append `"name": "text", `; nothing for NULL. */
void goldi_json_member(goldi_text *out, const char *name, const char *text);

/** Append loose JSON as it ought to be: what fits stands in one line. */
void goldi_json_lay_out(goldi_text *out, const char *loose);

#endif
