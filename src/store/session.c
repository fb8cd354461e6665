/* SPDX-License-Identifier: MIT */
#include "store/session.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "goldilocks/memory.h"

#include "base/utf8.h"
#include "store/dataset.h"
#include "store/h5.h"
#include "store/plain.h"

enum {
    N_COLUMNS = 11,
    PATH_BYTES = 64
};

typedef enum kind {
    NUMBER,
    NOTE, /* a number that files of earlier versions do not have */
    COUNT,
    TEXT,
} kind;

#define OF(member)                                                             \
    offsetof(gold_session, member), sizeof((gold_session *)0)->member

/* The columns, in the order of the file: that of the start is the first. */
static const struct {
    const char *name;
    const char *title;
    kind kind;
    const char *units;
    size_t offset; /* in a gold_session */
    size_t bytes;
} columns[N_COLUMNS] = {
    {"start", "start of the session", NUMBER,
     "seconds since 1970-01-01 00:00:00", OF(start)},
    {"end", "end of the session in good order", NUMBER,
     "seconds since 1970-01-01 00:00:00", OF(end)},
    {"ranks", "MPI processes", COUNT, "1", OF(ranks)},
    {"tasks", "tasks written", COUNT, "1", OF(tasks)},
    {"points_done", "points measured and points trained", COUNT, "1",
     OF(points_done)},
    {"points_failed", "measurements and trainings that failed", COUNT, "1",
     OF(points_failed)},
    {"hosts", "names of the computers", TEXT, "1", OF(hosts)},
    {"slurm_job", "job of Slurm", TEXT, "1", OF(slurm_job)},
    {"predicted_seconds", "what tasks were predicted to take as they started",
     NOTE, "s", OF(notes.predicted_seconds)},
    {"taken_seconds", "what the same tasks took", NOTE, "s",
     OF(notes.taken_seconds)},
    {"prediction_error",
     "typical error of a task's predicted time: exp(mean |log ratio|) - 1",
     NOTE, "1", OF(notes.prediction_error)},
};

static hid_t type_of(size_t c)
{
    return columns[c].kind == TEXT    ? H5T_C_S1
           : columns[c].kind == COUNT ? H5T_NATIVE_INT64
                                      : H5T_NATIVE_DOUBLE;
}

/* Make one column. Texts are characters, along a dimension of their own, and
 * bytes to xarray, like the messages. */
static gold_status column_create(hid_t group, size_t c, hid_t rows)
{
    static const double never = (double)NAN;
    static const int64_t unknown = -1;
    gold_status status = GOLD_OK;
    goldi_shape shape = {
        .rank = 1, .sizes = {GOLD_MAX_SESSIONS}, .scales = {rows}};
    goldi_variable variable = {.name = columns[c].name,
                               .type = type_of(c),
                               .long_name = columns[c].title,
                               .units = columns[c].units};
    hid_t scale = H5I_INVALID_HID;
    char name[PATH_BYTES];

    if (columns[c].kind == TEXT) {
        (void)snprintf(name, sizeof name, "%s_character", columns[c].name);
        GOLD_GOTO(goldi_scale_create(group, name, columns[c].bytes,
                                     H5T_NATIVE_FLOAT, NULL, &scale));
        goldi_shape_add(&shape, columns[c].bytes, scale);
    } else {
        variable.fill =
            columns[c].kind == COUNT ? (const void *)&unknown : &never;
    }
    GOLD_GOTO(goldi_variable_create(group, &variable, &shape, NULL));

done:
    goldi_h5_close(&scale);
    return status;
}

gold_status goldi_sessions_create(hid_t file)
{
    gold_status status = GOLD_OK;
    const unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
    hid_t rows = H5I_INVALID_HID;
    hid_t group = H5I_INVALID_HID;
    hid_t creation = H5Pcreate(H5P_GROUP_CREATE);

    GOLDI_H5(creation, "no HDF5 group creation list");
    GOLDI_H5(H5Pset_link_creation_order(creation, order),
             "HDF5 refuses to track the order of objects");
    group = H5Gcreate2(file, "sessions", H5P_DEFAULT, creation, H5P_DEFAULT);
    GOLDI_H5(group, "group /sessions cannot be created");
    GOLD_GOTO(
        goldi_index_scale_create(group, "session", GOLD_MAX_SESSIONS, &rows));
    for (size_t c = 0; c < N_COLUMNS; c++) {
        GOLD_GOTO(column_create(group, c, rows));
    }

done:
    goldi_h5_close(&rows);
    goldi_h5_close(&group);
    goldi_h5_close(&creation);
    return status;
}

