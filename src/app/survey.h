/* SPDX-License-Identifier: MIT */
/**
 * @file survey.h
 * A result file, or a part of it, seen as curves: for every combination of the
 * other axes (a *group*), the values of all seeds along one axis.
 *
 * That axis is the one asked for, or else the longest among radius,
 * relative_radius, scale and temperature with more than one value; its numbers
 * are taken in ascending order. Variables with one value a subspace dimension
 * are taken at the largest. Points that are not done are left out and counted:
 * for what was measured those not measured, for what training left those not
 * trained.
 */
#ifndef GOLD_APP_SURVEY_H
#define GOLD_APP_SURVEY_H

#include "goldilocks/store.h"

#include "app/tally.h"
#include "app/words.h"

/** The variables that a survey holds, where the file has them. */
typedef enum goldi_shown {
    GOLDI_RATIO,  /* norm over reference */
    GOLDI_SPREAD, /* z */
    GOLDI_LOSS,
    GOLDI_ACCURACY,
    GOLDI_TRACE,    /* over norm; of the whole Hessian, as the next, where
                       there are no subspaces */
    GOLDI_POSITIVE, /* fraction */
    GOLDI_FINAL,    /* training accuracy when training ended */
    GOLDI_FINAL_TEST,
    GOLDI_FINAL_LOSS, /* where there are no accuracies, or curvature is measured
                         at the end */
    GOLDI_FINAL_TEST_LOSS, /* where there are no accuracies */
    GOLDI_FINAL_TRACE,     /* this and the following where curvature is measured
                              at the end */
    GOLDI_FINAL_POSITIVE,
    GOLDI_FINAL_LARGEST, /* eigenvalue of all parameters */
    GOLDI_LARGEST, /* eigenvalue; this and the following of all parameters */
    GOLDI_SMALLEST,
    GOLDI_PROBED_TRACE,
    GOLDI_PROBED_NORM,
    GOLDI_DENSITY_TRACE,
    GOLDI_DENSITY_NORM,
    GOLDI_DENSE_TRACE,
    GOLDI_DENSE_NORM,
    GOLDI_N_SHOWN
} goldi_shown;

/** How one of them is printed. */
typedef struct goldi_shown_info {
    gold_variable variable;
    bool is_first;      /* of several numbers; else the last */
    bool has_deviation; /* over seeds, beside the mean */
    bool is_general;    /* so many digits in all; else behind the point */
    double diverged;    /* what a training that diverged counts as; NaN: not */
    int digits;
    const char *head[2]; /* two lines */
} goldi_shown_info;

const goldi_shown_info *goldi_shown_about(goldi_shown shown);

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
    gold_counts of[2];               /* by kind of task */
    size_t endings[GOLDI_N_ENDINGS]; /* of those trained; one may have several,
                                        or none */
} goldi_counts;

typedef struct goldi_survey {
    const gold_study *study;       /* borrowed from the archive */
    const char *samples;           /* borrowed; gold_provenance */
    const gold_schema *schema;     /* so too */
    uint8_t *states[2];            /* [n_points] by kind; NULL: none */
    double *outcomes;              /* [n_points] of trainings; NULL: none */
    double *values[GOLDI_N_SHOWN]; /* [n_points]; NULL: not in the file */
    size_t at[GOLD_MAX_AXES];      /* GOLD_ANY_VALUE: all values */
    size_t x_axis;                 /* n_axes: none */
    size_t seed_axis;              /* n_axes: none */
    const gold_axis_key *x_key;    /* NULL: no such axis */
    bool is_line;                  /* it is a line of radii */
    size_t n_x;                    /* 1 without such an axis */
    size_t n_seeds;
    size_t n_groups;
    size_t *order; /* [n_x] indices along the axis, by ascending value */
} goldi_survey;

/**
 * Read a file; ended by goldi_survey_fini, also on failure.
 *
 * @param at  the part that is wanted, as in "depth=2"; NULL: all.
 * @param by  the axis of the curves; NULL: as above.
 * @retval GOLD_ERR_USAGE  they are not of the study.
 */
GOLD_CHECKED gold_status goldi_survey_read(gold_archive *archive,
                                           const char *at, const char *by,
                                           goldi_survey *survey);

/** Free what the survey holds; zeroed ones are allowed. */
void goldi_survey_fini(goldi_survey *survey);

/** The key of an axis along which curves are drawn; NULL: none. */
const gold_axis_key *goldi_line_key(const gold_axis *axis);

/** Name of a variable in the file. */
const char *goldi_survey_name(const goldi_survey *survey, goldi_shown shown);

/** May there be zones: curvature of subspaces, which the rule of rise.h is for,
 * along a line? */
bool goldi_survey_has_zones(const goldi_survey *survey);

/** Does the study train? */
bool goldi_survey_has_training(const goldi_survey *survey);

/** Are there numbers along the axis, as a curve has? */
bool goldi_survey_has_curves(const goldi_survey *survey);

/** Place `i` on the axis: a number, or for words which one it is; NaN without
 * an axis. */
double goldi_survey_x(const goldi_survey *survey, size_t i);

/** Indices of the first point of a group along every axis. */
void goldi_group_index(const goldi_survey *survey, size_t group, size_t *index);

/** A variable of all points of a group: [n_x][n_seeds], places ascending; NaN
 * where the point is not done. */
void goldi_survey_values(const goldi_survey *survey, size_t group,
                         goldi_shown shown, double *values);

/** What became of the points of a group at place `i`. */
goldi_counts goldi_survey_count(const goldi_survey *survey, size_t group,
                                size_t i);

/** The dimension of the subspace that curvature is taken of; 0: none. */
size_t goldi_survey_dim(const goldi_survey *survey);

/** What tells a group from the others: "relu, 2" with its keys' names left
 * out, or "activation=relu, depth=2" with them. Axes of one value are left
 * out where `is_short`. */
char *goldi_group_label(const goldi_survey *survey, size_t group, bool is_short,
                        char text[GOLDI_LABEL_BYTES]);

/** The names that a short label leaves out: "activation, depth". */
char *goldi_group_names(const goldi_survey *survey,
                        char text[GOLDI_LABEL_BYTES]);

#endif
