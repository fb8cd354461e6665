/* SPDX-License-Identifier: MIT */
#include "store/identity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "base/foreign.h"
#include "base/text.h"
#include "store/archive_file.h"
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
    GOLD_TRY(goldi_place_guess(path, what));
    if (*what == gold_foreign_empty) {
        *kind = GOLD_FILE_EMPTY;
    }
    if (*what != gold_foreign_hdf5) {
        return GOLD_OK;
    }
    GOLD_TRY(goldi_examine_kind(path));
    GOLD_TRY(goldi_condition_open(path, "a result file", &file));
    status = goldi_condition_tell(file, kind, what);
    goldi_h5_close(&file);
    return gold_fail_context(status, "%s", path);
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

gold_status goldi_identity_check_format(const gold_archive *archive,
                                        bool is_written)
{
    const char *format = gold_archive_text(archive, GOLDI_SCHEMA_VERSION);
    unsigned minor = 0;

    if (parse_format(format, !is_written, &minor)) {
        return GOLD_OK;
    }
    return gold_fail(GOLD_ERR_MISMATCH,
                     "%s: has file format %s, of goldilocks %s, and this "
                     "program %s formats " GOLD_SCHEMA_VERSION
                     " to " GOLD_SCHEMA_VERSION
                     ".%d only: use that version, or name another file",
                     archive->path, format,
                     gold_archive_text(archive, GOLDI_PROGRAM_VERSION),
                     is_written ? "writes" : "knows", GOLD_SCHEMA_MINOR);
}

gold_status goldi_identity_check_data(const gold_archive *archive,
                                      const char *data_digest)
{
    const char *digest = gold_archive_text(archive, GOLDI_DATA_DIGEST);

    if (strcmp(digest, data_digest) == 0) {
        return GOLD_OK;
    }
    return gold_fail(GOLD_ERR_MISMATCH,
                     "%s: was computed from other data: the file has "
                     "data_sha256 %s, the data at hand have %s; name another "
                     "file (-o), or replace this one (--overwrite)",
                     archive->path, digest[0] == '\0' ? "(none)" : digest,
                     data_digest);
}

/* What to do about a file that has other axes. */
static gold_status way_out(const gold_archive *archive, const gold_study *study,
                           char **way)
{
    gold_status status = GOLD_OK;
    char *lines = NULL;
    char *options = NULL;
    goldi_text text = {0};

    GOLD_GOTO(gold_study_growth(archive->study, study, &lines));
    GOLD_GOTO(gold_overrides_typed(lines, &options));
    goldi_text_add(&text, "%s%s%s",
                   options[0] == '\0'
                       ? "If there are only more values on an axis, --extend "
                         "keeps what the file holds"
                       : "The file has more values on its axes, as after a "
                         "merge: to go on with it add",
                   options[0] == '\0' ? "" : "\n ", options);
    GOLD_GOTO(goldi_text_give(&text, way));

done:
    goldi_text_fini(&text);
    gold_free(options);
    gold_free(lines);
    return status;
}

/* Compare what the file says with the study and data at hand. */
static gold_status compare(const gold_archive *archive, const gold_study *study,
                           const char *data_digest)
{
    gold_status status = GOLD_OK;
    const char *of_file = gold_archive_text(archive, GOLDI_STUDY_IDENTITY);
    char *of_study = NULL;
    char *difference = NULL;
    char *way = NULL;

    GOLD_GOTO(gold_study_identity(study, &of_study));
    if (strcmp(of_file, of_study) != 0) {
        GOLD_GOTO(gold_identity_difference(of_file, of_study, &difference));
        GOLD_GOTO(way_out(archive, study, &way));
        GOLD_FAIL(GOLD_ERR_MISMATCH,
                  "%s: holds another study; they differ in\n%s\nName another "
                  "file (-o), or replace this one (--overwrite). %s",
                  archive->path, difference, way);
    }
    status = goldi_identity_check_data(archive, data_digest);

done:
    gold_free(way);
    gold_free(difference);
    gold_free(of_study);
    return status;
}

/* Does a file log so many steps? Where it does not say, others complain. */
static gold_status logs(hid_t file, size_t n, bool *is_so)
{
    gold_status status = GOLD_OK;
    const char *name = gold_dimension_about(GOLD_DIM_STEP)->name;
    hid_t dataset = H5I_INVALID_HID;
    hid_t space = H5I_INVALID_HID;
    bool exists = false;

    *is_so = true;
    GOLD_GOTO(goldi_h5_look(file, name, &exists));
    if (exists) {
        dataset = H5Dopen2(file, name, H5P_DEFAULT);
        GOLDI_H5(dataset, "'%s' cannot be opened", name);
        space = H5Dget_space(dataset);
        GOLDI_H5(space, "'%s' has no shape", name);
        *is_so = H5Sget_simple_extent_npoints(space) == (hssize_t)n;
    }

done:
    goldi_h5_close(&space);
    goldi_h5_close(&dataset);
    return status;
}

gold_status goldi_schema_look(hid_t file, const gold_study *study,
                              gold_schema *schema)
{
    bool is_missing[GOLD_N_VARIABLES] = {false};
    bool has_all = true;
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
    GOLD_TRY(logs(file, schema->n_log, &has_all));
    if (schema->n_phases > 0 && !has_all) {
        gold_schema_forget_ends(schema, study);
    }
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
    return goldi_schema_look(file, study, schema);
}

/* Fail unless all that a run writes can be written, and the states of all
 * points are known ones. */
static gold_status check_columns(gold_archive *archive)
{
    gold_status status = GOLD_OK;
    const gold_study *study = archive->study;
    goldi_columns *columns = NULL;
    bool is_chunked = false;
    uint8_t *states = NULL;

    GOLD_GOTO(GOLD_ALLOC(1, &columns));
    goldi_columns_init(columns);
    GOLD_GOTO(
        goldi_columns_open(archive->file, study, &archive->schema, columns));
    GOLD_GOTO(goldi_columns_check_written(columns, archive->path));
    GOLD_GOTO(goldi_sessions_check(archive->file, &is_chunked));
    if (is_chunked) {
        GOLD_GOTO(goldi_plain_refuse_chunks("sessions", archive->path));
    }
    GOLD_GOTO(GOLD_ALLOC(study->n_points, &states));
    for (int kind = 0; kind < goldi_n_kinds(study); kind++) {
        const size_t at = goldi_work_at((gold_task_kind)kind, GOLDI_STATUS);

        GOLD_GOTO(goldi_states_read(&columns->at[at], study, states));
    }

done:
    if (columns != NULL) {
        goldi_columns_close(columns);
    }
    gold_free(columns);
    gold_free(states);
    return gold_fail_context(status, "%s", archive->path);
}

gold_status goldi_identity_check(const char *path, const gold_study *study,
                                 const char *data_digest)
{
    gold_status status = GOLD_OK;
    gold_archive *archive = NULL;

    GOLD_GOTO(gold_archive_open(path, &archive));
    GOLD_GOTO(goldi_identity_check_format(archive, true));
    GOLD_GOTO(compare(archive, study, data_digest));
    GOLD_GOTO(check_columns(archive));

done:
    gold_archive_close(&archive);
    return status;
}
