/* SPDX-License-Identifier: MIT */
/* All groups of a survey, one line each. */
#include <math.h>

#include "app/print.h"
#include "app/sheet.h"

enum {
    MAX_LABEL = 26,  /* columns of a label */
    MAX_LINES = 500, /* groups that are listed */
};

/* What the lines tell: where the zone is; or, with a line axis but without
 * any, where loss and accuracy are best; or, without a line axis, the
 * values themselves. */
typedef enum manner {
    ZONES,
    BESTS,
    VALUES,
} manner;

static manner manner_of(const goldi_survey *survey)
{
    return survey->x_key == NULL            ? VALUES
           : goldi_survey_has_zones(survey) ? ZONES
                                            : BESTS;
}

static void print_heads(FILE *out, const goldi_survey *survey, int width)
{
    const char *x = survey->x_key == NULL ? "" : survey->x_key->name;

    switch (manner_of(survey)) {
    case ZONES:
        gold_say(out, "%*s  zone and peak by %s\n", width, "", x);
        gold_say(out, "%*s  %9s %9s %8s %15s %7s\n", width, "", "from", "to",
                 "peak at", "peak Tr/|H|", "z");
        break;
    case BESTS:
        gold_say(out, "%*s  %10s %9s %10s %9s\n", width, "", "least loss", "at",
                 "accuracy", "at");
        break;
    default:
        gold_say(out, "%*s  %7s %8s %9s %8s %15s %8s\n", width, "", "r/ref",
                 "z", "loss", "accuracy", "Tr/|H|", "positive");
        break;
    }
}

/* "<=0.01" at the grid's edge, "0.47" inside. */
static char *bound_text(const char *open, double bound,
                        char text[GOLD_NAME_BYTES])
{
    (void)snprintf(text, GOLD_NAME_BYTES, "%s%.3g", open, bound);
    return text;
}

static void print_zone(FILE *out, const goldi_sheet *sheet)
{
    const goldi_zone *zone = &sheet->claim.zone;
    const goldi_row *peak = &sheet->rows[zone->peak];
    char low[GOLD_NAME_BYTES];
    char high[GOLD_NAME_BYTES];
    char height[GOLD_NAME_BYTES];

    if (!sheet->claim.is_named) {
        gold_say(out, "  %s", goldi_no_zone(sheet, height));
        return;
    }
    gold_say(out, "  %9s %9s %8.3g %15s %7.2g",
             bound_text(zone->is_low_open ? "<=" : "", zone->low, low),
             bound_text(zone->is_high_open ? ">=" : "", zone->high, high),
             peak->x, goldi_stat_text(&peak->of[GOLDI_TRACE], 2, height),
             peak->of[GOLDI_SPREAD].mean);
}

static void print_bests(FILE *out, const goldi_sheet *sheet)
{
    const size_t loss = goldi_sheet_best(sheet, GOLDI_LOSS, -1.0);
    const size_t accuracy = goldi_sheet_best(sheet, GOLDI_ACCURACY, 1.0);

    gold_say(out, "  %10.4g %9.3g %10.4f %9.3g", sheet->mean[GOLDI_LOSS][loss],
             sheet->x[loss], sheet->mean[GOLDI_ACCURACY][accuracy],
             sheet->x[accuracy]);
}

static void print_values(FILE *out, const goldi_sheet *sheet)
{
    const goldi_stat *of = sheet->rows[0].of;
    char stat[GOLD_NAME_BYTES];

    gold_say(out, "  %7.3g %8.3g %9.4g %8.4f", of[GOLDI_RATIO].mean,
             of[GOLDI_SPREAD].mean, of[GOLDI_LOSS].mean,
             of[GOLDI_ACCURACY].mean);
    if (goldi_survey_has_curvature(sheet->survey)) {
        gold_say(out, " %15s %8.4f", goldi_stat_text(&of[GOLDI_TRACE], 2, stat),
                 of[GOLDI_POSITIVE].mean);
    }
}

void goldi_print_label(FILE *out, const goldi_sheet *sheet, int width)
{
    char full[GOLDI_LABEL_BYTES];
    char label[GOLDI_LABEL_BYTES];

    (void)goldi_shorten(
        goldi_group_label(sheet->survey, sheet->group, true, full),
        (size_t)width, label, sizeof label);
    gold_say(out, "%s%*s", label, width - (int)goldi_text_columns(label), "");
}

static void print_line(FILE *out, const goldi_sheet *sheet, int width)
{
    const size_t *points = sheet->counts.points;

    goldi_print_label(out, sheet, width);
    if (points[GOLD_STATE_DONE] == 0) {
        gold_print(out, goldi_missing(points) > 0 ? "  no point done\n"
                                                  : "  excluded\n");
        return;
    }
    switch (manner_of(sheet->survey)) {
    case ZONES:
        print_zone(out, sheet);
        break;
    case BESTS:
        print_bests(out, sheet);
        break;
    case VALUES:
        print_values(out, sheet);
        break;
    }
    gold_print(out, goldi_missing(points) > 0 ? " !\n" : "\n");
}

int goldi_label_width(const goldi_survey *survey, size_t n_lines, size_t most)
{
    char label[GOLDI_LABEL_BYTES];
    size_t width = 0;

    for (size_t group = 0; group < n_lines; group++) {
        const size_t n =
            goldi_text_columns(goldi_group_label(survey, group, true, label));

        width = n > width ? n : width;
    }
    return (int)(width < most ? width : most);
}

void goldi_sheet_overview(FILE *out, goldi_sheet *sheet)
{
    const goldi_survey *survey = sheet->survey;
    const size_t n_lines =
        survey->n_groups < MAX_LINES ? survey->n_groups : MAX_LINES;
    const int width = goldi_label_width(survey, n_lines, MAX_LABEL);
    char names[GOLDI_LABEL_BYTES];
    bool is_incomplete = false;

    (void)goldi_group_names(survey, names);
    if (names[0] != '\0') {
        gold_print(out, "== by ");
        goldi_print_wrapped(out, names, 6, GOLDI_COLUMNS);
    }
    print_heads(out, survey, width);
    for (size_t group = 0; group < n_lines; group++) {
        goldi_sheet_turn(sheet, group);
        print_line(out, sheet, width);
        is_incomplete |= sheet->counts.points[GOLD_STATE_DONE] > 0 &&
                         goldi_missing(sheet->counts.points) > 0;
    }
    if (survey->n_groups > n_lines) {
        gold_say(out, "and %zu more: `goldilocks table` has all\n",
                 survey->n_groups - n_lines);
    }
    if (is_incomplete) {
        gold_print(out, "! some points failed or are pending: left out\n");
    }
}
