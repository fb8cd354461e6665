/* SPDX-License-Identifier: MIT */
/* The curves of a sheet: of what is there, the two or three that matter. */
#include <math.h>
#include <stdio.h>

#include "app/sheet.h"
#include "app/textplot.h"

enum {
    TALL = 12, /* lines of the first panel */
    LOW = 8    /* and of the others */
};

/* Logarithms of mean losses, in the room of a variable. */
static const double *log_mean(const goldi_sheet *sheet, goldi_shown v)
{
    for (size_t i = 0; i < sheet->survey->n_x; i++) {
        sheet->values[i] = log10(sheet->of[v].mean[i]);
    }
    return sheet->values;
}

/* The panels, in order, as far as the file has them: with curvature nothing is
 * said of loss and accuracy before training, with training nothing of them and
 * of the positive fraction. */
void goldi_sheet_plot(FILE *out, const goldi_sheet *sheet, bool is_utf8)
{
    static const struct {
        goldi_shown shown;
        const char *title;
        double reference;
        bool is_start; /* left out where there is training */
        bool is_plain; /* left out where there is curvature, too */
        bool is_log;
    } panels[] = {
        {GOLDI_TRACE, "Tr/|H|", 0.0, false, false, false},
        {GOLDI_LOSS, "log10 of the mean loss", (double)NAN, true, true, true},
        {GOLDI_FINAL, "training accuracy, final", (double)NAN, false, false,
         false},
        {GOLDI_FINAL_TEST, "test accuracy, final", (double)NAN, false, false,
         false},
        {GOLDI_FINAL_TEST_LOSS, "log10 of the mean test loss, final",
         (double)NAN, false, false, true},
        {GOLDI_POSITIVE, "positive fraction", 0.5, true, false, false},
        {GOLDI_ACCURACY, "accuracy", (double)NAN, true, true, false},
    };
    const goldi_survey *survey = sheet->survey;
    const goldi_plot plot = {survey->n_x, sheet->x, survey->x_key->name,
                             is_utf8};
    size_t height = TALL;

    for (size_t k = 0; k < sizeof panels / sizeof *panels; k++) {
        const goldi_shown v = panels[k].shown;
        const bool is_log = panels[k].is_log;
        const bool has_band = survey->n_seeds > 1 && !is_log;
        char title[80];

        if (survey->values[v] == NULL ||
            (panels[k].is_start && goldi_survey_has_training(survey)) ||
            (panels[k].is_plain && survey->values[GOLDI_TRACE] != NULL)) {
            continue;
        }
        (void)snprintf(title, sizeof title, "%s%s", panels[k].title,
                       !has_band ? ""
                       : is_utf8 ? ": mean, band of +- one sd"
                                 : ": mean *, band . of +- one sd");
        goldi_plot_panel(
            out, &plot,
            &(goldi_curve){title,
                           is_log ? log_mean(sheet, v) : sheet->of[v].mean,
                           has_band ? sheet->of[v].sd : NULL,
                           panels[k].reference, height});
        if (v == GOLDI_TRACE && goldi_survey_has_zones(survey) &&
            sheet->claim.is_named) {
            goldi_plot_zone(out, &plot, &sheet->claim.zone);
        }
        height = LOW;
    }
    if (height == LOW) { /* else there is no panel */
        goldi_plot_axis(out, &plot);
    }
}
