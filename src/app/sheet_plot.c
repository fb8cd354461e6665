/* SPDX-License-Identifier: MIT */
/* The curves of a sheet: of what is there, the two or three that matter. */
#include <math.h>

#include "app/sheet.h"
#include "app/textplot.h"

enum {
    TALL = 12, /* lines of the first panel */
    LOW = 8    /* and of the others */
};

/* Logarithms of the mean losses, in the room of the (unused) curvature. */
static void log_loss(const goldi_sheet *sheet)
{
    for (size_t i = 0; i < sheet->survey->n_x; i++) {
        sheet->mean[GOLDI_TRACE][i] = log10(sheet->mean[GOLDI_LOSS][i]);
    }
}

/* One panel: the mean over the seeds with its band. */
static void panel(FILE *out, const goldi_sheet *sheet, const goldi_plot *plot,
                  goldi_shown v, const char *title, double reference,
                  size_t height)
{
    const bool is_banded = sheet->survey->n_seeds > 1;
    char text[80];

    (void)snprintf(text, sizeof text, "%s%s", title,
                   !is_banded       ? ""
                   : sheet->is_utf8 ? ": mean, band of +- one sd"
                                    : ": mean *, band . of +- one sd");
    goldi_plot_panel(out, plot,
                     &(goldi_curve){text, sheet->mean[v],
                                    is_banded ? sheet->sd[v] : NULL, reference,
                                    height});
}

/* Curvature, or the loss when that is all there is. */
static void first_panel(FILE *out, const goldi_sheet *sheet,
                        const goldi_plot *plot)
{
    if (goldi_survey_has_curvature(sheet->survey)) {
        panel(out, sheet, plot, GOLDI_TRACE, "Tr/|H|", 0.0, TALL);
        if (goldi_survey_has_zones(sheet->survey) && sheet->claim.is_named) {
            goldi_plot_zone(out, plot, &sheet->claim.zone);
        }
        return;
    }
    if (!goldi_survey_has_training(sheet->survey)) {
        log_loss(sheet);
        goldi_plot_panel(out, plot,
                         &(goldi_curve){"log10 of the mean loss",
                                        sheet->mean[GOLDI_TRACE], NULL,
                                        (double)NAN, TALL});
    }
}

void goldi_sheet_plot(FILE *out, const goldi_sheet *sheet)
{
    const goldi_survey *survey = sheet->survey;
    const bool is_curved = goldi_survey_has_curvature(survey);
    const goldi_plot plot = {survey->n_x, sheet->x, survey->x_key->name,
                             sheet->is_utf8};

    first_panel(out, sheet, &plot);
    if (goldi_survey_has_training(survey)) {
        panel(out, sheet, &plot, GOLDI_FINAL, "training accuracy, final",
              (double)NAN, is_curved ? LOW : TALL);
        panel(out, sheet, &plot, GOLDI_FINAL_TEST, "test accuracy, final",
              (double)NAN, LOW);
    } else if (is_curved) {
        panel(out, sheet, &plot, GOLDI_POSITIVE, "positive fraction", 0.5, LOW);
    } else {
        panel(out, sheet, &plot, GOLDI_ACCURACY, "accuracy", (double)NAN, LOW);
    }
    goldi_plot_axis(out, &plot);
}
