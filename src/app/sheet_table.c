/* SPDX-License-Identifier: MIT */
/* The rows of a sheet as a table, at most 80 columns wide. */
#include <math.h>
#include <string.h>

#include "app/print.h"
#include "app/sheet.h"

enum {
    MAX_ROWS = 25
};

/* What the columns after the place and z are. */
typedef enum manner {
    LOSSES,    /* loss and accuracy */
    CURVATURE, /* and Tr/|H| */
    TRAININGS, /* accuracy before and after training */
    BOTH,      /* Tr/|H| beside accuracy after training */
} manner;

static manner manner_of(const goldi_survey *survey)
{
    if (goldi_survey_has_training(survey)) {
        return goldi_survey_has_curvature(survey) ? BOTH : TRAININGS;
    }
    return goldi_survey_has_curvature(survey) ? CURVATURE : LOSSES;
}

/* The column heads after the place and z, two lines of them. */
static const char *heads_of(manner how, int line)
{
    static const char *const heads[][2] = {
        [LOSSES] = {"               loss           accuracy",
                    "         mean +- sd         mean +- sd"},
        [CURVATURE] = {"                            Tr/|H| positive",
                       "     loss accuracy      mean +- sd fraction"},
        [TRAININGS] = {" accuracy   final accuracy    test accuracy",
                       " at start       mean +- sd       mean +- sd"},
        [BOTH] = {"          Tr/|H| positive    final accuracy",
                  "      mean +- sd fraction training     test"},
    };

    return heads[how][line];
}

static void print_heads(FILE *out, const goldi_sheet *sheet, int width)
{
    const manner how = manner_of(sheet->survey);

    gold_say(out, "  %*s %9s %8s%s\n", width, "", "log10", "logit",
             heads_of(how, 0));
    gold_say(out, "  %*s %9s %8s%s\n", width, sheet->survey->x_key->name,
             "(r/ref)^2", "spread z", heads_of(how, 1));
}

/* A number with so many digits after its point; "-" for none. */
static char *fixed(double number, int digits, char text[GOLD_NAME_BYTES])
{
    if (isnan(number)) {
        (void)snprintf(text, GOLD_NAME_BYTES, "-");
    } else {
        (void)snprintf(text, GOLD_NAME_BYTES, "%.*f", digits, number);
    }
    return text;
}

/* The same with so many digits in all. */
static char *general(double number, int digits, char text[GOLD_NAME_BYTES])
{
    if (isnan(number)) {
        (void)snprintf(text, GOLD_NAME_BYTES, "-");
    } else {
        (void)snprintf(text, GOLD_NAME_BYTES, "%.*g", digits, number);
    }
    return text;
}

/* The columns after the place and z. */
static void print_values(FILE *out, manner how, const goldi_stat *of)
{
    char a[GOLD_NAME_BYTES];
    char b[GOLD_NAME_BYTES];
    char c[GOLD_NAME_BYTES];
    char d[GOLD_NAME_BYTES];

    switch (how) {
    case LOSSES:
        gold_say(out, " %18s %18s\n", goldi_stat_text(&of[GOLDI_LOSS], 4, a),
                 goldi_stat_text(&of[GOLDI_ACCURACY], 4, b));
        break;
    case CURVATURE:
        gold_say(out, " %9s %8s %15s %8s\n", general(of[GOLDI_LOSS].mean, 4, a),
                 fixed(of[GOLDI_ACCURACY].mean, 4, b),
                 goldi_stat_text(&of[GOLDI_TRACE], 3, c),
                 fixed(of[GOLDI_POSITIVE].mean, 4, d));
        break;
    case TRAININGS:
        gold_say(out, " %8s %16s %16s\n", fixed(of[GOLDI_ACCURACY].mean, 4, a),
                 goldi_stat_text(&of[GOLDI_FINAL], 4, b),
                 goldi_stat_text(&of[GOLDI_FINAL_TEST], 4, c));
        break;
    case BOTH:
        gold_say(out, " %15s %8s %8s %8s\n",
                 goldi_stat_text(&of[GOLDI_TRACE], 3, a),
                 fixed(of[GOLDI_POSITIVE].mean, 4, b),
                 fixed(of[GOLDI_FINAL].mean, 4, c),
                 fixed(of[GOLDI_FINAL_TEST].mean, 4, d));
        break;
    }
}

/* Does a place of the axis lie in the zone? */
static bool is_inside(const goldi_sheet *sheet, double x)
{
    const goldi_claim *claim = &sheet->claim;

    return goldi_survey_has_zones(sheet->survey) && claim->is_named &&
           x >= claim->zone.low && x <= claim->zone.high;
}

static const char *absence(const size_t *points)
{
    return points[GOLD_STATE_PENDING] > 0  ? "(pending)"
           : points[GOLD_STATE_FAILED] > 0 ? "(failed)"
                                           : "(excluded)";
}

static void print_row(FILE *out, const goldi_sheet *sheet, size_t i, int width)
{
    const goldi_row *row = &sheet->rows[i];
    char place[GOLD_NAME_BYTES];
    char spread[GOLD_NAME_BYTES];

    gold_say(out, "%s %*.4g",
             !is_inside(sheet, row->x)     ? " "
             : i == sheet->claim.zone.peak ? "#"
                                           : "|",
             width, row->x);
    if (!goldi_is_any_done(&row->counts)) {
        gold_say(out, "   %s\n", absence(row->counts.points));
        return;
    }
    gold_say(out, " %9s %8s",
             fixed(goldi_papers_place(row->of[GOLDI_RATIO].mean), 2, place),
             general(row->of[GOLDI_SPREAD].mean, 3, spread));
    print_values(out, manner_of(sheet->survey), row->of);
}

void goldi_sheet_table(FILE *out, const goldi_sheet *sheet)
{
    const size_t n = sheet->survey->n_x;
    const size_t n_rows = n < MAX_ROWS ? n : MAX_ROWS;
    const size_t name = strlen(sheet->survey->x_key->name);
    const int width = name < 9 ? 9 : (int)name;

    print_heads(out, sheet, width);
    for (size_t k = 0; k < n_rows; k++) {
        print_row(out, sheet, n_rows == 1 ? 0 : k * (n - 1) / (n_rows - 1),
                  width);
    }
    if (n > n_rows) {
        gold_say(out, "  (%zu of %zu values)\n", n_rows, n);
    }
}
