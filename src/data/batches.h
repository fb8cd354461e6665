/* SPDX-License-Identifier: MIT */
/**
 * @file batches.h
 * One half of CIFAR-10 (A. Krizhevsky 2009) in its binary version: files of
 * records, each a byte of label and 3 x 32 x 32 bytes of pixels, red, green
 * and blue planes, row major; nothing before, between or after them. The
 * training half is data_batch_1.bin, data_batch_2.bin and so on, the test half
 * test_batch.bin; files may hold any number of records.
 */
#ifndef GOLDILOCKS_DATA_BATCHES_H
#define GOLDILOCKS_DATA_BATCHES_H

#include <stdint.h>

#include "data/files.h"
#include "data/source.h"

enum {
    GOLDI_CIFAR_CLASSES = 10,
    GOLDI_CIFAR_CHANNELS = 3,
    GOLDI_CIFAR_SIDE = 32,
    GOLDI_CIFAR_PIXELS = 3 * 32 * 32,
    GOLDI_CIFAR_RECORD = 1 + GOLDI_CIFAR_PIXELS,
    GOLDI_CIFAR_MAX_FILES = 99 /* data_batch_1.bin to data_batch_99.bin */
};

typedef struct goldi_batch {
    char *path;     /* owned */
    size_t n_items; /* records */
} goldi_batch;

typedef struct goldi_batches {
    size_t n_files;
    goldi_batch files[GOLDI_CIFAR_MAX_FILES];
    size_t n_items; /* of all files */
} goldi_batches;

/**
 * Find the files of a half and check their sizes and first bytes. Ended by
 * goldi_batches_fini, also after a failure.
 *
 * @retval GOLD_ERR_IO      a file is missing or cannot be read.
 * @retval GOLD_ERR_FORMAT  a file does not consist of such records.
 */
GOLD_CHECKED gold_status goldi_batches_init(const gold_data_block *data,
                                            goldi_half half,
                                            goldi_batches *batches);

/** Free what it holds; zeroed ones are allowed. */
void goldi_batches_fini(goldi_batches *batches);

/**
 * Read all files whole, check all labels, keep `n_kept` samples.
 *
 * @param slots       [n_items] where each record goes; those whose slot is not
 *                    below `n_kept` are passed over. NULL: the first ones.
 * @param[out] pixels [n_kept][GOLDI_CIFAR_PIXELS]
 * @param[out] labels [n_kept], all below GOLDI_CIFAR_CLASSES
 * @retval GOLD_ERR_FORMAT  a label is out of range, or a file changed since it
 *                          was looked at.
 */
GOLD_CHECKED gold_status goldi_batches_read(const goldi_batches *batches,
                                            const size_t *slots, size_t n_kept,
                                            unsigned char *pixels,
                                            uint8_t *labels);

/**
 * Does a source of `bytes` bytes consist of whole records, as far as its size
 * and its first bytes tell? These are read.
 *
 * @param[out] n_items  how many there are.
 */
GOLD_CHECKED gold_status goldi_batch_check(goldi_source *source, size_t bytes,
                                           size_t *n_items);

/**
 * Read the `n_items` records of one source, to its end; record i goes to
 * slots[i], or to `i` where slots is NULL. As above otherwise.
 */
GOLD_CHECKED gold_status goldi_batch_read(goldi_source *source, size_t n_items,
                                          const size_t *slots, size_t n_kept,
                                          unsigned char *pixels,
                                          uint8_t *labels);

#endif
