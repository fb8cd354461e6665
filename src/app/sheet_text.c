/* SPDX-License-Identifier: MIT */
/* A group in words and rows, and all groups, one line each: where the zone is
 * and where training is best, or the numbers themselves. */
#include <math.h>
#include <string.h>

#include "app/cells.h"
#include "app/flips.h"
#include "app/print.h"
#include "app/sheet.h"

enum {
    FEW_SEEDS = 10, /* fewer tell little of a low zone */
    MAX_ROWS = 25,
    MAX_LABEL = 26, /* characters */
    MAX_LINES = 500 /* groups that are listed */
};

/* Columns of all variables that have one. */
static void head_variables(goldi_cells *cells, const goldi_sheet *sheet)
{
    for (int v = 0; v < GOLDI_N_SHOWN; v++) {
        if (sheet->has_column[v]) {
            goldi_cells_head(cells, goldi_shown_about((goldi_shown)v)->head);
        }
    }
}

/* Their cells of row `i`. */
static void add_variables(goldi_cells *cells, const goldi_sheet *sheet,
                          size_t i)
{
    char text[GOLD_NAME_BYTES];

    for (int v = 0; v < GOLDI_N_SHOWN; v++) {
        if (sheet->has_column[v]) {
            goldi_cells_add(cells, "%s",
                            goldi_sheet_text(sheet, (goldi_shown)v, i, text));
        }
    }
}

/* z at a place between the rows: it goes like a power of the radius. */
static double spread_at(const goldi_sheet *sheet, double x)
{
    for (size_t i = 0; i < sheet->survey->n_x; i++) {
        sheet->values[i] = log(sheet->of[GOLDI_SPREAD].mean[i]);
    }
    return exp(
        goldi_interpolate(sheet->survey->n_x, sheet->x, sheet->values, x));
}

/* The norm goes like the axis where that is a radius: interpolated as a
 * logarithm it is exact. */
static double ratio_at(const goldi_sheet *sheet, double x)
{
    const size_t peak = sheet->claim.zone.peak;
    const double ratio = sheet->of[GOLDI_RATIO].mean[peak];

    return strcmp(sheet->survey->x_key->name, "temperature") == 0
               ? ratio
               : ratio * x / sheet->x[peak];
}

/* " [0.41, 0.46]", " [0.1 or below, 0.46]" where the grid ends at 0.1; nothing
 * where there is no interval. */
static char *interval_text(const goldi_claim *claim, goldi_told which,
                           char text[GOLD_NAME_BYTES])
{
    const goldi_interval *of = &claim->of[which];

    text[0] = '\0';
    if (isfinite(of->lower) && isfinite(of->upper)) {
        (void)snprintf(text, GOLD_NAME_BYTES, " [%.3g%s, %.3g%s]", of->lower,
                       of->lower > claim->first ? "" : " or below", of->upper,
                       of->upper < claim->last ? "" : " or above");
    }
    return text;
}

/* Why there is none, and what would help. */
static void print_no_zone(FILE *out, const goldi_sheet *sheet)
{
    const goldi_rise *rise = &sheet->claim.rise;
    const bool are_few = rise->n_seeds < GOLDI_ENOUGH_SEEDS;
    char text[200];

    if (rise->n_looks == 0) {
        goldi_print_field(out, "zone",
                          "none: fewer than three values are done");
        return;
    }
    (void)snprintf(text, sizeof text,
                   "%s, p = %.2g (%s, %s at three neighbouring "
                   "values)%s",
                   are_few ? "too few seeds for a claim"
                           : "none above the noise",
                   rise->p_value, GOLD_COUNTED(rise->n_seeds, "seed"),
                   GOLD_COUNTED(rise->n_looks, "look"),
                   are_few ? "; from 5 on it counts that they agree"
                   : rise->n_seeds < FEW_SEEDS ? "; more seeds may show one"
                                               : "");
    goldi_print_field(out, "zone", text);
}

/* z at both ends of a zone; "" where there is one logit and no spread. */
static const char *spreads_text(const goldi_sheet *sheet,
                                const goldi_zone *zone,
                                char text[GOLD_NAME_BYTES])
{
    const double low = spread_at(sheet, zone->low);
    const double high = spread_at(sheet, zone->high);

    text[0] = '\0';
    if (low > 0.0 && high > 0.0) {
        (void)snprintf(text, GOLD_NAME_BYTES, "z %.3g to %.3g; ", low, high);
    }
    return text;
}

