/* SPDX-License-Identifier: MIT */
/** @file json.h The pieces of JSON that are easy to get wrong. */
#ifndef GOLD_APP_JSON_H
#define GOLD_APP_JSON_H

#include <stdio.h>

#include "goldilocks/study.h"

/** Write text in quotes, with quotes, backslashes and control characters
 * escaped; bytes that are not UTF-8 become U+FFFD. */
void goldi_json_text(FILE *out, const char *text);

/** Write a number with 17 significant digits; null when it is not finite,
 * which JSON cannot say. */
void goldi_json_number(FILE *out, double number);

/** Write a value of an axis: numbers as numbers, words as text. */
void goldi_json_axis(FILE *out, const gold_axis_key *key, size_t index);

#endif
