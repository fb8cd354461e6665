/* SPDX-License-Identifier: MIT */
/** @file report.h The state of a result file, for people and for programs. */
#ifndef GOLD_APP_REPORT_H
#define GOLD_APP_REPORT_H

#include <stdio.h>

#include "app/tally.h"
#include "base/json.h"

enum {
    GOLDI_MAX_FAILURES = 50 /* failed points that are listed */
};

/** One failed task of a point. */
typedef struct goldi_failure {
    gold_task_kind kind;
    size_t point;
    char message[GOLD_MESSAGE_BYTES];
} goldi_failure;

/** What `status` says. */
typedef struct goldi_report {
    const char *path;        /* borrowed */
    const gold_study *study; /* borrowed */
    size_t n_kinds;          /* of tasks: those tallied */
    goldi_tally tallies[GOLD_TASK_TRAIN + 1];
    double bytes;   /* of the file; NaN: unknown */
    double written; /* when it last was, seconds since 1970; NaN: unknown */
    double now;     /* seconds since 1970 */
    size_t n_kept;  /* trainings under way that a run goes on with */
    size_t n_sessions;
    gold_session sessions[GOLD_MAX_SESSIONS];
    bool has_failures; /* they were asked for */
    size_t n_failures; /* of those listed */
    goldi_failure failures[GOLDI_MAX_FAILURES];
} goldi_report;

/** True while the last session has not ended: it runs, or was killed. */
bool goldi_report_is_open(const goldi_report *report);

/** Processes that compute in the last session. */
double goldi_report_workers(const goldi_report *report);

/** The tallies of all kinds of tasks, added up: a point that was measured and
 * trained counts twice. */
goldi_tally goldi_report_total(const goldi_report *report);

/** Tasks a second in the last session, from the seconds that tasks took so
 * far; NaN when unknown. */
double goldi_report_rate(const goldi_report *report);

/** Seconds until all is done, when tasks take as long as those of their kind
 * did so far; NaN when unknown or not running. */
double goldi_report_left(const goldi_report *report);

/** "measure", "train". Static. */
const char *goldi_kind_word(gold_task_kind kind);

/** Print for people. */
void goldi_report_print(FILE *out, const goldi_report *report);

/** Append as one JSON object in one line. */
void goldi_report_json(goldi_text *out, const goldi_report *report);

#endif
