/* SPDX-License-Identifier: MIT */
/**
 * @file generate.h
 * Built-in sets. A sample is a function of (seed, half, its index): asking for
 * more samples never changes those that were there.
 */
#ifndef GOLDILOCKS_DATA_GENERATE_H
#define GOLDILOCKS_DATA_GENERATE_H

#include <stdint.h>

#include "data/files.h"

enum {
    GOLDI_CIRCLES_FEATURES = 2,
    GOLDI_CIRCLES_CLASSES = 3,
    GOLDI_CIRCLES_TRAIN = 2400, /* as published */
    GOLDI_CIRCLES_TEST = 1364,
    GOLDI_MIXTURE_TRAIN = 1000,
    GOLDI_MIXTURE_TEST = 1000
};

/**
 * Three bands of points around the origin, uniform in area, that overlap a
 * little: a disc of radius 0.5, annuli 0.45..0.70 and 0.65..0.90, each as
 * likely as its area (SCIENCE 3.1).
 *
 * @param[out] inputs  [n][2]
 * @param[out] labels  [n]
 */
void goldi_circles(uint64_t seed, goldi_half half, size_t n, double *inputs,
                   uint8_t *labels);

/**
 * Gaussians of deviation 1 around centres that are Gaussian themselves with
 * deviation data->separation in every coordinate; both halves share the
 * centres, all classes are equally likely.
 *
 * @param[out] inputs  [n][data->features]
 * @param[out] labels  [n]
 */
GOLD_CHECKED gold_status goldi_mixture(const gold_data_block *data,
                                       goldi_half half, size_t n,
                                       double *inputs, uint8_t *labels);

#endif
