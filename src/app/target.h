/* SPDX-License-Identifier: MIT */
/** @file target.h Where commands put what they make. */
#ifndef GOLD_APP_TARGET_H
#define GOLD_APP_TARGET_H

#include "goldilocks/store.h"

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

/**
 * Ask for the file that a command makes (gold_output_open), which reads all
 * other operands and the files that its study names, with a note on stderr
 * where nothing can be locked.
 *
 * @param study       NULL: of a command without one.
 * @param path        one of the operands, or none.
 * @param is_resumed  without --overwrite, what is there is gone on with.
 */
GOLD_CHECKED gold_status gold_target_open(const gold_args *args,
                                          const gold_study *study,
                                          const char *path, gold_file_kind kind,
                                          bool is_resumed,
                                          gold_output **output);

/** Enlarge the file as --extend asks for (gold_extend), and say so unless
 * --quiet; nothing without it. */
GOLD_CHECKED gold_status gold_target_extend(const gold_args *args,
                                            gold_output *output,
                                            const gold_study *study,
                                            const gold_provenance *provenance);

#endif
