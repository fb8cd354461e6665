/* SPDX-License-Identifier: MIT */
/** @file layers.h Words of network.layers. */
#ifndef GOLD_STUDY_LAYERS_H
#define GOLD_STUDY_LAYERS_H

#include "base/text.h"
#include "study/read.h"

enum {
    GOLDI_N_SIZE_WORDS = 4
};

/** A word that stands for a size of the network. */
typedef struct goldi_size_word {
    const char *word;
    size_t size; /* GOLD_SIZE_OF_* */
} goldi_size_word;

/** What may stand behind the name of an operation or block. */
void goldi_add_operation(goldi_text *out, const gold_operation *operation);

extern const goldi_size_word goldi_size_words[GOLDI_N_SIZE_WORDS];

/** A word of entries that is no operation. */
typedef struct goldi_entry_word {
    const char *word;
    const char *form; /* how it stands, an example */
    const char *means;
} goldi_entry_word;

enum {
    GOLDI_WORD_REPEAT,
    GOLDI_WORD_RESIDUAL,
    GOLDI_WORD_SHORTCUT,
    GOLDI_WORD_INPUTS,
    GOLDI_N_ENTRY_WORDS
};

extern const goldi_entry_word goldi_entry_words[GOLDI_N_ENTRY_WORDS];

/** What people are told of a word of entries. */
void goldi_add_entry_word(goldi_text *out, const goldi_entry_word *word);

#endif
