/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "goldilocks/engine.h"
#include "goldilocks/memory.h"
#include "goldilocks/sched.h"
#include "goldilocks/store.h"

#include "app/commands.h"
#include "app/keeper.h"
#include "app/launch.h"
#include "app/print.h"
#include "app/progress.h"
#include "app/provenance.h"
#include "app/share.h"
#include "app/sizes.h"

/* Everything one rank holds during a sweep. */
typedef struct sweep {
    const gold_args *args;
    MPI_Comm comm;
    int rank;
    int size;
    double began; /* MPI_Wtime */
    gold_study *study;
    gold_schema schema;
    gold_shared_data shared;
    gold_engine *engine;
    gold_store *store;
    char path[4096];
    uint64_t *tasks; /* rank 0: to be done */
    double *costs;   /* rank 0 */
    size_t n_tasks;
    int32_t *attempts[2]; /* [n_points] by kind, before this session */
    gold_progress progress;
    gold_keeper keeper;
} sweep;

static volatile sig_atomic_t caught_signal;

static void catch_signal(int number)
{
    caught_signal = number;
}

static void listen_to_signals(void)
{
    const int numbers[] = {SIGTERM, SIGUSR1, SIGINT};
    struct sigaction action = {0};

    action.sa_handler = catch_signal;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        (void)sigaction(numbers[i], &action, NULL);
    }
}

static bool should_stop(void *context)
{
    const sweep *s = context;

    return caught_signal != 0 || MPI_Wtime() - s->began > s->args->max_seconds;
}

static bool should_save(void *context)
{
    const sweep *s = context;

    return gold_keeper_is_due(&s->keeper);
}

static void save(void *context, const void *bytes, size_t n_bytes)
{
    sweep *s = context;

    gold_keeper_save(&s->keeper, bytes, n_bytes);
}

static void show_progress(void *context, const gold_sched_progress *progress)
{
    sweep *s = context;

    gold_progress_show(&s->progress, progress);
}

/* One line for each task, for --verbose. */
static void say_task(const sweep *s, const gold_task *task,
                     const gold_outcome *outcome,
                     const gold_sched_report *report)
{
    char place[256];

    (void)printf(
        "rank %d: task %zu (%s): %llu points, %llu failed, %.3f s\n", s->rank,
        task->id,
        gold_study_describe(s->study, task->points[0], place, sizeof place),
        (unsigned long long)report->points_done,
        (unsigned long long)report->points_failed, outcome->seconds);
}

/* A training that was stopped leaves nothing but what the keeper has. */
static bool was_dropped(const gold_outcome *outcome)
{
    return outcome->verdicts[0].state == GOLD_STATE_PENDING;
}

/* Run a task from where it was left, if it was begun before. */
static gold_status compute(sweep *s, const gold_task *task,
                           gold_outcome *outcome)
{
    gold_interrupt interrupt = {.should_stop = should_stop,
                                .context = s,
                                .should_save = should_save,
                                .save = save};

    GOLD_TRY(gold_keeper_begin(&s->keeper, task));
    interrupt.resume = s->keeper.resume;
    interrupt.resume_bytes = s->keeper.resume_bytes;
    gold_engine_run(s->engine, task, &interrupt, outcome);
    outcome->seconds = gold_keeper_seconds(&s->keeper);
    return GOLD_OK;
}

static gold_status run_task(void *context, uint64_t id,
                            gold_sched_report *report)
{
    sweep *s = context;
    gold_status status = GOLD_OK;
    gold_task task = {0};
    gold_outcome outcome = {0};

    GOLD_GOTO(gold_task_init(s->study, (size_t)id, &task));
    GOLD_GOTO(gold_outcome_init(&outcome, &s->schema, task.n_points));
    GOLD_GOTO(compute(s, &task, &outcome));
    if (was_dropped(&outcome)) {
        goto done;
    }
    outcome.rank = s->rank;
    outcome.attempts = 1 + s->attempts[task.kind][task.points[0]];
    GOLD_GOTO(gold_store_commit(s->store, &task, &outcome));
    gold_keeper_done(&s->keeper);
    for (size_t i = 0; i < task.n_points; i++) {
        report->points_done += outcome.verdicts[i].state == GOLD_STATE_DONE;
        report->points_failed += outcome.verdicts[i].state == GOLD_STATE_FAILED;
    }
    if (s->args->is_verbose) {
        say_task(s, &task, &outcome, report);
    }

done:
    gold_outcome_fini(&outcome);
    gold_task_fini(&task);
    return status;
}

