/* SPDX-License-Identifier: MIT */
/** @file key_phases.h Rows of the table of keys: `train.phases`, and what a
 * phase has beside keys of `train:`. */
#ifndef GOLD_STUDY_KEY_PHASES_H
#define GOLD_STUDY_KEY_PHASES_H

#include "study/key_rows.h"
#include "study/read.h"

#define GOLDI_PHASE_KEYS                                                       \
    KEY(ROW(TRAIN, "phases", SPECIAL), .form = goldi_form_phases,              \
        .inner = GOLDI_TRAIN_PHASES,                                           \
        .means =                                                               \
            "Trainings one after another: [{labels: random, epochs: 200}, "    \
            "{labels: true}], each with what differs from this block."),       \
        KEY(ROW(TRAIN_PHASES, "labels", SPECIAL),                              \
            .rule = "'oneOf': [{'enum': ['random', true]}, {'$ref': "          \
                    "'#/properties/data/properties/labels'}]",                 \
            .means = "Of one phase: random, true, or swapped as data.labels "  \
                     "says."),                                                 \
        KEY(ROW(TRAIN_PHASES, "data", SPECIAL), .rule = "'type': 'object'",    \
            .means = "Of one phase: samples of its own, what differs from "    \
                     "the data block; of built-in data sets."),                \
        KEY(ROW(TRAIN_PHASES, "start", SECTION),                               \
            .inner = GOLDI_TRAIN_PHASES_START,                                 \
            .means = "Of one phase: where it begins, if not where the one "    \
                     "before ended."),                                         \
        KEY(ROW(TRAIN_PHASES_START, "norm_of_phase", UNSIGNED),                \
            WHOLE(1, GOLD_MAX_PHASES - 1, 0), .is_required = true,             \
            .means = "From the drawn parameters, at the norm with which that " \
                     "phase ended.")

#endif
