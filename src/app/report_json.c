/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "app/print.h"
#include "app/report.h"
#include "app/words.h"

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
static void write_progress(goldi_text *out, const goldi_report *report)
{
    const goldi_tally total = goldi_report_total(report);

    write_points(out, "points", &report->tallies[GOLD_TASK_MEASURE]);
    if (report->n_kinds > 1) {
        write_points(out, "trained_points", &report->tallies[GOLD_TASK_TRAIN]);
    }
    goldi_json_open(out, "tasks", '{');
    goldi_json_number(out, "total", (double)total.n_tasks);
    goldi_json_number(out, "pending", (double)total.tasks_pending);
    goldi_json_close(out, '}');
}

static void write_sessions(goldi_text *out, const goldi_report *report)
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

static void write_failures(goldi_text *out, const goldi_report *report)
{
    goldi_json_open(out, "failed_points", '[');
    for (size_t i = 0; i < report->n_failures; i++) {
        const goldi_failure *failure = &report->failures[i];

        goldi_json_open(out, NULL, '{');
        goldi_json_open(out, "point", '{');
        goldi_json_coordinates(out, report->study, failure->point);
        goldi_json_close(out, '}');
        goldi_json_text(out, "kind", goldi_kind_word(failure->kind));
        goldi_json_text(out, "message", failure->message);
        goldi_json_close(out, '}');
    }
    goldi_json_close(out, ']');
}

void goldi_report_json(goldi_text *out, const goldi_report *report)
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
    goldi_json_text(out, "data_path", study->data.path);
    goldi_json_axes(out, study);
    write_progress(out, report);
    goldi_json_number(out, "seconds_computing",
                      goldi_report_total(report).seconds);
    goldi_json_bool(out, "is_open", goldi_report_is_open(report));
    goldi_json_number(out, "tasks_per_second", goldi_report_rate(report));
    goldi_json_number(out, "seconds_left", goldi_report_left(report));
    goldi_json_number(out, "trainings_kept", (double)report->n_kept);
    write_sessions(out, report);
    if (report->has_failures) {
        write_failures(out, report);
    }
    goldi_json_close(out, '}');
    goldi_text_add(out, "\n");
}
