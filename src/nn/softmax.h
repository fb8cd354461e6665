/* SPDX-License-Identifier: MIT */
/**
 * @file softmax.h
 * One sample's softmax in double, written so that nothing is lost where it
 * saturates: everything is relative to the largest logit, and what is small
 * stays exact.
 */
#ifndef GOLD_NN_SOFTMAX_H
#define GOLD_NN_SOFTMAX_H

#include <stddef.h>
#include <stdint.h>

/** Predictions of one sample over K classes. */
typedef struct gold_softmax {
    double *p;  /* [K] probabilities, of the caller */
    size_t top; /* class of the largest logit, the first of several */
    double loss;
    double entropy;
    double rest;     /* 1 - p[top], exact also where it is tiny */
    double residual; /* the size of the largest residual */
} gold_softmax;

/**
 * Softmax of `logits` [n_classes] and the cross-entropy of `label`.
 * Overflowing logits give a loss that is not finite.
 */
void gold_softmax_of(size_t n_classes, const double *logits, size_t label,
                     gold_softmax *softmax);

/** p[k] less 1 where k is the label: the derivative of the cross-entropy by
 * logit k, exact also where it is tiny. */
double gold_softmax_residual(const gold_softmax *softmax, size_t k,
                             size_t label);

#endif
