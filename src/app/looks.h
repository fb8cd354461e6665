/* SPDX-License-Identifier: MIT */
/**
 * @file looks.h
 * Curves of all seeds, looked at by three neighbouring radii at a time, and how
 * much a look scatters.
 */
#ifndef GOLD_APP_LOOKS_H
#define GOLD_APP_LOOKS_H

#include <stddef.h>

enum {
    GOLDI_LOOK = 3,   /* radii of a look */
    GOLDI_BLOCKS = 10 /* of seeds whose signs are flipped together */
};

/** Curves of all seeds over a line, NaN where there is no number. */
typedef struct goldi_curves {
    size_t n_seeds;
    size_t n;        /* places on the line */
    size_t dim;      /* d */
    const double *x; /* [n] ascending */
    const double *c; /* [n][n_seeds] Tr/norm */
    const double *z; /* [n][n_seeds] logit spread */
} goldi_curves;

/** One look. Each seed gives it one number, its mean over the three radii. */
typedef struct goldi_look {
    size_t at[GOLDI_LOOK]; /* places */
    size_t n;              /* seeds with a number at each of them */
    double mean;
    double variance; /* of a seed; NaN: too few seeds say something of it */
    double square;   /* sum of squares */
    double sums[GOLDI_BLOCKS]; /* seed s belongs to block s % GOLDI_BLOCKS */
} goldi_look;

/**
 * Take all looks of curves that some seed has numbers for; places where no seed
 * has any are no neighbours. Returns how many.
 *
 * @param places [n] to work with.
 * @param looks  [n] receives them.
 * @param off    [n][n_seeds] receives the seeds' distances from the mean of a
 *               look, over sqrt(n - 1): 0 for seeds that lack a number, and for
 *               all where they are few.
 */
size_t goldi_looks_take(const goldi_curves *curves, size_t *places,
                        goldi_look *looks, double *off);

/** Variance of a seed about the mean of `n` numbers; NaN: too few. */
double goldi_look_variance(size_t n, double mean, double square);

/**
 * How much a seed scatters by chance in each look: the largest of `least`, the
 * mean of all variances seen, and that of the nine looks around.
 *
 * @param seen     [n] NaN: not known.
 * @param variance [n] receives them; `least` where none is known.
 */
void goldi_looks_scatter(size_t n, const double *seen, double least,
                         double *variance);

#endif
