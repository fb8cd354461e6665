/* SPDX-License-Identifier: MIT */
/**
 * @file store.h
 * The result file: parallel HDF5 and netCDF-4 at once, readable while a job
 * writes it.
 *
 * All objects are created and flushed collectively under a temporary name,
 * which is then renamed. From then on only raw, independent writes of a task's
 * own cells happen, values first and the status bytes last: killing every
 * process at any instant leaves a file that opens and keeps every point marked
 * done. No call after the opening is collective but gold_store_close.
 *
 * Invariant: the bytes of a done point's result variables depend on the study
 * and the point alone (the work group, seconds_measure and so on, excepted).
 */
#ifndef GOLDILOCKS_STORE_H
#define GOLDILOCKS_STORE_H

#include <mpi.h>

#include "goldilocks/output.h"
#include "goldilocks/schema.h"
#include "goldilocks/task.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Version of the file format: schema_version is this, or "2.N" of files with
 * variables that came with its minor version N (gold_schema_minor). */
#define GOLD_SCHEMA_VERSION "2"

/** What made the file; strings borrowed for the call, none NULL. */
typedef struct gold_provenance {
    const char *program_version;
    const char *git_commit;
    const char *compiler;  /* name, version and flags */
    const char *libraries; /* versions of MPI, HDF5, BLAS, libyaml, zlib */
    const char *blas_core; /* names of the kernels in use */
    const char *mpi_io;    /* the part of MPI that writes files */
    const char *command;   /* command line */
    const char *hosts;     /* of this session, comma separated */
    const char *slurm_job; /* "" outside of Slurm */
    const char *data_digest;
    const char *data_samples; /* "400 training and 120 test"; NULL: unknown */
} gold_provenance;

/**
 * Start HDF5 so that it is not shut down when MPI ends, or the program: it
 * crashes there on what it could not finish, after a full disk for instance.
 * Call it before MPI_Init, once. All files are closed by hand.
 */
void gold_store_prepare(void);

/** Bytes that the data of a study take in its file. */
double gold_store_bytes(const gold_study *study, const gold_schema *schema);

/** An open result file that is being written; opaque, one per communicator. */
typedef struct gold_store gold_store;

enum {
    GOLD_SPARE_BYTES = 1 << 22 /* that have to be free beside a file's data */
};

/**
 * Create a new result file, or open an existing one of the same study to
 * resume it, whatever the output was asked for.
 *
 * Collective on `comm`; every rank returns the same status. Keeps `study` and
 * `schema`, which must outlive the store; variables that an existing file,
 * begun by an earlier version, does not have are dropped from `schema`: the
 * file is finished without them. An existing file is opened for
 * writing only after its identity was found to be the study's. A new session
 * row is begun (preallocated rows, GOLD_MAX_SESSIONS of them; when they are
 * used up the last one is reused).
 *
 * @param path    of the output, as all ranks know it.
 * @param output  of rank 0, for a result, taken over, also on failure; NULL on
 *                others.
 * @retval GOLD_ERR_MISMATCH  the file is of another study, other data or a
 *                            later format: the message lists the keys that
 *                            differ; nothing was touched.
 * @retval GOLD_ERR_FORMAT    the file is not one of ours.
 * @retval GOLD_ERR_IO        HDF5 or the file system refused; says why.
 */
GOLD_CHECKED gold_status gold_store_open(MPI_Comm comm, const char *path,
                                         gold_output **output,
                                         const gold_study *study,
                                         gold_schema *schema,
                                         const gold_provenance *provenance,
                                         gold_store **store);

enum {
    GOLD_MAX_SESSIONS = 256
};

/**
 * States of all points in tasks of a kind, as stored. Not collective. The study
 * must train where `kind` is GOLD_TASK_TRAIN, here and below.
 *
 * @param states  [n_points], filled: each a gold_state.
 * @retval GOLD_ERR_FORMAT  the file has another number: says where.
 */
