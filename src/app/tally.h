/* SPDX-License-Identifier: MIT */
/** @file tally.h How far a result file is: points and tasks by state. */
#ifndef GOLD_APP_TALLY_H
#define GOLD_APP_TALLY_H

#include "goldilocks/store.h"

/** How many points are in each state. */
typedef struct gold_counts {
    size_t of[GOLD_STATE_EXCLUDED + 1];
} gold_counts;

/** Of them, those that failed or are pending. */
size_t gold_counts_missing(const gold_counts *counts);

/** What a file says of one task. */
typedef struct goldi_past {
    bool has[GOLD_STATE_EXCLUDED + 1]; /* a point in that state */
    double seconds;                    /* the longest of its points: they bear
                                          the task's; 0: it never came to an end
                                        */
} goldi_past;

/** Tasks of a kind. */
size_t goldi_n_tasks(const gold_study *study, gold_task_kind kind);

/** Note what the points of a kind say of its tasks: `past` [goldi_n_tasks],
 * zeroed. */
void goldi_past_of(const gold_study *study, gold_task_kind kind,
                   const uint8_t *states, const double *seconds,
                   goldi_past *past);

typedef struct goldi_tally {
    gold_counts points;
    size_t n_points;
    size_t n_tasks;
    size_t tasks_begun;   /* with a point done or failed */
    size_t tasks_pending; /* with a point pending */
    double seconds;       /* spent in tasks, over all processes */
} goldi_tally;

/** Count the tasks of a kind. `states` is [n_points], as stored. `seconds` is
 * the same of gold_archive_seconds; NULL leaves the tasks and seconds at 0. */
GOLD_CHECKED gold_status goldi_tally_count(const gold_study *study,
                                           gold_task_kind kind,
                                           const uint8_t *states,
                                           const double *seconds,
                                           goldi_tally *tally);

/** "pending", "done", "failed", "excluded". Static. */
const char *goldi_state_word(uint8_t state);

/** Points done of those that are not excluded, in percent; 100 only when that
 * is all of them. */
double goldi_tally_percent(const goldi_tally *tally);

/** "1,990 of 2,000 done (99.5 %), 3 failed, 7 pending". */
char *goldi_tally_words(const goldi_tally *tally, char text[160]);

#endif
