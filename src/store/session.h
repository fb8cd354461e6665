/* SPDX-License-Identifier: MIT */
/**
 * @file session.h
 * Group /sessions: one row for each time that somebody worked on the file.
 *
 * All rows exist from the beginning; a row is taken when its start is a
 * number, which is written last.
 */
#ifndef GOLD_STORE_SESSION_H
#define GOLD_STORE_SESSION_H

#include <stdbool.h>

#include <hdf5.h>

#include "goldilocks/store.h"

/* Make the group with GOLD_MAX_SESSIONS empty rows. */
GOLD_CHECKED gold_status goldi_sessions_create(hid_t file);

/* Begin a session in the next row, or the last one when all are taken. One
 * rank. */
GOLD_CHECKED gold_status goldi_session_begin(hid_t file, int64_t ranks,
                                             const gold_provenance *provenance,
                                             gold_session *session,
                                             size_t *row);

/* Write a session's end: what it did and its notes, which stand in `session`,
 * and when. One rank. */
GOLD_CHECKED gold_status goldi_session_end(hid_t file, size_t row,
                                           gold_session *session);

/* Fail unless all columns that are there are plain, of our types and ranks
 * (goldi_plain_check). Tells whether any is in chunks. */
GOLD_CHECKED gold_status goldi_sessions_check(hid_t file, bool *is_chunked);

/* Read all rows taken. Files begun by earlier versions have no notes: NaN. */
GOLD_CHECKED gold_status goldi_sessions_read(
    hid_t file, gold_session sessions[GOLD_MAX_SESSIONS], size_t *n_sessions);

/* Copy the sessions of several files into one that has none yet, oldest first;
 * of too many the latest. */
GOLD_CHECKED gold_status goldi_sessions_unite(const hid_t *files,
                                              size_t n_files, hid_t to);

#endif
