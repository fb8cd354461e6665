/* SPDX-License-Identifier: MIT */
#include "app/progress.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "goldilocks/task.h"

#include "app/print.h"

static const double log_interval_s = 60.0;
static const double terminal_interval_s = 0.4;

/* Open MPI gives ranks a pseudo-terminal whatever its own output is, so ask
 * the launcher's, where it can be seen: our parent's. */
static bool is_launcher_on_terminal(void)
{
    char path[64];
    bool is_terminal = false;

    (void)snprintf(path, sizeof path, "/proc/%ld/fd/1", (long)getppid());
    const int descriptor = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);

    if (descriptor >= 0) {
        is_terminal = isatty(descriptor) == 1;
        (void)close(descriptor);
    }
    return is_terminal;
}

gold_progress gold_progress_begin(bool is_quiet)
{
    const bool is_launched = getenv("OMPI_COMM_WORLD_SIZE") != NULL;
    const bool is_terminal = isatty(STDOUT_FILENO) == 1 &&
                             (!is_launched || is_launcher_on_terminal());

    return (gold_progress){is_quiet, is_terminal, 0.0};
}

/* "3 min 10 s left (2 min 50 s to 3 min 40 s)" */
static void print_eta(const gold_sched_progress *state, char *text,
                      size_t bytes)
{
    char eta[GOLD_PRINT_BYTES];
    char earliest[GOLD_PRINT_BYTES];
    char latest[GOLD_PRINT_BYTES];

    if (state->is_last) {
        (void)snprintf(
            text, bytes, "%llu left to do",
            (unsigned long long)(state->n_tasks - state->tasks_done));
        return;
    }
    if (isnan(state->eta_s)) {
        (void)snprintf(text, bytes, "? left");
        return;
    }
    (void)snprintf(text, bytes, "%s left (%s to %s)",
                   gold_print_duration(state->eta_s, eta),
                   gold_print_duration(state->earliest_s, earliest),
                   gold_print_duration(state->latest_s, latest));
}

void gold_progress_show(gold_progress *progress,
                        const gold_sched_progress *state)
{
    char failed[40] = "";
    char eta[3 * GOLD_PRINT_BYTES + 20];
    char line[256];
    const double rate = state->elapsed_s > 0.0
                            ? (double)state->tasks_done / state->elapsed_s
                            : 0.0;

    if (progress->is_quiet ||
        (state->elapsed_s < progress->next_s && !state->is_last)) {
        return;
    }
    progress->next_s =
        state->elapsed_s +
        (progress->is_terminal ? terminal_interval_s : log_interval_s);
    if (state->points_failed > 0) {
        (void)snprintf(failed, sizeof failed, "%s failed, ",
                       GOLD_COUNTED(state->points_failed, "point"));
    }
    print_eta(state, eta, sizeof eta);
    (void)snprintf(line, sizeof line, "%llu of %llu tasks, %.*f a second, %s%s",
                   (unsigned long long)state->tasks_done,
                   (unsigned long long)state->n_tasks, rate < 10.0 ? 2 : 0,
                   rate, failed, eta);
    if (progress->is_terminal) {
        gold_print_over(stdout, line);
        gold_print(stdout, state->is_last ? "\n" : "");
    } else {
        gold_say(stdout, "%s\n", line);
    }
    (void)fflush(stdout);
}

void gold_progress_task(const gold_study *study, const gold_task *task,
                        const gold_outcome *outcome,
                        const gold_sched_report *report)
{
    char place[256];

    gold_say(stdout, "rank %d: task %zu (%s): %s, %llu failed, %.3f s\n",
             (int)outcome->rank, task->id,
             gold_study_describe(study, task->points[0], place, sizeof place),
             GOLD_COUNTED(report->points_done, "point"),
             (unsigned long long)report->points_failed, outcome->seconds);
}

/* "31 of 40 points measured, 1 failed"; of how many is not said where that is
 * not known yet. */
static void print_counts(const gold_counts *counts, const char *what,
                         bool is_known)
{
    gold_say(stdout, "%zu", counts->of[GOLD_STATE_DONE]);
    if (is_known) {
        gold_say(stdout, " of %zu",
                 counts->of[GOLD_STATE_DONE] + gold_counts_missing(counts));
    }
    gold_say(stdout, " %s, %zu failed", what, counts->of[GOLD_STATE_FAILED]);
}

/* "31 of 40 points measured, 0 failed; 12 of 40 trained, 1 failed", as far as
 * the study does either; the line goes on. What is trained may not be chosen
 * yet. */
static void print_all(const gold_study *study, const gold_census *census,
                      bool is_chosen)
{
    print_counts(&census->of[GOLD_TASK_MEASURE], "points measured", true);
    if (study->has_train) {
        gold_say(stdout, "; ");
        print_counts(&census->of[GOLD_TASK_TRAIN], "trained", is_chosen);
    }
}

