/* SPDX-License-Identifier: MIT */
/** @file rates.h Learning rates that a point's own curvature sets. Typed. */
#ifndef GOLD_ENGINE_RATES_H
#define GOLD_ENGINE_RATES_H

#include "engine/seam.h"
#include "engine/start.h"
#include "train/training.h"

/**
 * The rate that a training applies, as scale_learning_rate says: as it is;
 * divided by alpha^(L-2) for L weight layers, or the degree of a graph: with it
 * the steps of a homogeneous network scale with its weights; in
 * units of 2 / sharpness at `theta`, where a quadratic begins to diverge.
 *
 * @param flops  grows by what it took.
 * @retval GOLD_ERR_NUMERIC  the sharpness there is none to measure by.
 */
GOLD_CHECKED gold_status FN(rate_applied)(const gold_engine_job *job,
                                          const gold_settings *settings,
                                          const gold_start *start, double alpha,
                                          const real *theta, double *rate,
                                          double *flops);

/**
 * The largest rate, to 1 %, at which the first GOLD_STABLE_STEPS steps of a
 * training neither raise the loss nor make all logits 0: from small rates up by
 * doubling to the first that is too large, then by bisection. It depends on the
 * point and the batches alone, not on the plan's own rate. NaN where none is
 * too large within a factor of about 2^40, or there is no gradient.
 *
 * @param theta  [n_parameters] where it begins.
 */
GOLD_CHECKED gold_status FN(rate_stable)(const gold_training *plan,
                                         const real *theta, double *rate,
                                         double *flops);

#endif
