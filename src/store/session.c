/* SPDX-License-Identifier: MIT */
#include "store/session.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "goldilocks/memory.h"

#include "store/dataset.h"
#include "store/h5.h"
#include "store/plain.h"
#include "store/utf8.h"

/* Columns, in the order of the file. */
typedef enum column {
    START,
    END,
    RANKS,
    TASKS,
    POINTS_DONE,
    POINTS_FAILED,
    HOSTS,
    SLURM_JOB,
    PREDICTED_SECONDS,
    TAKEN_SECONDS,
    PREDICTION_ERROR,
    N_COLUMNS
} column;

enum {
    PATH_BYTES = 64
};

typedef enum kind {
    TIME,
    SECONDS,
    RATIO,
    COUNT,
    TEXT,
} kind;

static const struct {
    const char *name;
    const char *title;
    kind kind;
    size_t n; /* numbers or characters of a row */
} columns[N_COLUMNS] = {
    {"start", "start of the session", TIME, 1},
    {"end", "end of the session in good order", TIME, 1},
    {"ranks", "MPI processes", COUNT, 1},
    {"tasks", "tasks written", COUNT, 1},
    {"points_done", "points measured and points trained", COUNT, 1},
    {"points_failed", "measurements and trainings that failed", COUNT, 1},
    {"hosts", "names of the computers", TEXT, sizeof((gold_session *)0)->hosts},
    {"slurm_job", "job of Slurm", TEXT, sizeof((gold_session *)0)->slurm_job},
    {"predicted_seconds", "what tasks were predicted to take as they started",
     SECONDS, 1},
    {"taken_seconds", "what the same tasks took", SECONDS, 1},
    {"prediction_error",
     "typical error of a task's predicted time: exp(mean |log ratio|) - 1",
     RATIO, 1},
};

static hid_t type_of(column c)
{
    switch (columns[c].kind) {
    case TIME:
    case SECONDS:
    case RATIO:
        return H5T_NATIVE_DOUBLE;
    case COUNT:
        return H5T_NATIVE_INT64;
    default:
        return H5T_C_S1;
    }
}

/* Make a column of text: characters, along a dimension of their own, and
 * bytes to xarray, like the messages. */
static gold_status text_create(hid_t group, const goldi_variable *variable,
                               goldi_shape *shape, size_t n)
{
    gold_status status = GOLD_OK;
    char name[64] = "";
    hid_t scale = H5I_INVALID_HID;

    (void)strncat(name, variable->name, sizeof name - 16);
    (void)strncat(name, "_character", 16);
    GOLD_GOTO(
        goldi_scale_create(group, name, n, H5T_NATIVE_FLOAT, NULL, &scale));
    shape->rank = 2;
    shape->sizes[1] = n;
    shape->scales[1] = scale;
    GOLD_GOTO(goldi_variable_create(group, variable, shape, NULL));

done:
    goldi_h5_close(&scale);
    return status;
}

/* Make one column. */
static gold_status column_create(hid_t group, column c, hid_t rows)
{
    static const double never = (double)NAN;
    static const int64_t unknown = -1;
    goldi_shape shape = {
        .rank = 1, .sizes = {GOLD_MAX_SESSIONS}, .scales = {rows}};
    goldi_variable variable = {.name = columns[c].name,
                               .type = type_of(c),
                               .long_name = columns[c].title,
                               .units = "1"};

    if (columns[c].kind == TEXT) {
        return text_create(group, &variable, &shape, columns[c].n);
    }
    variable.is_fill_missing = true;
    variable.fill = columns[c].kind == COUNT ? (const void *)&unknown : &never;
    if (columns[c].kind == TIME) {
        variable.units = "seconds since 1970-01-01 00:00:00";
    } else if (columns[c].kind == SECONDS) {
        variable.units = "s";
    }
    return goldi_variable_create(group, &variable, &shape, NULL);
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
    for (int c = 0; c < N_COLUMNS; c++) {
        GOLD_GOTO(column_create(group, (column)c, rows));
    }

done:
    goldi_h5_close(&rows);
    goldi_h5_close(&group);
    goldi_h5_close(&creation);
    return status;
}

