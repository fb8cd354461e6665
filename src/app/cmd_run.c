/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "goldilocks/engine.h"
#include "goldilocks/memory.h"
#include "goldilocks/sched.h"
#include "goldilocks/store.h"

#include "app/keeper.h"
#include "app/launch.h"
#include "app/meeting.h"
#include "app/parting.h"
#include "app/print.h"
#include "app/progress.h"
#include "app/provenance.h"
#include "app/rounds.h"
#include "app/share.h"
#include "app/sizes.h"
#include "app/stopping.h"
#include "app/target.h"
#include "app/words.h"
#include "app/worklist.h"
#include "base/errand.h"

/* Everything one rank holds during a sweep. */
typedef struct sweep {
    const gold_args *args;
    MPI_Comm comm;
    int rank;
    int size;
    double began; /* MPI_Wtime */
    gold_study *study;
    gold_schema *schema; /* of the results */
    gold_shared_data shared;
    gold_engine *engine;
    gold_output *output; /* rank 0, until the store is open */
    gold_store *store;
    char path[4096];
    gold_worklist list; /* rank 0 */
    bool is_choosing;   /* all are measured before a choice is trained */
    gold_progress progress;
    gold_keeper keeper;
    int first;            /* process 0, on its node (gold_parting_know) */
    gold_task task;       /* under way */
    gold_outcome outcome; /* of the task under way */
} sweep;

static bool should_stop(void *context)
{
    (void)context;
    return gold_stopping_is_due();
}

