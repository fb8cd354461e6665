/* SPDX-License-Identifier: MIT */
/** @file paths.h Paths of a study as shells have them. */
#ifndef GOLD_APP_PATHS_H
#define GOLD_APP_PATHS_H

#include "goldilocks/study.h"

/**
 * Put in what "~", at the beginning, and "$NAME" or "${NAME}" stand for, in the
 * paths of a study.
 *
 * @retval GOLD_ERR_CONFIG  such a variable is not set.
 */
GOLD_CHECKED gold_status gold_expand_paths(gold_study *study);

#endif
