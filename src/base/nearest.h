/* SPDX-License-Identifier: MIT */
/** @file nearest.h Which word was probably meant. */
#ifndef GOLD_BASE_NEAREST_H
#define GOLD_BASE_NEAREST_H

/**
 * The word of `words` (NULL at the end) that is probably meant by `text`: the
 * one with the fewest edits, capitals aside, or one that begins with it; NULL
 * when none is near.
 */
const char *gold_nearest(const char *text, const char *const *words);

#endif
