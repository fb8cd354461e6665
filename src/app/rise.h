/* SPDX-License-Identifier: MIT */
/**
 * @file rise.h
 * Does a curve of Tr/norm rise above 0, or is it chance? The rule by which a
 * zone is named, here and in analysis/goldilocks/zones.py; tests hold the two
 * against each other.
 *
 * **What chance gives.** Outside of a zone the Hessian in a random subspace of
 * d dimensions has eigenvalues of either sign, and Tr/norm has the mean 0. Far
 * to the left its standard deviation is sqrt(2/(d+1)), that of a random
 * symmetric matrix. To the right, where a few eigenvalues rule, it is larger:
 * if their signs are chance, E (sum a_i)^2 = sum a_i^2 whatever their sizes, so
 * the ratio has variance 1, and the projection adds 2/(d+1). Measured there,
 * relu and tanh on images and circles, d of 10 to 50: up to 1.1.
 * Radii of one seed share weights and basis. Neighbours correlate by 0.9 and
 * more on the left, by 0 to 0.9 on the right; seeds are independent.
 *
 * **What is looked at.** All runs of three neighbouring radii that have
 * numbers, K of them: the K looks. Each seed gives one number a look, its mean
 * over the three, so that whatever its radii have to do with each other, a look
 * is a sample of n independent numbers (seeds that have all three), with mean m
 * and variance s^2. One high point alone has to be three times as high as
 * three.
 *
 * **How large chance is.** A few seeds that agree by chance would pass for
 * precise ones, so the variance V of a look is pooled: it is the largest of
 *   - the mean of s^2 over the nine looks around, as scatter changes along the
 *     line;
 *   - the mean of s^2 over all looks, so that seeds which agree over a stretch
 *     do not vouch for themselves;
 *   - what theory gives for three independent radii, 2/(d+1)/3.
 * The second is an average of correlated variances. By Satterthwaite's
 * approximation it has nu = f (tr S)^2 / tr(S^2) degrees of freedom, where f =
 * n - 1 and S is the covariance of the looks over seeds; tr(S^2) is estimated
 * without bias as f^2 / ((f - 1)(f + 2)) (tr(s^2) - (tr s)^2 / f) from the
 * covariance s that is seen (Bai and Saranadasa 1996). Looks that all say the
 * same have nu = f, independent ones nu = f K. V is never below that average,
 * and m / sqrt(V/n) is compared with Student's t of nu degrees.
 *
 * One or two seeds say nothing about scatter that could be relied upon. Theirs
 * is taken as the largest that chance gives, V = 1 + 2/(d+1), and normal. More
 * seeds count that way too where it says more, unless they are seen to scatter
 * more than that: with its few degrees of freedom a third seed must not undo
 * what two have shown.
 *
 * **The looks are counted.** Whatever they have to do with each other, p = K
 * times the least tail is no smaller than the chance that noise is as high
 * anywhere (Bonferroni). A zone is named where p is at most 0.05, and its peak
 * is looked for in the looks that pass: a higher point in the noise elsewhere
 * is no peak of it.
 *
 * **What it does**, of made-up studies with 3 to 10 seeds and 10 to 31 radii:
 * of noise with the scatter of theory 2 % name a zone; with neighbours
 * correlated by 0.5 to 1, scatter twice as large, on a third of the line or
 * growing to the fivefold, or signs alone, up to 4 %. Means of 3 standard
 * errors at three neighbouring radii are found in 97 %, in 93 % with 3 seeds.
 * Of subsets of real studies whose mean over 200 seeds was taken away, 3 to 5
 * %. Few seeds whose sign is chance, one sign along all of the line, agree by
 * chance: with 3 of them 10 to 15 % name a zone, with 4 of them 5 to 10 %.
 */
#ifndef GOLD_APP_RISE_H
#define GOLD_APP_RISE_H

#include <stdbool.h>

#include "goldilocks/status.h"

enum {
    GOLDI_LOOK = 3 /* radii of a look */
};

/** The p-value up to which a zone is named. */
#define GOLDI_NAMED_P 0.05

/** Curves of all seeds over a line, NaN where there is no number. */
typedef struct goldi_curves {
    size_t n_seeds;
    size_t n;        /* places on the line */
    size_t dim;      /* d */
    const double *x; /* [n] ascending */
    const double *c; /* [n][n_seeds] Tr/norm */
    const double *z; /* [n][n_seeds] logit spread */
} goldi_curves;

/** One look. */
typedef struct goldi_look {
    size_t at[GOLDI_LOOK]; /* places */
    size_t n;              /* seeds with a number at each of them */
    double mean;
    double variance; /* of a seed; NaN where seeds say nothing of it */
} goldi_look;

/** What the test says, and its room to work. */
typedef struct goldi_rise {
    double p_value; /* NaN: not three places with numbers */
    size_t n_looks;
    size_t n_seeds;    /* at most, behind a look */
    bool *is_above;    /* [n] belongs to a look that passes */
    size_t *places;    /* [n] work from here on */
    goldi_look *looks; /* [n] */
    double *off; /* [n][n_seeds] a seed's distance from the mean of a look,
                    over sqrt(n - 1) */
} goldi_rise;

/** Get room for curves up to that size; ended by goldi_rise_fini, also on
 * failure. */
GOLD_CHECKED gold_status goldi_rise_init(size_t n_seeds, size_t n,
                                         goldi_rise *rise);

/** Free what it holds; a zeroed one is allowed. */
void goldi_rise_fini(goldi_rise *rise);

/** Test curves that are no larger than there is room for. */
void goldi_rise_test(const goldi_curves *curves, goldi_rise *rise);

#endif
