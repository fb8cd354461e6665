/* SPDX-License-Identifier: MIT */
/**
 * @file gradient.h
 * Loss and gradient over samples, in blocks that stay in the cache. Typed.
 */
#ifndef GOLD_TRAIN_GRADIENT_H
#define GOLD_TRAIN_GRADIENT_H

#include "graph/run.h"
#include "nn/model.h"

/** Sums over samples that come with a pass. */
typedef struct gold_pass_sums {
    double loss;
    double entropy;
    double correct;
    double zero_logits; /* logits that are exactly 0, all classes */
} gold_pass_sums;

/** Arrays for passes over a network. */
typedef struct FN(passes) {
    const gold_network *network;
    double input_scale;
    double temperature;
    size_t block; /* samples at a time */
    gold_run run;
    double *logits;   /* [K] of one sample */
    double *residual; /* [K] */
    double *p;        /* [K] */
} FN(passes);

/** Get arrays for passes over up to `most` samples at a time; ended by
 * FN(passes_fini), also on failure. */
GOLD_CHECKED gold_status FN(passes_init)(FN(passes) * passes,
                                         const gold_network *network,
                                         double input_scale, double temperature,
                                         size_t most);

/** Free the arrays; zeroed ones are allowed. */
void FN(passes_fini)(FN(passes) * passes);

/** Forward only: the samples' sums. */
gold_pass_sums FN(evaluate)(FN(passes) * passes, const real *theta,
                            gold_batch samples);

/**
 * Mean gradient of the cross-entropy of softmax(logits / temperature).
 *
 * @param gradient  [n_parameters], filled.
 * @return          the samples' sums.
 */
gold_pass_sums FN(gradient)(FN(passes) * passes, const real *theta,
                            gold_batch samples, real *gradient);

#endif
