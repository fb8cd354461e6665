/* SPDX-License-Identifier: MIT */
/* Zones as JSON, under the names that gold.zone of the Python package has. */
#include <math.h>
#include <stdio.h>

#include "app/sheet.h"

static void write_interval(goldi_text *out, const char *name,
                           const goldi_interval *of)
{
    const struct {
        const char *end;
        double number;
    } parts[] = {{"", of->value},       {"_lower", of->lower},
                 {"_upper", of->upper}, {"_error", of->error},
                 {"_grid", of->grid},   {"_grid_error", of->grid_error}};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char key[GOLD_NAME_BYTES];

        (void)snprintf(key, sizeof key, "%s%s", name, parts[i].end);
        goldi_json_number(out, key, parts[i].number);
    }
}

static void write_claim(goldi_text *out, const goldi_sheet *sheet)
{
    const goldi_claim *claim = &sheet->claim;

    for (size_t k = 0; k < GOLDI_N_TOLD; k++) {
        write_interval(out, goldi_told_name((goldi_told)k), &claim->of[k]);
    }
    goldi_json_bool(out, "low_open", claim->zone.is_low_open);
    goldi_json_bool(out, "high_open", claim->zone.is_high_open);
    goldi_json_bool(out, "split", claim->zone.is_split);
    if (sheet->all.of[GOLD_TASK_MEASURE].of[GOLD_STATE_DONE] == 0) {
        goldi_json_number(out, "noise", (double)NAN); /* nobody knows */
    } else {
        goldi_json_bool(out, "noise", !claim->is_named);
    }
    goldi_json_number(out, "first", claim->first);
    goldi_json_number(out, "last", claim->last);
    goldi_json_number(out, "places", (double)claim->n_places);
    goldi_json_number(out, "p_value", claim->rise.p_value);
    goldi_json_number(out, "n_looks", (double)claim->rise.n_looks);
    goldi_json_number(out, "n_seeds", (double)claim->rise.n_seeds);
    goldi_json_number(out, "n", (double)claim->n);
}

void goldi_json_group(goldi_text *out, const goldi_survey *survey, size_t group)
{
    size_t index[GOLD_MAX_AXES];

    goldi_group_index(survey, group, index);
    goldi_json_open(out, "at", '{');
    for (size_t a = 0; a < survey->study->n_axes; a++) {
        if (a != survey->x_axis && a != survey->seed_axis) {
            goldi_json_axis(out, &survey->study->axes[a], index[a]);
        }
    }
    goldi_json_close(out, '}');
}

/* One row: where it is, and of each variable mean, deviation and number. */
static void write_row(goldi_text *out, const goldi_sheet *sheet, size_t i)
{
    const goldi_survey *survey = sheet->survey;

    goldi_json_open(out, NULL, '{');
    if (survey->x_key != NULL) {
        goldi_json_axis(out, &survey->study->axes[survey->x_axis],
                        survey->order[i]);
    }
    for (int v = 0; v < GOLDI_N_SHOWN; v++) {
        if (survey->values[v] != NULL) {
            goldi_json_open(out, goldi_survey_name(survey, (goldi_shown)v),
                            '{');
            goldi_json_number(out, "mean", sheet->of[v].mean[i]);
            goldi_json_number(out, "sd", sheet->of[v].sd[i]);
            goldi_json_number(out, "n", (double)sheet->of[v].n[i]);
            goldi_json_close(out, '}');
        }
    }
    goldi_json_close(out, '}');
}

static void write_rows(goldi_text *out, goldi_sheet *sheet)
{
    goldi_json_open(out, "groups", '[');
    for (size_t group = 0; group < sheet->survey->n_groups; group++) {
        goldi_sheet_turn(sheet, group);
        goldi_json_open(out, NULL, '{');
        goldi_json_group(out, sheet->survey, group);
        goldi_json_open(out, "rows", '[');
        for (size_t i = 0; i < sheet->survey->n_x; i++) {
            write_row(out, sheet, i);
        }
        goldi_json_close(out, ']');
        goldi_json_close(out, '}');
    }
    goldi_json_close(out, ']');
}

void goldi_sheet_json(goldi_text *out, goldi_sheet *sheet)
{
    const goldi_survey *survey = sheet->survey;
    const bool has_zones = goldi_survey_has_zones(survey);
    const size_t n_groups = has_zones ? survey->n_groups : 0;

    goldi_json_open(out, NULL, '{');
    goldi_json_text(out, "study", survey->study->name);
    if (has_zones) {
        goldi_json_text(out, "line", survey->x_key->name);
    } else {
        goldi_json_number(out, "line", (double)NAN);
    }
    goldi_json_number(out, "subspace_dim", (double)goldi_survey_dim(survey));
    goldi_json_number(out, "seeds", (double)survey->n_seeds);
    goldi_json_number(out, "level", 0.95);
    goldi_json_open(out, "zones", '[');
    for (size_t group = 0; group < n_groups; group++) {
        goldi_sheet_turn(sheet, group);
        goldi_json_open(out, NULL, '{');
        goldi_json_group(out, survey, group);
        write_claim(out, sheet);
        goldi_json_close(out, '}');
    }
    goldi_json_close(out, ']');
    write_rows(out, sheet);
    goldi_json_close(out, '}');
    goldi_text_add(out, "\n");
}
