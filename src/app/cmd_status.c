/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "goldilocks/memory.h"

#include "app/commands.h"
#include "app/print.h"
#include "app/report.h"
#include "app/words.h"

enum {
    WATCH_SECONDS = 2 /* between two looks at a file that is being written */
};

/* What the file system knows of the file. */
static void read_file_facts(goldi_report *report)
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
                                 const uint8_t *states, goldi_report *report)
{
    for (size_t point = 0; point < report->study->n_points &&
                           report->n_failures < GOLDI_MAX_FAILURES;
         point++) {
        if (states[point] == GOLD_STATE_FAILED) {
            goldi_failure *failure = &report->failures[report->n_failures];

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
                             goldi_report *report)
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

static gold_status fill(gold_archive *archive, const gold_args *args,
                        goldi_report *report)
{
    const gold_study *study = gold_archive_study(archive);

    *report =
        (goldi_report){.path = args->operands[0],
                       .study = study,
                       .n_kinds = study->has_train ? GOLD_TASK_TRAIN + 1 : 1,
                       .has_failures = args->is_failed};
    read_file_facts(report);
    for (size_t k = 0; k < report->n_kinds; k++) {
        GOLD_TRY(read_kind(archive, (gold_task_kind)k, report));
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
    goldi_report *report = NULL;
    goldi_text json = {0};

    GOLD_GOTO(GOLD_ALLOC(1, &report));
    GOLD_GOTO(gold_archive_open(args->operands[0], &archive));
    GOLD_GOTO(fill(archive, args, report));
    if (is_screen) {
        gold_print_clear(stdout);
    }
    if (args->is_json) {
        goldi_report_json(&json, report);
        GOLD_GOTO(goldi_print_whole(stdout, &json));
    } else {
        goldi_report_print(stdout, report);
    }
    *is_over = goldi_report_total(report).points.of[GOLD_STATE_PENDING] == 0;
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
