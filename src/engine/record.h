/* SPDX-License-Identifier: MIT */
/** @file record.h From matrices to the numbers of a record. */
#ifndef GOLD_ENGINE_RECORD_H
#define GOLD_ENGINE_RECORD_H

#include "goldilocks/schema.h"

/** The matrices of one point, [n][n] each, symmetric; borrowed. */
typedef struct gold_matrices {
    size_t n;
    const double *hessian;
    const double *g_term;
    const double *h_term;
    double least; /* no smaller eigenvalue is known */
} gold_matrices;

/** Put one number into a record; variables that the study does not have are
 * passed over. */
void gold_record_put(const gold_schema *schema, double *record,
                     gold_variable variable, double value);

/** Numbers that a point has of its layers: [n_layers][n_dims] of each of
 * GOLD_LAYER_VARIABLES, in their order; 0: none wanted. */
size_t gold_layer_numbers(const gold_schema *schema);

/** Put these numbers of a point into its record. */
void gold_record_layers(const gold_schema *schema, const double *values,
                        double *record);

/** Doubles that FN(resample) fills for a point: [2 sources][2 numbers][n_dims],
 * in the order of GOLD_SPREAD_VARIABLES. */
size_t gold_spread_numbers(const gold_schema *schema);

/** Put these numbers of a point into its record. */
void gold_record_spread(const gold_schema *schema, const double *values,
                        double *record);

/** Size up to which an eigenvalue in d dimensions is uncertain, from the
 * spectral norms of the two terms; see gold_record_curvature. */
double gold_resolution(size_t d, double epsilon, double g, double h);

/**
 * Put the spectra of all subspace dimensions, and what follows from them, into
 * a record.
 *
 * An eigenvalue counts as uncertain when it is no larger than
 * 4 sqrt(d) epsilon (|G|_2 + |S|_2): rounding perturbs the entries of the two
 * terms by about epsilon times their size, which moves eigenvalues by the norm
 * of a random matrix of such entries, about 2 sqrt(d) times them. So it does
 * when it is no larger than matrices->least, where the terms themselves may be
 * what underflow left.
 *
 * @param epsilon  relative spacing of numbers of the working precision.
 * @retval GOLD_ERR_NUMERIC  an entry is not finite.
 */
GOLD_CHECKED gold_status gold_record_curvature(const gold_schema *schema,
                                               const gold_matrices *matrices,
                                               double epsilon, double *record);

#endif
