/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "goldilocks/engine.h"
#include "goldilocks/memory.h"
#include "goldilocks/random.h"
#include "goldilocks/store.h"

#include "app/commands.h"
#include "app/local.h"
#include "app/paths.h"
#include "app/print.h"
#include "app/share.h"

enum {
    DEFAULT_SAMPLE = 10,
    MOST_TOLD = 10 /* differences that are printed */
};

/* A verification under way. */
typedef struct verify {
    gold_archive *archive;
    gold_local local; /* study and data, read anew */
    gold_engine *engine;
    uint8_t *states[2]; /* [n_points] by kind; NULL: no such tasks */
    size_t *sample;     /* [n_sample] points, ascending */
    size_t n_sample;
    bool has_joined_lines;
    size_t n_compared[2]; /* points, by kind */
    size_t n_rounded;     /* of them equal to rounding only */
    size_t n_different;
} verify;

/* Fail unless --set left the study as it is in the file. */
static gold_status check_identity(const gold_study *of_file,
                                  const gold_study *study)
{
    gold_status status = GOLD_OK;
    char *difference = NULL;

    GOLD_GOTO(gold_study_difference(of_file, study, NULL, &difference));
    if (difference[0] != '\0') {
        GOLD_FAIL(GOLD_ERR_USAGE,
                  "--set makes another study of it, which cannot be compared:"
                  "\n%s",
                  difference);
    }

done:
    gold_free(difference);
    return status;
}

/* The study of the file with its own overrides and then these; owned. */
static gold_status read_study(const gold_archive *archive,
                              const char *overrides, gold_study **out)
{
    gold_status status = GOLD_OK;
    const gold_study *stored = gold_archive_study(archive);
    const size_t room = strlen(stored->overrides) + strlen(overrides) + 2;
    gold_study *study = NULL;
    char *lines = NULL;
    char *report = NULL;

    GOLD_GOTO(GOLD_ALLOC(room, &lines));
    (void)snprintf(lines, room, "%s%s%s", stored->overrides,
                   stored->overrides[0] != '\0' ? "\n" : "", overrides);
    status = gold_study_parse("the study in the file", stored->text,
                              strlen(stored->text), lines, &study, &report);
    if (status == GOLD_ERR_CONFIG) {
        GOLD_FAIL(GOLD_ERR_CONFIG, "%s", report);
    }
    GOLD_GOTO(status);
    study->has_train = study->has_train && stored->has_train;
    GOLD_GOTO(check_identity(stored, study));
    GOLD_GOTO(gold_expand_paths(study));
    *out = study;
    study = NULL;

done:
    gold_study_destroy(&study);
    gold_free(report);
    gold_free(lines);
    return status;
}

/* Say what differs between this program and the one that made the file. */
static void say_makers(const verify *v)
{
    const char *core = gold_archive_text(v->archive, "blas_core");

    if (strcmp(core, gold_engine_kernels()) != 0) {
        gold_say(stdout,
                 "note: the file was computed with the BLAS kernel %s, this is "
                 "%s: bits may differ (set OPENBLAS_CORETYPE, GOLD_KERNEL)\n",
                 core, gold_engine_kernels());
    }
}

/* File, study, data and engine. */
static gold_status open_all(verify *v, const gold_args *args)
{
    gold_study *study = NULL;
    const char *digest = NULL;

    GOLD_TRY(gold_archive_open(args->operands[0], &v->archive));
    digest = gold_archive_text(v->archive, "data_sha256");
    v->has_joined_lines =
        gold_archive_text(v->archive, GOLD_LINES_JOINED)[0] != '\0';
    GOLD_TRY(read_study(v->archive, args->overrides, &study));
    GOLD_TRY(gold_local_take(&v->local, study));
    if (strcmp(digest, v->local.data.digest) != 0) {
        return gold_fail(GOLD_ERR_MISMATCH,
                         "%s: was computed from other data: the file has "
                         "data_sha256 %s, the data at hand have %s",
                         args->operands[0], digest, v->local.data.digest);
    }
    say_makers(v);
    /* What an earlier version did not know of is not in its file. */
    *v->local.schema = *gold_archive_schema(v->archive);
    return gold_engine_create(v->local.study, v->local.schema, &v->local.data,
                              &v->engine);
}

