/* SPDX-License-Identifier: MIT */
#include "app/rise.h"

#include <math.h>

#include "goldilocks/memory.h"

#include "app/flips.h"
#include "app/student.h"

/* A weighted sum of signs that are chance is above t times its standard
 * deviation with no more than this times the normal tail, whatever the weights:
 * 1 / (4 tail(sqrt 2)) (Bentkus and Dzindzalieta 2015). */
#define OF_SIGNS 3.178

/* How much chance scatters. */
typedef struct chance {
    double freedom; /* of the variance pooled over all looks */
    double least;   /* variance that theory gives */
    double most;
} chance;

gold_status goldi_rise_init(size_t n_seeds, size_t n, goldi_rise *rise)
{
    *rise = (goldi_rise){.p_value = (double)NAN};
    GOLD_TRY(GOLD_ALLOC(n, &rise->is_above));
    GOLD_TRY(GOLD_ALLOC(n, &rise->places));
    GOLD_TRY(GOLD_ALLOC(n, &rise->looks));
    GOLD_TRY(GOLD_ALLOC(n, &rise->variance));
    GOLD_TRY(GOLD_ALLOC(n, &rise->share));
    GOLD_TRY(GOLD_ALLOC(4 * n, &rise->work));
    return GOLD_ALLOC(n * n_seeds, &rise->off);
}

void goldi_rise_fini(goldi_rise *rise)
{
    gold_free(rise->off);
    gold_free(rise->work);
    gold_free(rise->share);
    gold_free(rise->variance);
    gold_free(rise->looks);
    gold_free(rise->places);
    gold_free(rise->is_above);
    *rise = (goldi_rise){0};
}

/* Sum of squares of all scalar products of the rows of a matrix; so it is of
 * its columns. */
static double products(const double *a, size_t n_rows, size_t n_columns,
                       size_t row_stride, size_t column_stride)
{
    double total = 0.0;

    for (size_t i = 0; i < n_rows; i++) {
        for (size_t j = 0; j <= i; j++) {
            const double *x = a + i * row_stride;
            const double *y = a + j * row_stride;
            double product = 0.0;

            for (size_t k = 0; k < n_columns; k++) {
                product += x[k * column_stride] * y[k * column_stride];
            }
            total += (i == j ? 1.0 : 2.0) * product * product;
        }
    }
    return total;
}

/* Satterthwaite's degrees of freedom of the mean of `n` variances that sum up
 * to `sum`, each of `f` on average. */
static double pooled_freedom(const goldi_rise *rise, size_t n_seeds, double n,
                             double f, double sum)
{
    const double seen =
        n_seeds < rise->n_looks
            ? products(rise->off, n_seeds, rise->n_looks, 1, n_seeds)
            : products(rise->off, rise->n_looks, n_seeds, n_seeds, 1);
    const double unbiased =
        f * f / ((f - 1.0) * (f + 2.0)) * (seen - sum * sum / f);

    return unbiased > 0.0 ? fmin(fmax(f * sum * sum / unbiased, f), f * n)
                          : f * n;
}

static chance chance_of(const goldi_rise *rise, size_t n_seeds, size_t dim)
{
    const double theory = 2.0 / ((double)dim + 1.0);
    chance found = {.least = theory / GOLDI_LOOK, .most = 1.0 + theory};
    double n = 0.0;
    double f = 0.0;
    double sum = 0.0;

    for (size_t k = 0; k < rise->n_looks; k++) {
        if (!isnan(rise->looks[k].variance)) {
            n += 1.0;
            f += (double)rise->looks[k].n - 1.0;
            sum += rise->looks[k].variance;
        }
    }
    if (n > 0.0) {
        found.freedom = pooled_freedom(rise, n_seeds, n, f / n, sum);
    }
    return found;
}

/* How likely chance is as high as a look, at any of them. */
static double chance_as_high(const goldi_rise *rise, const chance *by, size_t k)
{
    const goldi_look *look = &rise->looks[k];
    const double n_looks = (double)rise->n_looks;
    const double n = (double)look->n;
    const double variance = rise->variance[k];
    const double n_apart = (n_looks + GOLDI_LOOK - 1.0) / GOLDI_LOOK;
    const double of_signs =
        n_apart * OF_SIGNS *
        goldi_student_tail(look->mean * sqrt(n / by->most), (double)INFINITY);

    if (isnan(look->variance)) {
        return of_signs;
    }
    const double of_scatter =
        n_looks *
        goldi_student_tail(look->mean * sqrt(n / variance), by->freedom);
    const bool are_few = look->n < GOLDI_ENOUGH_SEEDS;
    const double of_seeds =
        are_few ? of_scatter : fmax(of_scatter, rise->share[k]);

    return variance > by->most ? fmax(of_signs, of_seeds)
           : are_few           ? of_signs
                               : fmin(of_signs, of_seeds);
}

/* Take the looks, and how high they are among all flips of signs. */
static chance take(const goldi_curves *curves, goldi_rise *rise)
{
    rise->n_looks =
        goldi_looks_take(curves, rise->places, rise->looks, rise->off);
    const chance by = chance_of(rise, curves->n_seeds, curves->dim);

    rise->n_seeds = 0;
    for (size_t k = 0; k < rise->n_looks; k++) {
        const goldi_look *look = &rise->looks[k];

        rise->n_seeds = look->n > rise->n_seeds ? look->n : rise->n_seeds;
        rise->work[k] = look->variance;
    }
    goldi_looks_scatter(rise->n_looks, rise->work, by.least, rise->variance);
    goldi_flips_test(rise->n_looks, rise->looks, curves->n_seeds, by.least,
                     rise->work, rise->share);
    return by;
}

void goldi_rise_test(const goldi_curves *curves, goldi_rise *rise)
{
    const chance by = take(curves, rise);

    rise->p_value = rise->n_looks == 0 ? (double)NAN : 1.0;
    for (size_t i = 0; i < curves->n; i++) {
        rise->is_above[i] = false;
    }
    for (size_t k = 0; k < rise->n_looks; k++) {
        const double p = chance_as_high(rise, &by, k);

        rise->p_value = fmin(rise->p_value, p);
        for (size_t j = 0; p <= GOLDI_NAMED_P && j < GOLDI_LOOK; j++) {
            rise->is_above[rise->looks[k].at[j]] = true;
        }
    }
}
