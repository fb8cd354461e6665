/* SPDX-License-Identifier: MIT */
/* All groups of a survey, one line each: where the zone is and where training
 * is best, or the numbers themselves. */
#include <math.h>

#include "app/cells.h"
#include "app/flips.h"
#include "app/print.h"
#include "app/sheet.h"

enum {
    MAX_LABEL = 26, /* characters */
    MAX_LINES = 500 /* groups that are listed */
};

/* Variables of which the best row is told, by sign. */
static const struct {
    goldi_shown shown;
    double sign;
    const char *head[2];
} bests[] = {{GOLDI_LOSS, -1.0, {"least", "loss"}},
             {GOLDI_ACCURACY, 1.0, {"best", "accuracy"}},
             {GOLDI_FINAL_TEST, 1.0, {"best final", "test accuracy"}}};

enum {
    N_BESTS = sizeof bests / sizeof *bests
};

/* The zone says where to look before training. */
static bool is_told(const goldi_survey *survey, size_t b)
{
    return survey->x_key != NULL && survey->values[bests[b].shown] != NULL &&
           (bests[b].shown == GOLDI_FINAL_TEST ||
            !goldi_survey_has_zones(survey));
}

static const struct {
    goldi_ending ending;
    const char *head[2];
} endings[] = {{GOLDI_ENDED_CONVERGED, {"conv.", "%"}},
               {GOLDI_ENDED_DIVERGED, {"div.", "%"}},
               {GOLDI_ENDED_COLLAPSED, {"coll.", "%"}},
               {GOLDI_ENDED_LAZY, {"lazy", "%"}}};

enum {
    N_SHARES = sizeof endings / sizeof *endings
};

static void head_overview(goldi_cells *cells, goldi_sheet *sheet)
{
    static const char *const zone[][2] = {{"zone", "from"}, {"", "to"},
                                          {"peak", "at"},   {"peak", "Tr/|H|"},
                                          {"", "z"},        {"", "p"}};
    const goldi_survey *survey = sheet->survey;

    goldi_cells_head(cells, (const char *[]){"", ""});
    if (goldi_survey_has_zones(survey)) {
        for (size_t k = 0; k < sizeof zone / sizeof *zone; k++) {
            goldi_cells_head(cells, zone[k]);
        }
    }
    for (size_t b = 0; b < N_BESTS; b++) {
        if (is_told(survey, b)) {
            goldi_cells_head(cells, bests[b].head);
            goldi_cells_head(cells, (const char *[]){"", "at"});
        }
    }
    for (int v = 0; v < GOLDI_N_SHOWN && survey->x_key == NULL; v++) {
        if (survey->values[v] != NULL) {
            goldi_cells_head(cells, goldi_shown_about((goldi_shown)v)->head);
        }
    }
    if (goldi_survey_has_training(survey)) {
        goldi_cells_head(cells, (const char *[]){"", "trained"});
        for (size_t k = 0; k < N_SHARES; k++) {
            goldi_cells_head(cells, endings[k].head);
        }
    }
    goldi_cells_head(cells, (const char *[]){"", "missing"});
}

/* Bounds, or in a word why there are none; and the peak. */
static void add_zone(goldi_cells *cells, const goldi_sheet *sheet)
{
    const goldi_claim *claim = &sheet->claim;
    const goldi_interval *of = claim->of;
    const bool are_few =
        claim->rise.n_looks > 0 && claim->rise.n_seeds < GOLDI_ENOUGH_SEEDS;
    char text[GOLD_NAME_BYTES];

    if (claim->is_named) {
        goldi_cells_number(cells, claim->zone.is_low_open ? "<=" : "", 3,
                           of[GOLDI_TOLD_LOW].value);
    } else {
        goldi_cells_add(cells, "%s", are_few ? "few seeds" : "none");
    }
    goldi_cells_number(cells, claim->zone.is_high_open ? ">=" : "", 3,
                       of[GOLDI_TOLD_HIGH].value);
    goldi_cells_number(cells, "", 3, of[GOLDI_TOLD_PEAK].value);
    goldi_cells_add(
        cells, "%s",
        goldi_sheet_text(sheet, GOLDI_TRACE, claim->zone.peak, text));
    goldi_cells_number(cells, "", 2, of[GOLDI_TOLD_SPREAD].value);
    goldi_cells_number(cells, "", 2, claim->rise.p_value);
}

static void add_best(goldi_cells *cells, const goldi_sheet *sheet, size_t b)
{
    const size_t i = goldi_sheet_best(sheet, bests[b].shown, bests[b].sign);
    char text[GOLD_NAME_BYTES];

    goldi_cells_add(cells, "%s",
                    goldi_sheet_text(sheet, bests[b].shown, i, text));
    goldi_cells_add(cells, "%s", goldi_place_text(sheet, i, text));
}

static void add_endings(goldi_cells *cells, const goldi_sheet *sheet)
{
    const size_t n = sheet->all.of[GOLD_TASK_TRAIN].of[GOLD_STATE_DONE];

    goldi_cells_add(cells, "%zu", n);
    for (size_t k = 0; k < N_SHARES; k++) {
        /* of none no number */
        goldi_cells_number(
            cells, "", 3,
            100.0 * (double)sheet->all.endings[endings[k].ending] / (double)n);
    }
}

static void add_group(goldi_cells *cells, const goldi_sheet *sheet)
{
    const goldi_survey *survey = sheet->survey;
    const size_t n_missing = gold_counts_missing(&sheet->all.of[0]) +
                             gold_counts_missing(&sheet->all.of[1]);
    char full[GOLDI_LABEL_BYTES];
    char text[GOLDI_LABEL_BYTES];

    goldi_cells_add(
        cells, "%s",
        goldi_shorten(goldi_group_label(survey, sheet->group, true, full),
                      MAX_LABEL, text, sizeof text));
    if (goldi_survey_has_zones(survey)) {
        add_zone(cells, sheet);
    }
    for (size_t b = 0; b < N_BESTS; b++) {
        if (is_told(survey, b)) {
            add_best(cells, sheet, b);
        }
    }
    for (int v = 0; v < GOLDI_N_SHOWN && survey->x_key == NULL; v++) {
        if (survey->values[v] != NULL) {
            goldi_cells_add(cells, "%s",
                            goldi_sheet_text(sheet, (goldi_shown)v, 0, text));
        }
    }
    if (goldi_survey_has_training(survey)) {
        add_endings(cells, sheet);
    }
    goldi_cells_add(cells, "%.0zu", n_missing); /* of none nothing */
}

gold_status goldi_sheet_overview(FILE *out, goldi_sheet *sheet)
{
    gold_status status = GOLD_OK;
    const goldi_survey *survey = sheet->survey;
    const size_t n_lines =
        survey->n_groups < MAX_LINES ? survey->n_groups : MAX_LINES;
    goldi_cells cells = {.n = 0};
    char names[GOLDI_LABEL_BYTES];

    GOLD_GOTO(goldi_cells_init(&cells, 1, n_lines));
    head_overview(&cells, sheet);
    for (size_t group = 0; group < n_lines; group++) {
        goldi_sheet_turn(sheet, group);
        add_group(&cells, sheet);
    }
    (void)goldi_group_names(survey, names);
    if (names[0] != '\0') {
        gold_print(out, "== by ");
        goldi_print_wrapped(out, names, 6, GOLDI_COLUMNS);
    }
    goldi_cells_print(out, &cells);
    if (survey->n_groups > n_lines) {
        gold_say(out, "and %zu more: `goldilocks table` has all\n",
                 survey->n_groups - n_lines);
    }

done:
    goldi_cells_fini(&cells);
    return status;
}
