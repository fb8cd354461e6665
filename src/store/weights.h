/* SPDX-License-Identifier: MIT */
/**
 * @file weights.h
 * Vectors of parameters in a file that somebody made, in the layout of point
 * files: parameters/theta, [parameters] or [points, parameters], in the order
 * of PyTorch's parameters_to_vector. Beside it may stand what tensors they are
 * made of: parameters/shapes, [tensors, 4], zeros after the sizes of each, and
 * parameters/names, [tensors] texts of 64 bytes; and parameters/points,
 * [points] of them, what the vectors are called.
 *
 * The file is of unknown origin: it is examined as result files are
 * (examine.h), and each function here does so first. One process.
 */
#ifndef GOLD_STORE_WEIGHTS_H
#define GOLD_STORE_WEIGHTS_H

#include "goldilocks/data_sets.h"
#include "goldilocks/status.h"

typedef struct goldi_weights {
    size_t n;                       /* vectors */
    size_t n_parameters;            /* of each */
    size_t n_tensors;               /* 0: the file does not say */
    gold_tensor *tensors;           /* owned; NULL: none */
    char (*names)[GOLD_NAME_BYTES]; /* [n] of vectors; owned; NULL: none */
    bool is_flat;                   /* one, without rows */
    bool is_chunked;
} goldi_weights;

/**
 * Look at a file; vectors are not read. Ended by goldi_weights_fini, also on
 * failure.
 *
 * @retval GOLD_ERR_IO      it cannot be opened.
 * @retval GOLD_ERR_FORMAT  it is no such file, or damaged: says what is wrong.
 */
GOLD_CHECKED gold_status goldi_weights_look(const char *path,
                                            goldi_weights *weights);

/**
 * Read all vectors.
 *
 * @param theta  [n][n_parameters], filled.
 * @retval GOLD_ERR_FORMAT  a number is not finite: says which; or the file has
 *                          changed.
 */
GOLD_CHECKED gold_status goldi_weights_read(const char *path,
                                            const goldi_weights *weights,
                                            double *theta);

/** Free what it holds; zeroed ones are allowed. */
void goldi_weights_fini(goldi_weights *weights);

#endif
