/* SPDX-License-Identifier: MIT */
/**
 * @file condensation.h
 * How far the units of a hidden layer point in few directions, and how far they
 * have gone (Luo et al. 2021, arXiv 2007.07497; Zhou et al. 2022,
 * arXiv 2105.11686; Chen et al. 2024, arXiv 2410.20119). Typed.
 *
 * A unit k has the vector w_k of its weights, with its bias as one more where
 * it has one, and the norm |a_k| of the weights by which one other layer reads
 * it; its amplitude is A_k = |a_k| |w_k|. Units of amplitude 0 have no
 * direction and take no part but in the mean and in the distances.
 */
#ifndef GOLD_TRAIN_CONDENSATION_H
#define GOLD_TRAIN_CONDENSATION_H

#include "nn/model.h"

/** What is known of a layer, in the order of GOLD_CONDENSATION_VARIABLES. */
typedef enum gold_condensed {
    GOLD_CONDENSED_LEAD,
    GOLD_CONDENSED_RANK,
    GOLD_CONDENSED_COSINE,
    GOLD_CONDENSED_SHARE,
    GOLD_CONDENSED_ORIENTATIONS,
    GOLD_CONDENSED_AMPLITUDE_MEAN,
    GOLD_CONDENSED_AMPLITUDE_W1,
    GOLD_CONDENSED_RELATIVE_DISTANCE,
    GOLD_N_CONDENSED
} gold_condensed;

/** Zeroed: none. Owns its arrays. */
typedef struct gold_condensation {
    const gold_layer *in; /* of the units; borrowed */
    const gold_layer *out;
    size_t n;             /* units */
    size_t length;        /* of a unit's vector */
    double *start;        /* [n][length] vectors where training began */
    double *start_sorted; /* [n] amplitudes there, ascending */
    double *vectors;      /* [n][length], then of norm 1 */
    double *amplitudes;   /* [n] */
    double *sorted;       /* [n] */
    double *cosines;      /* [n][n] of units, rows in order of `by_size` */
    size_t *by_size;      /* [n] units, the largest amplitude first */
    size_t *leads;        /* [n] of clusters, places in `by_size` */
    double *matrix;       /* [order][order] */
    double *eigenvalues;  /* [order] */
    double *scratch;      /* of the eigenvalues */
} gold_condensation;

/** Get ready to look at units of layer `l`, which layer `reader` reads
 * (gold_graph_reader), and which began at `theta`; ended by
 * FN(condensation_fini), also on failure. The network is borrowed. */
GOLD_CHECKED gold_status FN(condensation_init)(gold_condensation *c,
                                               const gold_network *network,
                                               size_t l, size_t reader,
                                               const real *theta);

/** Fill what is known of them at theta, NaN where nothing is.
 *
 * @retval GOLD_ERR_NUMERIC  parameters are not finite. */
GOLD_CHECKED
gold_status FN(condensation_take)(gold_condensation *c, const real *theta,
                                  double numbers[GOLD_N_CONDENSED]);

/** Free what it holds. */
void FN(condensation_fini)(gold_condensation *c);

#endif
