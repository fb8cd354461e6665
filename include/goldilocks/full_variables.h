/* SPDX-License-Identifier: MIT */
/**
 * @file full_variables.h
 * Result variables of the whole parameter space: part of the list of schema.h,
 * in the same columns.
 */
#ifndef GOLDILOCKS_FULL_VARIABLES_H
#define GOLDILOCKS_FULL_VARIABLES_H

/** What a study may ask for. */
enum {
    GOLD_MAX_EXTREME = 100,    /* eigenvalues at each end */
    GOLD_MAX_STEPS = 5000,     /* of Lanczos' method */
    GOLD_MAX_PROBES = 1000000, /* random vectors */
    GOLD_MAX_DENSE = 20000,    /* parameters whose Hessian is written out */
    GOLD_DENSE_LIMIT = 4000,   /* what `dense: true` means */
};

#define GOLD_EXTREME_VARIABLES(X)                                              \
    X(FULL_LARGEST_EIGENVALUES, "full_largest_eigenvalues", EXTREME, EXTREME,  \
      "1", "largest eigenvalues of the Hessian, all parameters, descending")   \
    X(FULL_LARGEST_RESIDUALS, "full_largest_residuals", EXTREME, EXTREME, "1", \
      "norm of H v - lambda v of these and their unit vectors: an eigenvalue " \
      "is that near")                                                          \
    X(FULL_SMALLEST_EIGENVALUES, "full_smallest_eigenvalues", EXTREME,         \
      EXTREME, "1",                                                            \
      "smallest eigenvalues of the Hessian, all parameters, ascending")        \
    X(FULL_SMALLEST_RESIDUALS, "full_smallest_residuals", EXTREME, EXTREME,    \
      "1", "norm of H v - lambda v of these and their unit vectors")           \
    X(FULL_SPECTRAL_NORM, "full_spectral_norm", POINT, EXTREME, "1",           \
      "largest size of an eigenvalue of the Hessian, all parameters")          \
    X(FULL_G_SPECTRAL_NORM, "full_g_spectral_norm", POINT, EXTREME_SPLIT, "1", \
      "largest eigenvalue of the Gauss-Newton term G, all parameters")         \
    X(FULL_G_SPECTRAL_RESIDUAL, "full_g_spectral_residual", POINT,             \
      EXTREME_SPLIT, "1", "residual of full_g_spectral_norm")                  \
    X(FULL_H_SPECTRAL_NORM, "full_h_spectral_norm", POINT, EXTREME_SPLIT, "1", \
      "largest size of an eigenvalue of the H-term, all parameters")           \
    X(FULL_H_SPECTRAL_RESIDUAL, "full_h_spectral_residual", POINT,             \
      EXTREME_SPLIT, "1", "residual of full_h_spectral_norm")                  \
    X(FULL_EXTREME_CONVERGED, "full_extreme_converged", POINT, EXTREME, "1",   \
      "1 where all residuals are at most curvature.extreme.tolerance times "   \
      "the spectral norm, else 0")                                             \
    X(PRODUCTS_EXTREME, "products_extreme", POINT, EXTREME, "1",               \
      "products with the Hessian or a term of it for extreme eigenvalues")

#define GOLD_TRACE_VARIABLES(X, NAME, name, of, when)                          \
    X(FULL_##NAME##TRACE, "full_" name "trace", POINT, when, "1",              \
      "trace of " of ", all parameters: mean of v' M v over probes")           \
    X(FULL_##NAME##TRACE_STDERR, "full_" name "trace_stderr", POINT, when,     \
      "1", "standard error of the trace over probes")                          \
    X(FULL_##NAME##FROBENIUS_NORM, "full_" name "frobenius_norm", POINT, when, \
      "1",                                                                     \
      "Frobenius norm of " of                                                  \
      ", all parameters: root of the mean of |M v|^2 over probes")             \
    X(FULL_##NAME##FROBENIUS_NORM_STDERR,                                      \
      "full_" name "frobenius_norm_stderr", POINT, when, "1",                  \
      "standard error of the norm over probes")                                \
    X(FULL_##NAME##RATIO, "full_" name "ratio", POINT, when, "1",              \
      "R: squared trace over squared Frobenius norm of " of                    \
      ", all parameters, its bias removed by the jackknife over probes")       \
    X(FULL_##NAME##RATIO_STDERR, "full_" name "ratio_stderr", POINT, when,     \
      "1", "standard error of the ratio by the jackknife over probes")

