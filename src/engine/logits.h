/* SPDX-License-Identifier: MIT */
/** @file logits.h Logit gradients at the points of a task. Typed. */
#ifndef GOLD_ENGINE_LOGITS_H
#define GOLD_ENGINE_LOGITS_H

#include "curv/expected.h"
#include "curv/line.h"
#include "engine/seam.h"

/**
 * Statistics of logit gradients at all points of a line, over the first
 * `n_samples` of its training samples.
 *
 * A homogeneous network is looked at once, at scale 1, other networks once for
 * every alpha.
 *
 * @param found  [line->n_points], filled.
 * @param flops  those of matrix products are added.
 */
GOLD_CHECKED gold_status FN(line_logits)(const FN(line) * line,
                                         size_t n_samples,
                                         gold_logit_gradients *found,
                                         double *flops);

/** Put them, and what follows from them, into the record of a point. */
void FN(record_logits)(const gold_schema *schema, const FN(line) * line,
                       const gold_line_point *point,
                       const gold_line_result *result,
                       const gold_logit_gradients *gradients, double *record);

#endif
