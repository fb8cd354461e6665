/* SPDX-License-Identifier: MIT */
/**
 * @file boundary.h
 * The decision boundary of a network at a point, and what eigenvectors of the
 * Hessian have to do with it. Typed.
 *
 * The reinforcing gradient of a sample (Sabanayagam et al. 2023) is that of
 * the loss by the parameters, as if its label were what the network predicts:
 *
 *   g(x) = sum over classes of (d loss / d z_k) J_k(x), label = argmax z(x).
 *
 * It turns around where x crosses the boundary of two classes. Its alignment
 * with a unit vector v is <v, g> / |g|. Residuals are scaled to a largest of 1
 * first: a sure prediction has as exact a direction as any.
 *
 * The first-order distance of x from the boundary is the least, over other
 * classes, of (z_top - z_k) / |grad_x (z_top - z_k)|.
 */
#ifndef GOLD_CURV_BOUNDARY_H
#define GOLD_CURV_BOUNDARY_H

#include "nn/model.h"

/** A network at a point. All borrowed. */
typedef struct gold_boundary {
    const gold_network *network;
    const real *theta; /* [n_parameters] */
    double temperature;
    double input_scale;
} gold_boundary;

/** What gradients are held against, and what is found, for n samples. Arrays
 * are the caller's. */
typedef struct gold_alignments {
    size_t n_vectors;
    const real *vectors; /* [n_vectors][n_parameters], of unit length */
    double *cosines;     /* [n_vectors][n] alignments, 0 where g is 0 */
    uint8_t *classes;    /* [n] what is predicted */
    double *confidence;  /* [n] its probability, NaN for other losses */
    const size_t *order; /* [n] samples so that labels ascend; NULL: as they
                            come */
    real *sums;          /* [classes][n_parameters] += gradients of unit length,
                            by label; needs `order`. NULL: not wanted */
    double *counts;      /* [classes] += gradients that are not 0; likewise */
    double flops;        /* += */
} gold_alignments;

/** Alignments, predictions and sums of samples.
 *
 * @retval GOLD_ERR_MEMORY  no memory. */
GOLD_CHECKED gold_status FN(boundary_align)(const gold_boundary *boundary,
                                            const gold_batch *samples,
                                            gold_alignments *found);

/** First-order distances (n), of inputs as the network gets them; infinite
 * where no input moves the lead.
 *
 * @retval GOLD_ERR_MEMORY  no memory. */
GOLD_CHECKED gold_status FN(boundary_margins)(const gold_boundary *boundary,
                                              const gold_batch *samples,
                                              double *margins, double *flops);

#endif
