/* SPDX-License-Identifier: MIT */
/**
 * @file gains.h
 * Factors of layers as text: "2" for all, "[1, 2, 0.5]" for each.
 */
#ifndef GOLD_STUDY_GAINS_H
#define GOLD_STUDY_GAINS_H

#include "goldilocks/settings.h"

#include "base/text.h"

/** Append them, with as few digits as give them back exactly. */
void goldi_add_gains(goldi_text *out, const gold_gains *gains);

/** Read what goldi_add_gains wrote, or people did like it; false: it is none,
 * `*gains` is anything. */
bool goldi_parse_gains(const char *text, gold_gains *gains);

/** True when they are equal within a relative 1e-6, so that printed ones match.
 * `*distance` is how far off they are together. */
bool goldi_match_gains(const gold_gains *own, const gold_gains *others,
                       double *distance);

#endif
