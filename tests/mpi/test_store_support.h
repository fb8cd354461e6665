/* SPDX-License-Identifier: MIT */
/* What the tests of the store share: studies, a provenance, outcomes whose
 * every number follows from its place, and a folder of their own. */
#ifndef GOLD_TEST_STORE_SUPPORT_H
#define GOLD_TEST_STORE_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <hdf5.h>
#include <mpi.h>

#include "goldilocks/memory.h"
#include "goldilocks/sched.h"
#include "goldilocks/store.h"

#define STORE_OK(call) store_ok((call), #call)

static inline void store_ok(gold_status status, const char *call)
{
    if (status != GOLD_OK) {
        fail_msg("%s: %s", call, gold_fail_message());
    }
}

static const gold_provenance store_provenance = {
    .program_version = "0.0.test",
    .git_commit = "none",
    .compiler = "cc",
    .libraries = "libraries",
    .blas_core = "core",
    .mpi_io = "ompio",
    .command = "test",
    .hosts = "here,there",
    .slurm_job = "",
    .data_digest = "0123",
};

/* Ask for a file that may replace what is there of its kind. */
static inline gold_output *store_output(const char *path, gold_file_kind kind)
{
    gold_output *output = NULL;

    STORE_OK(gold_output_open(&(gold_output_request){.path = path,
                                                     .kind = kind,
                                                     .is_overwrite = true},
                              &output));
    return output;
}

/* Ask for a result file and open it, on all ranks. */
static inline gold_status store_open(const char *path, bool is_overwrite,
                                     const gold_study *study,
                                     gold_schema *schema,
                                     const gold_provenance *provenance,
                                     gold_store **store)
{
    const gold_output_request request = {.path = path,
                                         .kind = GOLD_FILE_RESULT,
                                         .is_overwrite = is_overwrite,
                                         .is_resumed = true};
    gold_output *output = NULL;
    gold_status status = GOLD_OK;
    int rank = 0;

    (void)MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (rank == 0) {
        status = gold_output_open(&request, &output);
    }
    GOLD_TRY(gold_agree(MPI_COMM_WORLD, status));
    return gold_store_open(MPI_COMM_WORLD, path, &output, study, schema,
                           provenance, store);
}

/* Samples that studies train on, as far as a store wants to know. */
enum {
    STORE_N_TRAIN = 40
};

/* A study of the built-in circles over a grid given as YAML lines, with its
 * curvature and training blocks. */
static inline gold_study *store_study_of(const char *grid, const char *blocks)
{
    gold_study *study = NULL;
    char *report = NULL;
    char text[4096];

    (void)snprintf(text, sizeof text,
                   "study: store-test\ntitle: Größe\ngrid:\n%s"
                   "data: {set: circles}\nnetwork: {kind: mlp}\n%s",
                   grid, blocks);
    if (gold_study_parse("test", text, strlen(text), NULL, &study, &report) !=
        GOLD_OK) {
        fail_msg("%s", report == NULL ? gold_fail_message() : report);
    }
    return study;
}

#define STORE_CURVATURE "curvature:\n  subspace: {dim: [2, 3]}\n  split: true\n"

/* 4 batches an epoch of STORE_N_TRAIN: logged are steps 0, 3, 6, 8. */
#define STORE_TRAIN                                                            \
    "train: {optimizer: sgd, learning_rate: 0.1, batch: 10, epochs: 2,\n"      \
    "        log: {every: 3}, reach: [0.5, 0.25],\n"                           \
    "        track: [loss, accuracy, test_loss, test_accuracy, weight_norm,\n" \
    "                gradient_norm, cosine_to_init, cosine_gradient,\n"        \
    "                zero_logits, entropy]}\n"

/* The same with all that studies can have. */
static inline gold_study *store_study(const char *grid)
{
    return store_study_of(grid, STORE_CURVATURE STORE_TRAIN);
}

/* The number that stands in item `i` of a variable at a point; outcomes are
 * sums of five flags. */
static inline double store_value(size_t point, int variable, size_t i)
{
    if (variable == GOLD_VAR_OUTCOME) {
        return (double)(point % 32);
    }
    return (double)point * 1000.0 + variable + (double)i / 64.0;
}

