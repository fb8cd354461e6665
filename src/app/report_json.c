/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "app/json.h"
#include "app/report.h"
#include "app/words.h"

/* `"name": ` after a comma where one is needed. */
static void name(FILE *out, bool is_first, const char *key)
{
    (void)fprintf(out, "%s\"%s\": ", is_first ? "" : ", ", key);
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
    (void)fprintf(out,
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
    (void)fprintf(out, "{\"total\": %zu, \"pending\": %zu}", total.n_tasks,
                  total.tasks_pending);
}

static void write_axes(FILE *out, const gold_study *study)
{
    name(out, false, "axes");
    (void)fputc('{', out);
    for (size_t a = 0; a < study->n_axes; a++) {
        name(out, a == 0, study->axes[a].name);
        (void)fprintf(out, "%zu", study->axes[a].count);
    }
    (void)fputc('}', out);
}

static void write_session(FILE *out, const gold_session *session)
{
    (void)fputs("{\"start\": ", out);
    goldi_json_number(out, session->start);
    number_member(out, "end", session->end);
    name(out, false, "ranks");
    (void)fprintf(out, "%" PRId64, session->ranks);
    text_member(out, "hosts", session->hosts);
    text_member(out, "slurm_job", session->slurm_job);
    (void)fputc('}', out);
}

static void write_sessions(FILE *out, const goldi_report *report)
{
    name(out, false, "sessions");
    (void)fputc('[', out);
    for (size_t i = 0; i < report->n_sessions; i++) {
        (void)fputs(i == 0 ? "" : ", ", out);
        write_session(out, &report->sessions[i]);
    }
    (void)fputc(']', out);
}

/* The coordinates of a point: numbers as numbers, words as text. */
static void write_point(FILE *out, const gold_study *study, size_t point)
{
    size_t index[GOLD_MAX_AXES];
    bool is_first = true;

    gold_study_unravel(study, point, index);
    (void)fputc('{', out);
    for (size_t a = 0; a < study->n_axes; a++) {
        for (size_t k = 0; k < study->axes[a].n_keys; k++) {
            const gold_axis_key *key = &study->axes[a].keys[k];

            name(out, is_first, key->name);
            is_first = false;
            goldi_json_axis(out, key, index[a]);
        }
    }
    (void)fputc('}', out);
}

static void write_failures(FILE *out, const goldi_report *report)
{
    name(out, false, "failed_points");
    (void)fputc('[', out);
    for (size_t i = 0; i < report->n_failures; i++) {
        (void)fprintf(out, "%s{\"point\": ", i == 0 ? "" : ", ");
        write_point(out, report->study, report->failures[i].point);
        text_member(out, "kind", goldi_kind_word(report->failures[i].kind));
        text_member(out, "message", report->failures[i].message);
        (void)fputc('}', out);
    }
    (void)fputc(']', out);
}

void goldi_report_json(FILE *out, const goldi_report *report)
{
    const gold_study *study = report->study;

    (void)fputs("{\"study\": ", out);
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
    (void)fputs(goldi_report_is_open(report) ? "true" : "false", out);
    number_member(out, "tasks_per_second", goldi_report_rate(report));
    number_member(out, "seconds_left", goldi_report_left(report));
    number_member(out, "trainings_kept", (double)report->n_kept);
    write_sessions(out, report);
    if (report->has_failures) {
        write_failures(out, report);
    }
    (void)fputs("}\n", out);
}