const char *gold_progress_left(const gold_census *census, bool is_chosen,
                               char words[GOLD_PROGRESS_BYTES])
{
    const size_t n_measure =
        census->of[GOLD_TASK_MEASURE].of[GOLD_STATE_PENDING];
    const size_t n_train = census->of[GOLD_TASK_TRAIN].of[GOLD_STATE_PENDING];

    if (n_measure == 0) {
        (void)snprintf(words, GOLD_PROGRESS_BYTES, "%s left to train",
                       GOLD_COUNTED(n_train, "point"));
    } else if (n_train == 0 || !is_chosen) {
        (void)snprintf(words, GOLD_PROGRESS_BYTES, "%s left to measure%s",
                       GOLD_COUNTED(n_measure, "point"),
                       n_train > 0 ? ", before some are trained" : "");
    } else {
        (void)snprintf(words, GOLD_PROGRESS_BYTES,
                       "%s left to measure and %zu to train",
                       GOLD_COUNTED(n_measure, "point"), n_train);
    }
    return words;
}

const char *gold_progress_failed(const gold_census *census,
                                 char words[GOLD_PROGRESS_BYTES])
{
    const size_t n_measure =
        census->of[GOLD_TASK_MEASURE].of[GOLD_STATE_FAILED];
    const size_t n_train = census->of[GOLD_TASK_TRAIN].of[GOLD_STATE_FAILED];

    if (n_train == 0) {
        (void)snprintf(words, GOLD_PROGRESS_BYTES, "%s failed",
                       GOLD_COUNTED(n_measure, "point"));
    } else if (n_measure == 0) {
        (void)snprintf(words, GOLD_PROGRESS_BYTES, "%s failed",
                       GOLD_COUNTED(n_train, "training"));
    } else {
        (void)snprintf(words, GOLD_PROGRESS_BYTES, "%s failed, and %s",
                       GOLD_COUNTED(n_measure, "point"),
                       GOLD_COUNTED(n_train, "training"));
    }
    return words;
}

void gold_progress_remarks(const gold_study *study, const gold_dataset *data)
{
    const char *called = gold_choice_text("set", (int)study->data.set);
    const char *known =
        gold_set_of(study->data.set)->is_own ? NULL : gold_dataset_known(data);
    char remarks[512];

    if (known != NULL && strcmp(known, called) != 0) {
        gold_say(stdout,
                 "warning: data.set is %s, but the labels in %s are those of "
                 "%s\n",
                 called, study->data.path, known);
    }
    gold_dataset_remarks(data, remarks, sizeof remarks);
    for (const char *line = remarks; *line != '\0';) {
        const size_t length = strcspn(line, "\n");

        gold_say(stdout, "note: %.*s\n", (int)length, line);
        line += length + (line[length] == '\n' ? 1 : 0);
    }
}

void gold_progress_chosen(size_t n_trainings)
{
    gold_say(stdout, "candidates are chosen: %s to do\n",
             GOLD_COUNTED(n_trainings, "training"));
    (void)fflush(stdout);
}

void gold_progress_start(const gold_study *study, const char *path,
                         size_t n_tasks, int n_processes,
                         const gold_census *census, bool is_chosen)
{
    gold_say(stdout, "%s: %s, %s to do, %s, into %s\n", study->name,
             GOLD_COUNTED(study->n_points, "point"),
             GOLD_COUNTED(n_tasks, "task"),
             GOLD_COUNTED(n_processes, "process"), path);
    if (gold_census_count(census, GOLD_STATE_DONE) +
            gold_census_count(census, GOLD_STATE_FAILED) >
        0) {
        gold_say(stdout, "resuming: ");
        print_all(study, census, is_chosen);
        gold_say(stdout, " before\n");
    }
    (void)fflush(stdout);
}

void gold_progress_end(const gold_study *study, const char *path,
                       double seconds, const gold_census *census,
                       bool is_chosen)
{
    const bool is_finished = gold_census_count(census, GOLD_STATE_PENDING) == 0;
    char took[GOLD_PRINT_BYTES];

    gold_say(stdout, "%s: ", is_finished ? "finished" : "stopped");
    print_all(study, census, is_chosen);
    gold_say(stdout, "; %s\n", gold_print_duration(seconds, took));
    gold_say(stdout, "look: goldilocks summary %s\n", path);
}

void gold_progress_lost(void *context, int rank, double silence_s,
                        unsigned n_tasks)
{
    (void)context;
    gold_say(stderr,
             "goldilocks: process %d was silent for %.0f s (run.lease): "
             "it must be dead, and others do its %s\n",
             rank, silence_s, GOLD_COUNTED(n_tasks, "task"));
}

void gold_progress_late(const gold_study *study,
                        const gold_sched_trouble *trouble)
{
    const size_t point =
        gold_task_kind_of(study, (size_t)trouble->task) == GOLD_TASK_TRAIN
            ? (size_t)trouble->task - gold_n_measure_tasks(study)
            : gold_task_point(study, (size_t)trouble->task, 0);
    char place[256];
    char took[GOLD_PRINT_BYTES];
    char wanted[GOLD_PRINT_BYTES];

    gold_say(stderr,
             "goldilocks: process %d is at %s for %s, predicted were %s: "
             "does it hang?\n",
             trouble->rank,
             gold_study_describe(study, point, place, sizeof place),
             gold_print_duration(trouble->seconds, took),
             gold_print_duration(trouble->predicted_s, wanted));
}
