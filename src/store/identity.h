/* SPDX-License-Identifier: MIT */
/**
 * @file identity.h
 * Is this file ours, and of this study? One process, nothing is written.
 */
#ifndef GOLD_STORE_IDENTITY_H
#define GOLD_STORE_IDENTITY_H

#include <hdf5.h>

#include "goldilocks/output.h"
#include "goldilocks/store.h"

#include "store/root.h"

/* Tell what an existing file is. Fails for HDF5 files that cannot be opened.
 *
 * `what`: for messages, "plain text"; static. */
GOLD_CHECKED gold_status goldi_identity_look(const char *path,
                                             gold_file_kind *kind,
                                             const char **what);

/* Fail unless a result file is of a format that this program knows; or writes,
 * which it does not do with GOLDI_FORMAT_UNTRAINED. */
GOLD_CHECKED gold_status
goldi_identity_check_format(const gold_archive *archive, bool is_written);

/* Fail unless it was computed from these data. */
GOLD_CHECKED gold_status goldi_identity_check_data(const gold_archive *archive,
                                                   const char *data_digest);

/* Drop from a schema the variables, and logged steps, that the file, begun by
 * an earlier version, does not have. */
GOLD_CHECKED gold_status goldi_schema_look(hid_t file, const gold_study *study,
                                           gold_schema *schema);

/* Lay out the records of an open file as they are in it, which knows how many
 * training samples it was made for: they decide its logged steps, and may not
 * stand in the study.
 */
GOLD_CHECKED gold_status goldi_identity_schema(hid_t file,
                                               const gold_study *study,
                                               gold_schema *schema);

/* Fail unless the existing file holds this study on these data, all of it
 * where it can be written, with states that mean something. */
GOLD_CHECKED gold_status goldi_identity_check(const char *path,
                                              const gold_study *study,
                                              const char *data_digest);

#endif
