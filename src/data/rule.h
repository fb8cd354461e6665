/* SPDX-License-Identifier: MIT */
/**
 * @file rule.h
 * Normalisation: (x / unit - shift) / divisor, with a shift and a divisor for
 * each channel. The features of a sample are its channels one after the other;
 * every coordinate of a plain vector is a channel of its own, and so is every
 * pixel where they are normalised one by one. Where the divisor is 0 the
 * result is. Or by image: with the mean and deviation of its own features.
 */
#ifndef GOLDILOCKS_DATA_RULE_H
#define GOLDILOCKS_DATA_RULE_H

#include "data/plan.h"

typedef struct goldi_rule {
    double unit;
    size_t n_channels;
    size_t n_features;
    double *shift;   /* [n_channels]; owned */
    double *divisor; /* [n_channels]; owned */
    bool is_by_image;
} goldi_rule;

/**
 * The rule that a plan asks for; `standard` and `per-pixel` take their
 * numbers from the training samples. Ended by goldi_rule_fini, also after a
 * failure.
 *
 * @retval GOLD_ERR_CONFIG  standard, but the samples do not vary; by pixel or
 *                          by image, but all inputs would be 0.
 */
GOLD_CHECKED gold_status goldi_rule_init(const gold_dataset_plan *plan,
                                         const goldi_raw *train,
                                         goldi_rule *rule);

/** Free what it holds; zeroed ones are allowed. */
void goldi_rule_fini(goldi_rule *rule);

/** Normalise all samples: computed in double, stored as `precision`. */
void goldi_rule_apply(const goldi_rule *rule, const goldi_raw *raw,
                      gold_precision precision, void *inputs);

#endif
