/* SPDX-License-Identifier: MIT */
#include "app/rise.h"

#include <math.h>

#include "goldilocks/memory.h"

#include "app/student.h"

enum {
    FEWEST = 3, /* seeds that say something of scatter */
    AROUND = 4  /* looks on either side that have much the same */
};

/* How much chance scatters. */
typedef struct chance {
    double pooled;  /* variance of a seed over all looks */
    double freedom; /* of that */
    double least;   /* variance that theory gives */
    double most;
} chance;

gold_status goldi_rise_init(size_t n_seeds, size_t n, goldi_rise *rise)
{
    *rise = (goldi_rise){.p_value = (double)NAN};
    GOLD_TRY(GOLD_ALLOC(n, &rise->is_above));
    GOLD_TRY(GOLD_ALLOC(n, &rise->places));
    GOLD_TRY(GOLD_ALLOC(n, &rise->looks));
    return GOLD_ALLOC(n * n_seeds, &rise->off);
}

void goldi_rise_fini(goldi_rise *rise)
{
    gold_free(rise->off);
    gold_free(rise->looks);
    gold_free(rise->places);
    gold_free(rise->is_above);
    *rise = (goldi_rise){0};
}

/* List the places where some seed has a number; returns how many. */
static size_t find_places(const goldi_curves *curves, size_t *places)
{
    size_t n_places = 0;

    for (size_t i = 0; i < curves->n; i++) {
        const double *row = curves->c + i * curves->n_seeds;
        size_t s = 0;

        while (s < curves->n_seeds && !isfinite(row[s])) {
            s++;
        }
        if (s < curves->n_seeds) {
            places[n_places++] = i;
        }
    }
    return n_places;
}

/* Mean of a seed over a look; NaN where it lacks a number. */
static double seed_mean(const goldi_curves *curves, const goldi_look *look,
                        size_t s)
{
    double sum = 0.0;

    for (size_t j = 0; j < GOLDI_LOOK; j++) {
        sum += curves->c[look->at[j] * curves->n_seeds + s];
    }
    return isfinite(sum) ? sum / GOLDI_LOOK : (double)NAN;
}

/* Mean and variance of a look whose places are known, and the seeds' distances
 * from it: 0 for seeds that lack a number, and for all where they are few. */
static void take_look(const goldi_curves *curves, goldi_look *look, double *off)
{
    double sum = 0.0;
    double square = 0.0;

    look->n = 0;
    for (size_t s = 0; s < curves->n_seeds; s++) {
        off[s] = seed_mean(curves, look, s);
        sum += isnan(off[s]) ? 0.0 : off[s];
        look->n += isnan(off[s]) ? 0 : 1;
    }
    look->mean = sum / (double)look->n;
    for (size_t s = 0; s < curves->n_seeds; s++) {
        off[s] = isnan(off[s]) || look->n < FEWEST
                     ? 0.0
                     : (off[s] - look->mean) / sqrt((double)look->n - 1.0);
        square += off[s] * off[s];
    }
    look->variance = look->n < FEWEST ? (double)NAN : square;
}

static void take_looks(const goldi_curves *curves, goldi_rise *rise)
{
    const size_t n_places = find_places(curves, rise->places);

    rise->n_looks = 0;
    rise->n_seeds = 0;
    for (size_t k = 0; k + GOLDI_LOOK <= n_places; k++) {
        goldi_look *look = &rise->looks[rise->n_looks];

        for (size_t j = 0; j < GOLDI_LOOK; j++) {
            look->at[j] = rise->places[k + j];
        }
        take_look(curves, look, rise->off + rise->n_looks * curves->n_seeds);
        rise->n_seeds = look->n > rise->n_seeds ? look->n : rise->n_seeds;
        rise->n_looks += look->n > 0 ? 1 : 0;
    }
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
        found.pooled = sum / n;
        found.freedom = pooled_freedom(rise, n_seeds, n, f / n, sum);
    }
    return found;
}

/* Mean variance of the looks around one. */
static double variance_around(const goldi_rise *rise, size_t k)
{
    double n = 0.0;
    double sum = 0.0;

    for (size_t i = k < AROUND ? 0 : k - AROUND;
         i < rise->n_looks && i <= k + AROUND; i++) {
        if (!isnan(rise->looks[i].variance)) {
            n += 1.0;
            sum += rise->looks[i].variance;
        }
    }
    return sum / n;
}

/* How likely chance is as high as a look, there and nowhere else. */
static double tail_of(const goldi_rise *rise, const chance *by, size_t k)
{
    const goldi_look *look = &rise->looks[k];
    const double n = (double)look->n;
    const double of_signs =
        goldi_student_tail(look->mean * sqrt(n / by->most), (double)INFINITY);

    if (isnan(look->variance)) {
        return of_signs;
    }
    const double variance =
        fmax(fmax(by->least, by->pooled), variance_around(rise, k));
    const double of_seen =
        goldi_student_tail(look->mean * sqrt(n / variance), by->freedom);

    return variance > by->most ? of_seen : fmin(of_seen, of_signs);
}

void goldi_rise_test(const goldi_curves *curves, goldi_rise *rise)
{
    take_looks(curves, rise);
    const chance by = chance_of(rise, curves->n_seeds, curves->dim);

    rise->p_value = rise->n_looks == 0 ? (double)NAN : 1.0;
    for (size_t i = 0; i < curves->n; i++) {
        rise->is_above[i] = false;
    }
    for (size_t k = 0; k < rise->n_looks; k++) {
        const double p = (double)rise->n_looks * tail_of(rise, &by, k);

        rise->p_value = fmin(rise->p_value, p);
        for (size_t j = 0; p <= GOLDI_NAMED_P && j < GOLDI_LOOK; j++) {
            rise->is_above[rise->looks[k].at[j]] = true;
        }
    }
}
