/* SPDX-License-Identifier: MIT */
/** @file key_boundary.h Rows of the table of keys: `curvature.boundary`. */
#ifndef GOLD_STUDY_KEY_BOUNDARY_H
#define GOLD_STUDY_KEY_BOUNDARY_H

#include <math.h>

#include "goldilocks/full_variables.h"

#include "study/key_rows.h"
#include "study/words.h"

#define GOLDI_BOUNDARY_KEYS                                                    \
    KEY(ROW(CURVATURE, "boundary", SECTION), .inner = GOLDI_BOUNDARY,          \
        .when = "of data with classes",                                        \
        .means =                                                               \
            "How the largest eigenvalues' vectors of all parameters together " \
            "lie to the gradients that would make the network surer of what "  \
            "it says, and how far samples are from the decision boundary."),   \
        KEY(ROW(BOUNDARY, "eigenvectors", UNSIGNED),                           \
            WHOLE(1, GOLD_MAX_EXTREME, 0), STUDY(curvature.boundary_vectors),  \
            .is_required = true,                                               \
            .means = "Number of eigenvectors, by Lanczos' method."),           \
        KEY(ROW(BOUNDARY, "tau", REAL), ABOVE(0, 1, 0.1),                      \
            STUDY(curvature.boundary_tau),                                     \
            .means = "Eigenvalues of at least this share of the largest are "  \
                     "outliers."),                                             \
        KEY(ROW(BOUNDARY, "steps", UNSIGNED), WHOLE(1, GOLD_MAX_STEPS, 200),   \
            STUDY(curvature.boundary_steps),                                   \
            .means = "Products with the Hessian, at most."),                   \
        KEY(ROW(BOUNDARY, "tolerance", REAL), ABOVE(0, 1, 1e-5),               \
            STUDY(curvature.boundary_tolerance),                               \
            .means =                                                           \
                "Residuals that are small enough, over the spectral norm."),   \
        KEY(ROW(BOUNDARY, "generalisation", BOOL), .words = goldi_booleans,    \
            STUDY(curvature.generalisation), .when = "with dense, in float64", \
            .means = "Shares of all eigenvectors whose alignment exceeds a "   \
                     "threshold."),                                            \
        KEY(ROW(BOUNDARY, "grid", SECTION), .inner = GOLDI_BOUNDARY_GRID,      \
            .when = "of one or two features",                                  \
            .means = "Inputs that lie evenly, as networks get them."),         \
        KEY(ROW(BOUNDARY_GRID, "x", REALS), WHOLE(-HUGE_VAL, HUGE_VAL, 0),     \
            .most = 2, .is_distinct = true,                                    \
            NUMBERS(STUDY, curvature.grid_x, curvature.n_grid_x),              \
            .means = "Its ends along the first feature; else those of the "    \
                     "training samples and a quarter of their range on both "  \
                     "sides."),                                                \
        KEY(ROW(BOUNDARY_GRID, "y", REALS), WHOLE(-HUGE_VAL, HUGE_VAL, 0),     \
            .most = 2, .is_distinct = true,                                    \
            NUMBERS(STUDY, curvature.grid_y, curvature.n_grid_y),              \
            .means = "Its ends along the second, likewise."),                  \
        KEY(ROW(BOUNDARY_GRID, "count", UNSIGNED), WHOLE(2, 2000, 100),        \
            STUDY(curvature.grid_count), .means = "Points along each.")

#endif