#define GOLD_PROBE_VARIABLES(X)                                                \
    GOLD_TRACE_VARIABLES(X, , "", "the Hessian", PROBES)                       \
    GOLD_TRACE_VARIABLES(X, G_, "g_", "the Gauss-Newton term G", PROBES_SPLIT) \
    GOLD_TRACE_VARIABLES(X, H_, "h_", "the H-term", PROBES_SPLIT)              \
    X(FULL_PREDICTED_TRACE_OVER_NORM, "full_predicted_trace_over_norm",        \
      SUBSPACE, PROBES, "1",                                                   \
      "trace_over_norm that full_ratio predicts in a random subspace: ratio "  \
      "of the root mean squares that the exact law of projections gives")      \
    X(PRODUCTS_TRACE, "products_trace", POINT, PROBES, "1",                    \
      "products with the Hessian or a term of it for traces")

#define GOLD_DENSITY_VARIABLES(X)                                              \
    X(DENSITY_NODES, "density_nodes", NODES, DENSITY, "1",                     \
      "nodes of the quadrature of the Hessian's spectral density, one for "    \
      "each probe, ascending")                                                 \
    X(DENSITY_WEIGHTS, "density_weights", NODES, DENSITY, "1",                 \
      "weights of these nodes, of sum 1 for each probe")                       \
    X(DENSITY_TRACE, "density_trace", POINT, DENSITY, "1",                     \
      "trace of the Hessian by the first moment of the density")               \
    X(DENSITY_TRACE_STDERR, "density_trace_stderr", POINT, DENSITY, "1",       \
      "standard error of density_trace over probes")                           \
    X(DENSITY_FROBENIUS_NORM, "density_frobenius_norm", POINT, DENSITY, "1",   \
      "Frobenius norm of the Hessian by the second moment of the density")     \
    X(DENSITY_FROBENIUS_NORM_STDERR, "density_frobenius_norm_stderr", POINT,   \
      DENSITY, "1", "standard error of density_frobenius_norm over probes")    \
    X(PRODUCTS_DENSITY, "products_density", POINT, DENSITY, "1",               \
      "products with the Hessian for the density")

#define GOLD_DENSE_TERM_VARIABLES(X, NAME, name, of, when)                     \
    X(DENSE_##NAME##EIGENVALUES, "dense_" name "eigenvalues", DENSE, when,     \
      "1", "all eigenvalues of " of ", all parameters, ascending")             \
    X(DENSE_##NAME##TRACE, "dense_" name "trace", POINT, when, "1",            \
      "trace of " of ", all parameters, from all its entries")                 \
    X(DENSE_##NAME##FROBENIUS_NORM, "dense_" name "frobenius_norm", POINT,     \
      when, "1",                                                               \
      "Frobenius norm of " of ", all parameters, from all its entries")        \
    X(DENSE_##NAME##TRACE_OVER_NORM, "dense_" name "trace_over_norm", POINT,   \
      when, "1",                                                               \
      "trace over Frobenius norm of " of                                       \
      ", all parameters, 0 where the norm is 0")                               \
    X(DENSE_##NAME##POSITIVE_FRACTION, "dense_" name "positive_fraction",      \
      POINT, when, "1",                                                        \
      "share of eigenvalues above 0 of " of ", all parameters")                \
    X(DENSE_##NAME##UNCERTAIN_FRACTION, "dense_" name "uncertain_fraction",    \
      POINT, when, "1",                                                        \
      "share of eigenvalues of " of                                            \
      ", all parameters, that are smaller in size than the arithmetic "        \
      "resolves")                                                              \
    X(DENSE_##NAME##SPECTRAL_NORM, "dense_" name "spectral_norm", POINT, when, \
      "1", "largest size of an eigenvalue of " of ", all parameters")

