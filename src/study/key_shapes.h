/* SPDX-License-Identifier: MIT */
/** @file key_shapes.h The rows of the table of keys that say where the samples
 * of built-in sets of classes lie. */
#ifndef GOLD_STUDY_KEY_SHAPES_H
#define GOLD_STUDY_KEY_SHAPES_H

#include "study/key_rows.h"

#define GOLDI_SHAPE_KEYS                                                       \
    KEY(ROW(DATA, "points", SPECIAL), .read = goldi_read_points,               \
        .form = goldi_form_points, OF(LINE, "line"),                           \
        .means =                                                               \
            "The samples, in training and in test: a list of [x, label]."),    \
        KEY(ROW(DATA, "radii", REALS), ABOVE(0, HUGE_VAL, 0),                  \
            .most = GOLD_MAX_RADII, NUMBERS(STUDY, data.radii, data.n_radii),  \
            .usual = "[1, 0.5]", OF(RINGS, "rings"),                           \
            .means = "Radius of each class."),                                 \
        KEY(ROW(DATA, "noise", REAL), WHOLE(0, HUGE_VAL, 0.1),                 \
            STUDY(data.noise), .is_later = true,                               \
            OF_EITHER(RINGS, MOONS, "rings and moons"),                        \
            .means = "Deviation of the noise on each coordinate."),            \
        KEY(ROW(DATA, "p", UNSIGNED), WHOLE(2, GOLD_MAX_CLASSES, 97),          \
            STUDY(data.modulus), .is_later = true,                             \
            OF(MODULAR_ADDITION, "modular-addition"),                          \
            .means = "Samples are pairs of numbers below it, one-hot, of the " \
                     "class that is the rest of their sum by it."),            \
        KEY(ROW(DATA, "share", REAL), ABOVE(0, 1, 0.5), .is_below = true,      \
            STUDY(data.share), .is_later = true,                               \
            OF(MODULAR_ADDITION, "modular-addition"),                          \
            .means = "Share of all pairs that is trained on, drawn from "      \
                     "seed; the others are tested on.")

#endif
