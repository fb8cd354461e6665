/* SPDX-License-Identifier: MIT */
/** @file target.h Where a run puts its results. */
#ifndef GOLD_APP_TARGET_H
#define GOLD_APP_TARGET_H

#include "goldilocks/study.h"

#include "app/args.h"

/**
 * Path of the result file: what -o says, or else one of the study's name in
 * results/, each shard's its own.
 *
 * @retval GOLD_ERR_CONFIG  the study cannot be done in shards, and that was
 *                          asked for.
 */
GOLD_CHECKED gold_status gold_target_choose(const gold_args *args,
                                            const gold_study *study, char *path,
                                            size_t n_bytes);

#endif
