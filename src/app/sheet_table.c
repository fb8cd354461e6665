/* SPDX-License-Identifier: MIT */
/* The rows of a group. */
#include "app/cells.h"
#include "app/print.h"
#include "app/sheet.h"

enum {
    MAX_ROWS = 25
};

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
    for (int v = 0; v < GOLDI_N_SHOWN; v++) {
        if (survey->values[v] != NULL) {
            goldi_cells_head(&cells, goldi_shown_about((goldi_shown)v)->head);
        }
    }
    goldi_cells_head(&cells, none);
    for (size_t k = 0; k < n_rows; k++) {
        const size_t i = row_of(sheet, k, n_rows);

        goldi_cells_add(&cells, "%s", mark_of(sheet, i));
        goldi_cells_add(&cells, "%s", goldi_place_text(sheet, i, text));
        for (int v = 0; v < GOLDI_N_SHOWN; v++) {
            if (survey->values[v] != NULL) {
                goldi_cells_add(
                    &cells, "%s",
                    goldi_sheet_text(sheet, (goldi_shown)v, i, text));
            }
        }
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