static void print_zone(FILE *out, const goldi_sheet *sheet)
{
    const goldi_claim *claim = &sheet->claim;
    const goldi_zone *zone = &claim->zone;
    char low[GOLD_NAME_BYTES];
    char high[GOLD_NAME_BYTES];
    char spreads[GOLD_NAME_BYTES];
    char text[400];

    if (!claim->is_named) {
        print_no_zone(out, sheet);
        return;
    }
    (void)snprintf(
        text, sizeof text,
        "%s %.3g%s%s to %.3g%s%s; log10 (r/ref)^2 %.2f to %.2f; %sp = %.2g%s",
        sheet->survey->x_key->name, zone->low,
        interval_text(claim, GOLDI_TOLD_LOW, low),
        zone->is_low_open ? " or below (the grid ends)" : "", zone->high,
        interval_text(claim, GOLDI_TOLD_HIGH, high),
        zone->is_high_open ? " or above (the grid ends)" : "",
        goldi_papers_place(ratio_at(sheet, zone->low)),
        goldi_papers_place(ratio_at(sheet, zone->high)),
        spreads_text(sheet, zone, spreads), claim->rise.p_value,
        zone->is_split ? "; Tr/|H| rises above half of its peak elsewhere too"
                       : "");
    goldi_print_field(out, "zone", text);
}

static void print_peak(FILE *out, const goldi_sheet *sheet)
{
    const goldi_claim *claim = &sheet->claim;
    const size_t peak = claim->zone.peak;
    const double accuracy = sheet->of[GOLDI_ACCURACY].mean[peak];
    char height[GOLD_NAME_BYTES];
    char ends[GOLD_NAME_BYTES];
    char rate[GOLD_NAME_BYTES] = "";
    char spread[GOLD_NAME_BYTES] = "";
    char text[400];

    if (!claim->zone.is_found) {
        return;
    }
    if (!isnan(accuracy)) {
        (void)snprintf(rate, sizeof rate, ", accuracy %.3g", accuracy);
    }
    if (claim->of[GOLDI_TOLD_SPREAD].value > 0.0) { /* of several logits */
        (void)snprintf(spread, sizeof spread, " (z = %.3g)",
                       claim->of[GOLDI_TOLD_SPREAD].value);
    }
    (void)snprintf(text, sizeof text,
                   "Tr/|H| = %s (%s) at %s %.4g%s%s; loss %.4g%s at %.4g",
                   goldi_sheet_text(sheet, GOLDI_TRACE, peak, height),
                   GOLD_COUNTED(sheet->of[GOLDI_TRACE].n[peak], "seed"),
                   sheet->survey->x_key->name, claim->of[GOLDI_TOLD_PEAK].value,
                   interval_text(claim, GOLDI_TOLD_PEAK, ends), spread,
                   sheet->of[GOLDI_LOSS].mean[peak], rate, sheet->x[peak]);
    goldi_print_field(out, claim->is_named ? "peak" : "highest", text);
}

/* What of the group is missing, if anything. */
static void print_missing(FILE *out, const goldi_sheet *sheet,
                          gold_task_kind kind, const char *what)
{
    const size_t *points = sheet->all.of[kind].of;
    const size_t n_missing = gold_counts_missing(&sheet->all.of[kind]);
    char text[160];

    if (n_missing > 0) {
        (void)snprintf(text, sizeof text,
                       "%zu failed and %zu pending %s of %zu are left out",
                       points[GOLD_STATE_FAILED], points[GOLD_STATE_PENDING],
                       what, n_missing + points[GOLD_STATE_DONE]);
        goldi_print_field(out, "missing", text);
    }
}

/* What training made of the row whose curvature is highest at the start. */
static void print_ends(FILE *out, const goldi_sheet *sheet)
{
    static const struct {
        const char *name;
        goldi_shown start;
        goldi_shown end;
    } pairs[] = {{"loss", GOLDI_LOSS, GOLDI_FINAL_LOSS},
                 {"Tr/|H|", GOLDI_TRACE, GOLDI_FINAL_TRACE},
                 {"positive", GOLDI_POSITIVE, GOLDI_FINAL_POSITIVE},
                 {"largest", GOLDI_LARGEST, GOLDI_FINAL_LARGEST}};
    const goldi_survey *survey = sheet->survey;
    const size_t i = goldi_sheet_best(sheet, GOLDI_TRACE, 1.0);
    char place[GOLD_NAME_BYTES];
    char start[GOLD_NAME_BYTES];
    char end[GOLD_NAME_BYTES];
    goldi_text text = {0};

    (void)goldi_place_text(sheet, i, place);
    goldi_text_add(&text, "at %s %s, start -> end of training",
                   survey->x_key->name, place + strspn(place, " "));
    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) {
        if (survey->values[pairs[k].start] != NULL &&
            survey->values[pairs[k].end] != NULL) {
            goldi_text_add(&text, "%s %s %s -> %s", k == 0 ? ":" : ",",
                           pairs[k].name,
                           goldi_sheet_text(sheet, pairs[k].start, i, start),
                           goldi_sheet_text(sheet, pairs[k].end, i, end));
        }
    }
    if (text.status == GOLD_OK) {
        goldi_print_field(out, "ends", text.data);
    }
    goldi_text_fini(&text);
}

void goldi_sheet_words(FILE *out, const goldi_sheet *sheet)
{
    char label[GOLDI_LABEL_BYTES];

    (void)goldi_group_label(sheet->survey, sheet->group, false, label);
    if (label[0] != '\0') {
        gold_print(out, "== ");
        goldi_print_wrapped(out, label, 3, GOLDI_COLUMNS);
    }
    if (goldi_survey_has_zones(sheet->survey)) {
        print_zone(out, sheet);
        print_peak(out, sheet);
    }
    if (gold_study_has_end(sheet->survey->study)) {
        print_ends(out, sheet);
    }
    print_missing(out, sheet, GOLD_TASK_MEASURE, "points");
    print_missing(out, sheet, GOLD_TASK_TRAIN, "trainings");
}

