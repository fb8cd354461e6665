/* SPDX-License-Identifier: MIT */
#include "app/sheet.h"

#include <math.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "app/flips.h"
#include "app/print.h"

gold_status goldi_sheet_init(const goldi_survey *survey, bool is_utf8,
                             goldi_sheet *sheet)
{
    *sheet = (goldi_sheet){.survey = survey, .is_utf8 = is_utf8};
    const size_t n_points = survey->n_x * survey->n_seeds;

    GOLD_TRY(GOLD_ALLOC(n_points, &sheet->trace));
    GOLD_TRY(GOLD_ALLOC(n_points, &sheet->spread));
    GOLD_TRY(goldi_claim_init(survey->n_seeds, survey->n_x, &sheet->claim));
    GOLD_TRY(GOLD_ALLOC(survey->n_x, &sheet->rows));
    GOLD_TRY(GOLD_ALLOC(survey->n_x, &sheet->x));
    GOLD_TRY(GOLD_ALLOC(survey->n_x, &sheet->log_spread));
    for (size_t v = 0; v < GOLDI_N_SHOWN; v++) {
        GOLD_TRY(GOLD_ALLOC(survey->n_x, &sheet->mean[v]));
        GOLD_TRY(GOLD_ALLOC(survey->n_x, &sheet->sd[v]));
    }
    return GOLD_OK;
}

void goldi_sheet_fini(goldi_sheet *sheet)
{
    for (size_t v = 0; v < GOLDI_N_SHOWN; v++) {
        gold_free(sheet->mean[v]);
        gold_free(sheet->sd[v]);
    }
    goldi_claim_fini(&sheet->claim);
    gold_free(sheet->spread);
    gold_free(sheet->trace);
    gold_free(sheet->log_spread);
    gold_free(sheet->x);
    gold_free(sheet->rows);
    *sheet = (goldi_sheet){0};
}

static void find_claim(goldi_sheet *sheet)
{
    const goldi_survey *survey = sheet->survey;
    const goldi_curves curves = {
        survey->n_seeds, survey->n_x,  goldi_survey_dim(survey),
        sheet->x,        sheet->trace, sheet->spread};

    goldi_survey_values(survey, sheet->group, GOLDI_TRACE, sheet->trace);
    goldi_survey_values(survey, sheet->group, GOLDI_SPREAD, sheet->spread);
    goldi_claim_find(&curves, &sheet->claim);
}

void goldi_sheet_turn(goldi_sheet *sheet, size_t group)
{
    const size_t n = sheet->survey->n_x;

    sheet->group = group;
    goldi_survey_rows(sheet->survey, group, sheet->rows);
    sheet->counts = goldi_counts_of(sheet->rows, n);
    for (size_t i = 0; i < n; i++) {
        sheet->x[i] = sheet->rows[i].x;
        for (size_t v = 0; v < GOLDI_N_SHOWN; v++) {
            sheet->mean[v][i] = sheet->rows[i].of[v].mean;
            sheet->sd[v][i] = sheet->rows[i].of[v].sd;
        }
    }
    for (size_t i = 0; i < n; i++) {
        sheet->log_spread[i] = log(sheet->mean[GOLDI_SPREAD][i]);
    }
    find_claim(sheet);
}

char *goldi_stat_text(const goldi_stat *stat, int digits,
                      char text[GOLD_NAME_BYTES])
{
    if (stat->n == 0) {
        (void)snprintf(text, GOLD_NAME_BYTES, "-");
    } else if (stat->n == 1 || isnan(stat->sd)) {
        (void)snprintf(text, GOLD_NAME_BYTES, "%.*f", digits, stat->mean);
    } else {
        (void)snprintf(text, GOLD_NAME_BYTES, "%.*f +- %.*f", digits,
                       stat->mean, digits, stat->sd);
    }
    return text;
}

