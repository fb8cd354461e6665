/* SPDX-License-Identifier: MIT */
/** @file sheet.h One group of a survey on paper: zone, table and plot. */
#ifndef GOLD_APP_SHEET_H
#define GOLD_APP_SHEET_H

#include "app/claim.h"
#include "app/survey.h"

typedef struct goldi_sheet {
    const goldi_survey *survey; /* borrowed */
    bool is_utf8;
    size_t group;
    goldi_row *rows;             /* [n_x] */
    double *x;                   /* [n_x] */
    double *mean[GOLDI_N_SHOWN]; /* [n_x] each */
    double *sd[GOLDI_N_SHOWN];   /* [n_x] each */
    double *log_spread;          /* [n_x] of the mean z */
    double *trace;               /* [n_x][n_seeds] */
    double *spread;              /* [n_x][n_seeds] */
    goldi_claim claim;           /* of GOLDI_TRACE */
    goldi_counts counts;
} goldi_sheet;

/** Get room; ended by goldi_sheet_fini, also on failure. */
GOLD_CHECKED gold_status goldi_sheet_init(const goldi_survey *survey,
                                          bool is_utf8, goldi_sheet *sheet);

/** Free what the sheet holds; zeroed ones are allowed. */
void goldi_sheet_fini(goldi_sheet *sheet);

/** Turn to a group. */
void goldi_sheet_turn(goldi_sheet *sheet, size_t group);

/** Row where the mean of a variable times `sign` is largest. */
size_t goldi_sheet_best(const goldi_sheet *sheet, goldi_shown v, double sign);

/** Print everything about the group that the sheet shows. */
void goldi_sheet_print(FILE *out, const goldi_sheet *sheet);

/** Print its rows as a table. */
void goldi_sheet_table(FILE *out, const goldi_sheet *sheet);

/** Draw its curves. */
void goldi_sheet_plot(FILE *out, const goldi_sheet *sheet);

/** Append all groups as one JSON object; turns the sheet. */
void goldi_sheet_json(goldi_text *out, goldi_sheet *sheet);

/** Why no zone is named: "none above the noise, p = 0.34", or that seeds are
 * too few. Returns `text`. */
char *goldi_no_zone(const goldi_sheet *sheet, char text[GOLD_NAME_BYTES]);

/** Print one line a group, with its column heads; turns the sheet. */
void goldi_sheet_overview(FILE *out, goldi_sheet *sheet);

/** Print one line a group about how its trainings ended, with column heads;
 * turns the sheet. */
void goldi_sheet_endings(FILE *out, goldi_sheet *sheet);

/** Columns that the labels of the first groups take, at most `most`. */
int goldi_label_width(const goldi_survey *survey, size_t n_lines, size_t most);

/** Print the short label of the sheet's group in `width` columns. */
void goldi_print_label(FILE *out, const goldi_sheet *sheet, int width);

/** log10 (r/ref)^2, as the papers put it on their axis. */
double goldi_papers_place(double ratio);

/** "5.860 +- 0.860", "5.860" for one seed, "-" for none; `digits` after the
 * point. Returns `text`. */
char *goldi_stat_text(const goldi_stat *stat, int digits,
                      char text[GOLD_NAME_BYTES]);

#endif
