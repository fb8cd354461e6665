/* SPDX-License-Identifier: MIT */
/* What there is to say of a group in words. */
#include <math.h>

#include "app/flips.h"
#include "app/print.h"
#include "app/sheet.h"

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
        goldi_papers_place(goldi_sheet_ratio(sheet, zone->low)),
        goldi_papers_place(goldi_sheet_ratio(sheet, zone->high)),
        goldi_sheet_spread(sheet, zone->low),
        goldi_sheet_spread(sheet, zone->high), claim->rise.p_value,
        zone->is_split ? "; Tr/|H| rises above half of its peak elsewhere too"
                       : "");
    goldi_print_field(out, "zone", text);
}

static void print_peak(FILE *out, const goldi_sheet *sheet)
{
    const size_t peak = sheet->claim.zone.peak;
    const size_t n = sheet->of[GOLDI_TRACE].n[peak];
    const double accuracy = sheet->of[GOLDI_ACCURACY].mean[peak];
    char height[GOLD_NAME_BYTES];
    char rate[GOLD_NAME_BYTES] = "";
    char text[200];

    if (!sheet->claim.zone.is_found) {
        return;
    }
    if (!isnan(accuracy)) {
        (void)snprintf(rate, sizeof rate, ", accuracy %.3g", accuracy);
    }
    (void)snprintf(
        text, sizeof text,
        "Tr/|H| = %s (%zu seed%s) at %s %.4g (z = %.3g, loss %.4g%s)",
        goldi_sheet_text(sheet, GOLDI_TRACE, peak, height), n,
        n == 1 ? "" : "s", sheet->survey->x_key->name, sheet->x[peak],
        sheet->of[GOLDI_SPREAD].mean[peak], sheet->of[GOLDI_LOSS].mean[peak],
        rate);
    goldi_print_field(out, sheet->claim.is_named ? "peak" : "highest", text);
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
    print_missing(out, sheet, GOLD_TASK_MEASURE, "points");
    print_missing(out, sheet, GOLD_TASK_TRAIN, "trainings");
}
