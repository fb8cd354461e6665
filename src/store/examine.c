/* SPDX-License-Identifier: MIT */
#include "store/examine.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "base/errand.h"
#include "store/archive_file.h"
#include "store/columns.h"
#include "store/condition.h"
#include "store/h5.h"
#include "store/plain.h"
#include "store/root.h"
#include "store/session.h"

/* What the process is asked to do. */
typedef struct question {
    bool is_whole; /* or only what it is */
    size_t column;
    char path[GOLD_ERRAND_BYTES - 64];
} question;

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
    GOLD_TRY(try_text(file, GOLDI_STUDY_IDENTITY));
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

/* All that a result file may have, whatever its study is. */
static gold_status check_result(hid_t file, uint64_t *damaged)
{
    goldi_plain found;

    GOLD_TRY(try_attributes(file, damaged));
    for (size_t i = 0; i < GOLDI_N_COLUMNS; i++) {
        gold_errand_at("'%s'", goldi_column_name(i));
        GOLD_TRY(goldi_plain_check(file, goldi_column_name(i),
                                   goldi_column_type(i), &found));
    }
    return check_sessions(file);
}

/* The message of what failed. HDF5 refuses nothing of a file that is whole, and
 * tells what it found in words of its own. */
static void tell_failure(const char *path, size_t n_failed_before)
{
    char why[1024];

    if (goldi_h5_n_failed() > n_failed_before) {
        (void)snprintf(why, sizeof why, "%s", gold_fail_message());
        (void)gold_fail(GOLD_ERR_FORMAT, "is damaged: %s; " GOLDI_WAY_OUT, why);
    }
    gold_fail_context("%s", path);
}

/* A gold_errand_fn. */
static gold_status look(const void *request, uint64_t *damaged)
{
    const question *asked = request;
    gold_status status = GOLD_OK;
    gold_file_kind kind = GOLD_FILE_OTHER;
    const char *what = NULL;
    const size_t n_failed = goldi_h5_n_failed();
    hid_t file = H5I_INVALID_HID;

    goldi_h5_quiet();
    gold_errand_at("its beginning");
    if (goldi_h5_open(asked->path, &file) != GOLD_OK) {
        return goldi_condition_refuse(asked->path);
    }
    status = goldi_condition_tell(file, &kind, &what);
    if (status == GOLD_OK && asked->is_whole && kind == GOLD_FILE_RESULT) {
        status = check_result(file, damaged);
    }
    if (status != GOLD_OK) {
        tell_failure(asked->path, n_failed);
    }
    gold_errand_at("its end");
    goldi_h5_close(&file);
    return status;
}

/* Rows of a dataset that fit into a buffer. */
static hsize_t count_rows(int rank, const hsize_t *sizes, size_t item_bytes)
{
    const hsize_t most_bytes = (hsize_t)1 << 24;
    hsize_t row_bytes = item_bytes;

    for (int i = 1; i < rank; i++) {
        row_bytes *= sizes[i];
    }
    if (row_bytes == 0 || row_bytes > most_bytes) {
        return 1;
    }
    return most_bytes / row_bytes < sizes[0] ? most_bytes / row_bytes
                                             : sizes[0];
}

/* Read an open dataset, some rows at a time. */
static gold_status read_rows(hid_t dataset, hid_t space, hid_t type)
{
    gold_status status = GOLD_OK;
    hsize_t sizes[H5S_MAX_RANK] = {0};
    hsize_t start[H5S_MAX_RANK] = {0};
    hsize_t total = 1;
    hid_t memory = H5I_INVALID_HID;
    char *values = NULL;
    const size_t item_bytes = H5Tget_size(type);
    const int rank = H5Sget_simple_extent_dims(space, sizes, NULL);
    const hsize_t all = sizes[0];

    if (rank < 1 || all == 0) {
        goto done;
    }
    sizes[0] = count_rows(rank, sizes, item_bytes);
    for (int i = 0; i < rank; i++) {
        total *= sizes[i];
    }
    GOLD_GOTO(gold_alloc(total, item_bytes, (void **)&values));
    for (; start[0] < all; start[0] += sizes[0]) {
        const hsize_t left = all - start[0];

        total = total / sizes[0] * (left < sizes[0] ? left : sizes[0]);
        sizes[0] = left < sizes[0] ? left : sizes[0];
        goldi_h5_close(&memory);
        memory = H5Screate_simple(1, &total, NULL);
        GOLDI_H5(memory, "no space for values");
        GOLDI_H5(H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, sizes,
                                     NULL),
                 "rows cannot be selected");
        GOLDI_H5(H5Dread(dataset, type, memory, space, H5P_DEFAULT, values),
                 "cannot be read");
    }

