/* SPDX-License-Identifier: MIT */
/**
 * @file images.h
 * One half of an MNIST-like set: a file of images and a file of labels.
 */
#ifndef GOLDILOCKS_DATA_IMAGES_H
#define GOLDILOCKS_DATA_IMAGES_H

#include <stdint.h>

#include "data/files.h"
#include "data/idx.h"

enum {
    GOLDI_MNIST_CLASSES = 10
};

typedef struct goldi_images {
    char *images_path; /* owned */
    char *labels_path; /* owned */
    goldi_idx images;
} goldi_images;

/**
 * Find both files and check their headers, their sizes on disk, and that they
 * belong together. Ended by goldi_images_fini, also after a failure.
 */
GOLD_CHECKED gold_status goldi_images_init(const gold_data_block *data,
                                           goldi_half half,
                                           goldi_images *images);

/** Free what it holds; zeroed ones are allowed. */
void goldi_images_fini(goldi_images *images);

/**
 * Read both files whole and keep `n_kept` samples.
 *
 * @param slots       as goldi_idx_read_items.
 * @param[out] bytes  [n_kept][height * width]
 * @param[out] labels [n_kept], all below GOLDI_MNIST_CLASSES
 * @param[out] goes_on  bits of gold_samples
 * @retval GOLD_ERR_FORMAT  a file is damaged, or changed since it was planned.
 */
GOLD_CHECKED gold_status goldi_images_read(const goldi_images *images,
                                           const size_t *slots, size_t n_kept,
                                           unsigned char *bytes,
                                           uint8_t *labels, unsigned *goes_on);

#endif