/* True when a point of one kind of task is still to be done. */
static bool is_open(const sweep *s, uint8_t state)
{
    return state == GOLD_STATE_PENDING ||
           (state == GOLD_STATE_FAILED && s->args->is_retry_failed);
}

/* True when a task is in the part of the study that this run is about. */
static bool is_mine(const sweep *s, size_t id)
{
    const size_t n_shards = (size_t)s->args->n_shards;

    return n_shards == 0 ||
           gold_task_shard(id, n_shards) + 1 == (size_t)s->args->shard;
}

/* Id of the task of a kind that a point belongs to. */
static size_t task_of(const sweep *s, int kind, size_t point)
{
    return kind == GOLD_TASK_MEASURE ? gold_task_of_point(s->study, point)
                                     : gold_n_measure_tasks(s->study) + point;
}

/* True when a task has points that are still to be done. */
static bool is_task_open(const sweep *s, size_t id, uint8_t *const states[2])
{
    const size_t n_measure = gold_n_measure_tasks(s->study);
    const size_t length = gold_line_length(s->study);

    if (id >= n_measure) {
        return is_open(s, states[GOLD_TASK_TRAIN][id - n_measure]);
    }
    for (size_t k = 0; k < length; k++) {
        const size_t point = gold_task_point(s->study, id, k);

        if (is_open(s, states[GOLD_TASK_MEASURE][point])) {
            return true;
        }
    }
    return false;
}

/* Kinds of tasks that the study has: measure, and maybe train. */
static int n_kinds(const sweep *s)
{
    return s->study->has_train ? 2 : 1;
}

/* How many points are in each state, for each kind of task. */
typedef struct census {
    size_t of[2][4];
} census;

/* Read all states, [2][n_points], and count those of the tasks that this run is
 * about. */
static gold_status count_states(sweep *s, uint8_t *const states[2],
                                census *counts)
{
    *counts = (census){0};
    for (int kind = 0; kind < n_kinds(s); kind++) {
        GOLD_TRY(
            gold_store_states(s->store, (gold_task_kind)kind, states[kind]));
        for (size_t p = 0; p < s->study->n_points; p++) {
            if (is_mine(s, task_of(s, kind, p))) {
                counts->of[kind][states[kind][p] & 3]++;
            }
        }
    }
    return GOLD_OK;
}

static size_t count_of(const census *counts, gold_state state)
{
    return counts->of[GOLD_TASK_MEASURE][state] +
           counts->of[GOLD_TASK_TRAIN][state];
}

/* "31 of 40 points measured, 12 trained", as far as the study does either. */
static void say_counts(const sweep *s, const census *counts)
{
    const size_t *measured = counts->of[GOLD_TASK_MEASURE];

    (void)printf("%zu of %zu points measured", measured[GOLD_STATE_DONE],
                 measured[GOLD_STATE_DONE] + measured[GOLD_STATE_FAILED] +
                     measured[GOLD_STATE_PENDING]);
    if (s->study->has_train) {
        (void)printf(", %zu trained",
                     counts->of[GOLD_TASK_TRAIN][GOLD_STATE_DONE]);
    }
    (void)printf(", %zu failed", count_of(counts, GOLD_STATE_FAILED));
}

static void say_start(const sweep *s, const census *counts)
{
    char points[GOLD_PRINT_BYTES];

    if (s->args->is_quiet) {
        return;
    }
    (void)printf("%s: %s points, %zu tasks to do, %d process%s, into %s\n",
                 s->study->name,
                 gold_print_count((double)s->study->n_points, points),
                 s->n_tasks, s->size, s->size == 1 ? "" : "es", s->path);
    if (count_of(counts, GOLD_STATE_DONE) +
            count_of(counts, GOLD_STATE_FAILED) >
        0) {
        (void)printf("resuming: ");
        say_counts(s, counts);
        (void)printf(" before\n");
    }
    (void)fflush(stdout);
}

