/* SPDX-License-Identifier: MIT */
/** @file ends.h How phases of trainings ended, in words. */
#ifndef GOLD_APP_ENDS_H
#define GOLD_APP_ENDS_H

#include <stdio.h>

#include "app/survey.h"

/** Print as a field (goldi_print_field) means over the trainings of a survey
 * that are done where each phase ended; nothing without phases. */
GOLD_CHECKED gold_status goldi_print_ends(FILE *out, gold_archive *archive,
                                          const goldi_survey *survey);

#endif
