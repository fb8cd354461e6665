/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "goldilocks/memory.h"

#include "app/commands.h"
#include "app/print.h"
#include "app/tally.h"
#include "app/words.h"

enum {
    MAX_FAILURES = 50,  /* failed points that are listed */
    BAR = 50,           /* characters of the progress bar */
    SHOWN_SESSIONS = 6, /* the latest of them */
    WATCH_SECONDS = 2   /* between two looks at a file that is being written */
};

/* One failed task of a point. */
typedef struct failed_task {
    gold_task_kind kind;
    size_t point;
    char message[GOLD_MESSAGE_BYTES];
} failed_task;

/* What `status` says. */
typedef struct status_report {
    const char *path;        /* borrowed */
    const gold_study *study; /* borrowed */
    const char *samples;     /* borrowed; gold_provenance */
    size_t n_kinds;          /* of tasks: those tallied */
    goldi_tally tallies[GOLD_TASK_TRAIN + 1];
    goldi_tally total; /* of them: a point that was measured and trained counts
                          twice */
    double bytes;      /* of the file; NaN: unknown */
    double written;    /* when it last was, seconds since 1970; NaN: unknown */
    double now;        /* seconds since 1970 */
    size_t n_kept;     /* trainings under way that a run goes on with */
    size_t n_sessions;
    gold_session sessions[GOLD_MAX_SESSIONS];
    bool has_failures; /* they were asked for */
    size_t n_failures; /* of those listed */
    failed_task failures[MAX_FAILURES];
} status_report;

static bool is_open(const status_report *report)
{
    return report->n_sessions > 0 &&
           isnan(report->sessions[report->n_sessions - 1].end);
}

static double n_workers(const status_report *report)
{
    const int64_t ranks = report->n_sessions == 0
                              ? 1
                              : report->sessions[report->n_sessions - 1].ranks;

    return ranks > 1 ? (double)(ranks - 1) : 1.0;
}

static double rate_of(const status_report *report)
{
    const goldi_tally *total = &report->total;

    if (total->tasks_begun == 0 || !(total->seconds > 0.0)) {
        return (double)NAN;
    }
    return n_workers(report) * (double)total->tasks_begun / total->seconds;
}

static double left_of(const status_report *report)
{
    double seconds = 0.0;

    if (!is_open(report) || report->total.tasks_pending == 0) {
        return (double)NAN;
    }
    for (size_t k = 0; k < report->n_kinds; k++) {
        const goldi_tally *tally = &report->tallies[k];

        if (tally->tasks_pending > 0) {
            seconds += tally->tasks_begun > 0 && tally->seconds > 0.0
                           ? (double)tally->tasks_pending * tally->seconds /
                                 (double)tally->tasks_begun
                           : (double)NAN;
        }
    }
    return seconds / n_workers(report);
}

static const char *kind_word(gold_task_kind kind)
{
    return kind == GOLD_TASK_TRAIN ? "train" : "measure";
}

static void print_file(FILE *out, const status_report *report)
{
    const double age = report->now - report->written;
    char size[GOLD_PRINT_BYTES];
    char time[GOLD_PRINT_BYTES];
    char text[1024];

    (void)snprintf(text, sizeof text, "%.900s (%s, written %s%s)", report->path,
                   gold_print_bytes(report->bytes, size),
                   age < 2.0 ? "just now" : gold_print_duration(age, time),
                   age < 2.0 ? "" : " ago");
    goldi_print_field(out, "file", text);
}

static gold_status print_header(FILE *out, const status_report *report)
{
    char label[GOLDI_LABEL_BYTES];

    goldi_print_field(out, "study", report->study->name);
    if (report->study->title[0] != '\0') {
        goldi_print_field(out, "title", report->study->title);
    }
    print_file(out, report);
    GOLD_TRY(goldi_print_data(out, report->study, report->samples));
    goldi_print_field(out, "grid", goldi_grid_words(report->study, label));
    return GOLD_OK;
}

static void print_points(FILE *out, const char *name, const goldi_tally *tally)
{
    char words[160];
    const size_t full =
        (size_t)(goldi_tally_percent(tally) / 100.0 * (double)BAR);

    goldi_print_field(out, name, goldi_tally_words(tally, words));
    gold_say(out, "%*s[", GOLDI_INDENT, "");
    for (size_t i = 0; i < BAR; i++) {
        gold_say(out, "%c", i < full ? '#' : '.');
    }
    gold_print(out, "]\n");
}