GOLD_CHECKED gold_status gold_store_states(gold_store *store,
                                           gold_task_kind kind,
                                           uint8_t *states);

/** How often a point's task of a kind was tried. Not collective. */
GOLD_CHECKED gold_status gold_store_attempts(gold_store *store,
                                             gold_task_kind kind, size_t point,
                                             int32_t *attempts);

/**
 * Write a finished task into its cells: the values that tasks of its kind
 * compute, work, messages, then states.
 *
 * Not collective. Writing an equal outcome again changes nothing.
 *
 * @retval GOLD_ERR_IO  HDF5 refused, or the file was removed; the points stay
 *                      pending.
 */
GOLD_CHECKED gold_status gold_store_commit(gold_store *store,
                                           const gold_task *task,
                                           const gold_outcome *outcome);

/** How well the tasks of a session were predicted: seconds, and a ratio. */
typedef struct gold_session_notes {
    double predicted_seconds; /* of the tasks with a prediction, */
    double taken_seconds;     /* that they took instead; NaN: none, */
    double prediction_error;  /* how far one of them tends to be off */
} gold_session_notes;

/** Remember notes for the end of the session. Not collective; only those of
 * rank 0 count. Files begun by earlier versions have no place for them. */
void gold_store_note(gold_store *store, const gold_session_notes *notes);

/**
 * End the session without the other ranks, of which some are dead: the store
 * stays open, and is never closed. The process has to end by _exit, since HDF5
 * and MPI would wait for the dead. Not collective; on rank 0 the end of the
 * session is written.
 */
GOLD_CHECKED gold_status gold_store_leave(gold_store *store, uint64_t tasks,
                                          uint64_t points_done,
                                          uint64_t points_failed);

/** seconds_measure or seconds_train of all points: [n_points], NaN where there
 * are none. Not collective. */
GOLD_CHECKED gold_status gold_store_seconds(gold_store *store,
                                            gold_task_kind kind,
                                            double *seconds);

/**
 * Choose what is trained, of a study with `train.select:` whose measurements
 * are over (select.h): write `selected`, and exclude the trainings that are
 * not chosen. Again with the same measurements it changes nothing.
 *
 * Not collective: by one rank, when all others have put what they wrote on
 * disk and none writes.
 *
 * @retval GOLD_ERR_IO  HDF5 refused.
 */
GOLD_CHECKED gold_status gold_store_select(gold_store *store);

/**
 * Ask the system to put everything written so far on disk. Not collective.
 *
 * @retval GOLD_ERR_IO  it cannot, or the file is not there any more.
 */
GOLD_CHECKED gold_status gold_store_sync(gold_store *store);

/**
 * End the session (its end time and counts are written), put all on disk as
 * gold_store_sync does, and close. Collective.
 * NULL-safe, sets the pointer to NULL.
 */
GOLD_CHECKED gold_status gold_store_close(gold_store **store);

/**
 * Where trainings under way are kept, beside the result file: one file a task,
 * in the folder PATH.checkpoints. What is kept there only saves time: a file
 * that is missing, damaged, of another study or of another version of the
 * program is as good as none.
 */
typedef struct gold_checkpoints gold_checkpoints;

/**
 * Get ready to keep trainings; nothing is made or read yet. Not collective;
 * no MPI, also below.
 *
 * @param path         of the result file.
 * @param data_digest  of the data that the study is trained on.
 * @param[out] checkpoints  for gold_checkpoints_close.
 */
GOLD_CHECKED gold_status gold_checkpoints_open(const char *path,
                                               const gold_study *study,
                                               const char *data_digest,
                                               gold_checkpoints **checkpoints);

/** Free; an empty folder is removed. NULL-safe, sets the pointer to NULL. */
void gold_checkpoints_close(gold_checkpoints **checkpoints);

