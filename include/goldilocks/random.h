/* SPDX-License-Identifier: MIT */
/**
 * @file random.h
 * Random numbers that depend on what they are for and on nothing else.
 *
 * A stream is named by (seed, purpose, part); its numbers are a pure function
 * of that name and their position (Philox4x32-10, Salmon et al. 2011, from
 * Random123). So results do not depend on the number of ranks, on the order of
 * tasks, or on which other seeds, radii, widths or depths a grid holds.
 */
#ifndef GOLDILOCKS_RANDOM_H
#define GOLDILOCKS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What numbers are for. Values are part of the result: never renumber. */
typedef enum gold_purpose {
    GOLD_PURPOSE_WEIGHTS = 1,           /* part: index of the linear layer */
    GOLD_PURPOSE_BIASES = 2,            /* part: index of the linear layer */
    GOLD_PURPOSE_DIRECTIONS = 3,        /* part: index of the direction */
    GOLD_PURPOSE_SUBSET = 4,            /* part: 0 training, 1 test samples */
    GOLD_PURPOSE_DATA = 5,              /* part: 0 training, 1 test samples */
    GOLD_PURPOSE_BATCHES = 6,           /* part: epoch */
    GOLD_PURPOSE_PROBES = 7,            /* part: index of the probe */
    GOLD_PURPOSE_AUGMENT = 8,           /* part: epoch */
    GOLD_PURPOSE_TRACE = 9,             /* part: index of the probe */
    GOLD_PURPOSE_DENSITY = 10,          /* part: index of the probe */
    GOLD_PURPOSE_EXTREME = 11,          /* part: 0 Hessian, 1 G, 2 H-term */
    GOLD_PURPOSE_LAYER_DIRECTIONS = 20, /* part: layer * 4096 + direction */
    GOLD_PURPOSE_OTHER_DIRECTIONS = 21, /* part: basis * 4096 + direction */
    GOLD_PURPOSE_HALVES = 22,           /* part: index of the half */
    GOLD_PURPOSE_LABELS = 23,           /* part: 0 which, 1 among each other */
    GOLD_PURPOSE_SELECT = 32            /* part: 0 */
} gold_purpose;

typedef struct gold_stream {
    uint64_t seed;
    uint32_t purpose;
    uint32_t part;
} gold_stream;

/** Name a stream. */
gold_stream gold_stream_of(uint64_t seed, gold_purpose purpose, uint32_t part);

/** Uniform 32-bit numbers `first .. first + n - 1` of the stream. */
void gold_random_bits(gold_stream stream, uint64_t first, size_t n,
                      uint32_t *out);

/** Uniform numbers in (0, 1), 52 bits, positions as above. */
void gold_random_uniform(gold_stream stream, uint64_t first, size_t n,
                         double *out);

/**
 * Standard normal numbers (Box and Muller 1958), positions as above. The
 * value at a position does not depend on `first` or `n`.
 */
void gold_random_normal(gold_stream stream, uint64_t first, size_t n,
                        double *out);

/** A random order of 0 .. n-1 (Fisher and Yates), every order equally likely
 * up to 2^-32. */
void gold_random_order(gold_stream stream, size_t n, size_t *out);

#ifdef __cplusplus
}
#endif
#endif