size_t goldi_sheet_best(const goldi_sheet *sheet, goldi_shown v, double sign)
{
    size_t found = 0;

    for (size_t i = 1; i < sheet->survey->n_x; i++) {
        if (isnan(sheet->mean[v][found]) ||
            sign * sheet->mean[v][i] > sign * sheet->mean[v][found]) {
            found = i;
        }
    }
    return found;
}

double goldi_papers_place(double ratio)
{
    return 2.0 * log10(ratio);
}

/* z at a place of the axis: it goes like a power of the radius. */
static double spread_at(const goldi_sheet *sheet, double x)
{
    return exp(
        goldi_interpolate(sheet->survey->n_x, sheet->x, sheet->log_spread, x));
}

/* The norm over its reference goes like the axis where that is a radius:
 * interpolated as a logarithm it is exact. */
static double ratio_at(const goldi_sheet *sheet, double x)
{
    const size_t peak = sheet->claim.zone.peak;
    const double ratio = sheet->mean[GOLDI_RATIO][peak];

    return strcmp(sheet->survey->x_key->name, "temperature") == 0
               ? ratio
               : ratio * x / sheet->x[peak];
}

char *goldi_no_zone(const goldi_sheet *sheet, char text[GOLD_NAME_BYTES])
{
    const goldi_rise *rise = &sheet->claim.rise;

    if (rise->n_looks == 0) {
        (void)snprintf(text, GOLD_NAME_BYTES,
                       "none: fewer than three values are done");
    } else if (rise->n_seeds < GOLDI_ENOUGH_SEEDS) {
        (void)snprintf(text, GOLD_NAME_BYTES,
                       "too few seeds for a claim, p = %.2g", rise->p_value);
    } else {
        (void)snprintf(text, GOLD_NAME_BYTES, "none above the noise, p = %.2g",
                       rise->p_value);
    }
    return text;
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

/* Fewer tell little of a low zone. */
enum {
    FEW_SEEDS = 10
};

/* Why there is none, and what would help. */
static void print_no_zone(FILE *out, const goldi_sheet *sheet)
{
    const goldi_rise *rise = &sheet->claim.rise;
    char why[GOLD_NAME_BYTES];
    char help[GOLD_NAME_BYTES] = "";
    char text[200];

    (void)goldi_no_zone(sheet, why);
    if (rise->n_looks == 0) {
        goldi_print_field(out, "zone", why);
        return;
    }
    if (rise->n_seeds < GOLDI_ENOUGH_SEEDS) {
        (void)snprintf(help, sizeof help,
                       "; from %d on it counts that they agree",
                       GOLDI_ENOUGH_SEEDS);
    } else if (rise->n_seeds < FEW_SEEDS) {
        (void)snprintf(help, sizeof help, "; more seeds may show one");
    }
    (void)snprintf(text, sizeof text,
                   "%s (%zu seed%s, %zu look%s at three neighbouring values)%s",
                   why, rise->n_seeds, rise->n_seeds == 1 ? "" : "s",
                   rise->n_looks, rise->n_looks == 1 ? "" : "s", help);
    goldi_print_field(out, "zone", text);
}

static void print_zone(FILE *out, const goldi_sheet *sheet)
{
    const goldi_claim *claim = &sheet->claim;
    const goldi_zone *zone = &claim->zone;
    char low[GOLD_NAME_BYTES];
    char high[GOLD_NAME_BYTES];
    char text[400];

    if (!claim->is_named) {
        print_no_zone(out, sheet);
        return;
    }
    (void)snprintf(
        text, sizeof text,
        "%s %.3g%s%s to %.3g%s%s; log10 (r/ref)^2 %.2f to %.2f; z %.3g to "
        "%.3g; p = %.2g%s",
        sheet->survey->x_key->name, zone->low,
        interval_text(claim, GOLDI_TOLD_LOW, low),
        zone->is_low_open ? " or below (the grid ends)" : "", zone->high,
        interval_text(claim, GOLDI_TOLD_HIGH, high),
        zone->is_high_open ? " or above (the grid ends)" : "",
        goldi_papers_place(ratio_at(sheet, zone->low)),
        goldi_papers_place(ratio_at(sheet, zone->high)),
        spread_at(sheet, zone->low), spread_at(sheet, zone->high),
        claim->rise.p_value,
        zone->is_split ? "; Tr/|H| rises above half of its peak elsewhere too"
                       : "");
    goldi_print_field(out, "zone", text);
}

static void print_peak(FILE *out, const goldi_sheet *sheet)
{
    const goldi_row *row = &sheet->rows[sheet->claim.zone.peak];
    char height[GOLD_NAME_BYTES];
    char text[200];

    if (!sheet->claim.zone.is_found) {
        return;
    }
    (void)snprintf(
        text, sizeof text,
        "Tr/|H| = %s (%zu seed%s) at %s %.4g (z = %.3g, loss %.4g, accuracy "
        "%.3g)",
        goldi_stat_text(&row->of[GOLDI_TRACE], 3, height),
        row->of[GOLDI_TRACE].n, row->of[GOLDI_TRACE].n == 1 ? "" : "s",
        sheet->survey->x_key->name, row->x, row->of[GOLDI_SPREAD].mean,
        row->of[GOLDI_LOSS].mean, row->of[GOLDI_ACCURACY].mean);
    goldi_print_field(out, sheet->claim.is_named ? "peak" : "highest", text);
}

/* Where the accuracy after training is best. */
static void print_best(FILE *out, const goldi_sheet *sheet)
{
    const goldi_row *row =
        &sheet->rows[goldi_sheet_best(sheet, GOLDI_FINAL_TEST, 1.0)];
    const goldi_stat *test = &row->of[GOLDI_FINAL_TEST];
    char accuracy[GOLD_NAME_BYTES];
    char text[200];

    if (test->n == 0) {
        return;
    }
    (void)snprintf(text, sizeof text,
                   "final test accuracy %s (%zu seed%s) at %s %.4g, training "
                   "accuracy %.4f",
                   goldi_stat_text(test, 4, accuracy), test->n,
                   test->n == 1 ? "" : "s", sheet->survey->x_key->name, row->x,
                   row->of[GOLDI_FINAL].mean);
    goldi_print_field(out, "best", text);
}

/* How the trainings of the group ended. */
static void print_endings(FILE *out, const goldi_sheet *sheet)
{
    const goldi_counts *counts = &sheet->counts;
    const size_t n = counts->trained[GOLD_STATE_DONE];
    const double percent = 100.0 / (double)n;
    char text[200];

    if (n == 0) {
        return;
    }
    (void)snprintf(text, sizeof text,
                   "%.0f %% converged, %.0f %% diverged, %.0f %% collapsed, "
                   "%.0f %% lazy of %zu",
                   percent * (double)counts->endings[GOLDI_ENDED_CONVERGED],
                   percent * (double)counts->endings[GOLDI_ENDED_DIVERGED],
                   percent * (double)counts->endings[GOLDI_ENDED_COLLAPSED],
                   percent * (double)counts->endings[GOLDI_ENDED_LAZY], n);
    goldi_print_field(out, "endings", text);
}

/* What of the group is missing, if anything. */
static void print_missing(FILE *out, const size_t *points, const char *what)
{
    char text[160];

    if (goldi_missing(points) > 0) {
        (void)snprintf(text, sizeof text,
                       "%zu failed and %zu pending %s of %zu are left out",
                       points[GOLD_STATE_FAILED], points[GOLD_STATE_PENDING],
                       what, goldi_missing(points) + points[GOLD_STATE_DONE]);
        goldi_print_field(out, "missing", text);
    }
}

void goldi_sheet_print(FILE *out, const goldi_sheet *sheet)
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
    if (goldi_survey_has_training(sheet->survey)) {
        print_best(out, sheet);
        print_endings(out, sheet);
    }
    print_missing(out, sheet->counts.points, "points");
    print_missing(out, sheet->counts.trained, "trainings");
    gold_print(out, "\n");
    goldi_sheet_table(out, sheet);
    gold_print(out, "\n");
    goldi_sheet_plot(out, sheet);
}