/* Reinforcing gradients g: of the loss of what the network itself predicts. */
#define GOLD_BOUNDARY_VARIABLES(X)                                             \
    X(BOUNDARY_EIGENVALUES, "boundary_eigenvalues", VECTORS, BOUNDARY, "1",    \
      "largest eigenvalues of the Hessian, all parameters, descending: those " \
      "of the eigenvectors that gradients are held against")                   \
    X(BOUNDARY_RESIDUALS, "boundary_residuals", VECTORS, BOUNDARY, "1",        \
      "norm of H v - lambda v of these and their unit vectors")                \
    X(BOUNDARY_CONVERGED, "boundary_converged", POINT, BOUNDARY, "1",          \
      "1 where all of these residuals are at most curvature.boundary."         \
      "tolerance times the spectral norm, else 0")                             \
    X(OUTLIERS, "outliers", POINT, BOUNDARY, "1",                              \
      "eigenvalues of at least curvature.boundary.tau times the largest, of "  \
      "those that are looked at")                                              \
    X(ALIGNMENT_ENERGY, "alignment_energy", VECTORS, BOUNDARY, "1",            \
      "E_k: mean over training samples of the sum over the eigenvectors up "   \
      "to this one of the squared cosine of eigenvector and reinforcing "      \
      "gradient")                                                              \
    X(EFFECTIVE_EIGENVECTORS, "effective_eigenvectors", POINT, BOUNDARY, "1",  \
      "exponential of the entropy of the shares that the eigenvectors have "   \
      "in the last alignment_energy")                                          \
    X(ALIGNMENT_BY_CLASS, "alignment_by_class", VECTORS_CLASSES, BOUNDARY,     \
      "1",                                                                     \
      "mean over training samples predicted to be of a class of the cosine "   \
      "of eigenvector, its largest entry positive, and reinforcing gradient")  \
    X(COHERENCE_WITHIN, "coherence_within", POINT, BOUNDARY, "1",              \
      "mean cosine of the reinforcing gradients at two training samples of "   \
      "one class")                                                             \
    X(COHERENCE_ACROSS, "coherence_across", POINT, BOUNDARY, "1",              \
      "mean cosine of the reinforcing gradients at two training samples of "   \
      "different classes")                                                     \
    X(MARGIN, "margin", POINT, BOUNDARY, "1",                                  \
      "least first-order distance of a training sample from the decision "     \
      "boundary: the lead of its class over another one, over the length of "  \
      "the lead's gradient by the inputs")                                     \
    X(MARGIN_MEDIAN, "margin_median", POINT, BOUNDARY, "1",                    \
      "median over training samples of their first-order distances")           \
    X(MARGIN_GRID, "margin_grid", POINT, BOUNDARY_GRID, "1",                   \
      "least distance of a training sample from the middle of two neighbours " \
      "on the grid of inputs whose predictions differ")                        \
    X(BOUNDARY_LENGTH, "boundary_length", POINT, BOUNDARY_GRID, "1",           \
      "share of neighbours on the grid of inputs whose predictions differ")    \
    X(GENERALISATION_MAX, "generalisation_max", THRESHOLDS, BOUNDARY, "1",     \
      "share of all eigenvectors whose largest alignment in size, over "       \
      "training samples, is at least the threshold")                           \
    X(GENERALISATION_MEAN, "generalisation_mean", THRESHOLDS, BOUNDARY, "1",   \
      "share of all eigenvectors whose mean size of the alignment, over "      \
      "training samples, is at least the threshold")                           \
    X(PRODUCTS_BOUNDARY, "products_boundary", POINT, BOUNDARY, "1",            \
      "products with the Hessian for these eigenvectors")

#define GOLD_FULL_VARIABLES(X)                                                 \
    GOLD_EXTREME_VARIABLES(X)                                                  \
    GOLD_PROBE_VARIABLES(X)                                                    \
    GOLD_DENSITY_VARIABLES(X)                                                  \
    GOLD_DENSE_TERM_VARIABLES(X, , "", "the Hessian", DENSE)                   \
    GOLD_DENSE_TERM_VARIABLES(X, G_, "g_", "the Gauss-Newton term G",          \
                              DENSE_SPLIT)                                     \
    GOLD_DENSE_TERM_VARIABLES(X, H_, "h_", "the H-term", DENSE_SPLIT)          \
    X(PRODUCTS_DENSE, "products_dense", POINT, DENSE, "1",                     \
      "products with the Hessian or a term of it for its entries")             \
    GOLD_BOUNDARY_VARIABLES(X)

#endif
