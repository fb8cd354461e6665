/* SPDX-License-Identifier: MIT */
/**
 * @file critical.h
 * Curvature by forward passes alone (arXiv 2601.16979). Typed.
 *
 * The critical sharpness is 2 / eta, where eta is the smallest step along the
 * negative gradient g that leaves the loss where it was: a larger one raises
 * it. Of a quadratic it is g'Hg / g'g, at most the largest eigenvalue of H.
 *
 * The loss may rise, fall and rise again along g, and what is looked for is
 * where it first begins to be higher than at the start. Where the parabola
 * through the start that has its slope and bend is back at a step within 2 % of
 * that found, the loss is taken for it: that takes about six passes. Else it is
 * looked at at steps of a ratio of 2^(1/8), and at tops between them, from a
 * 16th of the soonest step at which it may be back: that of every parabola of
 * the slope and a step tried, and of the straight line that has lost all of the
 * loss there. A rise before that bends 16 times as much as anything seen, where
 * the loss has hardly fallen; from the smallest step whose fall the arithmetic
 * resolves on, it is looked for at steps of a ratio of 2. So rises that are
 * over within 2^(1/8) may be missed, and before that 16th within 2. At most 500
 * passes are made; often some 80 of such a loss in float64, fewer in float32.
 */
#ifndef GOLD_TRAIN_CRITICAL_H
#define GOLD_TRAIN_CRITICAL_H

#include "train/gradient.h"

/**
 * The critical sharpness at theta, to about 1e-3 of it; NaN where no step
 * raises the loss, or only ones along which it has fallen by less than the
 * arithmetic resolves.
 *
 * @param gradient  [n_parameters] of the samples' mean loss.
 * @param trial     [n_parameters] of scratch.
 * @param loss      at theta.
 * @param n_passes  over the samples that it took.
 */
double FN(critical_sharpness)(FN(passes) * passes, const real *theta,
                              const real *gradient, gold_batch samples,
                              real *trial, double loss, size_t *n_passes);

#endif
