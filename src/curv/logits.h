/* SPDX-License-Identifier: MIT */
/**
 * @file logits.h
 * Statistics of the gradients of logits by the parameters. Typed.
 *
 * J_ik is the gradient of logit k (before the temperature) of sample i, a
 * vector of D entries; c_k its mean over samples. Neither
 * Jacobians nor their Gram matrix are stored:
 *
 *  - |J_ik|^2 is a sum over layers of |a_(l-1),i|^2 |delta_l,ik|^2;
 *  - a mean cosine over all pairs i /= j of n unit vectors u is
 *    (|sum u|^2 - n) / (n (n - 1)), so sums over samples are all it takes.
 *
 * Work: a forward pass a sample, a backward pass and two gradients a sample
 * and class.
 */
#ifndef GOLD_CURV_LOGITS_H
#define GOLD_CURV_LOGITS_H

#include "curv/expected.h"
#include "nn/model.h"

/**
 * The statistics at a model's point over `samples`.
 *
 * A mean without a single pair is NaN. The result does not depend on the order
 * of samples but for rounding.
 *
 * @retval GOLD_ERR_MEMORY  no memory.
 */
GOLD_CHECKED gold_status FN(logit_gradients)(const gold_model *model,
                                             const gold_batch *samples,
                                             gold_logit_gradients *found);

#endif