/* Where a column stands in the file. */
static void name_column(column c, char path[PATH_BYTES])
{
    (void)snprintf(path, PATH_BYTES, "sessions/%s", columns[c].name);
}

/* Open a column; of a file that was examined, or is new (column.h). */
static gold_status column_open(hid_t file, column c, hid_t *dataset,
                               hid_t *cells)
{
    gold_status status = GOLD_OK;
    char path[PATH_BYTES];

    name_column(c, path);
    *dataset = H5Dopen2(file, path, H5P_DEFAULT);
    GOLDI_H5(*dataset, "/%s cannot be opened", path);
    *cells = H5Dget_space(*dataset);
    GOLDI_H5(*cells, "/%s has no shape", path);

done:
    return status;
}

/* Read or write rows `first .. first + n - 1` of a column. */
static gold_status transfer(hid_t file, column c, size_t first, size_t n,
                            const void *from, void *to)
{
    gold_status status = GOLD_OK;
    const hsize_t start[2] = {first, 0};
    const hsize_t count[2] = {n, columns[c].n};
    const hsize_t total = n * columns[c].n;
    hid_t dataset = H5I_INVALID_HID;
    hid_t cells = H5I_INVALID_HID;
    hid_t memory = H5I_INVALID_HID;
    herr_t result = 0;

    GOLD_GOTO(column_open(file, c, &dataset, &cells));
    memory = H5Screate_simple(1, &total, NULL);
    GOLDI_H5(
        H5Sselect_hyperslab(cells, H5S_SELECT_SET, start, NULL, count, NULL),
        "/sessions/%s is too small", columns[c].name);
    if (from != NULL) {
        result =
            H5Dwrite(dataset, type_of(c), memory, cells, H5P_DEFAULT, from);
    } else {
        result = H5Dread(dataset, type_of(c), memory, cells, H5P_DEFAULT, to);
    }
    GOLDI_H5(result, "/sessions/%s cannot be transferred", columns[c].name);

done:
    goldi_h5_close(&memory);
    goldi_h5_close(&cells);
    goldi_h5_close(&dataset);
    return status;
}

static gold_status put(hid_t file, column c, size_t row, const void *value)
{
    return transfer(file, c, row, 1, value, NULL);
}

static gold_status get(hid_t file, column c, size_t n, void *values)
{
    return transfer(file, c, 0, n, NULL, values);
}

