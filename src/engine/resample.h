/* SPDX-License-Identifier: MIT */
/** @file resample.h How far curvature scatters at one point. Typed. */
#ifndef GOLD_ENGINE_RESAMPLE_H
#define GOLD_ENGINE_RESAMPLE_H

#include "curv/line.h"
#include "engine/seam.h"

/**
 * Measure a line again in further bases, drawn like its own, and on random
 * halves of its training samples, as often as the study says.
 *
 * Over bases the line's own counts as one. The deviation over halves, which
 * are drawn without replacement, estimates that over whole sets of samples: a
 * mean of m of n samples has the variance (1/m - 1/n) sigma^2, at m = n/2 that
 * of n fresh ones; for odd n it is scaled to it.
 *
 * @param results  of the line in its own basis.
 * @param values   [line->n_points][gold_spread_numbers] (record.h), filled; NaN
 * for what is not asked for and for points with a matrix that is not finite.
 * @param flops    those of matrix products are added.
 */
GOLD_CHECKED gold_status FN(resample)(const FN(line) * line,
                                      const gold_engine_job *job,
                                      const gold_settings *settings,
                                      const gold_line_result *results,
                                      double *values, double *flops);

#endif
