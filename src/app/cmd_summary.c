/* SPDX-License-Identifier: MIT */
#include <locale.h>
#include <string.h>

#include <langinfo.h>

#include "goldilocks/memory.h"

#include "app/commands.h"
#include "app/print.h"
#include "app/sheet.h"
#include "app/tally.h"
#include "app/words.h"

enum {
    MAX_SHEETS = 6 /* groups shown in detail */
};

/* Does the user's locale take characters beyond ASCII? Only the characters'
 * part is set: numbers keep their points. */
static bool is_utf8_locale(void)
{
    return setlocale(LC_CTYPE, "") != NULL &&
           strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static gold_status print_header(const goldi_survey *survey)
{
    const gold_study *study = survey->study;
    goldi_tally tally;
    char text[GOLDI_LABEL_BYTES];

    GOLD_TRY(goldi_tally_count(study, GOLD_TASK_MEASURE, survey->states, NULL,
                               &tally));
    goldi_print_field(stdout, "study", study->name);
    if (study->title[0] != '\0') {
        goldi_print_field(stdout, "title", study->title);
    }
    goldi_print_field(stdout, "data", goldi_data_words(study, text));
    goldi_print_field(stdout, "network", goldi_network_words(study, text));
    goldi_print_field(stdout, "curvature", goldi_curvature_words(study, text));
    if (study->has_train) {
        goldi_print_field(stdout, "training",
                          goldi_training_words(study, text));
    }
    goldi_print_field(stdout, "grid", goldi_grid_words(study, text));
    goldi_print_field(stdout, study->has_train ? "measured" : "points",
                      goldi_tally_words(&tally, text));
    if (study->has_train) {
        GOLD_TRY(goldi_tally_count(study, GOLD_TASK_TRAIN, survey->trained,
                                   NULL, &tally));
        goldi_print_field(stdout, "trained", goldi_tally_words(&tally, text));
    }
    return GOLD_OK;
}

/* What Tr/|H| and the zone are, once. */
static void print_legend(const goldi_survey *survey)
{
    char of[64];
    char text[400];

    if (!goldi_survey_has_curvature(survey)) {
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

/* What the words for how a training ended mean, once. */
static void print_endings_legend(const goldi_survey *survey)
{
    char text[320];

    if (!goldi_survey_has_training(survey)) {
        return;
    }
    (void)snprintf(text, sizeof text,
                   "converged: accuracy or loss asked for reached; diverged: "
                   "no longer finite; collapsed: all logits are 0; lazy: the "
                   "parameters moved by less than %.3g of their norm",
                   survey->study->train.lazy);
    goldi_print_field(stdout, "endings", text);
}

/* The first groups with something done, each on its sheet. */
static void print_sheets(goldi_sheet *sheet)
{
    const size_t n_groups = sheet->survey->n_groups;
    size_t n_shown = 0;

    for (size_t group = 0; group < n_groups && n_shown < MAX_SHEETS; group++) {
        goldi_sheet_turn(sheet, group);
        if (goldi_is_any_done(&sheet->counts)) {
            gold_print(stdout, "\n");
            goldi_sheet_print(stdout, sheet);
            n_shown++;
        }
    }
}

static bool is_any_done(const goldi_survey *survey)
{
    const size_t n_points = survey->study->n_points;

    return memchr(survey->states, GOLD_STATE_DONE, n_points) != NULL ||
           (survey->trained != NULL &&
            memchr(survey->trained, GOLD_STATE_DONE, n_points) != NULL);
}

static gold_status print_all(const goldi_survey *survey, goldi_sheet *sheet)
{
    GOLD_TRY(print_header(survey));
    if (!is_any_done(survey)) {
        gold_print(stdout, "\nNo point is done yet.\n");
        return GOLD_OK;
    }
    print_legend(survey);
    print_endings_legend(survey);
    if (survey->x_key != NULL) {
        print_sheets(sheet);
    }
    if (survey->x_key == NULL || survey->n_groups > 1) {
        gold_print(stdout, "\n");
        goldi_sheet_overview(stdout, sheet);
        if (goldi_survey_has_training(survey)) {
            gold_print(stdout, "\n");
            goldi_sheet_endings(stdout, sheet);
        }
    }
    return GOLD_OK;
}

gold_status gold_cmd_summary(const gold_args *args)
{
    gold_status status = GOLD_OK;
    gold_archive *archive = NULL;
    goldi_survey survey = {.study = NULL};
    goldi_sheet sheet = {.survey = NULL};
    goldi_text json = {0};

    GOLD_GOTO(gold_archive_open(args->operands[0], &archive));
    GOLD_GOTO(goldi_survey_read(archive, &survey));
    GOLD_GOTO(goldi_sheet_init(&survey, is_utf8_locale(), &sheet));
    if (args->is_json) {
        goldi_sheet_json(&json, &sheet);
        GOLD_GOTO(goldi_print_whole(stdout, &json));
    } else {
        GOLD_GOTO(print_all(&survey, &sheet));
    }
    GOLD_GOTO(goldi_flush(stdout));

done:
    goldi_sheet_fini(&sheet);
    goldi_survey_fini(&survey);
    gold_archive_close(&archive);
    return status;
}
