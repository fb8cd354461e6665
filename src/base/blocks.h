/* SPDX-License-Identifier: MIT */
/**
 * @file blocks.h
 * How much is worked on at a time.
 *
 * It decides how much memory a process takes. What allocates takes these
 * numbers from here, and so does what says beforehand how much that will be
 * (app/memory.c): none of them is written down twice.
 */
#ifndef GOLD_BASE_BLOCKS_H
#define GOLD_BASE_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>

enum {
    /** Points of a line measured together: each holds a gradient. */
    GOLD_LINE_POINTS = 64,
    /** Vectors multiplied together with the whole Hessian, where there are so
     * many. */
    GOLD_FULL_DIRECTIONS = 8,
    /** Steps of Lanczos' method for the sharpness, each a vector of doubles. */
    GOLD_SHARPNESS_STEPS = 30,
    /** Steps of trainings that try a learning rate. */
    GOLD_STABLE_STEPS = 100,
    /** Vectors of Lanczos' basis that are worked on together. */
    GOLD_LANCZOS_ROWS = 4,
    /** Sums of logit gradients that each class has. */
    GOLD_LOGIT_SUMS = 3,
    /** Of the arrays of a block of a line: where matrix products sweep over
     * them, more leave the cache; where only what is on is computed, more
     * spare the turning of directions. */
    GOLD_PRODUCT_BYTES = 32 << 20,
    GOLD_MASKED_BYTES = 128 << 20,
    /** What is on is padded to. */
    GOLD_LANE_BYTES = 32
};

/** Classes whose logit gradients are summed in one sweep over the samples. */
size_t gold_logit_classes(size_t n_parameters, size_t n_classes,
                          size_t real_bytes);

/** Samples of a block of it, where a sample takes so many reals. */
size_t gold_logit_samples(size_t sample_reals, size_t real_bytes);

/** Samples of a block over n samples: evenly spread, and as many as fit
 * `bytes` with their arrays, where a sample takes so many reals;
 * `has_positions`: it is an image, whose positions make products large enough.
 */
size_t gold_graph_samples(size_t bytes, size_t sample_reals, size_t real_bytes,
                          bool has_positions, size_t n);

/** Reals that a sample of a line takes beside the run of its graph: tangents of
 * outputs in double, and as reals. */
size_t gold_line_beside(size_t directions, size_t outputs, size_t real_bytes);

/** And where only what is on is computed (curv/masked.h): tangents, k residuals
 * in common and m of the points of so many units of linear layers, as if all
 * were on, which may be. */
size_t gold_masked_beside(size_t units, size_t outputs, size_t directions,
                          size_t k, size_t m, size_t real_bytes);

/** Samples of a block of products with the whole Hessian, of n samples;
 * `widest`: units of the widest node; `has_positions` as above. */
size_t gold_hvp_samples(size_t widest, bool has_positions, size_t directions,
                        size_t n);

/** Blocks of n_blocks for whose bases, of so many bytes, there is room in
 * `most`; and one for all the others, if any. */
size_t gold_hvp_bases(double bytes, double most, size_t n_blocks);

/** Vectors of n doubles of Lanczos' basis that are got at once: enough for
 * large pages, no more than `most` steps may want. */
size_t gold_lanczos_part(size_t n, size_t most);

/** Samples of a pass forth and back of a training, of n samples;
 * `has_positions`: of convolutions, as above. */
size_t gold_pass_samples(size_t widest, bool has_positions, size_t n);

#endif
