/* SPDX-License-Identifier: MIT */
/** @file key_text.h What a row of the table of keys says, in words. */
#ifndef GOLD_STUDY_KEY_TEXT_H
#define GOLD_STUDY_KEY_TEXT_H

#include "base/text.h"
#include "study/keys.h"

enum {
    GOLDI_PATH_BYTES = 64
};

/** "network.depth"; returns `path`. */
const char *goldi_key_path(const goldi_key *key, char path[GOLDI_PATH_BYTES]);

/** The key whose path is these `n` bytes; NULL: there is none. */
const goldi_key *goldi_key_at(const char *path, size_t n);

/** "a whole number from 0 to 1000". */
void goldi_add_type(goldi_text *out, const goldi_key *key);

/** Append a value as YAML, words between `quote`s; false: it is none that the
 * key may have. */
bool goldi_add_setting(goldi_text *out, const goldi_key *key, goldi_value value,
                       const char *quote);

/** The same of the default; false: there is none that is one value. */
bool goldi_add_default(goldi_text *out, const goldi_key *key,
                       const char *quote);

/** Words in lines of a terminal, each behind `prefix`. */
void goldi_add_lines(goldi_text *out, const char *prefix, const char *words);

/** The JSON Schema of studies. */
GOLD_CHECKED gold_status goldi_write_schema(goldi_text *text);

/** Where it has an effect: "of kind cnn, with pooling"; "": everywhere. */
void goldi_add_when(goldi_text *out, const goldi_key *key);

/** What it means, in what unit, and where. */
void goldi_add_meaning(goldi_text *out, const goldi_key *key);

#endif
