/* SPDX-License-Identifier: MIT */
#include "train/stages.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double lost = 0.05;       /* of the first loss: a descent */
static const double half_width = 0.06; /* decades of the window of a slope */
static const double flat = 0.1;        /* slopes below this are of a plateau */
static const double shortest = 0.15;   /* decades of a plateau */

/* Entries of step 1 and later. */
typedef struct curve {
    size_t n;
    const uint64_t *steps;
    const double *losses;
} curve;

static double time_of(const curve *c, size_t k)
{
    return log((double)c->steps[k]);
}

static double height_of(const curve *c, size_t k)
{
    return log(fmax(c->losses[k], DBL_MIN));
}

/* -d ln L / d ln t at an entry: of the window, or of the neighbours where they
 * lie outside of it. */
static double slope_at(const curve *c, size_t k)
{
    const double here = time_of(c, k);
    const double reach = half_width * log(10.0) * (1.0 + DBL_EPSILON);
    size_t first = k > 0 ? k - 1 : 0;
    size_t last = k + 1 < c->n ? k + 1 : k;
    double x = 0.0;
    double y = 0.0;
    double xx = 0.0;
    double xy = 0.0;

    while (first > 0 && here - time_of(c, first - 1) <= reach) {
        first--;
    }
    while (last + 1 < c->n && time_of(c, last + 1) - here <= reach) {
        last++;
    }
    const double n = (double)(last - first + 1);

    for (size_t i = first; i <= last; i++) {
        const double t = time_of(c, i) - here;

        x += t;
        y += height_of(c, i);
        xx += t * t;
        xy += t * height_of(c, i);
    }
    return -(n * xy - x * y) / (n * xx - x * x);
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(size_t n, double *values)
{
    qsort(values, n, sizeof *values, compare);
    return 0.5 * (values[(n - 1) / 2] + values[n / 2]);
}

static void find_plateaus(const curve *c, double *scratch, gold_stages *stages)
{
    size_t n_found = 0;
    size_t last = 0;

    for (size_t k = 0; k < c->n && n_found < GOLD_MAX_PLATEAUS; k = last + 1) {
        last = k;
        if (!(slope_at(c, k) < flat)) {
            continue;
        }
        while (last + 1 < c->n && slope_at(c, last + 1) < flat) {
            last++;
        }
        if (time_of(c, last) - time_of(c, k) < shortest * log(10.0)) {
            continue;
        }
        memcpy(scratch, c->losses + k, (last - k + 1) * sizeof *scratch);
        stages->plateau_start[n_found] = (double)c->steps[k];
        stages->plateau_end[n_found] = (double)c->steps[last];
        stages->plateau_loss[n_found] = median(last - k + 1, scratch);
        n_found++;
    }
}

/* Where the loss has fallen so far; between entries, straight in ln t. */
static double find_descent(const curve *c, double first_loss)
{
    const double wanted = (1.0 - lost) * first_loss;
    size_t k = 0;

    while (k < c->n && !(c->losses[k] <= wanted)) {
        k++;
    }
    if (k == c->n) {
        return (double)NAN;
    }
    if (k == 0) {
        return (double)c->steps[0];
    }
    const double share =
        (c->losses[k - 1] - wanted) / (c->losses[k - 1] - c->losses[k]);

    return exp((1.0 - share) * time_of(c, k - 1) + share * time_of(c, k));
}

gold_stages gold_stages_of(size_t n, const uint64_t *steps,
                           const double *losses, double *scratch)
{
    gold_stages stages = {.descent_step = (double)NAN};
    size_t before = 0;

    for (size_t i = 0; i < GOLD_MAX_PLATEAUS; i++) {
        stages.plateau_start[i] = (double)NAN;
        stages.plateau_end[i] = (double)NAN;
        stages.plateau_loss[i] = (double)NAN;
    }
    while (before < n && steps[before] == 0) {
        before++;
    }
    const curve c = {n - before, steps + before, losses + before};

    if (before > 0) {
        stages.descent_step = find_descent(&c, losses[0]);
    }
    if (before > 0 && c.n > 1) {
        find_plateaus(&c, scratch, &stages);
    }
    return stages;
}