static double time_left(void *context)
{
    (void)context;
    return gold_stopping_time_left();
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

/* Run the task under way from where it was left, if it was begun before. */
static gold_status compute(sweep *s)
{
    gold_interrupt interrupt = {.should_stop = should_stop,
                                .context = s,
                                .should_save = should_save,
                                .save = save};

    GOLD_TRY(gold_keeper_begin(&s->keeper, &s->task));
    interrupt.resume = s->keeper.resume;
    interrupt.resume_bytes = s->keeper.resume_bytes;
    gold_engine_run(s->engine, &s->task, &interrupt, &s->outcome);
    s->outcome.seconds = gold_keeper_seconds(&s->keeper);
    return GOLD_OK;
}

static void forget_task(sweep *s)
{
    gold_outcome_fini(&s->outcome);
    gold_task_fini(&s->task);
}

static gold_status run_task(void *context, uint64_t id, unsigned n_tries,
                            gold_sched_report *report)
{
    sweep *s = context;

    forget_task(s);
    GOLD_TRY(gold_task_init(s->study, (size_t)id, &s->task));
    GOLD_TRY(gold_outcome_init(&s->outcome, s->schema, s->task.n_points));
    GOLD_TRY(compute(s));
    s->outcome.rank = s->rank;
    s->outcome.attempts = (int32_t)n_tries;
    /* A training that was stopped leaves nothing but what the keeper has. */
    report->was_stopped = s->outcome.verdicts[0].state == GOLD_STATE_PENDING;
    return GOLD_OK;
}

/* Write the task under way, and count its points. */
static gold_status commit(sweep *s, gold_sched_report *report)
{
    int32_t before = 0;

    GOLD_TRY(gold_store_attempts(s->store, s->task.kind, s->task.points[0],
                                 &before));
    s->outcome.attempts += before;
    GOLD_TRY(gold_store_commit(s->store, &s->task, &s->outcome));
    for (size_t i = 0; i < s->task.n_points; i++) {
        const gold_state state = s->outcome.verdicts[i].state;

        report->points_done += state == GOLD_STATE_DONE;
        report->points_failed += state == GOLD_STATE_FAILED;
    }
    return GOLD_OK;
}

static gold_status commit_task(void *context, uint64_t id,
                               gold_sched_report *report)
{
    sweep *s = context;

    (void)id;
    GOLD_TRY(commit(s, report));
    gold_keeper_done(&s->keeper);
    if (s->args->is_verbose) {
        gold_progress_task(s->study, &s->task, &s->outcome, report);
    }
    return GOLD_OK;
}

/* Say of the points of the task under way that nobody survives it; what was
 * written in spite of that stays. */
static void fail_points(sweep *s, const gold_sched_trouble *trouble,
                        const uint8_t *states)
{
    for (size_t i = 0; i < s->task.n_points; i++) {
        gold_verdict *verdict = &s->outcome.verdicts[i];

        if (states[s->task.points[i]] == GOLD_STATE_PENDING) {
            verdict->state = GOLD_STATE_FAILED;
            (void)snprintf(verdict->message, sizeof verdict->message,
                           "its process died or had no memory, %u times",
                           trouble->n_tries);
        }
    }
}

/* Rank 0 marks a task as failed that nobody survives. */
static gold_status give_up(void *context, const gold_sched_trouble *trouble,
                           gold_sched_report *report)
{
    sweep *s = context;
    gold_status status = GOLD_OK;
    uint8_t *states = NULL;

    forget_task(s);
    GOLD_GOTO(gold_task_init(s->study, (size_t)trouble->task, &s->task));
    GOLD_GOTO(gold_outcome_init(&s->outcome, s->schema, s->task.n_points));
    GOLD_GOTO(GOLD_ALLOC(s->study->n_points, &states));
    GOLD_GOTO(gold_store_states(s->store, s->task.kind, states));
    s->outcome.rank = trouble->rank;
    s->outcome.attempts = (int32_t)trouble->n_tries;
    s->outcome.seconds = trouble->seconds;
    fail_points(s, trouble, states);
    GOLD_GOTO(commit(s, report));

done:
    gold_free(states);
    return status;
}

static void say_late(void *context, const gold_sched_trouble *trouble)
{
    const sweep *s = context;

    gold_progress_late(s->study, trouble);
}

static gold_part part_of(const sweep *s)
{
    return (gold_part){.shard = (size_t)s->args->shard,
                       .n_shards = (size_t)s->args->n_shards,
                       .is_measured_only = s->is_choosing,
                       .is_retry_failed = s->args->is_retry_failed};
}

/* What there is to do, on rank 0. */
static gold_status list_tasks(sweep *s)
{
    const gold_data_shape shape = gold_shape_of(&s->shared.data);
    const gold_part part = part_of(s);
    const bool is_chosen =
        !s->is_choosing && s->schema->count[GOLD_VAR_SELECTED] > 0;
    gold_census counts;

    gold_worklist_fini(&s->list);
    GOLD_TRY(gold_worklist_init(&s->list, s->store, s->study, &shape, &part,
                                &counts));
    if (s->args->is_quiet) {
        return GOLD_OK;
    }
    if (is_chosen) {
        gold_progress_chosen(s->list.n_tasks);
    } else {
        gold_progress_start(s->study, s->path, s->list.n_tasks, s->size,
                            &counts, !s->is_choosing);
    }
    return GOLD_OK;
}

/* The last words, and the status at the end, by what the file says. */
static gold_status conclude(sweep *s, gold_status swept)
{
    const gold_part part = part_of(s);
    char words[GOLD_PROGRESS_BYTES];
    gold_census counts;

    if (swept != GOLD_OK && swept != GOLD_ERR_STOPPED) {
        return swept;
    }
    GOLD_TRY(gold_store_sync(s->store));
    GOLD_TRY(gold_census_take(s->store, s->study, &part, &counts));
    const size_t n_pending = gold_census_count(&counts, GOLD_STATE_PENDING);
    const size_t n_failed = gold_census_count(&counts, GOLD_STATE_FAILED);

    if (!s->args->is_quiet) {
        gold_progress_end(s->study, s->path, MPI_Wtime() - s->began, &counts,
                          !s->is_choosing);
    }
    if (n_pending > 0) {
        return gold_fail(GOLD_ERR_STOPPED,
                         "stopped %swith %s: the same command goes on",
                         gold_stopping_is_urgent() ? "" : "in good order ",
                         gold_progress_left(&counts, !s->is_choosing, words));
    }
    gold_keeper_finish(&s->keeper);
    if (n_failed > 0) {
        return gold_fail(GOLD_ERR_TASKS,
                         "%s: 'goldilocks status --failed %s' says why, 'run "
                         "--retry-failed' tries them again",
                         gold_progress_failed(&counts, words), s->path);
    }
    return GOLD_OK;
}

/* All come together, at the end of what ended so or before. Where one does not
 * come the same command has something to do, if only to see that all is done.
 */
static void meet(const sweep *s, gold_status ending)
{
    const double usual_lease = 60.0; /* before the study is known */
    const gold_status missed = ending == GOLD_OK ? GOLD_ERR_STOPPED : ending;

    gold_meeting_begin(&(gold_meeting){
        .rank = s->rank,
        .size = s->size,
        .lease = s->study == NULL ? usual_lease : s->study->run.lease,
        .exit_code = gold_status_exit_code(missed)});
}

static void begin(void *context)
{
    (void)context;
    gold_meeting_end();
}

/* What each rank gets ready once the file is open. Rank 0 forgets the
 * trainings of a file that was overwritten. */
static gold_status get_ready(sweep *s)
{
    return gold_keeper_open(&s->keeper, s->path, s->study,
                            s->shared.data.digest,
                            s->rank == 0 && s->args->is_overwrite);
}

/* A signal that came so early ends the run before it makes a file. */
static gold_status stop_early(const sweep *s)
{
    return gold_agree(s->comm, gold_stopping_is_asked()
                                   ? gold_fail(GOLD_ERR_STOPPED, "%s",
                                               gold_stopping_before_work)
                                   : GOLD_OK);
}

/* Study, data, engine and file, on all ranks. */
static gold_status prepare(sweep *s, gold_provenance_text *text)
{
    const gold_args *args = s->args;
    gold_provenance provenance;

    GOLD_TRY(stop_early(s));
    GOLD_TRY(gold_share_study(s->comm, args->operands[0], args->overrides,
                              &s->study));
    GOLD_TRY(gold_target_choose(args, s->study, s->path, sizeof s->path));
    GOLD_TRY(gold_agree(s->comm, s->rank == 0
                                     ? gold_target_open(args, s->study, s->path,
                                                        GOLD_FILE_RESULT, true,
                                                        &s->output)
                                     : GOLD_OK));
    meet(s, GOLD_ERR_STOPPED);
    GOLD_TRY(gold_share_data(s->comm, s->study, &s->shared));
    GOLD_TRY(stop_early(s));
    s->first = gold_parting_know(gold_share_first(s->comm, &s->shared));
    meet(s, GOLD_ERR_STOPPED);
    GOLD_TRY(gold_agree(s->comm, GOLD_ALLOC(1, &s->schema)));
    gold_schema_init(s->schema, s->study, s->shared.data.train.n);
    GOLD_TRY(gold_agree(
        s->comm, gold_check_sizes(s->study, gold_shape_of(&s->shared.data))));
    GOLD_TRY(
        gold_agree(s->comm, gold_engine_create(s->study, s->schema,
                                               &s->shared.data, &s->engine)));
    gold_provenance_collect(s->comm, args->line, &s->shared.data, text,
                            &provenance);
    GOLD_TRY(gold_agree(s->comm, s->rank == 0
                                     ? gold_target_extend(args, s->output,
                                                          s->study, &provenance)
                                     : GOLD_OK));
    GOLD_TRY(gold_store_open(s->comm, s->path, &s->output, s->study, s->schema,
                             &provenance, &s->store));
    if (args->until == NULL) {
        gold_errand_end(); /* all files are known */
    }
    meet(s, GOLD_ERR_STOPPED);
    return gold_agree(s->comm, get_ready(s));
}

/* End the session without the others. */
static gold_status end_alone(const sweep *s, gold_status status,
                             const gold_sched_tally *tally)
{
    const gold_status left = gold_store_leave(
        s->store, tally->tasks_done, tally->points_done, tally->points_failed);

    return status == GOLD_OK ? left : status;
}

/* Some rank is dead, and whatever ranks do together would wait for it: say
 * what there is to say, and end this process alone. */
static _Noreturn void leave(const sweep *s, gold_status status,
                            const gold_sched_tally *tally)
{
    gold_parting_end(&(gold_parting){.rank = s->rank,
                                     .status = end_alone(s, status, tally),
                                     .is_orphaned = tally->is_orphaned,
                                     .first = s->first,
                                     .lease = s->study->run.lease,
                                     .path = s->path});
}

/* mpirun kills all in a moment, and some worker is still at its task: what it
 * does is lost, but not what there is to say. */
static _Noreturn void leave_in_time(sweep *s,
                                    const gold_sched_progress *progress)
{
    const gold_sched_tally tally = {.tasks_done = progress->tasks_done,
                                    .points_done = progress->points_done,
                                    .points_failed = progress->points_failed};

    const gold_status status =
        end_alone(s, conclude(s, GOLD_ERR_STOPPED), &tally);
    const int code = gold_status_exit_code(status);

    gold_say(stderr, "goldilocks: %s\n", gold_fail_message());
    gold_parting_tell(code);
    _exit(code);
}

static void show_progress(void *context, const gold_sched_progress *progress)
{
    sweep *s = context;

    gold_progress_show(&s->progress, progress);
    if (!progress->is_last && gold_stopping_is_urgent()) {
        leave_in_time(s, progress);
    }
}

static void note_errors(sweep *s, const gold_sched_errors *errors)
{
    if (errors->n_tasks > 0) {
        gold_store_note(s->store, &(gold_session_notes){errors->predicted_s,
                                                        errors->taken_s,
                                                        errors->typical});
    }
}

/* Do what is open. */
static gold_status sweep_tasks(sweep *s, gold_sched_tally *tally)
{
    GOLD_TRY(gold_agree(s->comm, s->rank == 0 ? list_tasks(s) : GOLD_OK));
    s->progress = gold_progress_begin(s->args->is_quiet);
    const gold_sched_job job = {.tasks = s->list.tasks,
                                .costs = s->list.costs,
                                .kinds = s->list.kinds,
                                .n_tasks = s->list.n_tasks,
                                .rates = {s->list.rates[0], s->list.rates[1]},
                                .may_pause = {[GOLD_TASK_TRAIN] = true},
                                .lease_s = s->study->run.lease,
                                .n_attempts = (unsigned)s->study->run.attempts,
                                .context = s,
                                .begin = begin,
                                .run = run_task,
                                .commit = commit_task,
                                .give_up = give_up,
                                .progress = show_progress,
                                .say_late = say_late,
                                .say_lost = gold_progress_lost,
                                .should_stop = should_stop,
                                .time_left = time_left};

    return gold_sched_run(s->comm, &job, tally);
}

/* Choose what is trained, once all is measured. */
static gold_status choose(sweep *s)
{
    s->is_choosing = false;
    meet(s, GOLD_ERR_STOPPED);
    GOLD_TRY(gold_agree(s->comm, gold_store_sync(s->store)));
    return gold_agree(s->comm,
                      s->rank == 0 ? gold_store_select(s->store) : GOLD_OK);
}

static gold_status do_sweep(sweep *s)
{
    gold_status status = GOLD_OK;
    gold_sched_tally tally = {0};

    if (s->rank == 0 && !s->args->is_quiet) {
        gold_progress_remarks(s->study, &s->shared.data);
        goldi_print_dropped(s->study, s->schema);
    }
    s->is_choosing = s->schema->count[GOLD_VAR_SELECTED] > 0;
    status = sweep_tasks(s, &tally);
    /* Where a rank is dead, the next session chooses. */
    if (s->is_choosing && status == GOLD_OK && tally.n_lost == 0) {
        GOLD_TRY(choose(s));
        status = sweep_tasks(s, &tally);
    }
    if (s->rank == 0) {
        note_errors(s, &tally.errors);
        status = conclude(s, status);
    }
    if (tally.n_lost > 0) {
        leave(s, status, &tally);
    }
    meet(s, status);
    return gold_agree(s->comm, status);
}

gold_status goldi_run_once(const gold_args *args)
{
    gold_status status = GOLD_OK;
    gold_provenance_text text;
    sweep s = {.args = args, .began = MPI_Wtime(), .first = -1};

    MPI_Comm_rank(MPI_COMM_WORLD, &s.rank);
    gold_stopping_started(s.rank == 0);
    MPI_Comm_dup(MPI_COMM_WORLD, &s.comm);
    MPI_Comm_size(s.comm, &s.size);
    gold_launch_warn(s.size);
    meet(&s, GOLD_ERR_STOPPED);
    status = prepare(&s, &text);
    if (status == GOLD_OK) {
        status = do_sweep(&s);
    }
    if (s.store != NULL) {
        meet(&s, status);
        const gold_status closed = gold_store_close(&s.store);

        status = status == GOLD_OK ? closed : status;
    }
    meet(&s, status);
    gold_output_close(&s.output);
    gold_keeper_close(&s.keeper);
    gold_engine_destroy(&s.engine);
    gold_unshare_data(&s.shared);
    forget_task(&s);
    gold_worklist_fini(&s.list);
    gold_free(s.schema);
    gold_study_destroy(&s.study);
    MPI_Comm_free(&s.comm);
    return status;
}
