/* SPDX-License-Identifier: MIT */
#include "app/sheet.h"

#include <math.h>
#include <string.h>

#include "goldilocks/memory.h"

gold_status goldi_sheet_init(const goldi_survey *survey, bool is_utf8,
                             goldi_sheet *sheet)
{
    *sheet = (goldi_sheet){.survey = survey, .is_utf8 = is_utf8};
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
    gold_free(sheet->log_spread);
    gold_free(sheet->x);
    gold_free(sheet->rows);
    *sheet = (goldi_sheet){0};
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
    sheet->zone = goldi_zone_find(n, sheet->x, sheet->mean[GOLDI_TRACE]);
}

/* The largest subspace dimension; 0 without curvature. */
static size_t largest_dim(const goldi_survey *survey)
{
    return survey->schema->n_dims == 0
               ? 0
               : survey->schema->dims[survey->schema->n_dims - 1];
}

bool goldi_sheet_is_noise(const goldi_sheet *sheet)
{
    const double d = (double)largest_dim(sheet->survey);
    const goldi_stat *peak = &sheet->rows[sheet->zone.peak].of[GOLDI_TRACE];

    return !sheet->zone.is_found ||
           peak->mean < 3.0 * sqrt(2.0 / (d + 1.0) / (double)peak->n);
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
    const size_t peak = sheet->zone.peak;
    const double ratio = sheet->mean[GOLDI_RATIO][peak];

    return strcmp(sheet->survey->x_key->name, "temperature") == 0
               ? ratio
               : ratio * x / sheet->x[peak];
}

static void print_zone(FILE *out, const goldi_sheet *sheet)
{
    const goldi_zone *zone = &sheet->zone;
    char text[320];

    if (goldi_sheet_is_noise(sheet)) {
        goldi_print_field(out, "zone",
                          "none: Tr/|H| does not rise above what chance gives");
        return;
    }
    (void)snprintf(
        text, sizeof text,
        "%s %.3g%s to %.3g%s; log10 (r/ref)^2 %.2f to %.2f; z %.3g to %.3g%s",
        sheet->survey->x_key->name, zone->low,
        zone->is_low_open ? " or below (the grid ends)" : "", zone->high,
        zone->is_high_open ? " or above (the grid ends)" : "",
        goldi_papers_place(ratio_at(sheet, zone->low)),
        goldi_papers_place(ratio_at(sheet, zone->high)),
        spread_at(sheet, zone->low), spread_at(sheet, zone->high),
        zone->is_split ? "; Tr/|H| rises above half of its peak elsewhere too"
                       : "");
    goldi_print_field(out, "zone", text);
}

static void print_peak(FILE *out, const goldi_sheet *sheet)
{
    const goldi_row *row = &sheet->rows[sheet->zone.peak];
    char height[GOLD_NAME_BYTES];
    char text[200];

    if (!sheet->zone.is_found) {
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
    goldi_print_field(out, "peak", text);
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
        (void)fputs("== ", out);
        goldi_print_wrapped(out, label, 3, GOLDI_COLUMNS);
    }
    if (goldi_survey_has_curvature(sheet->survey)) {
        print_zone(out, sheet);
        print_peak(out, sheet);
    }
    if (goldi_survey_has_training(sheet->survey)) {
        print_best(out, sheet);
        print_endings(out, sheet);
    }
    print_missing(out, sheet->counts.points, "points");
    print_missing(out, sheet->counts.trained, "trainings");
    (void)fputc('\n', out);
    goldi_sheet_table(out, sheet);
    (void)fputc('\n', out);
    goldi_sheet_plot(out, sheet);
}
