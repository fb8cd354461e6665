/* SPDX-License-Identifier: MIT */
/**
 * @file examine.h
 * A file of unknown origin, before anything is done with it.
 *
 * Result files travel. What HDF5 finds in one may lead into other files of the
 * reader (plain.h), and damage may crash HDF5, or keep it busy for ever. So a
 * process of its own (base/errand.h) reads first what this one will read, and
 * says what is wrong. All such checks stand here, and come before the file is
 * opened for anything else; nothing is examined in a file that several
 * processes have open.
 */
#ifndef GOLD_STORE_EXAMINE_H
#define GOLD_STORE_EXAMINE_H

#include <stddef.h>
#include <stdint.h>

#include "goldilocks/status.h"

#include "base/errand.h"

/**
 * Fail unless HDF5 can tell what an existing file is (goldi_condition_tell).
 *
 * @retval GOLD_ERR_FORMAT  HDF5 crashes on it, or finds no end, and where.
 */
GOLD_CHECKED gold_status goldi_examine_kind(const char *path);

/**
 * The same, and fail unless all that the program reads of a result file is in
 * the file itself, of our types, and can be read with little time and memory:
 * who reads it without a limit reads no more. What is no result file passes.
 *
 * @param[out] damaged  bit i: text attribute i (archive_file.h), which is not
 *                      needed, cannot be read, and is not to be tried.
 */
GOLD_CHECKED gold_status goldi_examine_result(const char *path,
                                              uint64_t *damaged);

/**
 * Fail unless the data of a column can be read that are in chunks.
 *
 * @param bytes  of all its data.
 */
GOLD_CHECKED gold_status goldi_examine_column(const char *path, size_t column,
                                              double bytes);

/* What the process is asked to do. */
typedef struct goldi_question {
    size_t what;
    char path[GOLD_ERRAND_BYTES - 64];
} goldi_question;

/**
 * Have something done in the process, which is given a goldi_question.
 *
 * @param data_bytes  that it reads, at most.
 * @param[out] found  what it leaves.
 * @return what it returned.
 * @retval GOLD_ERR_FORMAT  HDF5 crashes on the file, or finds no end, and
 * where.
 */
GOLD_CHECKED gold_status goldi_examine_ask(gold_errand_fn *run,
                                           const char *path, size_t what,
                                           double data_bytes, uint64_t *found);

/**
 * In the process, complete the message of what failed, if `status` says that
 * something did; returns it. HDF5 refuses nothing of a file that is whole, and
 * tells what it found in words of its own.
 *
 * @param n_failed_before  goldi_h5_n_failed before the file was opened.
 */
gold_status goldi_examine_tell(gold_status status, const char *path,
                               size_t n_failed_before);

#endif