/**
 * Keep a task's state in place of an earlier one, atomically.
 *
 * @param seconds  that the task took so far.
 * @retval GOLD_ERR_IO  there is no room, or no right: what was kept before
 *                      still is.
 */
GOLD_CHECKED gold_status
gold_checkpoint_write(const gold_checkpoints *checkpoints, size_t task,
                      double seconds, const void *bytes, size_t n_bytes);

/**
 * The state that was kept of a task.
 *
 * @param[out] seconds  that it took until then; 0 where there is none.
 * @param[out] bytes    owned by the caller, for gold_free; NULL where there is
 *                      none of this very task that is whole.
 * @retval GOLD_ERR_MEMORY  no memory.
 */
GOLD_CHECKED gold_status
gold_checkpoint_read(const gold_checkpoints *checkpoints, size_t task,
                     double *seconds, void **bytes, size_t *n_bytes);

/** Forget a task, if it was kept. */
void gold_checkpoint_remove(const gold_checkpoints *checkpoints, size_t task);

/** Forget all tasks. Files that are not ours stay, and the folder with them. */
void gold_checkpoints_clear(const gold_checkpoints *checkpoints);

/** How many trainings are kept beside a result file; 0 where nobody may look.
 */
size_t gold_checkpoints_count(const char *path);

/** A result file opened for reading by one process, also while another job
 * writes it; opaque. No locks are asked for. */
typedef struct gold_archive gold_archive;

/**
 * Open for reading. Not collective; needs no MPI_Init.
 *
 * @retval GOLD_ERR_IO      there is no such file, or it cannot be read.
 * @retval GOLD_ERR_FORMAT  it is not a result file of this program: says what
 *                          it is instead where that can be told.
 */
GOLD_CHECKED gold_status gold_archive_open(const char *path,
                                           gold_archive **archive);

/** Close; NULL-safe, sets the pointer to NULL. */
void gold_archive_close(gold_archive **archive);

/** The study of the file, parsed from its stored text; borrowed. */
const gold_study *gold_archive_study(const gold_archive *archive);

/** Its schema, without the variables that a file begun by an earlier version
 * does not have; borrowed. */
const gold_schema *gold_archive_schema(const gold_archive *archive);

/** A text attribute of the root that is about the study or what computed it, ""
 * when absent or, where that does not matter to the numbers, unreadable;
 * borrowed. */
const char *gold_archive_text(const gold_archive *archive, const char *name);

/** status_measure or status_train of all points: [n_points], filled, each a
 * gold_state.
 * @retval GOLD_ERR_FORMAT  the file has another number: says where. */
GOLD_CHECKED gold_status gold_archive_states(gold_archive *archive,
                                             gold_task_kind kind,
                                             uint8_t *states);

/** A variable of all points, [n_points][schema count]: filled. */
GOLD_CHECKED gold_status gold_archive_variable(gold_archive *archive,
                                               gold_variable variable,
                                               double *values);

/** All variables of one point, as the record that they were: [record_length],
 * filled. */
GOLD_CHECKED gold_status gold_archive_record(gold_archive *archive,
                                             size_t point, double *record);

/** seconds_measure or seconds_train of all points ([n_points], a task's seconds
 * at each of its points): filled. */
GOLD_CHECKED gold_status gold_archive_seconds(gold_archive *archive,
                                              gold_task_kind kind,
                                              double *seconds);

/** message_measure or message_train of one point, at most GOLD_MESSAGE_BYTES:
 * filled. */
GOLD_CHECKED gold_status gold_archive_message(gold_archive *archive,
                                              gold_task_kind kind, size_t point,
                                              char text[GOLD_MESSAGE_BYTES]);

/** One session of a file: what it was, and did over all ranks. */
typedef struct gold_session {
    double start; /* seconds since 1970, UTC */
    double end;   /* NaN: did not end in good order, or still runs */
    int64_t ranks;
    int64_t tasks; /* -1, and likewise below: see `end` */
    int64_t points_done;
    int64_t points_failed;
    char hosts[256];
    char slurm_job[64];
    gold_session_notes notes;
} gold_session;