static void print_work(FILE *out, const status_report *report)
{
    const goldi_tally *total = &report->total;
    const double left = left_of(report);
    char count[GOLD_PRINT_BYTES];
    char all[GOLD_PRINT_BYTES];
    char time[GOLD_PRINT_BYTES];

    gold_say(out, "%-*s%s of %s finished, %s of computing so far\n",
             GOLDI_INDENT, "tasks",
             gold_print_count((double)(total->n_tasks - total->tasks_pending),
                              count),
             gold_print_count((double)total->n_tasks, all),
             gold_print_duration(total->seconds, time));
    if (isfinite(left)) {
        gold_say(out, "%-*sabout %s, at %.3g tasks/s with %s\n", GOLDI_INDENT,
                 "left", gold_print_duration(left, time), rate_of(report),
                 GOLD_COUNTED(n_workers(report), "computing process"));
    }
}

static void print_session(FILE *out, const status_report *report, size_t i)
{
    const gold_session *session = &report->sessions[i];
    const bool is_last = i + 1 == report->n_sessions;
    char start[GOLD_NAME_BYTES];
    char lasted[GOLD_PRINT_BYTES];
    char hosts[64];

    gold_say(out, "%3zu  %s, %s%s%s%s%.20s, ", i + 1,
             goldi_time_words(session->start, start),
             GOLD_COUNTED(session->ranks, "rank"),
             session->hosts[0] == '\0' ? "" : " on ",
             goldi_shorten(session->hosts, 24, hosts, sizeof hosts),
             session->slurm_job[0] == '\0' ? "" : ", job ", session->slurm_job);
    if (isnan(session->end)) {
        gold_print(out, is_last ? "not ended\n" : "did not end\n");
    } else {
        gold_say(out, "%s\n",
                 gold_print_duration(session->end - session->start, lasted));
    }
}

static void print_sessions(FILE *out, const status_report *report)
{
    const size_t n = report->n_sessions;
    const size_t first = n > SHOWN_SESSIONS ? n - SHOWN_SESSIONS : 0;

    gold_print(out, "sessions\n");
    if (first > 0) {
        gold_say(out, "     %zu earlier ones\n", first);
    }
    for (size_t i = first; i < n; i++) {
        print_session(out, report, i);
    }
    if (is_open(report) && report->total.points.of[GOLD_STATE_PENDING] > 0) {
        gold_print(out, "     The last one still runs, or was killed: then the "
                        "same run command goes on.\n");
    }
}

static void print_failures(FILE *out, const status_report *report)
{
    const size_t n = report->total.points.of[GOLD_STATE_FAILED];
    char label[512];

    gold_say(out, "failed %s\n", n == 0 ? "    none" : "points");
    for (size_t i = 0; i < report->n_failures; i++) {
        gold_say(out, "  %s%s%s\n",
                 report->n_kinds > 1 ? kind_word(report->failures[i].kind) : "",
                 report->n_kinds > 1 ? " " : "",
                 gold_study_describe(report->study, report->failures[i].point,
                                     label, sizeof label));
        gold_print(out, "    ");
        goldi_print_wrapped(out, report->failures[i].message, 4, GOLDI_COLUMNS);
    }
    if (n > report->n_failures) {
        gold_say(out, "  and %zu more\n", n - report->n_failures);
    }
}

static gold_status print_report(FILE *out, const status_report *report)
{
    GOLD_TRY(print_header(out, report));
    for (size_t k = 0; k < report->n_kinds; k++) {
        print_points(out,
                     k == GOLD_TASK_TRAIN  ? "trained"
                     : report->n_kinds > 1 ? "measured"
                                           : "points",
                     &report->tallies[k]);
    }
    print_work(out, report);
    if (report->n_kept > 0) {
        gold_say(out, "kept       %s under way, in %s.checkpoints\n",
                 GOLD_COUNTED(report->n_kept, "training"), report->path);
    }
    print_sessions(out, report);
    if (report->has_failures) {
        print_failures(out, report);
    } else if (report->total.points.of[GOLD_STATE_FAILED] > 0) {
        gold_print(out, "--failed lists the failed points and why.\n");
    }
    return GOLD_OK;
}
static void write_points(goldi_text *out, const char *name,
                         const goldi_tally *tally)
{
    static const uint8_t states[] = {GOLD_STATE_DONE, GOLD_STATE_FAILED,
                                     GOLD_STATE_PENDING, GOLD_STATE_EXCLUDED};

    goldi_json_open(out, name, '{');
    goldi_json_number(out, "total", (double)tally->n_points);
    for (size_t i = 0; i < sizeof states; i++) {
        goldi_json_number(out, goldi_state_word(states[i]),
                          (double)tally->points.of[states[i]]);
    }
    goldi_json_number(out, "percent", goldi_tally_percent(tally));
    goldi_json_close(out, '}');
}