/* Room for the states of all points, by kind. */
static gold_status allocate_states(const sweep *s, uint8_t *states[2])
{
    GOLD_TRY(GOLD_ALLOC(s->study->n_points, &states[GOLD_TASK_MEASURE]));
    return GOLD_ALLOC(s->study->n_points, &states[GOLD_TASK_TRAIN]);
}

/* What there is to do, on rank 0. */
static gold_status list_tasks(sweep *s)
{
    gold_status status = GOLD_OK;
    const gold_data_shape shape = gold_shape_of(&s->shared.data);
    const size_t n_all = gold_n_tasks(s->study);
    uint8_t *states[2] = {NULL, NULL};
    census counts;

    GOLD_GOTO(allocate_states(s, states));
    GOLD_GOTO(count_states(s, states, &counts));
    GOLD_GOTO(GOLD_ALLOC(n_all, &s->tasks));
    GOLD_GOTO(GOLD_ALLOC(n_all, &s->costs));
    for (size_t id = 0; id < n_all; id++) {
        if (is_mine(s, id) && is_task_open(s, id, states)) {
            s->tasks[s->n_tasks] = id;
            s->costs[s->n_tasks++] = gold_task_flops(s->study, id, &shape);
        }
    }
    say_start(s, &counts);

done:
    gold_free(states[GOLD_TASK_MEASURE]);
    gold_free(states[GOLD_TASK_TRAIN]);
    return status;
}

static void say_end(const sweep *s, const census *counts, bool is_finished)
{
    char took[GOLD_PRINT_BYTES];

    if (s->args->is_quiet) {
        return;
    }
    (void)printf("%s: ", is_finished ? "finished" : "stopped");
    say_counts(s, counts);
    (void)printf("; %s\nlook: goldilocks summary %s\n",
                 gold_print_duration(MPI_Wtime() - s->began, took), s->path);
}

/* The words at the end, and the status that the program ends with. What the
 * file says counts: a training may have been dropped half way. */
static gold_status conclude(sweep *s, gold_status swept)
{
    gold_status status = swept;
    uint8_t *states[2] = {NULL, NULL};
    census counts;

    if (swept != GOLD_OK && swept != GOLD_ERR_STOPPED) {
        return swept;
    }
    GOLD_GOTO(allocate_states(s, states));
    GOLD_GOTO(count_states(s, states, &counts));
    const size_t n_pending = count_of(&counts, GOLD_STATE_PENDING);
    const size_t n_failed = count_of(&counts, GOLD_STATE_FAILED);

    status = GOLD_OK;
    say_end(s, &counts, n_pending == 0);
    if (n_pending == 0) {
        gold_keeper_finish(&s->keeper);
    } else {
        GOLD_FAIL(GOLD_ERR_STOPPED,
                  "stopped in good order with %zu points left: the same "
                  "command goes on",
                  n_pending);
    }
    if (n_failed > 0) {
        GOLD_FAIL(GOLD_ERR_TASKS,
                  "%zu points failed: 'goldilocks status --failed %s' says "
                  "why, 'run --retry-failed' tries them again",
                  n_failed, s->path);
    }

done:
    gold_free(states[GOLD_TASK_MEASURE]);
    gold_free(states[GOLD_TASK_TRAIN]);
    return status;
}

/* How often tasks were tried in earlier sessions. */
static gold_status read_attempts(sweep *s)
{
    for (int kind = 0; kind < n_kinds(s); kind++) {
        GOLD_TRY(GOLD_ALLOC(s->study->n_points, &s->attempts[kind]));
        GOLD_TRY(gold_store_attempts(s->store, (gold_task_kind)kind,
                                     s->attempts[kind]));
    }
    return GOLD_OK;
}

/* What each rank gets ready once the file is open. Rank 0 forgets the
 * trainings of a file that was overwritten. */
