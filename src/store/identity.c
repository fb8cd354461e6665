/* SPDX-License-Identifier: MIT */
#include "store/identity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "base/foreign.h"
#include "store/columns.h"
#include "store/condition.h"
#include "store/examine.h"
#include "store/h5.h"
#include "store/place.h"
#include "store/plain.h"
#include "store/session.h"

gold_status goldi_identity_look(const char *path, gold_file_kind *kind,
                                const char **what)
{
    gold_status status = GOLD_OK;
    hid_t file = H5I_INVALID_HID;

    *kind = GOLD_FILE_OTHER;
    *what = goldi_place_guess(path);
    if (*what == gold_foreign_empty) {
        *kind = GOLD_FILE_EMPTY;
    }
    if (*what != gold_foreign_hdf5) {
        return GOLD_OK;
    }
    GOLD_TRY(goldi_examine_kind(path));
    if (goldi_h5_open(path, &file) != GOLD_OK) {
        return goldi_condition_refuse(path);
    }
    status = goldi_condition_tell(file, kind, what);
    if (status != GOLD_OK) {
        gold_fail_context("%s", path);
    }
    goldi_h5_close(&file);
    return status;
}

/* Split "2.1", and "2", which is "2.0"; false: not a format that we know. */
static bool parse_format(const char *text, bool is_untrained_known,
                         unsigned *minor)
{
    const size_t n = strlen(GOLD_SCHEMA_VERSION);
    char known[32] = GOLD_SCHEMA_VERSION;

    *minor = 0;
    if (is_untrained_known && strcmp(text, GOLDI_FORMAT_UNTRAINED) == 0) {
        return true;
    }
    while (strcmp(text, known) != 0 && *minor < GOLD_SCHEMA_MINOR) {
        (void)snprintf(known + n, sizeof known - n, ".%u", ++*minor);
    }
    return strcmp(text, known) == 0;
}

/* The minor version of the format that a result file of a known format says it
 * is of. */
static gold_status minor_read(hid_t file, unsigned *minor)
{
    gold_status status = GOLD_OK;
    char *format = NULL;

    GOLD_GOTO(goldi_h5_get_text(file, GOLDI_SCHEMA_VERSION, &format));
    if (format == NULL || !parse_format(format, true, minor)) {
        GOLD_FAIL(GOLD_ERR_FORMAT,
                  "has lost its attribute " GOLDI_SCHEMA_VERSION);
    }

done:
    gold_free(format);
    return status;
}

/* Fail unless the open HDF5 file is one of ours, of a format that we know. */
static gold_status check_format(hid_t file, const char *path,
                                bool is_untrained_known)
{
    gold_status status = GOLD_OK;
    gold_file_kind kind = GOLD_FILE_OTHER;
    const char *what = NULL;
    char *format = NULL;
    char *identity = NULL;
    char *program = NULL;
    unsigned minor = 0;

    GOLD_GOTO(goldi_condition_tell(file, &kind, &what));
    if (kind != GOLD_FILE_RESULT) {
        GOLD_FAIL(GOLD_ERR_FORMAT, "%s: is not a result file: the file is %s",
                  path, what);
    }
    GOLD_GOTO(goldi_h5_get_text(file, GOLDI_SCHEMA_VERSION, &format));
    GOLD_GOTO(goldi_h5_get_text(file, GOLDI_STUDY_IDENTITY, &identity));
    GOLD_GOTO(goldi_h5_get_text(file, GOLDI_PROGRAM_VERSION, &program));
    if (format[0] == '\0' || identity == NULL) {
        GOLD_FAIL(GOLD_ERR_FORMAT, "%s: has lost its attribute %s", path,
                  identity == NULL ? GOLDI_STUDY_IDENTITY
                                   : GOLDI_SCHEMA_VERSION);
    }
    if (!parse_format(format, is_untrained_known, &minor)) {
        GOLD_FAIL(GOLD_ERR_MISMATCH,
                  "%s: has file format %s, of goldilocks %s, and this program "
                  "%s formats " GOLD_SCHEMA_VERSION " to " GOLD_SCHEMA_VERSION
                  ".%d only: use that version, or name another file",
                  path, format, program,
                  is_untrained_known ? "knows" : "writes", GOLD_SCHEMA_MINOR);
    }

done:
    gold_free(program);
    gold_free(identity);
    gold_free(format);
    return status;
}

gold_status goldi_identity_open(const char *path, bool is_untrained_known,
                                hid_t *file, uint64_t *damaged)
{
    gold_status status = GOLD_OK;
    hid_t opened = H5I_INVALID_HID;
    bool exists = false;

    GOLD_GOTO(goldi_place_exists(path, &exists));
    if (!exists) {
        GOLD_FAIL(GOLD_ERR_IO, "%s: there is no such file", path);
    }
    if (goldi_place_guess(path) == gold_foreign_hdf5) {
        GOLD_GOTO(goldi_examine_result(path, damaged));
    }
    if (goldi_place_guess(path) != gold_foreign_hdf5 ||
        goldi_h5_open(path, &opened) != GOLD_OK) {
        status = goldi_condition_refuse(path);
        goto done;
    }
    status = check_format(opened, path, is_untrained_known);
    if (status == GOLD_ERR_IO) {
        gold_fail_context("%s", path); /* others name it themselves */
    }
    GOLD_GOTO(status);
    *file = opened;
    opened = H5I_INVALID_HID;

done:
    goldi_h5_close(&opened);
    return status;
}

