/* SPDX-License-Identifier: MIT */
/**
 * @file rise.h
 * Does a curve of Tr/norm rise above 0, or is it chance? The rule by which a
 * zone is named, here and in analysis/goldilocks/rise.py; tests hold the two
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
 * **The largest that signs can give.** With signs that are chance a look
 * has at most the variance 1 + 2/(d+1), however its radii and seeds came about,
 * and a mean of n seeds is above t standard deviations with at most 3.178 times
 * the normal tail, as sums of signs are (Bentkus and Dzindzalieta 2015). Looks
 * that scatter so much have one sign at three radii and more; those that share
 * a radius are one, so (K + 2) / 3 are counted. What is higher than that is
 * named with any number of seeds.
 *
 * **What seeds that agree can tell.** A lower rise is named where it stands out
 * in two ways, p being the larger:
 *   - Signs of whole seeds are flipped in all 2^n ways, and p is the share of
 *     them with a look as high (flips.h). This is exact whatever radii have to
 *     do with each other, and so never below 2^-n.
 *   - Scatter as it is seen: m / sqrt(V/n) against Student's t, times K. V is
 *     pooled, as a few seeds that agree by chance would pass for precise ones:
 *     the largest of the mean variance of the nine looks around, as scatter
 *     changes along the line; of all looks, so that seeds which agree over a
 *     stretch do not vouch for themselves; and of 2/(d+1)/3, what theory gives
 *     for independent radii. By Satterthwaite's approximation the second has nu
 *     = f (tr S)^2 / tr(S^2) degrees of freedom, where f = n - 1 and S is the
 *     covariance of the looks over seeds; tr(S^2) is estimated without bias as
 *     f^2 / ((f - 1)(f + 2)) (tr(s^2) - (tr s)^2 / f) from the covariance s
 *     that is seen (Bai and Saranadasa 1996).
 * The height of a look among flips is that t as well. Where V is above the
 * largest that signs can give, a look has to stand out in all three ways.
 *
 * **Why five seeds.** Noise of one sign a seed that has the shape of a zone is
 * one, up to the sign, and all n signs are positive with 2^-n. A rule that
 * finds such a zone in 95 % of studies names it in 0.95 2^-n of such noise:
 * 11.9 % with 3 seeds, 5.9 % with 4, 3.0 % with 5. So up to 4 seeds only the
 * first way counts, and what it does not name is "too few seeds for a claim".
 * With 5 seeds all have to be above 0: of a mean of 3 standard errors at three
 * radii they are in 95.1 % at best.
 *
 * A zone is named where p is at most 0.05, and its peak is looked for in the
 * looks that pass: a higher point in the noise elsewhere is no peak of it.
 *
 * **What it does**, per cent of 10,000 made-up studies of 10 to 31 radii that
 * name a zone (unit.app.noise; its argument is the number of studies):
 *
 *     seeds                                3    4    5    6    7    8    9   10
 *     as theory says                     0.0  0.0  1.4  1.8  1.9  2.2  2.4  2.4
 *     twice that                         0.0  0.0  2.1  3.0  3.0  3.3  3.3  3.4
 *     neighbours correlated by 0.8       0.0  0.0  1.7  2.0  1.8  1.9  2.1  2.3
 *     growing to the fivefold            0.0  0.0  2.2  3.0  3.1  3.4  2.7  3.1
 *     growing, correlated                0.0  0.0  2.0  2.3  2.4  2.4  2.1  2.3
 *     heavy tails                        0.0  0.0  0.6  0.7  1.1  1.0  1.1  1.4
 *     heavy, growing, correlated         0.0  0.1  1.8  2.3  2.0  2.0  1.9  2.1
 *     signs alone, of size 1             0.0  0.0  2.0  2.9  2.8  2.9  3.1  3.1
 *     one sign a seed, of size 1         0.0  0.0  3.2  1.5  0.8  0.6  1.9  1.0
 *     one sign a seed, of size 0.2       0.0  0.0  3.2  2.2  2.2  2.2  2.3  1.9
 *     one normal number a seed           0.3  0.2  1.2  0.9  0.7  0.7  0.7  0.7
 *     one sign, on the last third        0.0  0.0  3.2  1.9  2.0  2.8  2.4  2.1
 *     one sign, at five radii            0.0  0.0  3.2  3.5  4.2  3.4  3.1  3.8
 *     one sign, at three radii           0.0  0.0  3.2  5.1  4.4  4.5  5.0  4.8
 *     ramps of either sign               0.0  0.0  3.2  1.5  1.2  1.6  2.0  1.2
 *     ramps of any slope                 0.1  0.1  1.5  1.4  1.1  1.0  1.1  1.2
 *     3 standard errors, 3 radii         0.0  0.0 92.5 97.3 98.0 98.5 98.4 98.4
 *     20 standard errors, 5 radii        100  100  100  100  100  100  100  100
 *
 * The flips alone would name 3.1, 4.7, 4.7, 4.7, 4.9 and 5.0 % from five seeds
 * on. One sign a seed of size 1.5 and more, which theory does not know, can be
 * named with 3 seeds, and then is in 1/8.
 */
#ifndef GOLD_APP_RISE_H
#define GOLD_APP_RISE_H

#include <stdbool.h>

#include "goldilocks/status.h"

#include "app/looks.h"

/** The p-value up to which a zone is named. */
#define GOLDI_NAMED_P 0.05

/** What the test says, and its room to work. */
typedef struct goldi_rise {
    double p_value; /* NaN: not three places with numbers */
    size_t n_looks;
    size_t n_seeds;    /* at most, behind a look */
    bool *is_above;    /* [n] belongs to a look that passes */
    size_t *places;    /* [n] work from here on */
    goldi_look *looks; /* [n] */
    double *off;       /* [n][n_seeds] see goldi_looks_take */
    double *variance;  /* [n] of a seed by chance, in each look */
    double *share;     /* [n] of flips of signs that are as high */
    double *work;      /* [4][n] */
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
