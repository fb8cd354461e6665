/* SPDX-License-Identifier: MIT */
/**
 * @file show.h
 * Values of axes as text.
 */
#ifndef GOLD_STUDY_SHOW_H
#define GOLD_STUDY_SHOW_H

#include "goldilocks/study.h"

#include "base/text.h"

/** Append value `i` exactly. */
void goldi_add_value(goldi_text *out, const gold_axis_key *key, size_t i);

/** Append "0, 1, 2 ... 9 (10 values)": all of them where they are few. */
void goldi_show_values(goldi_text *out, const gold_axis_key *key, size_t count);

#endif
