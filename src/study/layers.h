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

#endif
