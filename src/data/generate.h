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
goldi_get_fn goldi_circles;

/**
 * Gaussians of deviation 1 around centres that are Gaussian themselves with
 * deviation data->separation in every coordinate; both halves share the
 * centres, all classes are equally likely.
 */
goldi_get_fn goldi_mixture;

/** Are there such mixtures? */
goldi_plan_fn goldi_mixture_plan;

/**
 * Points in an interval in each coordinate, even or uniform, and the values of
 * the study's target there. Test points are others.
 */
goldi_get_fn goldi_function;

/** Are there such points? */
goldi_plan_fn goldi_function_plan;

/** Blob i modulo their number for sample i, so that all have as many samples;
 * normal numbers around its mean. */
goldi_get_fn goldi_clusters;

/** Are there blobs? */
goldi_plan_fn goldi_clusters_plan;

/** Ring i modulo their number for sample i; uniform angles, and normal noise on
 * both coordinates. */
goldi_get_fn goldi_rings;

/** Are there rings? */
goldi_plan_fn goldi_rings_plan;

/** Even samples are (cos t, sin t) of class 0, odd ones (1 - cos t, 1/2 -
 * sin t) of class 1, t uniform on [0, pi]; with noise as rings have. */
goldi_get_fn goldi_moons;

/** Samples from the one end of a random order of all pairs (a, b) below the
 * modulus, from the other end in the test half: 1 at a and at modulus + b, of
 * class (a + b) mod modulus. */
goldi_get_fn goldi_modular;

/** Are there so many pairs? */
goldi_plan_fn goldi_modular_plan;

#endif
