/* SPDX-License-Identifier: MIT */
#include "app/looks.h"

#include <math.h>

enum {
    FEWEST = 3, /* seeds that say something of scatter */
    AROUND = 4  /* looks on either side that have much the same */
};

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

double goldi_look_variance(size_t n, double mean, double square)
{
    /* not fmax, which would make a number of NaN */
    const double off = square - (double)n * mean * mean;

    return n < FEWEST ? (double)NAN : (off < 0.0 ? 0.0 : off) / ((double)n - 1);
}

/* A look whose places are known. */
static void take_look(const goldi_curves *curves, goldi_look *look, double *off)
{
    double sum = 0.0;

    look->n = 0;
    look->square = look->variance = 0.0;
    for (size_t k = 0; k < GOLDI_BLOCKS; k++) {
        look->sums[k] = 0.0;
    }
    for (size_t s = 0; s < curves->n_seeds; s++) {
        off[s] = seed_mean(curves, look, s);
        if (!isnan(off[s])) {
            sum += off[s];
            look->square += off[s] * off[s];
            look->sums[s % GOLDI_BLOCKS] += off[s];
            look->n++;
        }
    }
    look->mean = sum / (double)look->n;
    for (size_t s = 0; s < curves->n_seeds; s++) {
        off[s] = isnan(off[s]) || look->n < FEWEST
                     ? 0.0
                     : (off[s] - look->mean) / sqrt((double)look->n - 1.0);
        look->variance += off[s] * off[s];
    }
    if (look->n < FEWEST) {
        look->variance = (double)NAN;
    }
}

size_t goldi_looks_take(const goldi_curves *curves, size_t *places,
                        goldi_look *looks, double *off)
{
    const size_t n_places = find_places(curves, places);
    size_t n_looks = 0;

    for (size_t k = 0; k + GOLDI_LOOK <= n_places; k++) {
        goldi_look *look = &looks[n_looks];

        for (size_t j = 0; j < GOLDI_LOOK; j++) {
            look->at[j] = places[k + j];
        }
        take_look(curves, look, off + n_looks * curves->n_seeds);
        n_looks += look->n > 0 ? 1 : 0;
    }
    return n_looks;
}

/* Mean of the known ones of `n` numbers; 0: of none. */
static double mean_known(size_t n, const double *of)
{
    double sum = 0.0;
    double count = 0.0;

    for (size_t i = 0; i < n; i++) {
        sum += isnan(of[i]) ? 0.0 : of[i];
        count += isnan(of[i]) ? 0.0 : 1.0;
    }
    return count > 0.0 ? sum / count : 0.0;
}

void goldi_looks_scatter(size_t n, const double *seen, double least,
                         double *variance)
{
    const double pooled = mean_known(n, seen);

    for (size_t k = 0; k < n; k++) {
        const size_t from = k < AROUND ? 0 : k - AROUND;
        const size_t to = k + AROUND < n ? k + AROUND + 1 : n;

        variance[k] =
            fmax(fmax(least, pooled), mean_known(to - from, seen + from));
    }
}
