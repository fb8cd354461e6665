/* SPDX-License-Identifier: MIT */
/* How the trainings of all groups of a survey ended, one line each. */
#include <math.h>

#include "app/print.h"
#include "app/sheet.h"

enum {
    MAX_LABEL = 23,  /* columns of a label */
    MAX_LINES = 500, /* groups that are listed */
};

static void print_heads(FILE *out, const goldi_survey *survey, int width)
{
    const bool is_line = survey->x_key != NULL;
    char names[GOLDI_LABEL_BYTES];

    (void)goldi_group_names(survey, names);
    gold_print(out, names[0] == '\0' ? "== training: " : "== training by ");
    goldi_print_wrapped(out, names[0] == '\0' ? "shares that ended so" : names,
                        15, GOLDI_COLUMNS);
    if (is_line) {
        gold_say(out, "%*s  best final test accuracy by %s\n", width, "",
                 survey->x_key->name);
    }
    gold_say(out, "%*s %7s %6s %6s %6s %6s %9s %8s\n", width, "", "", "con-",
             "", "col-", "", is_line ? "test" : "training",
             is_line ? "" : "test");
    gold_say(out, "%*s %7s %6s %6s %6s %6s %9s %8s\n", width, "", "trained",
             "verged", "div.", "lapsed", "lazy", "accuracy",
             is_line ? "at" : "accuracy");
}

/* One share in percent. */
static void print_share(FILE *out, const goldi_counts *counts,
                        goldi_ending ending)
{
    gold_say(out, " %4.0f %%",
             100.0 * (double)counts->endings[ending] /
                 (double)counts->trained[GOLD_STATE_DONE]);
}

/* A mean, or "-". */
static void print_mean(FILE *out, const goldi_stat *stat, int width)
{
    if (stat->n == 0) {
        gold_say(out, " %*s", width, "-");
    } else {
        gold_say(out, " %*.4f", width, stat->mean);
    }
}

static void print_line(FILE *out, const goldi_sheet *sheet, int width)
{
    const goldi_counts *counts = &sheet->counts;
    const size_t best = goldi_sheet_best(sheet, GOLDI_FINAL_TEST, 1.0);
    const goldi_row *row = &sheet->rows[best];

    goldi_print_label(out, sheet, width);
    gold_say(out, " %7zu", counts->trained[GOLD_STATE_DONE]);
    print_share(out, counts, GOLDI_ENDED_CONVERGED);
    print_share(out, counts, GOLDI_ENDED_DIVERGED);
    print_share(out, counts, GOLDI_ENDED_COLLAPSED);
    print_share(out, counts, GOLDI_ENDED_LAZY);
    if (sheet->survey->x_key == NULL) {
        print_mean(out, &row->of[GOLDI_FINAL], 9);
        print_mean(out, &row->of[GOLDI_FINAL_TEST], 8);
    } else {
        print_mean(out, &row->of[GOLDI_FINAL_TEST], 9);
        gold_say(out, " %8.3g", row->x);
    }
    gold_print(out, goldi_missing(counts->trained) > 0 ? " !\n" : "\n");
}

/* A group of which nothing was trained. */
static void print_none(FILE *out, const goldi_sheet *sheet, int width)
{
    goldi_print_label(out, sheet, width);
    gold_print(out, goldi_missing(sheet->counts.trained) > 0
                        ? "  none trained\n"
                        : "  excluded\n");
}

void goldi_sheet_endings(FILE *out, goldi_sheet *sheet)
{
    const goldi_survey *survey = sheet->survey;
    const size_t n_lines =
        survey->n_groups < MAX_LINES ? survey->n_groups : MAX_LINES;
    const int width = goldi_label_width(survey, n_lines, MAX_LABEL);
    bool is_incomplete = false;

    print_heads(out, survey, width);
    for (size_t group = 0; group < n_lines; group++) {
        goldi_sheet_turn(sheet, group);
        if (sheet->counts.trained[GOLD_STATE_DONE] == 0) {
            print_none(out, sheet, width);
            continue;
        }
        print_line(out, sheet, width);
        is_incomplete |= goldi_missing(sheet->counts.trained) > 0;
    }
    if (survey->n_groups > n_lines) {
        gold_say(out, "and %zu more: `goldilocks table` has all\n",
                 survey->n_groups - n_lines);
    }
    if (is_incomplete) {
        gold_print(out, "! some trainings failed or are pending: left out\n");
    }
}
