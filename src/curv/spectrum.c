/* SPDX-License-Identifier: MIT */
#include "curv/spectrum.h"

#include <math.h>

#include "linalg/eigen.h"

size_t gold_spectrum_scratch(size_t n)
{
    return n * n + gold_eigenvalues_scratch(n);
}

/* Root of the sum of squares of `n` numbers a row of a square matrix, without
 * leaving the range of numbers where the matrix does not. */
static double frobenius(size_t n, const double *m)
{
    double largest = 0.0;
    double sum = 0.0;

    for (size_t i = 0; i < n * n; i++) {
        largest = fmax(largest, fabs(m[i]));
    }
    for (size_t i = 0; i < n * n && largest > 0.0; i++) {
        sum += (m[i] / largest) * (m[i] / largest);
    }
    return largest * sqrt(sum);
}

gold_status gold_spectrum_of(size_t n, const double *m, size_t ld,
                             double *scratch, gold_spectrum *spectrum)
{
    double *copy = scratch;
    double *values = spectrum->eigenvalues;
    size_t positive = 0;

    spectrum->trace = 0.0;
    for (size_t i = 0; i < n; i++) {
        spectrum->trace += m[i * ld + i];
        for (size_t j = 0; j < n; j++) {
            copy[i * n + j] = m[i * ld + j];
        }
    }
    spectrum->frobenius_norm = frobenius(n, copy);
    spectrum->trace_over_norm = spectrum->frobenius_norm > 0.0
                                    ? spectrum->trace / spectrum->frobenius_norm
                                    : 0.0;
    GOLD_TRY(gold_eigenvalues(n, copy, values, scratch + n * n));
    for (size_t i = 0; i < n; i++) {
        positive += values[i] > 0.0 ? 1 : 0;
    }
    spectrum->positive_fraction = (double)positive / (double)n;
    spectrum->spectral_norm = fmax(fabs(values[0]), fabs(values[n - 1]));
    return GOLD_OK;
}

double gold_uncertain_fraction(size_t n, const double *eigenvalues,
                               double resolution)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        count += fabs(eigenvalues[i]) <= resolution ? 1 : 0;
    }
    return (double)count / (double)n;
}