/** Sessions so far, oldest first; at most GOLD_MAX_SESSIONS are filled in. */
GOLD_CHECKED gold_status gold_archive_sessions(
    gold_archive *archive, gold_session sessions[GOLD_MAX_SESSIONS],
    size_t *n_sessions);

/**
 * Write one file that holds what several hold: shards of one study, more seeds,
 * more radii. One process; the parts are read only, and may be unfinished.
 *
 * The file has the variables that all parts have: of files begun by earlier
 * versions some have fewer (gold_schema_drop).
 *
 * On failure nothing is left behind, and what was there is as before. A point
 * that is done in several parts is taken from the first of them, and has to be
 * the same in all: bit for bit, and to rounding (gold_record_is_like) where a
 * measurement was made next to other points of its line. Such a file is marked
 * with the attribute lines_joined.
 *
 * @param output      the file, for a result.
 * @param whole       its study: of gold_study_unite, or larger.
 * @param provenance  of who goes on; what says how results are computed (as
 *                    far as blas_core and mpi_io) is joined to that of the
 *                    parts, or NULL.
 * @param[out] n_overlaps  points done in more than one part, in one kind of
 *                         task at least.
 * @retval GOLD_ERR_MISMATCH  a part does not belong to the study or was
 *                            computed from other data, or a point differs in
 *                            two parts: says which.
 * @retval GOLD_ERR_IO        HDF5 or the file system refused; says why.
 */
GOLD_CHECKED gold_status gold_merge(gold_output *output,
                                    const gold_study *whole,
                                    gold_archive *const *parts, size_t n_parts,
                                    const gold_provenance *provenance,
                                    size_t *n_overlaps);

/**
 * Give the result file that an output goes on with more values on its axes, and
 * keep all that it holds. One process, before gold_store_open. The larger file
 * replaces it in one step: whatever stops this, one of the two is there.
 *
 * @param whole       the study with these values.
 * @param provenance  of who goes on: joined to that of the file.
 * @param[out] n_before  points of the file; 0: there was nothing to do, since
 *                       there is no file yet, or it is of this very study.
 * @retval GOLD_ERR_MISMATCH  it has values that `whole` has not, or differs in
 *                            more: says in what.
 * @retval GOLD_ERR_IO        HDF5 or the file system refused; says why.
 */
GOLD_CHECKED gold_status gold_extend(gold_output *output,
                                     const gold_study *whole,
                                     const gold_provenance *provenance,
                                     size_t *n_before);

/** Attribute of files with lines whose points were measured apart, "yes". */
#define GOLD_LINES_JOINED "lines_joined"

/** One array for a point file. `type` 'd' double, 'b' bytes. */
typedef struct gold_point_array {
    const char *path; /* "/curvature/hessian" */
    char type;
    size_t n_dims; /* 0: a scalar */
    size_t dims[4];
    const void *data; /* borrowed */
} gold_point_array;

/** One attribute of an object in a point file: text, or else a number. */
typedef struct gold_point_attribute {
    const char *object; /* "/network"; groups are made as needed */
    const char *name;
    const char *text; /* NULL: number */
    double number;
} gold_point_attribute;

/**
 * Write a point file, atomically: an HDF5 file of these arrays, each at its
 * path. Its attribute "arrays" names the paths of all arrays. Not collective,
 * needs no MPI_Init.
 */
GOLD_CHECKED gold_status gold_point_write(
    gold_output *output, const gold_point_array *arrays, size_t n_arrays,
    const gold_point_attribute *attributes, size_t n_attributes);

/** Version of the HDF5 library in use, "1.10.8"; static. */
const char *gold_hdf5_version(void);

#ifdef __cplusplus
}
#endif
#endif
