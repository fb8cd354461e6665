/* SPDX-License-Identifier: MIT */
#include "store/examine.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "store/archive_file.h"
#include "store/columns.h"
#include "store/condition.h"
#include "store/h5.h"
#include "store/plain.h"
#include "store/root.h"
#include "store/rows.h"
#include "store/session.h"

enum {
    ONLY_KIND, /* or all of a result file */
    ALL_OF_RESULT
};

/* ------------------------------------------------------------ in the process
 */

static gold_status try_text(hid_t file, const char *name)
{
    char *text = NULL;

    gold_errand_at("attribute '%s'", name);
    GOLD_TRY(goldi_h5_get_text(file, name, &text));
    gold_free(text);
    return GOLD_OK;
}

static gold_status try_attributes(hid_t file, uint64_t *damaged)
{
    int64_t number = 0;

    for (size_t i = 0; i < GOLDI_N_TEXTS; i++) {
        bool is_needed = false;
        const char *name = goldi_archive_text_name(i, &is_needed);
        const gold_status status = try_text(file, name);

        if (status != GOLD_OK && is_needed) {
            return status;
        }
        if (status != GOLD_OK) {
            gold_fail_clear();
            *damaged |= (uint64_t)1 << i;
        }
    }
    gold_errand_at("attribute '" GOLDI_N_TRAIN "'");
    return goldi_h5_get_integer(file, GOLDI_N_TRAIN, &number);
}

static gold_status check_sessions(hid_t file)
{
    gold_session *sessions = NULL;
    bool is_chunked = false;
    size_t n = 0;

    gold_errand_at("'sessions'");
    GOLD_TRY(goldi_sessions_check(file, &is_chunked));
    if (!is_chunked) {
        return GOLD_OK;
    }
    GOLD_TRY(GOLD_ALLOC(GOLD_MAX_SESSIONS, &sessions));
    const gold_status status = goldi_sessions_read(file, sessions, &n);

    gold_free(sessions);
    return status;
}

/* All that a result file may have, whatever its study is; takes down the shapes
 * of its columns, [GOLDI_N_COLUMNS]. */
static gold_status check_result(hid_t file, uint64_t *damaged,
                                goldi_plain *found)
{
    bool is_there[GOLDI_N_COLUMNS];

    GOLD_TRY(try_attributes(file, damaged));
    gold_errand_at("its names");
    GOLD_TRY(goldi_columns_look(file, is_there));
    for (size_t i = 0; i < GOLDI_N_COLUMNS; i++) {
        gold_errand_at("'%s'", goldi_column_name(i));
        if (is_there[i]) {
            GOLD_TRY(goldi_plain_check(file, goldi_column_name(i),
                                       goldi_column_type(i), &found[i]));
        }
    }
    return check_sessions(file);
}

/* Its study, and shapes as that has them. The states of measurements are there;
 * who reads another column that is missing says so. */
static gold_status check_study(gold_archive *archive, uint64_t damaged,
                               const goldi_plain *found)
{
    const size_t states = goldi_work_at(GOLD_TASK_MEASURE, GOLDI_STATUS);

    gold_errand_at("its study");
    GOLD_TRY(goldi_archive_head(archive, damaged));
    for (size_t i = 0; i < GOLDI_N_COLUMNS; i++) {
        gold_status status = GOLD_OK;

        if (i == states && !found[i].is_there) {
            status = gold_fail(GOLD_ERR_FORMAT, "variable '%s' is missing",
                               goldi_column_name(i));
        } else if (found[i].is_there &&
                   goldi_column_items(archive->study, &archive->schema, i) >
                       0) {
            status = goldi_column_fit(archive->study, &archive->schema, i,
                                      found[i].rank, found[i].sizes);
        }
        GOLD_TRY(gold_fail_context(status, "%s", archive->path));
    }
    return GOLD_OK;
}

gold_status goldi_examine_tell(gold_status status, const char *path,
                               size_t n_failed_before)
{
    char why[1024];

    if (status != GOLD_OK && goldi_h5_n_failed() > n_failed_before) {
        (void)snprintf(why, sizeof why, "%s", gold_fail_message());
        (void)gold_fail(GOLD_ERR_FORMAT, "is damaged: %s; " GOLDI_WAY_OUT, why);
    }
    return gold_fail_context(status, "%s", path);
}

