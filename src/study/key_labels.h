/* SPDX-License-Identifier: MIT */
/** @file key_labels.h Rows of the table of keys: `data.labels`. */
#ifndef GOLD_STUDY_KEY_LABELS_H
#define GOLD_STUDY_KEY_LABELS_H

#include "study/key_rows.h"
#include "study/read.h"

#define GOLDI_LABEL_KEYS                                                       \
    KEY(ROW(DATA, "labels", SECTION), .inner = GOLDI_DATA_LABELS,              \
        .means = "Training samples swap their labels."),                       \
        KEY(ROW(DATA_LABELS, "permute", UNSIGNED), A_SEED(0),                  \
            SETTING(label_seed), BASE("label_seed"), .is_inner = true,         \
            .means = "Seed of the swaps."),                                    \
        KEY(ROW(DATA_LABELS, "share", REAL), WHOLE(0, 1, 1),                   \
            SETTING(label_share), BASE("label_share"), .is_inner = true,       \
            .means = "Share of the samples that swap."),                       \
        KEY(ROW(DATA_LABELS, "within", SPECIAL), .read = goldi_read_groups,    \
            .form = goldi_form_groups,                                         \
            .means = "Groups of classes, [[0, 1], [2, 3]]: samples swap with " \
                     "those of theirs, and keep the label of a class in "      \
                     "none. Without groups they swap with all.")

#endif
