/* SPDX-License-Identifier: MIT */
/**
 * @file output.h
 * Files that commands make: the one rule of what they may replace.
 *
 * What is there already is replaced only where the user says so (--overwrite),
 * only if it is of the kind that is made, or empty, never if the same command
 * reads it, and never while another command writes it. Symbolic links are
 * followed: for the file, and for all that stands beside it (PATH.tmp-PID,
 * PATH.lock, PATH.checkpoints). Of a file with several hard links, the one
 * named is replaced; the others keep what they were.
 *
 * The Python package has the same rule in the same words
 * (analysis/goldilocks/outputs.py).
 */
#ifndef GOLDILOCKS_OUTPUT_H
#define GOLDILOCKS_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "goldilocks/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a file holds. */
typedef enum gold_file_kind {
    GOLD_FILE_RESULT, /* of a study, in any format that ever was */
    GOLD_FILE_POINT,
    GOLD_FILE_EMPTY,
    GOLD_FILE_OTHER,
} gold_file_kind;

/** What a command wants to write. */
typedef struct gold_output_request {
    const char *path;
    gold_file_kind kind;
    const char *const *inputs; /* [n_inputs] files that the command reads */
    size_t n_inputs;
    bool is_overwrite; /* replace what is there */
    bool is_resumed;   /* go on with what is there, unless is_overwrite */
} gold_output_request;

/** A file that a command is about to write, and that nobody else writes
 * meanwhile; opaque. */
typedef struct gold_output gold_output;

/**
 * Ask for a file by the rule, before the work for it begins. Folders above it
 * are made. One process; no MPI.
 *
 * @param[out] output   for gold_output_close.
 * @retval GOLD_ERR_USAGE   the command reads this file.
 * @retval GOLD_ERR_FORMAT  it is of another kind: says of which.
 * @retval GOLD_ERR_IO      it exists, another command writes it, or it cannot
 *                          be written: says which. Nothing was made.
 */
GOLD_CHECKED gold_status gold_output_open(const gold_output_request *request,
                                          gold_output **output);

/** Where the file is, or will be: its path, links followed; borrowed. */
const char *gold_output_path(const gold_output *output);

/** False where the file system has no locks, and nothing keeps a second run
 * from the same file. */
bool gold_output_is_locked(const gold_output *output);

/** Let others write it. Folders that were made for a file that was not are
 * removed. NULL-safe, sets the pointer to NULL. */
void gold_output_close(gold_output **output);

#ifdef __cplusplus
}
#endif
#endif
