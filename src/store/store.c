/* SPDX-License-Identifier: MIT */
#include "goldilocks/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "goldilocks/memory.h"
#include "goldilocks/sched.h"

#include "base/regular.h"
#include "store/create.h"
#include "store/h5.h"
#include "store/identity.h"
#include "store/parallel.h"
#include "store/place.h"
#include "store/store_file.h"

/* On rank 0, before anybody opens the file for writing: let it be there, and
 * be this study's. */
static gold_status prepare(gold_output *output, const gold_study *study,
                           const gold_schema *schema,
                           const gold_provenance *provenance)
{
    GOLD_TRY(goldi_parallel_check(output->path));
    if (output->is_new) {
        return goldi_create(output, study, schema, provenance, NULL);
    }
    GOLD_TRY(
        goldi_identity_check(output->path, study, provenance->data_digest));
    return goldi_place_claim(output->path);
}

/* Bytes of the largest variable of one line. */
static size_t scratch_bytes(const gold_study *study, const gold_schema *schema)
{
    size_t bytes = GOLD_MESSAGE_BYTES;

    for (int i = 0; i < GOLD_N_VARIABLES; i++) {
        if (schema->count[i] * sizeof(double) > bytes) {
            bytes = schema->count[i] * sizeof(double);
        }
    }
    return bytes * gold_line_length(study);
}

/* A closed store. */
static gold_status store_alloc(MPI_Comm comm, const char *path,
                               const gold_study *study,
                               const gold_schema *schema, gold_store **store)
{
    gold_status status = GOLD_OK;
    gold_store *made = NULL;

    GOLD_GOTO(GOLD_ALLOC(1, &made));
    made->comm = comm;
    made->study = study;
    made->schema = schema;
    made->file = H5I_INVALID_HID;
    made->descriptor = -1;
    goldi_columns_init(&made->columns);
    (void)MPI_Comm_rank(comm, &made->rank);
    GOLD_GOTO(gold_copy_text(path, &made->path));
    GOLD_GOTO(gold_alloc(scratch_bytes(study, schema), 1, &made->scratch));
    *store = made;
    made = NULL;

done:
    if (made != NULL) {
        gold_free(made->path);
    }
    gold_free(made);
    return status;
}

/* Free a store whose file is closed or was never open. */
static void store_free(gold_store *store)
{
    goldi_columns_close(&store->columns);
    if (store->descriptor >= 0) {
        (void)close(store->descriptor);
    }
    gold_output_close(&store->output);
    gold_free(store->scratch);
    gold_free(store->path);
    gold_free(store);
}

/* What each rank does once the file is open. */
static gold_status begin(gold_store *store, gold_schema *schema,
                         const gold_provenance *provenance)
{
    int ranks = 0;

    GOLD_TRY(goldi_schema_look(store->file, store->study, schema));
    GOLD_TRY(goldi_columns_open(store->file, store->study, store->schema,
                                &store->columns));
    if (store->rank != 0) {
        return GOLD_OK;
    }
    (void)MPI_Comm_size(store->comm, &ranks);
    return goldi_session_begin(store->file, ranks, provenance, &store->session,
                               &store->row);
}

/* See that the file is there: a computer may not have the folder. No library
 * that asks for locks opens it for writing from here on. */
static gold_status find_file(gold_store *store)
{
    store->descriptor = gold_regular_open(store->path, O_RDONLY);
    return store->descriptor >= 0
               ? goldi_lock_share(store->descriptor, store->path)
               : gold_fail(GOLD_ERR_IO,
                           "%s: cannot be read by all processes: %s",
                           store->path, gold_regular_reason(errno));
}

/* Open the file that is there now, on all ranks, and begin a session. */
static gold_status open_file(gold_store *store, gold_schema *schema,
                             const gold_provenance *provenance)
{
    gold_status status = find_file(store);

    /* Who cannot open it leaves the others waiting in what follows. */
    GOLD_TRY(gold_agree(store->comm, status));
    GOLD_TRY(goldi_parallel_open(store->comm, store->path, store->descriptor,
                                 &store->file));
    status =
        gold_fail_context(begin(store, schema, provenance), "%s", store->path);
    status = gold_agree(store->comm, status);
    if (status != GOLD_OK) {
        goldi_columns_close(&store->columns);
        goldi_h5_close(&store->file);
    }
    return status;
}

