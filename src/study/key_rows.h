/* SPDX-License-Identifier: MIT */
/** @file key_rows.h What the rows of the table of keys are written with. */
#ifndef GOLD_STUDY_KEY_ROWS_H
#define GOLD_STUDY_KEY_ROWS_H

#include "study/keys.h"

/* A row, where several are one macro. */
#define KEY(...)                                                               \
    {                                                                          \
        __VA_ARGS__                                                            \
    }
#define ROW(at, key, kind)                                                     \
    .section = GOLDI_##at, .name = (key), .type = GOLDI_##kind, .placement = -1
#define WHOLE(least, most, without)                                            \
    .low = (least), .high = (most), .fallback = (without)
#define ABOVE(least, most, without) WHOLE(least, most, without), .is_open = true
#define SETTING(field)                                                         \
    .home = GOLDI_IN_SETTINGS, .offset = offsetof(gold_settings, field)
#define STUDY(field)                                                           \
    .home = GOLDI_IN_STUDY, .offset = offsetof(gold_study, field)
#define NUMBERS(where, field, n)                                               \
    where(field), .count = COUNT_IN_##where(n), .read = goldi_read_numbers
#define COUNT_IN_SETTING(n) offsetof(gold_settings, n)
#define COUNT_IN_STUDY(n)   offsetof(gold_study, n)
#define BASE(as)            .role = GOLDI_BASE_AXIS, .axis = (as)
#define LINE(as)            .role = GOLDI_LINE_AXIS, .axis = (as)
#define PLACE(key, which, without)                                             \
    .section = GOLDI_NETWORK, .name = (key), .type = GOLDI_REAL,               \
    .placement = (which), .group = GOLDI_GROUP_PLACE,                          \
    ABOVE(0, HUGE_VAL, without), SETTING(place), LINE(key)
/* The default of a list of words: all but these. */
#define ALL_WORDS(n)    .fallback = (double)((1 << (n)) - 1)

#define A_SEED(without) WHOLE(0, GOLDI_MOST_SEEDS, without)
/* A seed of one source of chance, called as an axis as its field is. */
#define SEED_OF(field, role)                                                   \
    A_SEED(-1), SETTING(field), role(#field), .words = goldi_seed_word,        \
                                              .is_later = true
#define OF_INIT(which, word)                                                   \
    .when = "of init " word, .needs = {{"init", 1U << GOLD_##which}}
#define IN_SUBSPACE                                                            \
    .when = "of constraint subspace",                                          \
    .needs = {{"constraint", 1U << GOLD_CONSTRAINT_SUBSPACE}}
#define IN_STEPS                                                               \
    .when = "of decay step", .needs = {{"decay", 1U << GOLD_DECAY_STEP}}
#define OF_FILES       .domain = GOLDI_OF_FILES, .when = "of data sets in files"
#define OF_BUILT_IN    .domain = GOLDI_OF_BUILT_IN, .when = "of built-in data sets"
#define OF_SETS(which) .domain = GOLDI_OF_SETS, .sets = (which)
#define OF(set, word)  OF_SETS(1U << GOLD_DATA_##set), .when = "of " word
#define OF_EITHER(a, b, words)                                                 \
    OF_SETS(1U << GOLD_DATA_##a | 1U << GOLD_DATA_##b), .when = "of " words
#define OF_FUNCTION OF(FUNCTION, "function")
#define OF_FILE     OF(FILE, "file")
#define OF_MIXTURE  OF(MIXTURE, "mixture")

enum {
    MLP = 1 << GOLD_NETWORK_MLP,
    CNN = 1 << GOLD_NETWORK_CNN,
    RESNET = 1 << GOLD_NETWORK_RESNET,
    LAYERS = 1 << GOLD_NETWORK_LAYERS,
    ADAMS = 1 << GOLD_ADAM | 1 << GOLD_ADAMW,
    RMSPROP = 1 << GOLD_RMSPROP
};

#endif
