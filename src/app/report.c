/* SPDX-License-Identifier: MIT */
#include "app/report.h"

#include <inttypes.h>
#include <math.h>

#include "app/print.h"
#include "app/words.h"

enum {
    BAR = 50,          /* characters of the progress bar */
    SHOWN_SESSIONS = 6 /* the latest of them */
};

bool goldi_report_is_open(const goldi_report *report)
{
    return report->n_sessions > 0 &&
           isnan(report->sessions[report->n_sessions - 1].end);
}

double goldi_report_workers(const goldi_report *report)
{
    const int64_t ranks = report->n_sessions == 0
                              ? 1
                              : report->sessions[report->n_sessions - 1].ranks;

    return ranks > 1 ? (double)(ranks - 1) : 1.0;
}

goldi_tally goldi_report_total(const goldi_report *report)
{
    goldi_tally total = {.n_points = 0};

    for (size_t k = 0; k < report->n_kinds; k++) {
        const goldi_tally *tally = &report->tallies[k];

        for (size_t state = 0; state <= GOLD_STATE_EXCLUDED; state++) {
            total.points.of[state] += tally->points.of[state];
        }
        total.n_points += tally->n_points;
        total.n_tasks += tally->n_tasks;
        total.tasks_begun += tally->tasks_begun;
        total.tasks_pending += tally->tasks_pending;
        total.seconds += tally->seconds;
    }
    return total;
}

double goldi_report_rate(const goldi_report *report)
{
    const goldi_tally total = goldi_report_total(report);

    if (total.tasks_begun == 0 || !(total.seconds > 0.0)) {
        return (double)NAN;
    }
    return goldi_report_workers(report) * (double)total.tasks_begun /
           total.seconds;
}

double goldi_report_left(const goldi_report *report)
{
    double seconds = 0.0;

    if (!goldi_report_is_open(report) ||
        goldi_report_total(report).tasks_pending == 0) {
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
    return seconds / goldi_report_workers(report);
}

const char *goldi_kind_word(gold_task_kind kind)
{
    return kind == GOLD_TASK_TRAIN ? "train" : "measure";
}

static void print_file(FILE *out, const goldi_report *report)
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

static void print_header(FILE *out, const goldi_report *report)
{
    char label[GOLDI_LABEL_BYTES];

    goldi_print_field(out, "study", report->study->name);
    if (report->study->title[0] != '\0') {
        goldi_print_field(out, "title", report->study->title);
    }
    print_file(out, report);
    goldi_print_field(out, "data", goldi_data_words(report->study, label));
    goldi_print_field(out, "grid", goldi_grid_words(report->study, label));
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

static void print_work(FILE *out, const goldi_report *report)
{
    const goldi_tally total = goldi_report_total(report);
    const double left = goldi_report_left(report);
    char count[GOLD_PRINT_BYTES];
    char all[GOLD_PRINT_BYTES];
    char time[GOLD_PRINT_BYTES];

    gold_say(
        out, "%-*s%s of %s finished, %s of computing so far\n", GOLDI_INDENT,
        "tasks",
        gold_print_count((double)(total.n_tasks - total.tasks_pending), count),
        gold_print_count((double)total.n_tasks, all),
        gold_print_duration(total.seconds, time));
    if (isfinite(left)) {
        gold_say(out,
                 "%-*sabout %s, at %.3g tasks/s with %.0f computing "
                 "process%s\n",
                 GOLDI_INDENT, "left", gold_print_duration(left, time),
                 goldi_report_rate(report), goldi_report_workers(report),
                 goldi_report_workers(report) > 1.0 ? "es" : "");
    }
}

static void print_session(FILE *out, const goldi_report *report, size_t i)
{
    const gold_session *session = &report->sessions[i];
    const bool is_last = i + 1 == report->n_sessions;
    char start[GOLD_NAME_BYTES];
    char lasted[GOLD_PRINT_BYTES];
    char hosts[64];

    gold_say(out, "%3zu  %s, %" PRId64 " rank%s on %s%s%.20s, ", i + 1,
             goldi_time_words(session->start, start), session->ranks,
             session->ranks == 1 ? "" : "s",
             goldi_shorten(session->hosts, 24, hosts, sizeof hosts),
             session->slurm_job[0] == '\0' ? "" : ", job ", session->slurm_job);
    if (isnan(session->end)) {
        gold_print(out, is_last ? "not ended\n" : "did not end\n");
    } else {
        gold_say(out, "%s\n",
                 gold_print_duration(session->end - session->start, lasted));
    }
}

static void print_sessions(FILE *out, const goldi_report *report)
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
    if (goldi_report_is_open(report) &&
        goldi_report_total(report).points.of[GOLD_STATE_PENDING] > 0) {
        gold_print(out, "     The last one still runs, or was killed: then the "
                        "same run command goes on.\n");
    }
}

static void print_failures(FILE *out, const goldi_report *report)
{
    const size_t n = goldi_report_total(report).points.of[GOLD_STATE_FAILED];
    char label[512];

    gold_say(out, "failed %s\n", n == 0 ? "    none" : "points");
    for (size_t i = 0; i < report->n_failures; i++) {
        gold_say(out, "  %s%s%s\n",
                 report->n_kinds > 1 ? goldi_kind_word(report->failures[i].kind)
                                     : "",
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

void goldi_report_print(FILE *out, const goldi_report *report)
{
    print_header(out, report);
    for (size_t k = 0; k < report->n_kinds; k++) {
        print_points(out,
                     k == GOLD_TASK_TRAIN  ? "trained"
                     : report->n_kinds > 1 ? "measured"
                                           : "points",
                     &report->tallies[k]);
    }
    print_work(out, report);
    if (report->n_kept > 0) {
        gold_say(out, "kept       %zu trainings under way, in %s.checkpoints\n",
                 report->n_kept, report->path);
    }
    print_sessions(out, report);
    if (report->has_failures) {
        print_failures(out, report);
    } else if (goldi_report_total(report).points.of[GOLD_STATE_FAILED] > 0) {
        gold_print(out, "--failed lists the failed points and why.\n");
    }
}