static double now(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_REALTIME, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Rows taken so far. */
static gold_status count_rows(hid_t file, size_t *n)
{
    double starts[GOLD_MAX_SESSIONS] = {0.0};

    GOLD_TRY(get(file, START, GOLD_MAX_SESSIONS, starts));
    *n = 0;
    while (*n < GOLD_MAX_SESSIONS && !isnan(starts[*n])) {
        ++*n;
    }
    return GOLD_OK;
}

/* Is the column there? Files begun by earlier versions have no notes. */
static gold_status look(hid_t file, column c, bool *exists)
{
    char path[PATH_BYTES];

    name_column(c, path);
    const htri_t found = H5Lexists(file, path, H5P_DEFAULT);

    *exists = found > 0;
    return found < 0
               ? goldi_h5_fail(GOLD_ERR_IO, "%s cannot be looked for", path)
               : GOLD_OK;
}

static gold_status put_if_there(hid_t file, column c, size_t row,
                                const void *value)
{
    bool exists = false;

    GOLD_TRY(look(file, c, &exists));
    return exists ? put(file, c, row, value) : GOLD_OK;
}

/* Notes that are not there are not known: NaN. */
static gold_status get_if_there(hid_t file, column c, size_t n, void *values)
{
    const bool may_miss =
        columns[c].kind == SECONDS || columns[c].kind == RATIO;
    bool exists = true;

    if (may_miss) {
        GOLD_TRY(look(file, c, &exists));
    }
    for (size_t i = 0; i < n && !exists; i++) {
        ((double *)values)[i] = (double)NAN;
    }
    return exists ? get(file, c, n, values) : GOLD_OK;
}

static gold_status put_notes(hid_t file, size_t row,
                             const gold_session_notes *notes)
{
    GOLD_TRY(
        put_if_there(file, PREDICTED_SECONDS, row, &notes->predicted_seconds));
    GOLD_TRY(put_if_there(file, TAKEN_SECONDS, row, &notes->taken_seconds));
    return put_if_there(file, PREDICTION_ERROR, row, &notes->prediction_error);
}

gold_status goldi_session_begin(hid_t file, int64_t ranks,
                                const gold_provenance *provenance, size_t *row)
{
    const double never = (double)NAN;
    const double start = now();
    const int64_t unknown = -1;
    gold_session text;
    size_t taken = 0;

    GOLD_TRY(count_rows(file, &taken));
    if (taken == GOLD_MAX_SESSIONS) {
        taken--;
    }
    goldi_utf8_fill(text.hosts, sizeof text.hosts, provenance->hosts);
    goldi_utf8_fill(text.slurm_job, sizeof text.slurm_job,
                    provenance->slurm_job);
    GOLD_TRY(put(file, END, taken, &never));
    GOLD_TRY(put_notes(
        file, taken,
        &(gold_session_notes){(double)NAN, (double)NAN, (double)NAN}));
    GOLD_TRY(put(file, RANKS, taken, &ranks));
    GOLD_TRY(put(file, TASKS, taken, &unknown));
    GOLD_TRY(put(file, POINTS_DONE, taken, &unknown));
    GOLD_TRY(put(file, POINTS_FAILED, taken, &unknown));
    GOLD_TRY(put(file, HOSTS, taken, text.hosts));
    GOLD_TRY(put(file, SLURM_JOB, taken, text.slurm_job));
    GOLD_TRY(put(file, START, taken, &start));
    *row = taken;
    return GOLD_OK;
}

gold_status goldi_session_end(hid_t file, size_t row,
                              const goldi_session_counts *counts,
                              const gold_session_notes *notes)
{
    const double end = now();

    GOLD_TRY(put_notes(file, row, notes));
    GOLD_TRY(put(file, TASKS, row, &counts->tasks));
    GOLD_TRY(put(file, POINTS_DONE, row, &counts->points_done));
    GOLD_TRY(put(file, POINTS_FAILED, row, &counts->points_failed));
    return put(file, END, row, &end);
}

gold_status goldi_sessions_check(hid_t file, bool *is_chunked)
{
    *is_chunked = false;
    for (int c = 0; c < N_COLUMNS; c++) {
        const int rank = columns[c].kind == TEXT ? 2 : 1;
        char path[PATH_BYTES];
        goldi_plain found;

        name_column((column)c, path);
        GOLD_TRY(goldi_plain_check(file, path, type_of((column)c), &found));
        if (found.is_there && found.rank != rank) {
            return gold_fail(
                GOLD_ERR_FORMAT,
                "'%s' has another shape than a result file has there", path);
        }
        *is_chunked = *is_chunked || found.is_chunked;
    }
    return GOLD_OK;
}

/* The columns of all rows taken, before they are put together. */
typedef struct table {
    double start[GOLD_MAX_SESSIONS];
    double end[GOLD_MAX_SESSIONS];
    int64_t ranks[GOLD_MAX_SESSIONS];
    char hosts[GOLD_MAX_SESSIONS][sizeof((gold_session *)0)->hosts];
    char slurm_job[GOLD_MAX_SESSIONS][sizeof((gold_session *)0)->slurm_job];
} table;

gold_status goldi_sessions_read(hid_t file,
                                gold_session sessions[GOLD_MAX_SESSIONS],
                                size_t *n_sessions)
{
    gold_status status = GOLD_OK;
    table *all = NULL;
    size_t n = 0;

    GOLD_GOTO(GOLD_ALLOC(1, &all));
    GOLD_GOTO(count_rows(file, &n));
    GOLD_GOTO(get(file, START, GOLD_MAX_SESSIONS, all->start));
    GOLD_GOTO(get(file, END, GOLD_MAX_SESSIONS, all->end));
    GOLD_GOTO(get(file, RANKS, GOLD_MAX_SESSIONS, all->ranks));
    GOLD_GOTO(get(file, HOSTS, GOLD_MAX_SESSIONS, all->hosts));
    GOLD_GOTO(get(file, SLURM_JOB, GOLD_MAX_SESSIONS, all->slurm_job));
    for (size_t i = 0; i < n; i++) {
        all->hosts[i][sizeof all->hosts[i] - 1] = '\0';
        all->slurm_job[i][sizeof all->slurm_job[i] - 1] = '\0';
        sessions[i].start = all->start[i];
        sessions[i].end = all->end[i];
        sessions[i].ranks = all->ranks[i];
        goldi_utf8_fill(sessions[i].hosts, sizeof sessions[i].hosts,
                        all->hosts[i]);
        goldi_utf8_fill(sessions[i].slurm_job, sizeof sessions[i].slurm_job,
                        all->slurm_job[i]);
    }
    *n_sessions = n;

done:
    gold_free(all);
    return status;
}

/* Bytes of a row in one column. */
static size_t bytes_of(column c)
{
    const size_t number_bytes = 8; /* of a double and of an int64_t */

    return columns[c].n * (columns[c].kind == TEXT ? 1 : number_bytes);
}

/* Bytes of a row in all columns. */
static size_t row_bytes(void)
{
    size_t bytes = 0;

    for (int c = 0; c < N_COLUMNS; c++) {
        bytes += bytes_of((column)c);
    }
    return bytes;
}

/* Copy rows between a file and memory, where a row's columns stand next to each
 * other, in order: START first. */
static gold_status copy_rows(hid_t file, size_t n, char *rows, bool is_reading)
{
    gold_status status = GOLD_OK;
    char *values = NULL;
    size_t offset = 0;

    GOLD_TRY(gold_alloc(GOLD_MAX_SESSIONS, row_bytes(), (void **)&values));
    for (int c = 0; c < N_COLUMNS; c++) {
        const size_t bytes = bytes_of((column)c);

        if (is_reading) {
            GOLD_GOTO(get_if_there(file, (column)c, n, values));
        }
        for (size_t i = 0; i < n; i++) {
            char *row = rows + i * row_bytes() + offset;

            memcpy(is_reading ? row : values + i * bytes,
                   is_reading ? values + i * bytes : row, bytes);
        }
        if (!is_reading) {
            GOLD_GOTO(transfer(file, (column)c, 0, n, values, NULL));
        }
        offset += bytes;
    }

done:
    gold_free(values);
    return status;
}

gold_status goldi_sessions_try(hid_t file)
{
    char *rows = NULL;

    GOLD_TRY(gold_alloc(GOLD_MAX_SESSIONS, row_bytes(), (void **)&rows));
    const gold_status status = copy_rows(file, GOLD_MAX_SESSIONS, rows, true);

    gold_free(rows);
    return status;
}

/* Order of two rows by their start. */
static int compare_starts(const void *left, const void *right)
{
    double a = 0.0;
    double b = 0.0;

    memcpy(&a, left, sizeof a);
    memcpy(&b, right, sizeof b);
    return (a > b) - (a < b);
}

gold_status goldi_sessions_unite(const hid_t *files, size_t n_files, hid_t to)
{
    gold_status status = GOLD_OK;
    const size_t bytes = row_bytes();
    char *rows = NULL;
    size_t n = 0;

    GOLD_TRY(gold_alloc(2 * GOLD_MAX_SESSIONS, bytes, (void **)&rows));
    for (size_t i = 0; i < n_files; i++) {
        size_t more = 0;

        GOLD_GOTO(count_rows(files[i], &more));
        if (more > 0) {
            GOLD_GOTO(copy_rows(files[i], more, rows + n * bytes, true));
        }
        n += more;
        qsort(rows, n, bytes, compare_starts);
        if (n > GOLD_MAX_SESSIONS) {
            memmove(rows, rows + (n - GOLD_MAX_SESSIONS) * bytes,
                    GOLD_MAX_SESSIONS * bytes);
            n = GOLD_MAX_SESSIONS;
        }
    }
    if (n > 0) {
        GOLD_GOTO(copy_rows(to, n, rows, false));
    }

done:
    gold_free(rows);
    return status;
}
