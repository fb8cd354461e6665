/* SPDX-License-Identifier: MIT */
#include "app/sheet.h"

#include <math.h>
#include <stdio.h>

#include "goldilocks/memory.h"

enum {
    NUMBER_BYTES = 28
};

static bool is_any_positive(const goldi_survey *survey, size_t v)
{
    size_t point = 0;

    while (point < survey->study->n_points &&
           !(survey->values[v][point] > 0.0)) {
        point++;
    }
    return point < survey->study->n_points;
}

gold_status goldi_sheet_init(const goldi_survey *survey, goldi_sheet *sheet)
{
    const size_t n = survey->n_x;

    *sheet = (goldi_sheet){.survey = survey};
    GOLD_TRY(GOLD_ALLOC(n * survey->n_seeds, &sheet->trace));
    GOLD_TRY(GOLD_ALLOC(n * survey->n_seeds, &sheet->spread));
    GOLD_TRY(GOLD_ALLOC(n * survey->n_seeds, &sheet->values));
    GOLD_TRY(goldi_claim_init(survey->n_seeds, n, &sheet->claim));
    GOLD_TRY(GOLD_ALLOC(n, &sheet->x));
    GOLD_TRY(GOLD_ALLOC(n, &sheet->counts));
    for (size_t v = 0; v < GOLDI_N_SHOWN; v++) {
        sheet->has_column[v] =
            survey->values[v] != NULL &&
            (v != GOLDI_SPREAD || is_any_positive(survey, v));
        GOLD_TRY(GOLD_ALLOC(n, &sheet->of[v].mean));
        GOLD_TRY(GOLD_ALLOC(n, &sheet->of[v].sd));
        GOLD_TRY(GOLD_ALLOC(n, &sheet->of[v].n));
    }
    return GOLD_OK;
}

void goldi_sheet_fini(goldi_sheet *sheet)
{
    for (size_t v = 0; v < GOLDI_N_SHOWN; v++) {
        gold_free(sheet->of[v].mean);
        gold_free(sheet->of[v].sd);
        gold_free(sheet->of[v].n);
    }
    goldi_claim_fini(&sheet->claim);
    gold_free(sheet->values);
    gold_free(sheet->spread);
    gold_free(sheet->trace);
    gold_free(sheet->counts);
    gold_free(sheet->x);
    *sheet = (goldi_sheet){0};
}

/* Mean and deviation over the seeds that have a number, in two passes: the
 * deviation must not suffer where the mean is large. */
static void add_up(const double *values, size_t n_seeds, goldi_column *column,
                   size_t i)
{
    double mean = 0.0;
    double square = 0.0;
    size_t n = 0;

    for (size_t s = 0; s < n_seeds; s++) {
        mean += isnan(values[s]) ? 0.0 : values[s];
        n += isnan(values[s]) ? 0 : 1;
    }
    mean = n > 0 ? mean / (double)n : (double)NAN;
    for (size_t s = 0; s < n_seeds; s++) {
        square +=
            isnan(values[s]) ? 0.0 : (values[s] - mean) * (values[s] - mean);
    }
    column->n[i] = n;
    column->mean[i] = mean;
    column->sd[i] = n > 1 ? sqrt(square / ((double)n - 1.0)) : (double)NAN;
}

static void take_column(goldi_sheet *sheet, goldi_shown v)
{
    const size_t n_seeds = sheet->survey->n_seeds;
    double *values = v == GOLDI_TRACE    ? sheet->trace
                     : v == GOLDI_SPREAD ? sheet->spread
                                         : sheet->values;

    goldi_survey_values(sheet->survey, sheet->group, v, values);
    for (size_t i = 0; i < sheet->survey->n_x; i++) {
        add_up(values + i * n_seeds, n_seeds, &sheet->of[v], i);
    }
}