/* Points by state, of each kind of task by itself; tasks together. */
static void write_progress(goldi_text *out, const status_report *report)
{
    const goldi_tally *total = &report->total;

    write_points(out, "points", &report->tallies[GOLD_TASK_MEASURE]);
    if (report->n_kinds > 1) {
        write_points(out, "trained_points", &report->tallies[GOLD_TASK_TRAIN]);
    }
    goldi_json_open(out, "tasks", '{');
    goldi_json_number(out, "total", (double)total->n_tasks);
    goldi_json_number(out, "pending", (double)total->tasks_pending);
    goldi_json_close(out, '}');
}

static void write_sessions(goldi_text *out, const status_report *report)
{
    goldi_json_open(out, "sessions", '[');
    for (size_t i = 0; i < report->n_sessions; i++) {
        const gold_session *session = &report->sessions[i];

        goldi_json_open(out, NULL, '{');
        goldi_json_number(out, "start", session->start);
        goldi_json_number(out, "end", session->end);
        goldi_json_number(out, "ranks", (double)session->ranks);
        goldi_json_text(out, "hosts", session->hosts);
        goldi_json_text(out, "slurm_job", session->slurm_job);
        goldi_json_close(out, '}');
    }
    goldi_json_close(out, ']');
}

static void write_failures(goldi_text *out, const status_report *report)
{
    goldi_json_open(out, "failed_points", '[');
    for (size_t i = 0; i < report->n_failures; i++) {
        const failed_task *failure = &report->failures[i];

        goldi_json_open(out, NULL, '{');
        goldi_json_open(out, "point", '{');
        goldi_json_coordinates(out, report->study, failure->point);
        goldi_json_close(out, '}');
        goldi_json_text(out, "kind", kind_word(failure->kind));
        goldi_json_text(out, "message", failure->message);
        goldi_json_close(out, '}');
    }
    goldi_json_close(out, ']');
}

static void write_report(goldi_text *out, const status_report *report)
{
    const gold_study *study = report->study;

    goldi_json_open(out, NULL, '{');
    goldi_json_text(out, "study", study->name);
    goldi_json_text(out, "title", study->title);
    goldi_json_text(out, "file", report->path);
    goldi_json_number(out, "bytes", report->bytes);
    goldi_json_number(out, "written", report->written);
    goldi_json_text(out, "data_set",
                    gold_choice_text("set", (int)study->data.set));
    if (study->data.name != NULL) {
        goldi_json_text(out, "data_name", study->data.name);
    }
    goldi_json_text(out, "data_path", study->data.path);
    goldi_json_axes(out, study);
    write_progress(out, report);
    goldi_json_number(out, "seconds_computing", report->total.seconds);
    goldi_json_bool(out, "is_open", is_open(report));
    goldi_json_number(out, "tasks_per_second", rate_of(report));
    goldi_json_number(out, "seconds_left", left_of(report));
    goldi_json_number(out, "trainings_kept", (double)report->n_kept);
    write_sessions(out, report);
    if (report->has_failures) {
        write_failures(out, report);
    }
    goldi_json_close(out, '}');
    goldi_text_add(out, "\n");
}
/* What the file system knows of the file. */
static void read_file_facts(status_report *report)
{
    struct stat facts;

    report->now = (double)time(NULL);
    report->bytes = (double)NAN;
    report->written = (double)NAN;
    if (stat(report->path, &facts) == 0) {
        report->bytes = (double)facts.st_size;
        report->written = (double)facts.st_mtime;
    }
}

