/* SPDX-License-Identifier: MIT */
/* Zones as JSON, under the names that gold.zone of the Python package has. */
#include <math.h>

#include "app/json.h"
#include "app/print.h"
#include "app/sheet.h"

static const char *const told_names[GOLDI_N_TOLD] = {
    [GOLDI_TOLD_LOW] = "low",       [GOLDI_TOLD_HIGH] = "high",
    [GOLDI_TOLD_PEAK] = "peak",     [GOLDI_TOLD_HEIGHT] = "height",
    [GOLDI_TOLD_SPREAD] = "spread",
};

static void number_member(FILE *out, const char *name, const char *suffix,
                          double number)
{
    gold_say(out, "\"%s%s\": ", name, suffix);
    goldi_json_number(out, number);
    gold_print(out, ", ");
}

static void write_bool(FILE *out, const char *name, bool value)
{
    gold_say(out, "\"%s\": %s, ", name, value ? "true" : "false");
}

/* Is there no more than noise? null: nothing is measured. */
static void write_noise(FILE *out, const goldi_sheet *sheet)
{
    if (sheet->counts.points[GOLD_STATE_DONE] == 0) {
        gold_print(out, "\"noise\": null, ");
    } else {
        write_bool(out, "noise", !sheet->claim.is_named);
    }
}

static void write_claim(FILE *out, const goldi_sheet *sheet)
{
    const goldi_claim *claim = &sheet->claim;

    for (size_t k = 0; k < GOLDI_N_TOLD; k++) {
        number_member(out, told_names[k], "", claim->of[k].value);
        number_member(out, told_names[k], "_lower", claim->of[k].lower);
        number_member(out, told_names[k], "_upper", claim->of[k].upper);
    }
    write_bool(out, "low_open", claim->zone.is_low_open);
    write_bool(out, "high_open", claim->zone.is_high_open);
    write_bool(out, "split", claim->zone.is_split);
    write_noise(out, sheet);
    number_member(out, "first", "", claim->first);
    number_member(out, "last", "", claim->last);
    number_member(out, "p_value", "", claim->rise.p_value);
    gold_say(out, "\"n_looks\": %zu, \"n_seeds\": %zu, \"n\": %zu",
             claim->rise.n_looks, claim->rise.n_seeds, claim->n);
}

/* Which network it is: the values of the axes other than line and seed. */
static void write_place(FILE *out, const goldi_survey *survey, size_t group)
{
    size_t index[GOLD_MAX_AXES];
    bool is_first = true;

    goldi_group_index(survey, group, index);
    gold_print(out, "{");
    for (size_t a = 0; a < survey->study->n_axes; a++) {
        const gold_axis *axis = &survey->study->axes[a];

        for (size_t k = 0;
             k < axis->n_keys && a != survey->x_axis && a != survey->seed_axis;
             k++) {
            gold_say(out, "%s\"%s\": ", is_first ? "" : ", ",
                     axis->keys[k].name);
            goldi_json_axis(out, &axis->keys[k], index[a]);
            is_first = false;
        }
    }
    gold_print(out, "}");
}

void goldi_sheet_json(FILE *out, goldi_sheet *sheet)
{
    const goldi_survey *survey = sheet->survey;
    const bool has_zones = goldi_survey_has_zones(survey);
    const size_t n_groups = has_zones ? survey->n_groups : 0;

    gold_print(out, "{\"study\": ");
    goldi_json_text(out, survey->study->name);
    gold_print(out, ", \"line\": ");
    if (has_zones) {
        goldi_json_text(out, survey->x_key->name);
    } else {
        gold_print(out, "null");
    }
    gold_say(out,
             ", \"subspace_dim\": %zu, \"seeds\": %zu, \"level\": 0.95, "
             "\"zones\": [",
             goldi_survey_dim(survey), survey->n_seeds);
    for (size_t group = 0; group < n_groups; group++) {
        goldi_sheet_turn(sheet, group);
        gold_print(out, group == 0 ? "{\"at\": " : ", {\"at\": ");
        write_place(out, survey, group);
        gold_print(out, ", ");
        write_claim(out, sheet);
        gold_print(out, "}");
    }
    gold_print(out, "]}\n");
}
