/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"
#include "goldilocks/store.h"

#include "base/foreign.h"
#include "store/archive_file.h"
#include "store/columns.h"
#include "store/condition.h"
#include "store/examine.h"
#include "store/h5.h"
#include "store/identity.h"
#include "store/place.h"
#include "store/plain.h"
#include "store/session.h"

/* The text attributes of the root that anybody reads. Without those that are
 * needed the numbers mean nothing; of the others one may be damaged. */
static const struct {
    const char *name;
    bool is_needed;
} texts[GOLDI_N_TEXTS] = {
    {GOLDI_CONFIG, true},
    {GOLDI_OVERRIDES, true},
    {GOLDI_SCHEMA_VERSION, true},
    {GOLDI_STUDY_IDENTITY, true},
    {GOLDI_DATA_DIGEST, true},
    {GOLD_LINES_JOINED, true},
    {GOLDI_PROGRAM_VERSION, false},
    {GOLDI_DATA_SAMPLES, false},
    {"title", false},
    {"git_commit", false},
    {"compiler", false},
    {"libraries", false},
    {"blas_core", false},
    {"mpi_io", false},
};

const char *goldi_archive_text_name(size_t i, bool *is_needed)
{
    *is_needed = texts[i].is_needed;
    return texts[i].name;
}

/* Read them, and no others: who adds one to a file that a job is writing
 * damages that one, and its number is nobody's business. Those in `damaged`, a
 * bit each, are left out. */
static gold_status texts_read(gold_archive *archive, uint64_t damaged)
{
    for (size_t i = 0; i < GOLDI_N_TEXTS; i++) {
        if ((damaged >> i & 1) == 0) {
            GOLD_TRY(goldi_h5_get_text(archive->file, texts[i].name,
                                       &archive->texts[i]));
        }
    }
    return GOLD_OK;
}

/* Parse the study of the file again. */
static gold_status study_read(gold_archive *archive)
{
    gold_status status = GOLD_OK;
    const char *config = gold_archive_text(archive, GOLDI_CONFIG);
    char name[1024];
    char *report = NULL;

    (void)snprintf(name, sizeof name, "%.900s:" GOLDI_CONFIG, archive->path);
    status = gold_study_parse(name, config, strlen(config),
                              gold_archive_text(archive, GOLDI_OVERRIDES),
                              &archive->study, &report);
    if (status == GOLD_ERR_CONFIG) {
        GOLD_FAIL(GOLD_ERR_FORMAT,
                  "this version of the program does not understand the study "
                  "in the file:\n%.3000s",
                  report == NULL ? gold_fail_message() : report);
    }

done:
    gold_free(report);
    return status;
}

/* Lay out the records of the file. */
static gold_status schema_read(gold_archive *archive)
{
    if (strcmp(gold_archive_text(archive, GOLDI_SCHEMA_VERSION),
               GOLDI_FORMAT_UNTRAINED) == 0) {
        archive->study->has_train = false;
    }
    return goldi_identity_schema(archive->file, archive->study,
                                 &archive->schema);
}

/* Name the file in a failure. */
static gold_status named(const gold_archive *archive, gold_status status)
{
    return gold_fail_context(status, "%s", archive->path);
}

/* Before data are read for the first time: where they are in chunks, HDF5 may
 * crash on them. */
static gold_status try_column(gold_archive *archive, const goldi_column *column)
{
    const size_t at = column->at;
    bool is_chunked = false;

    if (archive->is_tried[at]) {
        return GOLD_OK;
    }
    GOLD_TRY(named(archive,
                   goldi_plain_is_chunked(column->dataset,
                                          goldi_column_name(at), &is_chunked)));
    if (is_chunked) {
        GOLD_TRY(goldi_examine_column(archive->path, at,
                                      (double)column->cell_bytes *
                                          (double)archive->study->n_points));
    }
    archive->is_tried[at] = true;
    return GOLD_OK;
}

gold_status goldi_archive_columns(gold_archive *archive, goldi_columns *columns)
{
    GOLD_TRY(named(archive, goldi_columns_open(archive->file, archive->study,
                                               &archive->schema, columns)));
    for (size_t i = 0; i < GOLDI_N_COLUMNS; i++) {
        if (columns->at[i].dataset >= 0) {
            GOLD_TRY(try_column(archive, &columns->at[i]));
        }
    }
    return GOLD_OK;
}

/* Open a column for one reading of a block, or of all: kept open, HDF5 would
 * answer from its buffers, and a job may be writing. `is_states`: see that they
 * are known ones. */
static gold_status column_read(gold_archive *archive, size_t at,
                               const goldi_block *block, bool is_states,
                               void *values)
{
    gold_status status = GOLD_OK;
    const gold_study *study = archive->study;
    goldi_column column = GOLDI_NO_COLUMN;

    goldi_h5_quiet();
    GOLD_GOTO(named(archive, goldi_column_open(archive->file, study,
                                               &archive->schema, at, &column)));
    GOLD_GOTO(try_column(archive, &column));
    GOLD_GOTO(named(
        archive, is_states ? goldi_states_read(&column, study, values)
                           : goldi_column_read(&column, study, block, values)));

done:
    goldi_column_close(&column);
    return status;
}

/* Open the file, once it was examined; says what it is instead when it is not
 * one of ours. */
