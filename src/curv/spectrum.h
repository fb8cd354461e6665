/* SPDX-License-Identifier: MIT */
/**
 * @file spectrum.h
 * What is said of a symmetric matrix: its eigenvalues and numbers from them.
 */
#ifndef GOLD_CURV_SPECTRUM_H
#define GOLD_CURV_SPECTRUM_H

#include "goldilocks/status.h"

typedef struct gold_spectrum {
    double *eigenvalues; /* [n] ascending, of the caller */
    double trace;
    double frobenius_norm;
    double trace_over_norm;   /* 0 where the norm is 0 */
    double positive_fraction; /* share of eigenvalues above 0 */
    double spectral_norm;     /* largest size of an eigenvalue */
} gold_spectrum;

/** Doubles of scratch for order `n`. */
size_t gold_spectrum_scratch(size_t n);

/**
 * Spectrum of the leading block of order `n` of the symmetric matrix `m` with
 * rows of length `ld`.
 *
 * @retval GOLD_ERR_NUMERIC  an entry is not finite.
 */
GOLD_CHECKED gold_status gold_spectrum_of(size_t n, const double *m, size_t ld,
                                          double *scratch,
                                          gold_spectrum *spectrum);

/** Share of the n eigenvalues that are at most `resolution` in size. */
double gold_uncertain_fraction(size_t n, const double *eigenvalues,
                               double resolution);

#endif