/* Where a column stands in the file. */
static void name_column(size_t c, char path[PATH_BYTES])
{
    (void)snprintf(path, PATH_BYTES, "sessions/%s", columns[c].name);
}

/* Read or write rows `first .. first + n - 1` of a column, which lie in
 * `values`; of a file that was examined, or is new (columns.h). */
static gold_status transfer(hid_t file, size_t c, size_t first, size_t n,
                            char *values, bool is_reading)
{
    gold_status status = GOLD_OK;
    const hsize_t width = columns[c].kind == TEXT ? columns[c].bytes : 1;
    const hsize_t start[2] = {first, 0};
    const hsize_t count[2] = {n, width};
    const hsize_t total = n * width;
    hid_t dataset = H5I_INVALID_HID;
    hid_t cells = H5I_INVALID_HID;
    hid_t memory = H5I_INVALID_HID;
    herr_t result = 0;
    char path[PATH_BYTES];

    name_column(c, path);
    dataset = H5Dopen2(file, path, H5P_DEFAULT);
    GOLDI_H5(dataset, "/%s cannot be opened", path);
    cells = H5Dget_space(dataset);
    GOLDI_H5(cells, "/%s has no shape", path);
    memory = H5Screate_simple(1, &total, NULL);
    GOLDI_H5(
        H5Sselect_hyperslab(cells, H5S_SELECT_SET, start, NULL, count, NULL),
        "/%s is too small", path);
    result =
        is_reading
            ? H5Dread(dataset, type_of(c), memory, cells, H5P_DEFAULT, values)
            : H5Dwrite(dataset, type_of(c), memory, cells, H5P_DEFAULT, values);
    GOLDI_H5(result, "/%s cannot be transferred", path);

done:
    goldi_h5_close(&memory);
    goldi_h5_close(&cells);
    goldi_h5_close(&dataset);
    return status;
}

/* The same with the members of sessions. What has no place in the file is not
 * written, and stays what it was where it is read. */
static gold_status copy_column(hid_t file, size_t c, size_t first, size_t n,
                               gold_session *sessions, bool is_reading)
{
    gold_status status = GOLD_OK;
    const size_t bytes = columns[c].bytes;
    char path[PATH_BYTES];
    char *values = NULL;
    bool exists = true;

    name_column(c, path);
    if (columns[c].kind == NOTE) {
        GOLD_TRY(goldi_h5_look(file, path, &exists));
    }
    if (!exists) {
        return GOLD_OK;
    }
    GOLD_TRY(GOLD_ALLOC(n * bytes, &values));
    for (size_t i = 0; i < n; i++) {
        memcpy(values + i * bytes, (char *)&sessions[i] + columns[c].offset,
               bytes);
    }
    GOLD_GOTO(transfer(file, c, first, n, values, is_reading));
    for (size_t i = 0; i < n; i++) {
        memcpy((char *)&sessions[i] + columns[c].offset, values + i * bytes,
               bytes);
    }

done:
    gold_free(values);
    return status;
}

/* Write rows, their starts last: all columns, or those from `from` on. */
static gold_status write_rows(hid_t file, size_t from, size_t first, size_t n,
                              gold_session *sessions)
{
    for (size_t c = N_COLUMNS; c-- > from;) {
        GOLD_TRY(copy_column(file, c, first, n, sessions, false));
    }
    return GOLD_OK;
}