/* Points whose measurement fails, by design. */
static inline bool store_fails(size_t point)
{
    return point % 7 == 3;
}

/* An outcome for a task, right in every number. */
static inline void store_outcome(const gold_schema *schema,
                                 const gold_task *task, gold_outcome *outcome)
{
    *outcome = (gold_outcome){0};
    STORE_OK(gold_outcome_init(outcome, schema, task->n_points));
    outcome->flops = 2.0 * (double)task->id;
    outcome->seconds = 0.5 * (double)task->id;
    outcome->rank = 1;
    outcome->attempts = 1;
    for (size_t k = 0; k < task->n_points; k++) {
        const size_t point = task->points[k];
        double *record = outcome->records + k * schema->record_length;

        for (int v = 0; v < GOLD_N_VARIABLES; v++) {
            for (size_t i = 0; i < schema->count[v]; i++) {
                record[schema->offset[v] + i] = store_value(point, v, i);
            }
        }
        outcome->verdicts[k].state =
            store_fails(point) ? GOLD_STATE_FAILED : GOLD_STATE_DONE;
        (void)snprintf(outcome->verdicts[k].message, GOLD_MESSAGE_BYTES, "%s",
                       store_fails(point) ? "Größe läuft über" : "");
    }
}

/* Commit task `id`. */
static inline void store_commit(gold_store *store, const gold_study *study,
                                const gold_schema *schema, size_t id)
{
    gold_task task = {.id = 0};
    gold_outcome outcome;

    STORE_OK(gold_task_init(study, id, &task));
    store_outcome(schema, &task, &outcome);
    STORE_OK(gold_store_commit(store, &task, &outcome));
    gold_outcome_fini(&outcome);
    gold_task_fini(&task);
}

/* Check the file, if it is there yet: every point that is marked as done holds
 * what store_outcome gave it. Returns the points measured and the points
 * trained, added up. */
static inline size_t store_check(const char *path)
{
    gold_archive *archive = NULL;
    uint8_t *states[2] = {NULL, NULL};
    double *values = NULL;
    size_t n_done = 0;

    if (access(path, F_OK) != 0) {
        return 0;
    }
    STORE_OK(gold_archive_open(path, &archive));
    const size_t n_points = gold_archive_study(archive)->n_points;

    for (int k = 0; k < 2; k++) {
        STORE_OK(GOLD_ALLOC(n_points, &states[k]));
        STORE_OK(gold_archive_states(archive, (gold_task_kind)k, states[k]));
        for (size_t p = 0; p < n_points; p++) {
            n_done += states[k][p] != GOLD_STATE_PENDING;
        }
    }
    for (int v = 0; v < GOLD_N_VARIABLES; v++) {
        const size_t count = gold_archive_schema(archive)->count[v];
        const gold_task_kind kind = gold_variable_task((gold_variable)v);

        if (count == 0) {
            continue; /* not in this study */
        }
        STORE_OK(GOLD_ALLOC(n_points * count, &values));
        STORE_OK(gold_archive_variable(archive, (gold_variable)v, values));
        for (size_t j = 0; j < n_points * count; j++) {
            if (states[kind][j / count] != GOLD_STATE_PENDING) {
                assert_true(values[j] == store_value(j / count, v, j % count));
            }
        }
        gold_free(values);
    }
    gold_free(states[1]);
    gold_free(states[0]);
    gold_archive_close(&archive);
    return n_done;
}

/* A new folder, whose name is the same on all ranks; removed by the last
 * line of a test, when it is empty. */
static inline void store_folder(char folder[64])
{
    int is_up = 0;
    int rank = 0;

    (void)snprintf(folder, 64, "/tmp/gold-store-XXXXXX");
    (void)MPI_Initialized(&is_up);
    if (is_up) {
        (void)MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    }
    if (rank == 0) {
        assert_non_null(mkdtemp(folder));
    }
    if (is_up) {
        (void)MPI_Bcast(folder, 64, MPI_CHAR, 0, MPI_COMM_WORLD);
    }
}

/* Nothing of ours or of HDF5's is left. */
static inline void store_is_clean(void)
{
    assert_int_equal(gold_live_blocks(), 0);
    assert_int_equal(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
}

#endif
