/* SPDX-License-Identifier: MIT */
/** @file start.h The drawn network that points of a study begin as. Typed. */
#ifndef GOLD_ENGINE_START_H
#define GOLD_ENGINE_START_H

#include "goldilocks/dataset.h"

#include "nn/model.h"

/** A network and its parameters as drawn, at scale 1. */
typedef struct gold_start {
    gold_network network;
    real *theta;       /* [n_parameters], owned */
    double norm;       /* of theta, as far as scales move it, */
    double fixed_norm; /* and of the rest */
    double reference;  /* what relative radius 1 means */
} gold_start;

/** Draw the network of a point; ended by FN(start_fini), also on failure. */
GOLD_CHECKED gold_status FN(start_init)(gold_start *start,
                                        const gold_settings *settings,
                                        const gold_dataset *data);

/** Free what a start holds; zeroed ones are allowed. */
void FN(start_fini)(gold_start *start);

/** Factor that puts the drawn point where its settings say. */
double FN(start_alpha)(const gold_start *start, const gold_settings *settings);

/** Can `real` hold the parameters at that scale to its precision? */
bool FN(start_fits)(const gold_start *start, double alpha);

/** Put parameters of that norm, which training has come to, into `near`, which
 * may be theta: of a homogeneous network near the norm that it was drawn with,
 * where all that is computed of it is in range. Returns the factor back, a
 * power of 2, which rounds nothing. */
double FN(start_near)(const gold_start *start, double norm, const real *theta,
                      real *near);

/** Samples as the numeric modules take them. */
gold_batch FN(samples)(const gold_samples *samples);

#endif
