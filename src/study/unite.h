/* SPDX-License-Identifier: MIT */
/**
 * @file unite.h
 * Giving a study other values on its axes.
 */
#ifndef GOLD_STUDY_UNITE_H
#define GOLD_STUDY_UNITE_H

#include "study/show.h"

/** Append the overrides that give an axis of that name the values of `axis`,
 * one a line. */
void goldi_add_axis_lines(goldi_text *lines, const gold_axis *axis);

/** Do two axes have the same keys, in the same order? */
bool goldi_has_same_keys(const gold_axis *one, const gold_axis *two);

/** Read a study's text again, with other overrides.
 *
 * GOLD_ERR_MISMATCH: together they are no study; `name` is put before why. */
GOLD_CHECKED gold_status goldi_read_again(const gold_study *study,
                                          const char *name,
                                          const char *overrides,
                                          gold_study **out);

/** Fail unless the axes of both have the same keys, in the same order. */
GOLD_CHECKED gold_status goldi_check_axes(const gold_study *whole,
                                          const gold_study *part,
                                          const char *name);

/** Fail because the identities of two studies differ, and say in what. */
gold_status goldi_fail_with_difference(const gold_study *whole,
                                       const gold_study *part,
                                       const char *name);

#endif