done:
    goldi_h5_close(&memory);
    gold_free(values);
    return status;
}

/* A gold_errand_fn. */
static gold_status read_column(const void *request, uint64_t *unused)
{
    const question *asked = request;
    const char *name = goldi_column_name(asked->column);
    gold_status status = GOLD_OK;
    const size_t n_failed = goldi_h5_n_failed();
    hid_t file = H5I_INVALID_HID;
    hid_t dataset = H5I_INVALID_HID;
    hid_t space = H5I_INVALID_HID;

    (void)unused;
    goldi_h5_quiet();
    gold_errand_at("the data of '%s'", name);
    GOLD_GOTO(goldi_h5_open(asked->path, &file));
    dataset = H5Dopen2(file, name, H5P_DEFAULT);
    GOLDI_H5(dataset, "'%s' cannot be opened", name);
    space = H5Dget_space(dataset);
    GOLDI_H5(space, "'%s' has no shape", name);
    status = read_rows(dataset, space, goldi_column_type(asked->column));
    if (status != GOLD_OK) {
        gold_fail_context("'%s'", name);
    }

done:
    if (status != GOLD_OK) {
        tell_failure(asked->path, n_failed);
    }
    goldi_h5_close(&space);
    goldi_h5_close(&dataset);
    goldi_h5_close(&file);
    return status;
}

/* ------------------------------------------------------------------ from here
 */

/* Have it done; names a file that stops it. */
static gold_status ask(gold_errand_fn *run, const question *asked,
                       double data_bytes, uint64_t *found)
{
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
    const gold_status status =
        gold_errand_run(run, asked, sizeof *asked, &limits, &report);
    const char *where =
        report.where[0] == '\0' ? "its beginning" : report.where;

    *found = report.found;
    if (report.ending == GOLD_ERRAND_DONE) {
        return status;
    }
    return gold_fail(
        GOLD_ERR_FORMAT, "%s: is damaged: HDF5 %s at %s; " GOLDI_WAY_OUT,
        asked->path,
        report.ending == GOLD_ERRAND_ENDLESS ? "finds no end" : "crashes",
        where);
}

/* No system has names too long for a question. */
static bool has_room(const question *asked, const char *path)
{
    return strlen(path) < sizeof asked->path;
}

static gold_status examine(const char *path, bool is_whole, uint64_t *damaged)
{
    question asked = {.is_whole = is_whole};

    if (!has_room(&asked, path)) {
        return GOLD_OK;
    }
    (void)snprintf(asked.path, sizeof asked.path, "%s", path);
    return ask(look, &asked, 0.0, damaged);
}

gold_status goldi_examine_kind(const char *path)
{
    uint64_t unused = 0;

    return examine(path, false, &unused);
}

gold_status goldi_examine_result(const char *path, uint64_t *damaged)
{
    return examine(path, true, damaged);
}

gold_status goldi_examine_column(const char *path, size_t column, double bytes)
{
    question asked = {.column = column};
    uint64_t unused = 0;

    if (!has_room(&asked, path)) {
        return GOLD_OK;
    }
    (void)snprintf(asked.path, sizeof asked.path, "%s", path);
    return ask(read_column, &asked, bytes, &unused);
}
