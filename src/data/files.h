/* SPDX-License-Identifier: MIT */
/**
 * @file files.h
 * The files of a set, under any of their usual names, and words for messages.
 */
#ifndef GOLDILOCKS_DATA_FILES_H
#define GOLDILOCKS_DATA_FILES_H

#include "goldilocks/study.h"

/** Training or test; also the parts of random streams. */
typedef enum goldi_half {
    GOLDI_TRAIN,
    GOLDI_TEST,
    GOLDI_N_HALVES
} goldi_half;

/**
 * Find "train-images-idx3-ubyte" or one of its fellows in a folder: with a
 * dash or a dot before "idx", plain (preferred) or ".gz".
 *
 * @param n_dims      3: images, 1: labels.
 * @param[out] path   for gold_free.
 * @param[out] bytes  size of the file as it lies there.
 * @retval GOLD_ERR_IO  no such file, or not a regular one; the message says
 *                      which names were tried and where the set comes from.
 */
GOLD_CHECKED gold_status goldi_file_find(const gold_data_block *data,
                                         goldi_half half, int n_dims,
                                         char **path, size_t *bytes);

/**
 * Is data.path a folder?
 *
 * @retval GOLD_ERR_CONFIG  it is not given.
 * @retval GOLD_ERR_IO      there is none, or it is no folder.
 */
GOLD_CHECKED gold_status goldi_folder_check(const gold_data_block *data);

/**
 * Look for a file of this name in the folder.
 *
 * @param[out] path   for gold_free; NULL: there is none.
 * @param[out] bytes  its size.
 * @retval GOLD_ERR_IO  it is there, but not a regular file, or out of reach.
 */
GOLD_CHECKED gold_status goldi_file_look(const gold_data_block *data,
                                         const char *name, char **path,
                                         size_t *bytes);

#endif