static bool is_done(const verify *v, gold_task_kind kind, size_t point)
{
    return v->states[kind] != NULL && v->states[kind][point] == GOLD_STATE_DONE;
}

static int compare_points(const void *left, const void *right)
{
    const size_t a = *(const size_t *)left;
    const size_t b = *(const size_t *)right;

    return (a > b) - (a < b);
}

/* Choose `n` of the points that something was done of: others each time. */
static gold_status choose(verify *v, size_t n)
{
    const size_t n_points = v->local.study->n_points;
    struct timespec now = {0};
    size_t n_done = 0;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    const gold_stream stream = gold_stream_of(
        (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec,
        GOLD_PURPOSE_SUBSET, 0);

    GOLD_TRY(GOLD_ALLOC(n_points, &v->sample));
    for (size_t point = 0; point < n_points; point++) {
        if (is_done(v, GOLD_TASK_MEASURE, point) ||
            is_done(v, GOLD_TASK_TRAIN, point)) {
            v->sample[n_done++] = point;
        }
    }
    v->n_sample = n < n_done ? n : n_done;
    for (size_t i = 0; i < v->n_sample; i++) {
        double u = 0.0;
        size_t other = 0;
        const size_t kept = v->sample[i];

        gold_random_uniform(stream, i, 1, &u);
        other = i + (size_t)(u * (double)(n_done - i));
        v->sample[i] = v->sample[other];
        v->sample[other] = kept;
    }
    qsort(v->sample, v->n_sample, sizeof *v->sample, compare_points);
    return GOLD_OK;
}

/* Take down one point that is not what it was. */
static void tell(verify *v, size_t point, const char *what)
{
    char place[512];

    if (v->n_different++ < MOST_TOLD) {
        gold_say(
            stdout, "differs at %s: %s\n",
            gold_study_describe(v->local.study, point, place, sizeof place),
            what);
    }
}

/* Compare a point's record in the file with a new one. */
static void compare(verify *v, const gold_task *task, size_t k,
                    const double *stored, const gold_outcome *outcome)
{
    const gold_schema *schema = v->local.schema;
    const double *record = outcome->records + k * schema->record_length;
    gold_variable variable = (gold_variable)0;
    size_t item = 0;
    char what[256];

    v->n_compared[task->kind]++;
    if (outcome->verdicts[k].state != GOLD_STATE_DONE) {
        (void)snprintf(what, sizeof what, "fails now: %s",
                       outcome->verdicts[k].message);
        tell(v, task->points[k], what);
        return;
    }
    if (gold_record_is_like(schema, task->kind, GOLD_LIKE_BITS, stored, record,
                            &variable, &item)) {
        return;
    }
    (void)snprintf(what, sizeof what,
                   "%s (number %zu): the file has %.17g, now it is %.17g",
                   gold_variable_about(variable)->name, item,
                   stored[schema->offset[variable] + item],
                   record[schema->offset[variable] + item]);
    if (v->has_joined_lines && task->kind == GOLD_TASK_MEASURE &&
        gold_record_is_like(schema, task->kind,
                            gold_likeness_of(v->local.study->run.precision),
                            stored, record, &variable, &item)) {
        v->n_rounded++;
        return;
    }
    tell(v, task->points[k], what);
}

/* Run a task again and compare what the file has of it. */
static gold_status repeat(verify *v, size_t id)
{
    gold_status status = GOLD_OK;
    gold_task task = {0};
    gold_outcome outcome = {0};
    double *stored = NULL;

    GOLD_GOTO(gold_task_init(v->local.study, id, &task));
    GOLD_GOTO(gold_outcome_init(&outcome, v->local.schema, task.n_points));
    GOLD_GOTO(GOLD_ALLOC(v->local.schema->record_length, &stored));
    gold_engine_run(v->engine, &task, NULL, &outcome);
    for (size_t k = 0; k < task.n_points; k++) {
        if (is_done(v, task.kind, task.points[k])) {
            GOLD_GOTO(gold_archive_record(v->archive, task.points[k], stored));
            compare(v, &task, k, stored, &outcome);
        }
    }

done:
    gold_free(stored);
    gold_outcome_fini(&outcome);
    gold_task_fini(&task);
    return status;
}

/* Repeat the tasks of all chosen points, each line once. */
static gold_status repeat_all(verify *v)
{
    const size_t n_lines = gold_n_measure_tasks(v->local.study);
    bool *is_repeated = NULL;
    gold_status status = GOLD_OK;

    GOLD_GOTO(GOLD_ALLOC(n_lines, &is_repeated));
    for (size_t i = 0; i < v->n_sample; i++) {
        const size_t point = v->sample[i];
        const size_t line = gold_task_of_point(v->local.study, point);

        if (is_done(v, GOLD_TASK_MEASURE, point) && !is_repeated[line]) {
            is_repeated[line] = true;
            GOLD_GOTO(repeat(v, line));
        }
        if (is_done(v, GOLD_TASK_TRAIN, point)) {
            GOLD_GOTO(repeat(v, n_lines + point));
        }
    }

done:
    gold_free(is_repeated);
    return status;
}

static gold_status read_states(verify *v)
{
    const size_t n_points = v->local.study->n_points;

    for (int kind = 0; kind < (v->local.study->has_train ? 2 : 1); kind++) {
        GOLD_TRY(GOLD_ALLOC(n_points, &v->states[kind]));
        GOLD_TRY(gold_archive_states(v->archive, (gold_task_kind)kind,
                                     v->states[kind]));
    }
    return GOLD_OK;
}

/* The words at the end, and the status that the command ends with. */
static gold_status conclude(const verify *v, const char *path)
{
    if (v->n_sample == 0) {
        return gold_fail(GOLD_ERR_VERIFY,
                         "%s: no point is done, so nothing was compared; "
                         "goldilocks status tells of those that failed",
                         path);
    }
    gold_say(stdout, "%s: recomputed %s: compared %s and %s\n", path,
             GOLD_COUNTED(v->n_sample, "point"),
             GOLD_COUNTED(v->n_compared[GOLD_TASK_MEASURE], "measurement"),
             GOLD_COUNTED(v->n_compared[GOLD_TASK_TRAIN], "training"));
    if (v->n_different > 0) {
        return gold_fail(
            GOLD_ERR_VERIFY,
            "%s: %zu of them differ. The file was made by goldilocks %s (%s) "
            "with BLAS kernel %s: another build, kernel or processor gives "
            "other bits; the same one does not",
            path, v->n_different,
            gold_archive_text(v->archive, "program_version"),
            gold_archive_text(v->archive, "git_commit"),
            gold_archive_text(v->archive, "blas_core"));
    }
    if (v->n_rounded > 0) {
        gold_say(stdout,
                 "all are equal, %zu of them to rounding: the file joins "
                 "lines that were measured apart\n",
                 v->n_rounded);
    } else {
        gold_say(stdout, "all are equal, bit for bit\n");
    }
    return GOLD_OK;
}

gold_status gold_cmd_verify(const gold_args *args)
{
    gold_status status = GOLD_OK;
    verify v = {0};

    GOLD_GOTO(open_all(&v, args));
    GOLD_GOTO(read_states(&v));
    GOLD_GOTO(
        choose(&v, args->sample > 0 ? (size_t)args->sample : DEFAULT_SAMPLE));
    GOLD_GOTO(repeat_all(&v));
    GOLD_GOTO(conclude(&v, args->operands[0]));

done:
    gold_free(v.sample);
    gold_free(v.states[GOLD_TASK_MEASURE]);
    gold_free(v.states[GOLD_TASK_TRAIN]);
    gold_engine_destroy(&v.engine);
    gold_local_close(&v.local);
    gold_archive_close(&v.archive);
    return status;
}
