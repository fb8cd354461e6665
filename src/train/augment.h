/* SPDX-License-Identifier: MIT */
/**
 * @file augment.h
 * Images changed at random each time that training uses them: turned left to
 * right, and moved by whole pixels, with zeros where nothing moves in. Typed.
 *
 * What happens to a sample is a function of the training's seed, the epoch and
 * the sample's index; not of batches, ranks, or where a training was resumed.
 */
#ifndef GOLD_TRAIN_AUGMENT_H
#define GOLD_TRAIN_AUGMENT_H

#include "goldilocks/settings.h"

#include "base/real.h"

/** How a training changes its images. */
typedef struct gold_augmentation {
    size_t channels;
    size_t height;
    size_t width;
    uint64_t seed;
    bool flip;      /* every other image, on average, is turned */
    uint64_t shift; /* pixels, at most, down or up and right or left */
} gold_augmentation;

/** What is done to one image: turned, then moved. */
typedef struct gold_jitter {
    bool is_flipped;
    int64_t down;  /* pixels; -shift to shift, all alike */
    int64_t right; /* the same */
} gold_jitter;

/** True when images are changed at all. */
bool FN(augments)(const gold_augmentation *augmentation);

/** What is done to sample `index` in an epoch. */
gold_jitter FN(augment_draw)(const gold_augmentation *augmentation,
                             uint64_t epoch, size_t index);

/**
 * Do it.
 *
 * @param image     (channels, height, width)
 * @param[out] out  the same shape.
 */
void FN(augment)(const gold_augmentation *augmentation, gold_jitter jitter,
                 const real *restrict image, real *restrict out);

#endif
