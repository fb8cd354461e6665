/* SPDX-License-Identifier: MIT */
/**
 * @file sheet.h
 * One group of a survey as a table: for each place on the axis mean, deviation
 * and number of each variable over the seeds; and what follows from it, the
 * zone. Printers of text, JSON and pictures read it.
 */
#ifndef GOLD_APP_SHEET_H
#define GOLD_APP_SHEET_H

#include "app/claim.h"
#include "app/survey.h"

/** One variable of a group over the seeds that are done and have a number. */
typedef struct goldi_column {
    double *mean; /* [n_x] NaN where n is 0 */
    double *sd;   /* [n_x] NaN where n is below 2 */
    size_t *n;    /* [n_x] */
} goldi_column;

typedef struct goldi_sheet {
    const goldi_survey *survey; /* borrowed */
    size_t group;
    double *x; /* [n_x] */
    goldi_column of[GOLDI_N_SHOWN];
    bool has_column[GOLDI_N_SHOWN]; /* of those that the file has; a spread of
                                       one logit is none */
    goldi_counts *counts;           /* [n_x] */
    goldi_counts all;               /* of them together */
    double *trace;                  /* [n_x][n_seeds] */
    double *spread;                 /* [n_x][n_seeds] */
    double *values;    /* [n_x][n_seeds] of a variable, while it is looked at
                        */
    goldi_claim claim; /* of GOLDI_TRACE */
} goldi_sheet;

/** Get room; ended by goldi_sheet_fini, also on failure. */
GOLD_CHECKED gold_status goldi_sheet_init(const goldi_survey *survey,
                                          goldi_sheet *sheet);

/** Free what the sheet holds; zeroed ones are allowed. */
void goldi_sheet_fini(goldi_sheet *sheet);

/** Turn to a group. */
void goldi_sheet_turn(goldi_sheet *sheet, size_t group);

/** Was any of its points measured, or trained? */
bool goldi_sheet_is_any_done(const goldi_sheet *sheet);

/** Row where the mean of a variable times `sign` is largest. */
size_t goldi_sheet_best(const goldi_sheet *sheet, goldi_shown v, double sign);

/** A variable in row `i`: "5.860 +- 0.860", "5.860" for one seed, "-" for none.
 * Returns `text`. */
char *goldi_sheet_text(const goldi_sheet *sheet, goldi_shown v, size_t i,
                       char text[GOLD_NAME_BYTES]);

/** Place `i` on the axis: a number, or a word. Returns `text`. */
char *goldi_place_text(const goldi_sheet *sheet, size_t i,
                       char text[GOLD_NAME_BYTES]);

/** log10 (r/ref)^2, as the papers put it on their axis. */
double goldi_papers_place(double ratio);

/** Print what there is to say of the group in words. */
void goldi_sheet_words(FILE *out, const goldi_sheet *sheet);

/** Print its rows. */
GOLD_CHECKED gold_status goldi_sheet_table(FILE *out, const goldi_sheet *sheet);

/** Draw its curves. */
void goldi_sheet_plot(FILE *out, const goldi_sheet *sheet, bool is_utf8);

/** Print one line a group; turns the sheet. */
GOLD_CHECKED gold_status goldi_sheet_overview(FILE *out, goldi_sheet *sheet);

/** Append which network a group is, as `at`: the values of the axes other than
 * line and seed. */
void goldi_json_group(goldi_text *out, const goldi_survey *survey,
                      size_t group);

/** Append all groups as one JSON object; turns the sheet. */
void goldi_sheet_json(goldi_text *out, goldi_sheet *sheet);

#endif
