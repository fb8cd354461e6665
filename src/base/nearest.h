/* SPDX-License-Identifier: MIT */
/** @file nearest.h Which word of some was meant, or probably was. */
#ifndef GOLD_BASE_NEAREST_H
#define GOLD_BASE_NEAREST_H

#include <stdbool.h>

/**
 * The word of `words` (NULL at the end) that is probably meant by `text`: the
 * one with the fewest edits, capitals aside, or one that begins with it; NULL
 * when none is near.
 */
const char *gold_nearest(const char *text, const char *const *words);

/** Is the text one of the words? */
bool gold_is_among(const char *text, const char *const *words);

/** Does it begin as one of them? */
bool gold_begins_as(const char *text, const char *const *words);

#endif
