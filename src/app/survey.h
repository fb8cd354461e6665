/* SPDX-License-Identifier: MIT */
/**
 * @file survey.h
 * A result file seen as curves: for every combination of the other axes (a
 * *group*), means over the seeds along one line axis.
 *
 * The line axis of the curves is the longest among radius, relative_radius,
 * scale and temperature with more than one value; its values are taken in
 * ascending order. Variables with one value a subspace dimension are taken at
 * the largest. Points that are not done are left out and counted: for what was
 * measured those not measured, for what training left those not trained.
 */
#ifndef GOLD_APP_SURVEY_H
#define GOLD_APP_SURVEY_H

#include "goldilocks/store.h"

#include "app/words.h"

/** The variables that a survey holds. */
typedef enum goldi_shown {
    GOLDI_RATIO,  /* norm over reference */
    GOLDI_SPREAD, /* z */
    GOLDI_LOSS,
    GOLDI_ACCURACY,
    GOLDI_TRACE,    /* over norm; of the whole Hessian, as the next, where
                       there are no subspaces */
    GOLDI_POSITIVE, /* fraction */
    GOLDI_FINAL,    /* training accuracy when training ended; this and the
                       next are there where the study trains */
    GOLDI_FINAL_TEST,
    GOLDI_N_SHOWN
} goldi_shown;

/** Mean and deviation over the seeds that are done and have a number. */
typedef struct goldi_stat {
    size_t n;
    double mean; /* NaN when n is 0 */
    double sd;   /* NaN when n is below 2 */
} goldi_stat;

/** How trainings ended, in the order of gold_outcome_flag. */
typedef enum goldi_ending {
    GOLDI_ENDED_CONVERGED,
    GOLDI_ENDED_PATIENCE,
    GOLDI_ENDED_DIVERGED,
    GOLDI_ENDED_COLLAPSED,
    GOLDI_ENDED_LAZY,
    GOLDI_N_ENDINGS
} goldi_ending;

/** What became of some points. */
typedef struct goldi_counts {
    size_t points[GOLD_STATE_EXCLUDED + 1];  /* measured, by state */
    size_t trained[GOLD_STATE_EXCLUDED + 1]; /* trained, by state */
    size_t endings[GOLDI_N_ENDINGS];         /* of those trained; one may have
                                                several, or none */
} goldi_counts;

/** One place on a curve. */
typedef struct goldi_row {
    double x; /* NaN without a line axis */
    goldi_stat of[GOLDI_N_SHOWN];
    goldi_counts counts;
} goldi_row;

typedef struct goldi_survey {
    const gold_study *study;       /* borrowed from the archive */
    const gold_schema *schema;     /* so too */
    uint8_t *states;               /* [n_points] of measurements */
    uint8_t *trained;              /* [n_points] of trainings; NULL: none */
    double *outcomes;              /* [n_points]; NULL: the same */
    double *values[GOLDI_N_SHOWN]; /* [n_points]; NULL: not in the file */
    size_t x_axis;                 /* n_axes: none */
    size_t seed_axis;              /* n_axes: none */
    const gold_axis_key *x_key;    /* NULL: no line axis */
    size_t n_x;                    /* 1 without a line axis */
    size_t n_seeds;
    size_t n_groups;
    size_t *order; /* [n_x] indices along the line axis, by ascending value */
} goldi_survey;

/** Read a file; ended by goldi_survey_fini, also on failure. */
GOLD_CHECKED gold_status goldi_survey_read(gold_archive *archive,
                                           goldi_survey *survey);

/** Free what the survey holds; zeroed ones are allowed. */
void goldi_survey_fini(goldi_survey *survey);

/** Has the study curvature, of subspaces or else of the whole Hessian? */
bool goldi_survey_has_curvature(const goldi_survey *survey);

/** May there be zones: curvature of subspaces, which the rule of rise.h is for,
 * along a line? */
bool goldi_survey_has_zones(const goldi_survey *survey);

/** Does the study train? */
bool goldi_survey_has_training(const goldi_survey *survey);

/** The curve of a group: [n_x], filled. */
void goldi_survey_rows(const goldi_survey *survey, size_t group,
                       goldi_row *rows);

/** Indices of the first point of a group along every axis. */
void goldi_group_index(const goldi_survey *survey, size_t group, size_t *index);

/** A variable of all points of a group: [n_x][n_seeds], places ascending; NaN
 * where the point is not done. */
void goldi_survey_values(const goldi_survey *survey, size_t group,
                         goldi_shown shown, double *values);

/** The dimension of the subspace that curvature is taken of; 0: none. */
size_t goldi_survey_dim(const goldi_survey *survey);

/** What became of the points of some rows. */
goldi_counts goldi_counts_of(const goldi_row *rows, size_t n_rows);

/** Was any point measured, or trained? */
bool goldi_is_any_done(const goldi_counts *counts);

/** Points, by state, that failed or are pending. */
size_t goldi_missing(const size_t points[GOLD_STATE_EXCLUDED + 1]);

/** What tells a group from the others: "relu, 2" with its keys' names left
 * out, or "activation=relu, depth=2" with them. Axes of one value are left
 * out where `is_short`. */
char *goldi_group_label(const goldi_survey *survey, size_t group, bool is_short,
                        char text[GOLDI_LABEL_BYTES]);

/** The names that a short label leaves out: "activation, depth". */
char *goldi_group_names(const goldi_survey *survey,
                        char text[GOLDI_LABEL_BYTES]);

#endif
