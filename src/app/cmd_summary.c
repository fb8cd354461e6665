/* SPDX-License-Identifier: MIT */
#include <locale.h>
#include <string.h>

#include <langinfo.h>

#include "goldilocks/memory.h"

#include "app/commands.h"
#include "app/ends.h"
#include "app/print.h"
#include "app/sheet.h"
#include "app/tally.h"
#include "app/words.h"

enum {
    MAX_SHEETS = 4 /* groups shown in detail */
};

/* Does the user's locale take characters beyond ASCII? Only the characters'
 * part is set: numbers keep their points. */
static bool is_utf8_locale(void)
{
    return setlocale(LC_CTYPE, "") != NULL &&
           strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static gold_status print_header(gold_archive *archive,
                                const goldi_survey *survey)
{
    const gold_study *study = survey->study;
    goldi_tally tally;
    char text[GOLDI_LABEL_BYTES];

    GOLD_TRY(goldi_tally_count(study, GOLD_TASK_MEASURE,
                               survey->states[GOLD_TASK_MEASURE], NULL,
                               &tally));
    goldi_print_field(stdout, "study", study->name);
    if (study->title[0] != '\0') {
        goldi_print_field(stdout, "title", study->title);
    }
    GOLD_TRY(goldi_print_data(stdout, study, survey->samples));
    GOLD_TRY(goldi_print_block(stdout, "network", study, "network"));
    if (study->curvature.n_dims > 0 || gold_study_has_full(study)) {
        GOLD_TRY(goldi_print_block(stdout, "curvature", study, "curvature"));
    } else {
        goldi_print_field(stdout, "curvature", "not measured");
    }
    if (study->has_train) {
        GOLD_TRY(goldi_print_block(stdout, "training", study, "train"));
        GOLD_TRY(goldi_print_phases(stdout, study));
    }
    goldi_print_field(stdout, "grid", goldi_grid_words(study, text));
    goldi_print_field(stdout, study->has_train ? "measured" : "points",
                      goldi_tally_words(&tally, text));
    if (study->has_train) {
        GOLD_TRY(goldi_tally_count(study, GOLD_TASK_TRAIN,
                                   survey->states[GOLD_TASK_TRAIN], NULL,
                                   &tally));
        goldi_print_field(stdout, "trained", goldi_tally_words(&tally, text));
        GOLD_TRY(goldi_print_ends(stdout, archive, survey));
    }
    return GOLD_OK;
}

/* What Tr/|H| and the zone are, once. */
static void print_legend(const goldi_survey *survey)
{
    char of[64];
    char text[400];

    if (survey->values[GOLDI_TRACE] == NULL) {
        return;
    }
    (void)snprintf(of, sizeof of, "Hessian in a random subspace of d = %zu",
                   goldi_survey_dim(survey));
    (void)snprintf(
        text, sizeof text, "Tr/|H|: trace over Frobenius norm of the %s, %s%s",
        goldi_survey_dim(survey) > 0 ? of : "whole Hessian",
        survey->n_seeds > 1 ? "mean +- deviation over seeds" : "one seed",
        goldi_survey_has_zones(survey)
            ? "; zone: where its mean is at least half of the peak (| in the "
              "table, # the peak), if its rise above 0 cannot be chance among "
              "all values looked at (p <= 0.05); [95 % intervals over seeds]"
            : "");
    goldi_print_field(stdout, "legend", text);
}

/* What the columns of the whole Hessian are, where there are any. */
static void print_whole_legend(const goldi_survey *survey)
{
    bool is_any = false;

    for (size_t v = GOLDI_LARGEST; v < GOLDI_N_SHOWN; v++) {
        is_any = is_any || survey->values[v] != NULL;
    }
    if (is_any) {
        goldi_print_field(stdout, "whole",
                          "eigenvalues, trace and Frobenius norm of the "
                          "Hessian of all parameters");
    }
}

/* What the words for how a training ended mean, once. */
static void print_endings_legend(const goldi_survey *survey)
{
    char text[320];

    if (!goldi_survey_has_training(survey)) {
        return;
    }
    (void)snprintf(
        text, sizeof text,
        "converged: accuracy or loss asked for reached; diverged: "
        "no longer finite, counted with an accuracy of 0 and an infinite "
        "loss; collapsed: all logits are 0; lazy: the parameters "
        "moved by less than %.3g of their norm",
        survey->study->train.lazy);
    goldi_print_field(stdout, "endings", text);
}

/* One group: words, rows, curves. */
static gold_status print_sheet(const goldi_sheet *sheet)
{
    gold_print(stdout, "\n");
    goldi_sheet_words(stdout, sheet);
    gold_print(stdout, "\n");
    GOLD_TRY(goldi_sheet_table(stdout, sheet));
    if (goldi_survey_has_curves(sheet->survey)) {
        gold_print(stdout, "\n");
        goldi_sheet_plot(stdout, sheet, is_utf8_locale());
    }
    return GOLD_OK;
}

/* The groups that have something done, if they are few; else how to see one. */
static gold_status print_sheets(goldi_sheet *sheet)
{
    const goldi_survey *survey = sheet->survey;
    char label[GOLDI_LABEL_BYTES];
    char text[GOLDI_LABEL_BYTES + 80];

    for (size_t group = 0;
         survey->n_groups <= MAX_SHEETS && group < survey->n_groups; group++) {
        goldi_sheet_turn(sheet, group);
        if (goldi_sheet_is_any_done(sheet)) {
            GOLD_TRY(print_sheet(sheet));
        }
    }
    if (survey->n_groups > MAX_SHEETS) {
        gold_print(stdout, "\n");
        (void)snprintf(text, sizeof text,
                       "values and curves of one: --at \"%s\"; along another "
                       "axis: --by AXIS",
                       goldi_group_label(survey, 0, false, label));
        goldi_print_field(stdout, "more", text);
    }
    return GOLD_OK;
}

static gold_status print_all(gold_archive *archive, const goldi_survey *survey,
                             goldi_sheet *sheet)
{
    const size_t n_points = survey->study->n_points;

    GOLD_TRY(print_header(archive, survey));
    if (memchr(survey->states[0], GOLD_STATE_DONE, n_points) == NULL &&
        (survey->states[1] == NULL ||
         memchr(survey->states[1], GOLD_STATE_DONE, n_points) == NULL)) {
        gold_print(stdout, "\nNo point is done yet.\n");
        return GOLD_OK;
    }
    print_legend(survey);
    print_whole_legend(survey);
    print_endings_legend(survey);
    if (survey->n_groups > 1 || survey->x_key == NULL ||
        goldi_survey_has_training(survey)) {
        gold_print(stdout, "\n");
        GOLD_TRY(goldi_sheet_overview(stdout, sheet));
    }
    return survey->x_key != NULL ? print_sheets(sheet) : GOLD_OK;
}

gold_status gold_cmd_summary(const gold_args *args)
{
    gold_status status = GOLD_OK;
    gold_archive *archive = NULL;
    goldi_survey survey = {.study = NULL};
    goldi_sheet sheet = {.survey = NULL};
    goldi_text json = {0};

    GOLD_GOTO(gold_archive_open(args->operands[0], &archive));
    GOLD_GOTO(goldi_survey_read(archive, args->at, args->by, &survey));
    GOLD_GOTO(goldi_sheet_init(&survey, &sheet));
    if (args->is_json) {
        goldi_sheet_json(&json, &sheet);
        GOLD_GOTO(goldi_print_whole(stdout, &json));
    } else {
        GOLD_GOTO(print_all(archive, &survey, &sheet));
    }
    GOLD_GOTO(goldi_flush(stdout));

done:
    goldi_sheet_fini(&sheet);
    goldi_survey_fini(&survey);
    gold_archive_close(&archive);
    return status;
}
