/* SPDX-License-Identifier: MIT */
/**
 * @file select.h
 * Training a choice of the points: of every group of candidates, those that a
 * criterion ranks first or last, and one by chance (the selection experiment of
 * Fort and Scherlis 2019).
 *
 * A group is `train.select.group` neighbours on the seed axis that agree in
 * everything else. A candidate is a member whose measurement is done and whose
 * criteria are numbers. The candidate with the highest, and the one with the
 * lowest value of each criterion is trained, the first one of equals, and one
 * drawn by the seed of the group's first member alone. So the choice depends
 * on what was measured and on nothing else.
 */
#ifndef GOLDILOCKS_SELECT_H
#define GOLDILOCKS_SELECT_H

#include "goldilocks/schema.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Flags of `selected`: why a point is trained; 0: it is not. */
enum {
    GOLD_SELECTED_HIGHEST = 1, /* shifted left by twice the criterion */
    GOLD_SELECTED_LOWEST = 2,  /* the same */
    GOLD_SELECTED_RANDOM = 64,
    GOLD_NOT_SELECTABLE = 255 /* not a flag: it was not a candidate */
};

/** Share of the points that is trained at most; 1 where no choice is made. */
double gold_select_share(const gold_study *study);

/** Variable that a criterion looks at; of several subspace dimensions the
 * largest counts. */
gold_variable gold_criterion_variable(gold_criterion criterion);

/**
 * Choose.
 *
 * @param study   one whose train.select.group is not 0.
 * @param states  [n_points] status_measure.
 * @param values  [GOLD_N_CRITERIA][n_points]; those that the study does not
 *                choose by may be NULL.
 * @param flags   [n_points], filled: sums of the flags above.
 */
void gold_select(const gold_study *study, const uint8_t *states,
                 const double *const values[GOLD_N_CRITERIA], uint8_t *flags);

#ifdef __cplusplus
}
#endif
#endif
