/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "app/json.h"
#include "app/print.h"
#include "app/report.h"
#include "app/words.h"

/* `"name": ` after a comma where one is needed. */
static void name(FILE *out, bool is_first, const char *key)
{
    gold_say(out, "%s\"%s\": ", is_first ? "" : ", ", key);
}

static void text_member(FILE *out, const char *key, const char *text)
{
    name(out, false, key);
    goldi_json_text(out, text);
}

static void number_member(FILE *out, const char *key, double number)
{
    name(out, false, key);
    goldi_json_number(out, number);
}

static void write_points(FILE *out, const char *key, const goldi_tally *tally)
{
    const size_t *points = tally->points;

    name(out, false, key);
    gold_say(out,
             "{\"total\": %zu, \"done\": %zu, \"failed\": %zu, "
             "\"pending\": %zu, \"excluded\": %zu, \"percent\": %.4g}",
             tally->n_points, points[GOLD_STATE_DONE],
             points[GOLD_STATE_FAILED], points[GOLD_STATE_PENDING],
             points[GOLD_STATE_EXCLUDED], goldi_tally_percent(tally));
}

/* Points by state, of each kind of task by itself; tasks together. */
static void write_progress(FILE *out, const goldi_report *report)
{
    const goldi_tally total = goldi_report_total(report);

    write_points(out, "points", &report->tallies[GOLD_TASK_MEASURE]);
    if (report->n_kinds > 1) {
        write_points(out, "trained_points", &report->tallies[GOLD_TASK_TRAIN]);
    }
    name(out, false, "tasks");
    gold_say(out, "{\"total\": %zu, \"pending\": %zu}", total.n_tasks,
             total.tasks_pending);
}

static void write_axes(FILE *out, const gold_study *study)
{
    name(out, false, "axes");
    gold_print(out, "{");
    for (size_t a = 0; a < study->n_axes; a++) {
        name(out, a == 0, study->axes[a].name);
        gold_say(out, "%zu", study->axes[a].count);
    }
    gold_print(out, "}");
}

static void write_session(FILE *out, const gold_session *session)
{
    gold_print(out, "{\"start\": ");
    goldi_json_number(out, session->start);
    number_member(out, "end", session->end);
    name(out, false, "ranks");
    gold_say(out, "%" PRId64, session->ranks);
    text_member(out, "hosts", session->hosts);
    text_member(out, "slurm_job", session->slurm_job);
    gold_print(out, "}");
}

static void write_sessions(FILE *out, const goldi_report *report)
{
    name(out, false, "sessions");
    gold_print(out, "[");
    for (size_t i = 0; i < report->n_sessions; i++) {
        gold_print(out, i == 0 ? "" : ", ");
        write_session(out, &report->sessions[i]);
    }
    gold_print(out, "]");
}

/* The coordinates of a point: numbers as numbers, words as text. */
static void write_point(FILE *out, const gold_study *study, size_t point)
{
    size_t index[GOLD_MAX_AXES];
    bool is_first = true;

    gold_study_unravel(study, point, index);
    gold_print(out, "{");
    for (size_t a = 0; a < study->n_axes; a++) {
        for (size_t k = 0; k < study->axes[a].n_keys; k++) {
            const gold_axis_key *key = &study->axes[a].keys[k];

            name(out, is_first, key->name);
            is_first = false;
            goldi_json_axis(out, key, index[a]);
        }
    }
    gold_print(out, "}");
}

static void write_failures(FILE *out, const goldi_report *report)
{
    name(out, false, "failed_points");
    gold_print(out, "[");
    for (size_t i = 0; i < report->n_failures; i++) {
        gold_say(out, "%s{\"point\": ", i == 0 ? "" : ", ");
        write_point(out, report->study, report->failures[i].point);
        text_member(out, "kind", goldi_kind_word(report->failures[i].kind));
        text_member(out, "message", report->failures[i].message);
        gold_print(out, "}");
    }
    gold_print(out, "]");
}

void goldi_report_json(FILE *out, const goldi_report *report)
{
    const gold_study *study = report->study;

    gold_print(out, "{\"study\": ");
    goldi_json_text(out, study->name);
    text_member(out, "title", study->title);
    text_member(out, "file", report->path);
    number_member(out, "bytes", report->bytes);
    number_member(out, "written", report->written);
    text_member(out, "data_set", gold_choice_text("set", (int)study->data.set));
    text_member(out, "data_path", study->data.path);
    write_axes(out, study);
    write_progress(out, report);
    number_member(out, "seconds_computing", goldi_report_total(report).seconds);
    name(out, false, "is_open");
    gold_print(out, goldi_report_is_open(report) ? "true" : "false");
    number_member(out, "tasks_per_second", goldi_report_rate(report));
    number_member(out, "seconds_left", goldi_report_left(report));
    number_member(out, "trainings_kept", (double)report->n_kept);
    write_sessions(out, report);
    if (report->has_failures) {
        write_failures(out, report);
    }
    gold_print(out, "}\n");
}
