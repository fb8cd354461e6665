/* SPDX-License-Identifier: MIT */
/** @file trial.h What one task will take, tried on parts of it. */
#ifndef GOLD_APP_TRIAL_H
#define GOLD_APP_TRIAL_H

#include "app/local.h"

/**
 * Predict the seconds of a task, in about `budget_s`; longer where a single
 * point on 64 samples takes longer.
 *
 * A measure task is tried on ever more samples, and what the last ones added is
 * extrapolated. Where all points are too many, some are tried, and predicted
 * flops say what the others take. A training is begun and stopped.
 */
GOLD_CHECKED gold_status gold_trial(const gold_local *local, size_t id,
                                    double budget_s, double *seconds);

/**
 * Predict the flops of a task some of whose work is known only when it is done,
 * as how many products with the Hessian an eigenvector takes: counted on as
 * many points and samples as are predicted to cost `most`, which the machine's
 * speed has no part in.
 *
 * They are those predicted without a trial where one point on 64 samples costs
 * too much, where a training costs more than `most` or ended before its last
 * step, and where a point failed.
 */
GOLD_CHECKED gold_status gold_trial_count(const gold_local *local, size_t id,
                                          double most, double *flops);

#endif