static gold_status get_ready(sweep *s)
{
    GOLD_TRY(read_attempts(s));
    return gold_keeper_open(&s->keeper, s->path, s->study,
                            s->shared.data.digest,
                            s->rank == 0 && s->args->is_overwrite);
}

/* Where the result goes: each shard into a file of its own. */
static void choose_path(sweep *s)
{
    const gold_args *args = s->args;

    if (args->output != NULL) {
        (void)snprintf(s->path, sizeof s->path, "%s", args->output);
    } else if (args->n_shards > 0) {
        (void)snprintf(s->path, sizeof s->path, "results/%s.%llu-of-%llu.h5",
                       s->study->name, (unsigned long long)args->shard,
                       (unsigned long long)args->n_shards);
    } else {
        (void)snprintf(s->path, sizeof s->path, "results/%s.h5",
                       s->study->name);
    }
}

/* Study, data, engine and file, on all ranks. */
static gold_status prepare(sweep *s, gold_provenance_text *text)
{
    const gold_args *args = s->args;
    gold_provenance provenance;

    GOLD_TRY(gold_share_study(s->comm, args->operands[0], args->overrides,
                              &s->study));
    choose_path(s);
    GOLD_TRY(gold_share_data(s->comm, s->study, &s->shared));
    gold_schema_init(&s->schema, s->study, s->shared.data.train.n);
    GOLD_TRY(gold_agree(
        s->comm, gold_check_sizes(s->study, gold_shape_of(&s->shared.data))));
    GOLD_TRY(
        gold_agree(s->comm, gold_engine_create(s->study, &s->schema,
                                               &s->shared.data, &s->engine)));
    gold_provenance_collect(s->comm, args->line, s->shared.data.digest, text,
                            &provenance);
    GOLD_TRY(gold_store_open(s->comm, s->path, args->is_overwrite, s->study,
                             &s->schema, &provenance, &s->store));
    return gold_agree(s->comm, get_ready(s));
}

static gold_status do_sweep(sweep *s)
{
    gold_status status = GOLD_OK;
    gold_sched_tally tally = {0};
    gold_sched_job job = {.context = s,
                          .run = run_task,
                          .progress = show_progress,
                          .should_stop = should_stop};

    if (s->rank == 0) {
        char remarks[512];

        gold_dataset_remarks(&s->shared.data, remarks, sizeof remarks);
        if (remarks[0] != '\0' && !s->args->is_quiet) {
            (void)printf("note: %s\n", remarks);
        }
        status = list_tasks(s);
    }
    GOLD_TRY(gold_agree(s->comm, status));
    s->progress = gold_progress_begin(s->args->is_quiet);
    job.tasks = s->tasks;
    job.costs = s->costs;
    job.n_tasks = s->n_tasks;
    status = gold_sched_run(s->comm, &job, &tally);
    if (s->rank == 0) {
        status = conclude(s, status);
    }
    return gold_agree(s->comm, status);
}

gold_status gold_cmd_run(const gold_args *args)
{
    gold_status status = GOLD_OK;
    gold_provenance_text text;
    sweep s = {.args = args, .began = MPI_Wtime()};

    listen_to_signals();
    MPI_Comm_dup(MPI_COMM_WORLD, &s.comm);
    MPI_Comm_rank(s.comm, &s.rank);
    MPI_Comm_size(s.comm, &s.size);
    gold_launch_warn(s.size);
    status = prepare(&s, &text);
    if (status == GOLD_OK) {
        status = do_sweep(&s);
    }
    if (s.store != NULL) {
        const gold_status closed = gold_store_close(&s.store);

        status = status == GOLD_OK ? closed : status;
    }
    gold_keeper_close(&s.keeper);
    gold_engine_destroy(&s.engine);
    gold_unshare_data(&s.shared);
    gold_free(s.attempts[GOLD_TASK_MEASURE]);
    gold_free(s.attempts[GOLD_TASK_TRAIN]);
    gold_free(s.tasks);
    gold_free(s.costs);
    gold_study_destroy(&s.study);
    MPI_Comm_free(&s.comm);
    return status;
}
