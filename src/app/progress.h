/* SPDX-License-Identifier: MIT */
/** @file progress.h What a user sees while a sweep runs. */
#ifndef GOLD_APP_PROGRESS_H
#define GOLD_APP_PROGRESS_H

#include "goldilocks/dataset.h"
#include "goldilocks/sched.h"
#include "goldilocks/study.h"

#include "app/worklist.h"

typedef struct gold_progress {
    bool is_quiet;
    bool is_terminal;
    double next_s; /* when the next line is due */
} gold_progress;

/** Begin: find out whether standard output is a terminal. */
gold_progress gold_progress_begin(bool is_quiet);

/** Show how far a sweep is: on a terminal one line that is rewritten, else one
 * line a minute. */
void gold_progress_show(gold_progress *progress,
                        const gold_sched_progress *state);

/** One line for a task that was done, for --verbose. */
void gold_progress_task(const gold_study *study, const gold_task *task,
                        const gold_outcome *outcome,
                        const gold_sched_report *report);

/** Say what a sweep into `path` begins with. */
void gold_progress_start(const gold_study *study, const char *path,
                         size_t n_tasks, int n_processes,
                         const gold_census *census, bool is_chosen);

/** Say what a sweep came to. */
void gold_progress_end(const gold_study *study, const char *path,
                       double seconds, const gold_census *census,
                       bool is_chosen);

enum {
    GOLD_PROGRESS_BYTES = 128
};

/** "4 points left to measure and 12 to train"; returns `words`. */
const char *gold_progress_left(const gold_census *census, bool is_chosen,
                               char words[GOLD_PROGRESS_BYTES]);

/** "4 points failed", and "2 trainings" too, if they did; returns `words`. */
const char *gold_progress_failed(const gold_census *census,
                                 char words[GOLD_PROGRESS_BYTES]);

/** Say that candidates are chosen, and how many trainings follow. */
void gold_progress_chosen(size_t n_trainings);

/** Say what is remarkable about the data, if anything is. */
void gold_progress_remarks(const gold_study *study, const gold_dataset *data);

/** A process that is taken for dead, with the tasks that it held; `context` is
 * not looked at. */
void gold_progress_lost(void *context, int rank, double silence_s,
                        unsigned n_tasks);

/** A task that takes much longer than it should. */
void gold_progress_late(const gold_study *study,
                        const gold_sched_trouble *trouble);

#endif