/* See what it is, and that all can be read of it that HDF5 is asked for. */
static gold_status look_into(const goldi_question *asked, gold_archive *archive,
                             uint64_t *damaged, goldi_plain *found)
{
    gold_status status = GOLD_OK;
    gold_file_kind kind = GOLD_FILE_OTHER;
    const char *what = NULL;
    const size_t n_failed = goldi_h5_n_failed();

    GOLD_TRY(
        goldi_condition_open(asked->path, "a result file", &archive->file));
    status = goldi_condition_tell(archive->file, &kind, &what);
    if (status == GOLD_OK && asked->what == ALL_OF_RESULT &&
        kind == GOLD_FILE_RESULT) {
        status = check_result(archive->file, damaged, found);
        if (status == GOLD_OK) {
            return check_study(archive, *damaged, found);
        }
    }
    return goldi_examine_tell(status, asked->path, n_failed);
}

/* A gold_errand_fn. */
static gold_status look(const void *request, uint64_t *damaged)
{
    const goldi_question *asked = request;
    gold_status status = GOLD_OK;
    gold_archive *archive = NULL;
    goldi_plain *found = NULL;

    goldi_h5_quiet();
    gold_errand_at("its beginning");
    GOLD_GOTO(goldi_archive_make(asked->path, &archive));
    GOLD_GOTO(GOLD_ALLOC(GOLDI_N_COLUMNS, &found));
    GOLD_GOTO(look_into(asked, archive, damaged, found));

done:
    gold_errand_at("its end");
    gold_free(found);
    gold_archive_close(&archive);
    return status;
}

/* A gold_errand_fn. */
static gold_status read_column(const void *request, uint64_t *unused)
{
    const goldi_question *asked = request;
    const char *name = goldi_column_name(asked->what);
    gold_status status = GOLD_OK;
    const size_t n_failed = goldi_h5_n_failed();
    hid_t file = H5I_INVALID_HID;

    (void)unused;
    goldi_h5_quiet();
    gold_errand_at("the data of '%s'", name);
    GOLD_GOTO(goldi_h5_open(asked->path, &file));
    status = goldi_rows_read(file, name, goldi_column_type(asked->what),
                             GOLDI_ALL_ROWS, NULL, NULL);

done:
    goldi_h5_close(&file);
    return goldi_examine_tell(status, asked->path, n_failed);
}

/* ------------------------------------------------------------------ from here
 */

gold_status goldi_examine_ask(gold_errand_fn *run, const char *path,
                              size_t what, double data_bytes, uint64_t *found)
{
    goldi_question asked = {.what = what};
    const double mebibyte = 1 << 20;
    /* Limits are whole seconds, one of which has begun. Healthy files take 5
     * milliseconds, and unpacked data 10 for each mebibyte. */
    const double usual = 0.9;
    const double slowest = 10.0 * mebibyte;
    const gold_errand_limits limits = {
        .seconds = usual + data_bytes / slowest,
        .bytes = 150.0 * mebibyte,
    };
    gold_errand_report report;

    if (strlen(path) >= sizeof asked.path) {
        return GOLD_OK; /* no system has such long names */
    }
    (void)snprintf(asked.path, sizeof asked.path, "%s", path);
    const gold_status status =
        gold_errand_run(run, &asked, sizeof asked, &limits, &report);

    *found = report.found;
    if (report.ending == GOLD_ERRAND_DONE) {
        return status;
    }
    return gold_fail(
        GOLD_ERR_FORMAT, "%s: is damaged: HDF5 %s at %s; " GOLDI_WAY_OUT, path,
        report.ending == GOLD_ERRAND_ENDLESS ? "finds no end" : "crashes",
        report.where[0] == '\0' ? "its beginning" : report.where);
}

gold_status goldi_examine_kind(const char *path)
{
    uint64_t unused = 0;

    return goldi_examine_ask(look, path, ONLY_KIND, 0.0, &unused);
}

gold_status goldi_examine_result(const char *path, uint64_t *damaged)
{
    return goldi_examine_ask(look, path, ALL_OF_RESULT, 0.0, damaged);
}

gold_status goldi_examine_column(const char *path, size_t column, double bytes)
{
    uint64_t unused = 0;

    return goldi_examine_ask(read_column, path, column, bytes, &unused);
}
