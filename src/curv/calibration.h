/* SPDX-License-Identifier: MIT */
/**
 * @file calibration.h
 * What predictions say of themselves: calibration, Brier score and Gamma(P).
 */
#ifndef GOLD_CURV_CALIBRATION_H
#define GOLD_CURV_CALIBRATION_H

#include <stdint.h>

#include "goldilocks/status.h"

#include "nn/softmax.h"

enum {
    GOLD_CALIBRATION_BINS = 10
};

/** Sums over samples, by confidence in bins of equal width, the upper end
 * included: (0, 0.1], (0.1, 0.2] ... */
typedef struct gold_calibration {
    double n;
    double gap[GOLD_CALIBRATION_BINS]; /* of confidence less hit or miss */
} gold_calibration;

/** Enter a sample's confidence, and whether it was right. */
void gold_calibration_add(gold_calibration *calibration, double confidence,
                          bool is_right);

/** Expected calibration error: mean over samples of the difference of a bin's
 * mean confidence and its accuracy (Guo et al. 2017); NaN without samples. */
double gold_calibration_error(const gold_calibration *calibration);

/** Sums over training samples of one point. */
typedef struct gold_confusion {
    gold_calibration train;
    gold_calibration test;
    double brier; /* of |p - y|^2 */
    double *a;    /* [K][K] of diag p - p p', lower triangle; owned */
} gold_confusion;

/** Get room; ended by gold_confusion_fini, also on failure. */
GOLD_CHECKED gold_status gold_confusion_init(gold_confusion *confusion,
                                             size_t n_classes);

/** Free what it holds; zeroed ones are allowed. */
void gold_confusion_fini(gold_confusion *confusion);

/** Enter a training sample. */
void gold_confusion_add(gold_confusion *confusion, size_t n_classes,
                        const gold_softmax *softmax, uint8_t label);

/** Gamma(P): trace over Frobenius norm of the mean of diag p - p p', between 1
 * and sqrt(K - 1); 0 where that is 0, all predictions being sure. */
double gold_confusion_gamma(const gold_confusion *confusion, size_t n_classes);

#endif