static gold_status read_failures(gold_archive *archive, gold_task_kind kind,
                                 const uint8_t *states, status_report *report)
{
    for (size_t point = 0;
         point < report->study->n_points && report->n_failures < MAX_FAILURES;
         point++) {
        if (states[point] == GOLD_STATE_FAILED) {
            failed_task *failure = &report->failures[report->n_failures];

            failure->kind = kind;
            failure->point = point;
            GOLD_TRY(
                gold_archive_message(archive, kind, point, failure->message));
            report->n_failures++;
        }
    }
    return GOLD_OK;
}

/* Count the tasks of a kind, and take down those that failed. */
static gold_status read_kind(gold_archive *archive, gold_task_kind kind,
                             status_report *report)
{
    gold_status status = GOLD_OK;
    const gold_study *study = report->study;
    uint8_t *states = NULL;
    double *seconds = NULL;

    GOLD_GOTO(GOLD_ALLOC(study->n_points, &states));
    GOLD_GOTO(GOLD_ALLOC(study->n_points, &seconds));
    GOLD_GOTO(gold_archive_states(archive, kind, states));
    GOLD_GOTO(gold_archive_seconds(archive, kind, seconds));
    GOLD_GOTO(goldi_tally_count(study, kind, states, seconds,
                                &report->tallies[kind]));
    if (report->has_failures) {
        GOLD_GOTO(read_failures(archive, kind, states, report));
    }

done:
    gold_free(states);
    gold_free(seconds);
    return status;
}

static void add_tally(goldi_tally *total, const goldi_tally *tally)
{
    for (size_t state = 0; state <= GOLD_STATE_EXCLUDED; state++) {
        total->points.of[state] += tally->points.of[state];
    }
    total->n_points += tally->n_points;
    total->n_tasks += tally->n_tasks;
    total->tasks_begun += tally->tasks_begun;
    total->tasks_pending += tally->tasks_pending;
    total->seconds += tally->seconds;
}

static gold_status fill(gold_archive *archive, const gold_args *args,
                        status_report *report)
{
    const gold_study *study = gold_archive_study(archive);

    *report =
        (status_report){.path = args->operands[0],
                        .study = study,
                        .samples = gold_archive_text(archive, "data_samples"),
                        .n_kinds = study->has_train ? GOLD_TASK_TRAIN + 1 : 1,
                        .has_failures = args->is_failed};
    read_file_facts(report);
    for (size_t k = 0; k < report->n_kinds; k++) {
        GOLD_TRY(read_kind(archive, (gold_task_kind)k, report));
        add_tally(&report->total, &report->tallies[k]);
    }
    report->n_kept = gold_checkpoints_count(report->path);
    return gold_archive_sessions(archive, report->sessions,
                                 &report->n_sessions);
}

/* Look once. The file is opened anew each time: a resumed job may have
 * replaced it. */
static gold_status show(const gold_args *args, bool is_screen, bool *is_over)
{
    gold_status status = GOLD_OK;
    gold_archive *archive = NULL;
    status_report *report = NULL;
    goldi_text json = {0};

    GOLD_GOTO(GOLD_ALLOC(1, &report));
    GOLD_GOTO(gold_archive_open(args->operands[0], &archive));
    GOLD_GOTO(fill(archive, args, report));
    if (is_screen) {
        gold_print_clear(stdout);
    }
    if (args->is_json) {
        write_report(&json, report);
        GOLD_GOTO(goldi_print_whole(stdout, &json));
    } else {
        GOLD_GOTO(print_report(stdout, report));
    }
    *is_over = report->total.points.of[GOLD_STATE_PENDING] == 0;
    GOLD_GOTO(goldi_flush(stdout));

done:
    gold_archive_close(&archive);
    gold_free(report);
    return status;
}

gold_status gold_cmd_status(const gold_args *args)
{
    const bool is_screen =
        args->is_watch && !args->is_json && isatty(STDOUT_FILENO) != 0;
    bool is_over = false;

    GOLD_TRY(show(args, is_screen, &is_over));
    while (args->is_watch && !is_over) {
        (void)nanosleep(&(struct timespec){.tv_sec = WATCH_SECONDS}, NULL);
        if (!is_screen && !args->is_json) {
            gold_print(stdout, "\n");
        }
        GOLD_TRY(show(args, is_screen, &is_over));
    }
    return GOLD_OK;
}