static double now(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_REALTIME, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static gold_session new_session(void)
{
    const double never = (double)NAN;

    return (gold_session){.start = never,
                          .end = never,
                          .ranks = -1,
                          .tasks = -1,
                          .points_done = -1,
                          .points_failed = -1,
                          .notes = {never, never, never}};
}

gold_status goldi_session_begin(hid_t file, int64_t ranks,
                                const gold_provenance *provenance,
                                gold_session *session, size_t *row)
{
    gold_status status = GOLD_OK;
    gold_session *taken = NULL;
    size_t n = 0;

    GOLD_TRY(GOLD_ALLOC(GOLD_MAX_SESSIONS, &taken));
    GOLD_GOTO(goldi_sessions_read(file, taken, &n));
    *row = n < GOLD_MAX_SESSIONS ? n : n - 1;
    *session = new_session();
    session->start = now();
    session->ranks = ranks;
    gold_utf8_fill(session->hosts, sizeof session->hosts, provenance->hosts);
    gold_utf8_fill(session->slurm_job, sizeof session->slurm_job,
                   provenance->slurm_job);
    GOLD_GOTO(write_rows(file, 0, *row, 1, session));

done:
    gold_free(taken);
    return status;
}

gold_status goldi_session_end(hid_t file, size_t row, gold_session *session)
{
    session->end = now();
    return write_rows(file, 1, row, 1, session);
}

gold_status goldi_sessions_check(hid_t file, bool *is_chunked)
{
    *is_chunked = false;
    for (size_t c = 0; c < N_COLUMNS; c++) {
        const int rank = columns[c].kind == TEXT ? 2 : 1;
        char path[PATH_BYTES];
        goldi_plain found;

        name_column(c, path);
        GOLD_TRY(goldi_plain_check(file, path, type_of(c), &found));
        if (found.is_there && found.rank != rank) {
            return gold_fail(
                GOLD_ERR_FORMAT,
                "'%s' has another shape than a result file has there", path);
        }
        *is_chunked = *is_chunked || found.is_chunked;
    }
    return GOLD_OK;
}

/* A text of a file, which may have no end and be no UTF-8. */
static void mend_text(char *text, size_t n_bytes)
{
    char raw[sizeof((gold_session *)0)->hosts];

    memcpy(raw, text, n_bytes);
    raw[n_bytes - 1] = '\0';
    gold_utf8_fill(text, n_bytes, raw);
}

gold_status goldi_sessions_read(hid_t file,
                                gold_session sessions[GOLD_MAX_SESSIONS],
                                size_t *n_sessions)
{
    size_t n = 0;

    for (size_t i = 0; i < GOLD_MAX_SESSIONS; i++) {
        sessions[i] = new_session();
    }
    for (size_t c = 0; c < N_COLUMNS; c++) {
        GOLD_TRY(copy_column(file, c, 0, GOLD_MAX_SESSIONS, sessions, true));
    }
    for (; n < GOLD_MAX_SESSIONS && !isnan(sessions[n].start); n++) {
        mend_text(sessions[n].hosts, sizeof sessions[n].hosts);
        mend_text(sessions[n].slurm_job, sizeof sessions[n].slurm_job);
    }
    *n_sessions = n;
    return GOLD_OK;
}

/* Order of two sessions by their start. */
static int compare_starts(const void *left, const void *right)
{
    const double a = ((const gold_session *)left)->start;
    const double b = ((const gold_session *)right)->start;

    return (a > b) - (a < b);
}

gold_status goldi_sessions_unite(const hid_t *files, size_t n_files, hid_t to)
{
    gold_status status = GOLD_OK;
    gold_session *all = NULL;
    size_t n = 0;

    GOLD_TRY(GOLD_ALLOC(2 * GOLD_MAX_SESSIONS, &all));
    for (size_t i = 0; i < n_files; i++) {
        size_t more = 0;

        GOLD_GOTO(goldi_sessions_read(files[i], all + n, &more));
        n += more;
        qsort(all, n, sizeof *all, compare_starts);
        if (n > GOLD_MAX_SESSIONS) {
            memmove(all, all + (n - GOLD_MAX_SESSIONS),
                    GOLD_MAX_SESSIONS * sizeof *all);
            n = GOLD_MAX_SESSIONS;
        }
    }
    if (n > 0) {
        GOLD_GOTO(write_rows(to, 0, 0, n, all));
    }

done:
    gold_free(all);
    return status;
}
