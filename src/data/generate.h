/* SPDX-License-Identifier: MIT */
/**
 * @file generate.h
 * Built-in sets, each a goldi_set (sets.h). A sample is a function of (seed,
 * half, its index): asking for more samples never changes those that were
 * there, unless they are even.
 */
#ifndef GOLDILOCKS_DATA_GENERATE_H
#define GOLDILOCKS_DATA_GENERATE_H

#include "data/plan.h"

enum {
    GOLDI_CIRCLES_FEATURES = 2,
    GOLDI_CIRCLES_CLASSES = 3
};

/**
 * Three bands of points around the origin, uniform in area, that overlap a
 * little: a disc of radius 0.5, annuli 0.45..0.70 and 0.65..0.90, each as
 * likely as its area.
 */
GOLD_CHECKED gold_status goldi_circles(const gold_dataset_plan *plan,
                                       goldi_half half, const size_t *slots,
                                       goldi_raw *raw);

/**
 * Gaussians of deviation 1 around centres that are Gaussian themselves with
 * deviation data->separation in every coordinate; both halves share the
 * centres, all classes are equally likely.
 */
GOLD_CHECKED gold_status goldi_mixture(const gold_dataset_plan *plan,
                                       goldi_half half, const size_t *slots,
                                       goldi_raw *raw);

/** Are there such mixtures? */
GOLD_CHECKED gold_status goldi_mixture_plan(const gold_data_block *data,
                                            gold_dataset_plan *plan);

/**
 * Points in an interval in each coordinate, even or uniform, and the values of
 * the study's target there. Test points are others.
 */
GOLD_CHECKED gold_status goldi_function(const gold_dataset_plan *plan,
                                        goldi_half half, const size_t *slots,
                                        goldi_raw *raw);

/** Are there such points? */
GOLD_CHECKED gold_status goldi_function_plan(const gold_data_block *data,
                                             gold_dataset_plan *plan);

/** Blob i modulo their number for sample i, so that all have as many samples;
 * normal numbers around its mean. */
GOLD_CHECKED gold_status goldi_clusters(const gold_dataset_plan *plan,
                                        goldi_half half, const size_t *slots,
                                        goldi_raw *raw);

/** Are there blobs? */
GOLD_CHECKED gold_status goldi_clusters_plan(const gold_data_block *data,
                                             gold_dataset_plan *plan);

/** Ring i modulo their number for sample i; uniform angles, and normal noise on
 * both coordinates. */
GOLD_CHECKED gold_status goldi_rings(const gold_dataset_plan *plan,
                                     goldi_half half, const size_t *slots,
                                     goldi_raw *raw);

/** Are there rings? */
GOLD_CHECKED gold_status goldi_rings_plan(const gold_data_block *data,
                                          gold_dataset_plan *plan);

/** Even samples are (cos t, sin t) of class 0, odd ones (1 - cos t, 1/2 -
 * sin t) of class 1, t uniform on [0, pi]; with noise as rings have. */
GOLD_CHECKED gold_status goldi_moons(const gold_dataset_plan *plan,
                                     goldi_half half, const size_t *slots,
                                     goldi_raw *raw);

/** Samples from the one end of a random order of all pairs (a, b) below the
 * modulus, from the other end in the test half: 1 at a and at modulus + b, of
 * class (a + b) mod modulus. */
GOLD_CHECKED gold_status goldi_modular(const gold_dataset_plan *plan,
                                       goldi_half half, const size_t *slots,
                                       goldi_raw *raw);

/** Are there so many pairs? */
GOLD_CHECKED gold_status goldi_modular_plan(const gold_data_block *data,
                                            gold_dataset_plan *plan);

#endif