static gold_status open_file(gold_archive *archive, uint64_t *damaged)
{
    const char *path = archive->path;
    gold_file_kind kind = GOLD_FILE_OTHER;
    const char *what = NULL;
    bool exists = false;

    GOLD_TRY(goldi_place_exists(path, &exists));
    if (!exists) {
        return gold_fail(GOLD_ERR_IO, "%s: there is no such file", path);
    }
    GOLD_TRY(goldi_place_guess(path, &what));
    if (what == gold_foreign_hdf5) {
        GOLD_TRY(goldi_examine_result(path, damaged));
    }
    if (what != gold_foreign_hdf5 ||
        goldi_h5_open(path, &archive->file) != GOLD_OK) {
        return goldi_condition_refuse(path, "a result file");
    }
    GOLD_TRY(named(archive, goldi_condition_tell(archive->file, &kind, &what)));
    return kind == GOLD_FILE_RESULT
               ? GOLD_OK
               : gold_fail(GOLD_ERR_FORMAT,
                           "%s: is not a result file: the file is %s", path,
                           what);
}

/* Fail unless it has a text without which nothing can be told. */
static gold_status check_text(const gold_archive *archive, const char *name)
{
    return gold_archive_text(archive, name)[0] != '\0'
               ? GOLD_OK
               : gold_fail(GOLD_ERR_FORMAT, "%s: has lost its attribute %s",
                           archive->path, name);
}

gold_status goldi_archive_make(const char *path, gold_archive **archive)
{
    gold_status status = GOLD_OK;
    gold_archive *made = NULL;

    GOLD_GOTO(GOLD_ALLOC(1, &made));
    made->file = H5I_INVALID_HID;
    GOLD_GOTO(gold_copy_text(path, &made->path));
    *archive = made;
    made = NULL;

done:
    gold_archive_close(&made);
    return status;
}

gold_status goldi_archive_head(gold_archive *archive, uint64_t damaged)
{
    GOLD_TRY(named(archive, texts_read(archive, damaged)));
    GOLD_TRY(check_text(archive, GOLDI_SCHEMA_VERSION));
    GOLD_TRY(goldi_identity_check_format(archive, false));
    GOLD_TRY(check_text(archive, GOLDI_STUDY_IDENTITY));
    GOLD_TRY(named(archive, study_read(archive)));
    return named(archive, schema_read(archive));
}

gold_status gold_archive_open(const char *path, gold_archive **archive)
{
    gold_status status = GOLD_OK;
    gold_archive *made = NULL;
    uint64_t damaged = 0;

    goldi_h5_quiet();
    GOLD_TRY(goldi_archive_make(path, &made));
    GOLD_GOTO(open_file(made, &damaged));
    GOLD_GOTO(goldi_archive_head(made, damaged));
    *archive = made;
    made = NULL;

done:
    gold_archive_close(&made);
    return status;
}

void gold_archive_close(gold_archive **archive)
{
    gold_archive *open = *archive;

    if (open == NULL) {
        return;
    }
    for (size_t i = 0; i < GOLDI_N_TEXTS; i++) {
        gold_free(open->texts[i]);
    }
    gold_study_destroy(&open->study);
    goldi_h5_close(&open->file);
    gold_free(open->path);
    gold_free(open);
    *archive = NULL;
}

const gold_study *gold_archive_study(const gold_archive *archive)
{
    return archive->study;
}

const gold_schema *gold_archive_schema(const gold_archive *archive)
{
    return &archive->schema;
}

const char *gold_archive_text(const gold_archive *archive, const char *name)
{
    for (size_t i = 0; i < GOLDI_N_TEXTS; i++) {
        if (strcmp(texts[i].name, name) == 0 && archive->texts[i] != NULL) {
            return archive->texts[i];
        }
    }
    return "";
}

/* Where a column of the work stands that the study has. */
static size_t work_at(const gold_archive *archive, gold_task_kind kind,
                      goldi_work work)
{
    GOLD_ASSERT((int)kind < goldi_n_kinds(archive->study));
    return goldi_work_at(kind, work);
}

gold_status gold_archive_states(gold_archive *archive, gold_task_kind kind,
                                uint8_t *states)
{
    return column_read(archive, work_at(archive, kind, GOLDI_STATUS), NULL,
                       true, states);
}

gold_status gold_archive_variable(gold_archive *archive, gold_variable variable,
                                  double *values)
{
    GOLD_TRY(column_read(archive, (size_t)variable, NULL, false, values));
    goldi_result_decode((size_t)variable, values,
                        archive->study->n_points *
                            archive->schema.count[variable]);
    return GOLD_OK;
}

gold_status gold_archive_record(gold_archive *archive, size_t point,
                                double *record)
{
    const goldi_block block = goldi_block_of_point(archive->study, point);

    gold_record_clear(&archive->schema, record, 1);
    for (size_t i = 0; i < (size_t)GOLD_N_VARIABLES; i++) {
        double *values = record + archive->schema.offset[i];

        if (archive->schema.count[i] > 0) {
            GOLD_TRY(column_read(archive, i, &block, false, values));
            goldi_result_decode(i, values, archive->schema.count[i]);
        }
    }
    return GOLD_OK;
}

gold_status gold_archive_seconds(gold_archive *archive, gold_task_kind kind,
                                 double *seconds)
{
    return column_read(archive, work_at(archive, kind, GOLDI_SECONDS), NULL,
                       false, seconds);
}

gold_status gold_archive_message(gold_archive *archive, gold_task_kind kind,
                                 size_t point, char text[GOLD_MESSAGE_BYTES])
{
    const goldi_block block = goldi_block_of_point(archive->study, point);

    GOLD_TRY(column_read(archive, work_at(archive, kind, GOLDI_MESSAGE), &block,
                         false, text));
    text[GOLD_MESSAGE_BYTES - 1] = '\0';
    return GOLD_OK;
}

gold_status gold_archive_sessions(gold_archive *archive,
                                  gold_session sessions[GOLD_MAX_SESSIONS],
                                  size_t *n_sessions)
{
    goldi_h5_quiet();
    return named(archive,
                 goldi_sessions_read(archive->file, sessions, n_sessions));
}