/* Does a row lie in the zone, or is it its peak? */
static const char *mark_of(const goldi_sheet *sheet, size_t i)
{
    const goldi_claim *claim = &sheet->claim;

    return !goldi_survey_has_zones(sheet->survey) || !claim->is_named ||
                   sheet->x[i] < claim->zone.low ||
                   sheet->x[i] > claim->zone.high
               ? ""
           : i == claim->zone.peak ? "#"
                                   : "|";
}

/* Row `k` of those that are shown, at most MAX_ROWS of all. */
static size_t row_of(const goldi_sheet *sheet, size_t k, size_t n_rows)
{
    return n_rows < 2 ? 0 : k * (sheet->survey->n_x - 1) / (n_rows - 1);
}

/* Why a row has no numbers. */
static const char *absence(const goldi_counts *counts)
{
    const size_t *points = counts->of[GOLD_TASK_MEASURE].of;

    return points[GOLD_STATE_DONE] + counts->of[1].of[GOLD_STATE_DONE] > 0 ? ""
           : points[GOLD_STATE_PENDING] > 0 ? "(pending)"
           : points[GOLD_STATE_FAILED] > 0  ? "(failed)"
                                            : "(excluded)";
}

gold_status goldi_sheet_table(FILE *out, const goldi_sheet *sheet)
{
    gold_status status = GOLD_OK;
    const goldi_survey *survey = sheet->survey;
    const size_t n_rows = survey->n_x < MAX_ROWS ? survey->n_x : MAX_ROWS;
    goldi_cells cells = {.n = 0};
    const char *const none[2] = {"", ""};
    char text[GOLD_NAME_BYTES];

    GOLD_GOTO(goldi_cells_init(&cells, 2, n_rows));
    goldi_cells_head(&cells, none);
    goldi_cells_head(&cells, (const char *[]){"", survey->x_key->name});
    head_variables(&cells, sheet);
    goldi_cells_head(&cells, none);
    for (size_t k = 0; k < n_rows; k++) {
        const size_t i = row_of(sheet, k, n_rows);

        goldi_cells_add(&cells, "%s", mark_of(sheet, i));
        goldi_cells_add(&cells, "%s", goldi_place_text(sheet, i, text));
        add_variables(&cells, sheet, i);
        goldi_cells_add(&cells, "%s", absence(&sheet->counts[i]));
    }
    goldi_cells_print(out, &cells);
    if (survey->n_x > n_rows) {
        gold_say(out, "  (%zu of %zu values)\n", n_rows, survey->n_x);
    }

done:
    goldi_cells_fini(&cells);
    return status;
}

/* Variables of which the best row is told, by sign. */
static const struct {
    goldi_shown shown;
    double sign;
    const char *head[2];
} bests[] = {{GOLDI_LOSS, -1.0, {"least loss", "at start"}},
             {GOLDI_ACCURACY, 1.0, {"best accuracy", "at start"}},
             {GOLDI_FINAL_TEST, 1.0, {"best final", "test accuracy"}},
             {GOLDI_FINAL_TEST_LOSS, -1.0, {"least final", "test loss"}}};

enum {
    N_BESTS = sizeof bests / sizeof *bests
};

/* The zone says where to look before training. */
static bool is_told(const goldi_survey *survey, size_t b)
{
    return survey->x_key != NULL && survey->values[bests[b].shown] != NULL &&
           (bests[b].shown == GOLDI_FINAL_TEST ||
            bests[b].shown == GOLDI_FINAL_TEST_LOSS ||
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
        }
    }
    if (survey->x_key == NULL) {
        head_variables(cells, sheet);
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

    if (sheet->all.of[GOLD_TASK_MEASURE].of[GOLD_STATE_DONE] == 0) {
        goldi_cells_add(cells, "%s", ""); /* nobody knows */
    } else if (claim->is_named) {
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
    const goldi_shown v = bests[b].shown;
    const size_t i = goldi_sheet_best(sheet, v, bests[b].sign);
    char text[GOLD_NAME_BYTES];
    char place[GOLD_NAME_BYTES];

    (void)goldi_place_text(sheet, i, place);
    if (sheet->of[v].n[i] == 0) {
        goldi_cells_add(cells, "-");
    } else {
        goldi_cells_add(cells, "%s at %s", goldi_sheet_text(sheet, v, i, text),
                        place + strspn(place, " "));
    }
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
    if (survey->x_key == NULL) {
        add_variables(cells, sheet, 0);
    }
    if (goldi_survey_has_training(survey)) {
        add_endings(cells, sheet);
    }
    if (goldi_sheet_is_any_done(sheet)) {
        goldi_cells_add(cells, "%.0zu", n_missing); /* of none nothing */
    } else {
        goldi_cells_add(cells, "%s", absence(&sheet->all));
    }
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