/* Compare what the open file says with the study and data at hand. */
static gold_status compare(hid_t file, const char *path,
                           const gold_study *study, const char *data_digest)
{
    gold_status status = GOLD_OK;
    char *of_file = NULL;
    char *of_study = NULL;
    char *difference = NULL;
    char *digest = NULL;

    GOLD_GOTO(goldi_h5_get_text(file, GOLDI_STUDY_IDENTITY, &of_file));
    GOLD_GOTO(gold_study_identity(study, &of_study));
    if (strcmp(of_file, of_study) != 0) {
        GOLD_GOTO(gold_identity_difference(of_file, of_study, &difference));
        GOLD_FAIL(GOLD_ERR_MISMATCH,
                  "%s: holds another study; they differ in\n%s\nName another "
                  "file (-o), or replace this one (--overwrite). More values "
                  "on an axis may be run into another file: `goldilocks "
                  "merge` unites the two",
                  path, difference);
    }
    GOLD_GOTO(goldi_h5_get_text(file, GOLDI_DATA_DIGEST, &digest));
    if (digest == NULL || strcmp(digest, data_digest) != 0) {
        GOLD_FAIL(GOLD_ERR_MISMATCH,
                  "%s: was computed from other data: the file has "
                  "data_sha256 %s, the data at hand have %s; name another "
                  "file (-o), or replace this one (--overwrite)",
                  path, digest == NULL ? "(none)" : digest, data_digest);
    }

done:
    gold_free(digest);
    gold_free(difference);
    gold_free(of_study);
    gold_free(of_file);
    return status;
}

gold_status goldi_schema_look(hid_t file, gold_schema *schema)
{
    bool is_missing[GOLD_N_VARIABLES] = {false};
    unsigned minor = 0;

    GOLD_TRY(minor_read(file, &minor));
    for (int i = 0; i < GOLD_N_VARIABLES; i++) {
        const gold_variable_info *about = gold_variable_about((gold_variable)i);
        bool exists = true;

        if (schema->count[i] > 0 && about->since > minor) {
            GOLD_TRY(goldi_h5_look(file, about->name, &exists));
        }
        is_missing[i] = !exists;
    }
    gold_schema_drop(schema, is_missing);
    return GOLD_OK;
}

gold_status goldi_identity_schema(hid_t file, const gold_study *study,
                                  gold_schema *schema)
{
    int64_t n_train = (int64_t)study->data.train;

    GOLD_TRY(goldi_h5_get_integer(file, GOLDI_N_TRAIN, &n_train));
    if (n_train < 0) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "attribute " GOLDI_N_TRAIN " is %" PRId64, n_train);
    }
    gold_schema_init(schema, study, (size_t)n_train);
    return goldi_schema_look(file, schema);
}

/* Fail unless all that a run writes can be written, and the states of all
 * points are known ones. */
static gold_status check_columns(hid_t file, const char *path,
                                 const gold_study *study)
{
    gold_status status = GOLD_OK;
    goldi_columns *columns = NULL;
    gold_schema *schema = NULL;
    bool is_chunked = false;
    uint8_t *states = NULL;

    GOLD_GOTO(GOLD_ALLOC(1, &columns));
    goldi_columns_init(columns);
    GOLD_GOTO(GOLD_ALLOC(1, &schema));
    GOLD_GOTO(goldi_identity_schema(file, study, schema));
    GOLD_GOTO(goldi_columns_open(file, study, schema, columns));
    GOLD_GOTO(goldi_columns_check_written(columns, path));
    GOLD_GOTO(goldi_sessions_check(file, &is_chunked));
    if (is_chunked) {
        GOLD_GOTO(goldi_plain_refuse_chunks("sessions", path));
    }
    GOLD_GOTO(GOLD_ALLOC(study->n_points, &states));
    for (int kind = 0; kind < goldi_n_kinds(study); kind++) {
        const size_t at = goldi_work_at((gold_task_kind)kind, GOLDI_STATUS);

        GOLD_GOTO(goldi_states_read(&columns->at[at], study, states));
    }

done:
    if (status != GOLD_OK) {
        gold_fail_context("%s", path);
    }
    if (columns != NULL) {
        goldi_columns_close(columns);
    }
    gold_free(columns);
    gold_free(states);
    gold_free(schema);
    return status;
}

gold_status goldi_identity_check(const char *path, const gold_study *study,
                                 const char *data_digest)
{
    gold_status status = GOLD_OK;
    hid_t file = H5I_INVALID_HID;
    uint64_t damaged = 0; /* nothing that is needed here */

    GOLD_GOTO(goldi_identity_open(path, false, &file, &damaged));
    GOLD_GOTO(compare(file, path, study, data_digest));
    GOLD_GOTO(check_columns(file, path, study));

done:
    goldi_h5_close(&file);
    return status;
}