gold_status gold_store_open(MPI_Comm comm, const char *path,
                            gold_output **output, const gold_study *study,
                            gold_schema *schema,
                            const gold_provenance *provenance,
                            gold_store **store)
{
    gold_status status = GOLD_OK;
    gold_store *made = NULL;
    int rank = 0;

    goldi_h5_quiet();
    (void)MPI_Comm_rank(comm, &rank);
    if (rank == 0) {
        status = prepare(*output, study, schema, provenance);
    }
    GOLD_GOTO(gold_agree(comm, status));
    status = store_alloc(comm, path, study, schema, &made);
    status = gold_agree(comm, status);
    if (status != GOLD_OK || made == NULL) {
        goto done;
    }
    GOLD_GOTO(open_file(made, schema, provenance));
    if (rank == 0) {
        made->output = *output;
        *output = NULL;
    }
    *store = made;
    made = NULL;

done:
    if (rank == 0) {
        gold_output_close(output);
    }
    if (made != NULL) {
        store_free(made);
    }
    return status;
}

/* The column of a kind of work that the study has. */
static const goldi_column *work_of(const gold_store *store, gold_task_kind kind,
                                   goldi_work work)
{
    GOLD_ASSERT((int)kind < goldi_n_kinds(store->study));
    goldi_h5_quiet();
    return &store->columns.at[goldi_work_at(kind, work)];
}

gold_status gold_store_states(gold_store *store, gold_task_kind kind,
                              uint8_t *states)
{
    return gold_fail_context(
        goldi_states_read(work_of(store, kind, GOLDI_STATUS), store->study,
                          states),
        "%s", store->path);
}

gold_status gold_store_attempts(gold_store *store, gold_task_kind kind,
                                size_t point, int32_t *attempts)
{
    const goldi_block cell = goldi_block_of_point(store->study, point);

    return goldi_column_read(work_of(store, kind, GOLDI_ATTEMPTS), store->study,
                             &cell, attempts);
}

gold_status gold_store_seconds(gold_store *store, gold_task_kind kind,
                               double *seconds)
{
    return goldi_column_read(work_of(store, kind, GOLDI_SECONDS), store->study,
                             NULL, seconds);
}

void gold_store_note(gold_store *store, const gold_session_notes *notes)
{
    store->session.notes = *notes;
}

/* Write the end of the session. */
static gold_status end_session(gold_store *store, int64_t tasks,
                               int64_t points_done, int64_t points_failed)
{
    store->session.tasks = tasks;
    store->session.points_done = points_done;
    store->session.points_failed = points_failed;
    return goldi_session_end(store->file, store->row, &store->session);
}

gold_status gold_store_leave(gold_store *store, uint64_t tasks,
                             uint64_t points_done, uint64_t points_failed)
{
    goldi_h5_quiet();
    if (store->rank != 0) {
        return GOLD_OK;
    }
    GOLD_TRY(end_session(store, (int64_t)tasks, (int64_t)points_done,
                         (int64_t)points_failed));
    return gold_store_sync(store);
}

gold_status gold_store_sync(gold_store *store)
{
    if (fsync(store->descriptor) != 0) {
        return gold_fail(GOLD_ERR_IO, "%s: cannot be put on disk: %s",
                         store->path, strerror(errno));
    }
    if (!goldi_place_is_there(store->descriptor, store->path)) {
        return gold_fail(GOLD_ERR_IO,
                         "%s: was removed, moved or replaced while this run "
                         "wrote into it: the results are not there",
                         store->path);
    }
    if (!goldi_place_is_whole(store->descriptor)) {
        return gold_fail(GOLD_ERR_IO,
                         "%s: was emptied by another program while this run "
                         "wrote into it: the results are not there",
                         store->path);
    }
    return GOLD_OK;
}

gold_status gold_store_close(gold_store **store)
{
    gold_status status = GOLD_OK;
    gold_store *open = *store;
    int64_t sums[3] = {0};

    if (open == NULL) {
        return GOLD_OK;
    }
    goldi_h5_quiet();
    const int64_t mine[3] = {open->n_tasks, open->n_done, open->n_failed};

    (void)MPI_Reduce(mine, sums, 3, MPI_INT64_T, MPI_SUM, 0, open->comm);
    if (open->rank == 0) {
        status = end_session(open, sums[0], sums[1], sums[2]);
    }
    const gold_status synced = gold_store_sync(open);

    status = status == GOLD_OK ? synced : status;
    goldi_columns_close(&open->columns);
    GOLD_ASSERT(goldi_h5_is_last(open->file));
    const gold_status closed = goldi_h5_close_file(&open->file, open->path);

    /* Who has heard that all is over may open the file for writing. */
    (void)close(open->descriptor);
    open->descriptor = -1;
    status = gold_agree(open->comm, status == GOLD_OK ? closed : status);
    store_free(open);
    *store = NULL;
    return status;
}