static void count_row(goldi_sheet *sheet, size_t i)
{
    sheet->counts[i] = goldi_survey_count(sheet->survey, sheet->group, i);
    for (size_t state = 0; state <= GOLD_STATE_EXCLUDED; state++) {
        for (int kind = 0; kind < 2; kind++) {
            sheet->all.of[kind].of[state] +=
                sheet->counts[i].of[kind].of[state];
        }
    }
    for (size_t k = 0; k < GOLDI_N_ENDINGS; k++) {
        sheet->all.endings[k] += sheet->counts[i].endings[k];
    }
}

void goldi_sheet_turn(goldi_sheet *sheet, size_t group)
{
    const goldi_survey *survey = sheet->survey;

    sheet->group = group;
    sheet->all = (goldi_counts){.endings = {0}};
    for (int v = 0; v < GOLDI_N_SHOWN; v++) {
        take_column(sheet, (goldi_shown)v);
    }
    for (size_t i = 0; i < survey->n_x; i++) {
        sheet->x[i] = goldi_survey_x(survey, i);
        count_row(sheet, i);
    }
    goldi_claim_find(&(goldi_curves){survey->n_seeds, survey->n_x,
                                     goldi_survey_dim(survey), sheet->x,
                                     sheet->trace, sheet->spread},
                     &sheet->claim);
}

bool goldi_sheet_is_any_done(const goldi_sheet *sheet)
{
    return sheet->all.of[GOLD_TASK_MEASURE].of[GOLD_STATE_DONE] +
               sheet->all.of[GOLD_TASK_TRAIN].of[GOLD_STATE_DONE] >
           0;
}

size_t goldi_sheet_best(const goldi_sheet *sheet, goldi_shown v, double sign)
{
    const double *mean = sheet->of[v].mean;
    size_t found = 0;

    for (size_t i = 1; i < sheet->survey->n_x; i++) {
        if (isnan(mean[found]) || sign * mean[i] > sign * mean[found]) {
            found = i;
        }
    }
    return found;
}

double goldi_papers_place(double ratio)
{
    return 2.0 * log10(ratio);
}

/* The digits that a variable has; "-" for none. */
static char *number_text(goldi_shown v, double number, char text[NUMBER_BYTES])
{
    const goldi_shown_info *about = goldi_shown_about(v);

    if (isnan(number)) {
        (void)snprintf(text, NUMBER_BYTES, "-");
    } else if (about->is_general) {
        (void)snprintf(text, NUMBER_BYTES, "%.*g", about->digits, number);
    } else {
        (void)snprintf(text, NUMBER_BYTES, "%.*f", about->digits, number);
    }
    return text;
}

char *goldi_sheet_text(const goldi_sheet *sheet, goldi_shown v, size_t i,
                       char text[GOLD_NAME_BYTES])
{
    const double sd = sheet->of[v].sd[i];
    const double mean = sheet->of[v].mean[i];
    const goldi_shown_info *about = goldi_shown_about(v);
    const bool has_sd = about->has_deviation && !isnan(sd);
    const size_t n = sheet->of[v].n[i];
    const size_t done = sheet->counts[i]
                            .of[gold_variable_task(about->variable)]
                            .of[GOLD_STATE_DONE];
    char a[NUMBER_BYTES];
    char b[NUMBER_BYTES];
    char of[2 * NUMBER_BYTES] = "";

    (void)number_text(v, v == GOLDI_RATIO ? goldi_papers_place(mean) : mean, a);
    if (n > 0 && n < done) { /* not what all seeds that are done have */
        (void)snprintf(of, sizeof of, " (%zu of %zu)", n, done);
    }
    (void)snprintf(text, GOLD_NAME_BYTES, "%s%s%s%s", a, has_sd ? " +- " : "",
                   has_sd ? number_text(v, sd, b) : "", of);
    return text;
}

char *goldi_place_text(const goldi_sheet *sheet, size_t i,
                       char text[GOLD_NAME_BYTES])
{
    const goldi_survey *survey = sheet->survey;

    if (survey->x_key->kind == GOLD_VALUE_TEXT) {
        return gold_axis_text(survey->x_key, survey->order[i], text);
    }
    (void)snprintf(text, GOLD_NAME_BYTES, "%9.4g", sheet->x[i]);
    return text;
}
