/* SPDX-License-Identifier: MIT */
#include "app/claim.h"

#include <math.h>

#include "goldilocks/memory.h"

#include "app/student.h"

enum {
    N_LEFT_OUT = GOLDI_TOLD_HEIGHT + 1 /* what the jackknife is taken of */
};

/* Sums over seeds at each place, and means with a seed left out. */
typedef struct sums {
    double *c, *n_c, *z, *n_z; /* [n] */
    double *mean_c, *mean_z;   /* [n] */
} sums;

gold_status goldi_claim_init(size_t n_seeds, size_t n, goldi_claim *claim)
{
    *claim = (goldi_claim){.is_named = false};
    GOLD_TRY(goldi_rise_init(n_seeds, n, &claim->rise));
    return GOLD_ALLOC(6 * n, &claim->work);
}

void goldi_claim_fini(goldi_claim *claim)
{
    goldi_rise_fini(&claim->rise);
    gold_free(claim->work);
    *claim = (goldi_claim){.work = NULL};
}

static void add_seeds(const goldi_curves *curves, sums *by)
{
    for (size_t i = 0; i < curves->n; i++) {
        by->c[i] = by->n_c[i] = by->z[i] = by->n_z[i] = 0.0;
        for (size_t s = 0; s < curves->n_seeds; s++) {
            const double c = curves->c[i * curves->n_seeds + s];
            const double z = curves->z[i * curves->n_seeds + s];

            by->c[i] += isfinite(c) ? c : 0.0;
            by->n_c[i] += isfinite(c) ? 1.0 : 0.0;
            by->z[i] += isfinite(z) ? z : 0.0;
            by->n_z[i] += isfinite(z) ? 1.0 : 0.0;
        }
    }
}

/* The mean of `n` numbers with this sum, without one of them unless that is no
 * number; NaN: of none. */
static double mean_without(double sum, double n, double left_out)
{
    if (isfinite(left_out)) {
        sum -= left_out;
        n -= 1.0;
    }
    return n > 0.5 ? sum / n : (double)NAN;
}

/* Means over all seeds but one; n_seeds: over all. */
static void take_means(const goldi_curves *curves, size_t s, sums *by)
{
    for (size_t i = 0; i < curves->n; i++) {
        const size_t at = i * curves->n_seeds + s;
        const bool is_all = s == curves->n_seeds;

        by->mean_c[i] = mean_without(by->c[i], by->n_c[i],
                                     is_all ? (double)NAN : curves->c[at]);
        by->mean_z[i] = mean_without(by->z[i], by->n_z[i],
                                     is_all ? (double)NAN : curves->z[at]);
    }
}

/* Has a seed any number? */
static bool is_there(const goldi_curves *curves, size_t s)
{
    size_t i = 0;

    while (i < curves->n && !isfinite(curves->c[i * curves->n_seeds + s])) {
        i++;
    }
    return i < curves->n;
}

/* Is a number taken by its logarithm? */
static bool is_log(const goldi_curves *curves, goldi_told which)
{
    return which != GOLDI_TOLD_HEIGHT && curves->x[0] > 0.0;
}

/* What is told of the means that were taken. */
static void tell(const goldi_curves *curves, const sums *by, const bool *may,
                 goldi_zone *zone, double told[GOLDI_N_TOLD])
{
    *zone = goldi_zone_find(curves->n, curves->x, by->mean_c, may);
    if (!zone->is_found) {
        for (size_t k = 0; k < GOLDI_N_TOLD; k++) {
            told[k] = (double)NAN;
        }
        return;
    }
    told[GOLDI_TOLD_LOW] = zone->low;
    told[GOLDI_TOLD_HIGH] = zone->high;
    told[GOLDI_TOLD_PEAK] = curves->x[zone->peak];
    told[GOLDI_TOLD_HEIGHT] = by->mean_c[zone->peak];
    told[GOLDI_TOLD_SPREAD] = by->mean_z[zone->peak];
}

/* Leave out one seed after the other; adds up how far what is told then is
 * from what all tell, and the squares. Returns the number of seeds. */
static double leave_out(const goldi_curves *curves, sums *by,
                        const goldi_claim *claim, double sum[N_LEFT_OUT],
                        double square[N_LEFT_OUT])
{
    double n = 0.0;

    for (size_t s = 0; s < curves->n_seeds; s++) {
        goldi_zone zone;
        double told[GOLDI_N_TOLD];

        if (!is_there(curves, s)) {
            continue;
        }
        n += 1.0;
        take_means(curves, s, by);
        tell(curves, by, claim->rise.is_above, &zone, told);
        for (size_t k = 0; k < N_LEFT_OUT; k++) {
            const double off = is_log(curves, (goldi_told)k)
                                   ? log(told[k] / claim->of[k].value)
                                   : told[k] - claim->of[k].value;

            sum[k] += off;
            square[k] += off * off;
        }
    }
    return n;
}

/* The smallest and largest place that has a mean. */
static void find_ends(const goldi_curves *curves, const double *mean,
                      goldi_claim *claim)
{
    claim->first = claim->last = (double)NAN;
    for (size_t i = 0; i < curves->n; i++) {
        if (isfinite(mean[i])) {
            claim->first = isnan(claim->first) ? curves->x[i] : claim->first;
            claim->last = curves->x[i];
        }
    }
}

/* A number, but not beyond those ends; NaN stays one. */
static double within(const goldi_claim *claim, double x)
{
    return x < claim->first ? claim->first : x > claim->last ? claim->last : x;
}

static void leave_out_intervals(const goldi_curves *curves, sums *by,
                                goldi_claim *claim)
{
    double sum[N_LEFT_OUT] = {0};
    double square[N_LEFT_OUT] = {0};
    const double n = leave_out(curves, by, claim, sum, square);

    for (size_t k = 0; n > 1.5 && k < N_LEFT_OUT; k++) {
        goldi_interval *of = &claim->of[k];
        const double variance =
            (n - 1.0) / n * (square[k] - sum[k] * sum[k] / n);
        /* not fmax, which would make a number of NaN */
        const double half = goldi_student_quantile(0.025, n - 1.0) *
                            sqrt(variance < 0.0 ? 0.0 : variance);
        const bool is_factor = is_log(curves, (goldi_told)k);

        of->lower = is_factor ? of->value * exp(-half) : of->value - half;
        of->upper = is_factor ? of->value * exp(half) : of->value + half;
        if (k != GOLDI_TOLD_HEIGHT) {
            of->lower = within(claim, of->lower);
            of->upper = within(claim, of->upper);
        }
    }
}

/* Mean of the numbers of a place less those of another, seed by seed, and how
 * far Student's t lets it be from that; NaN where fewer than two seeds have
 * both. `minus` NULL: less nothing. */
static double mean_of(size_t n_seeds, const double *of, const double *minus,
                      double *half)
{
    double mean = 0.0;
    double square = 0.0;
    double n = 0.0;

    for (size_t s = 0; s < n_seeds; s++) {
        const double value = of[s] - (minus == NULL ? 0.0 : minus[s]);

        if (isfinite(value)) {
            const double off = value - mean;

            n += 1.0;
            mean += off / n;
            square += off * (value - mean);
        }
    }
    *half = n < 1.5 ? (double)NAN
                    : goldi_student_quantile(0.025, n - 1.0) *
                          sqrt(square / (n - 1.0) / n);
    return mean;
}

/* Is a place in the zone, and not surely lower than the peak? */
static bool is_peer(const goldi_curves *curves, const goldi_zone *zone,
                    size_t i)
{
    double half = 0.0;

    if (curves->x[i] < zone->low || curves->x[i] > zone->high) {
        return false;
    }
    const double below =
        mean_of(curves->n_seeds, curves->c + zone->peak * curves->n_seeds,
                curves->c + i * curves->n_seeds, &half);

    return below <= half;
}

static void peak_intervals(const goldi_curves *curves, goldi_claim *claim)
{
    goldi_interval *peak = &claim->of[GOLDI_TOLD_PEAK];
    goldi_interval *spread = &claim->of[GOLDI_TOLD_SPREAD];

    for (size_t i = 0; i < curves->n; i++) {
        double half = 0.0;

        if (!is_peer(curves, &claim->zone, i)) {
            continue;
        }
        const double z = mean_of(curves->n_seeds,
                                 curves->z + i * curves->n_seeds, NULL, &half);

        if (isnan(peak->lower)) {
            peak->lower = curves->x[i];
        }
        peak->upper = curves->x[i];
        /* these pass over NaN */
        spread->lower = fmin(spread->lower, z * exp(-half / z));
        spread->upper = fmax(spread->upper, z * exp(half / z));
    }
}

void goldi_claim_find(const goldi_curves *curves, goldi_claim *claim)
{
    const size_t n = curves->n;
    double *work = claim->work;
    sums by = {work,         work + n,     work + 2 * n,
               work + 3 * n, work + 4 * n, work + 5 * n};
    double told[GOLDI_N_TOLD];

    add_seeds(curves, &by);
    take_means(curves, curves->n_seeds, &by);
    find_ends(curves, by.mean_c, claim);
    goldi_rise_test(curves, &claim->rise);
    claim->is_named = claim->rise.p_value <= GOLDI_NAMED_P;
    tell(curves, &by, claim->is_named ? claim->rise.is_above : NULL,
         &claim->zone, told);
    claim->is_named = claim->is_named && claim->zone.is_found;
    claim->n =
        claim->zone.is_found ? (size_t)lround(by.n_c[claim->zone.peak]) : 0;
    for (size_t k = 0; k < GOLDI_N_TOLD; k++) {
        const bool is_bound = k == GOLDI_TOLD_LOW || k == GOLDI_TOLD_HIGH;

        claim->of[k] = (goldi_interval){
            is_bound && !claim->is_named ? (double)NAN : told[k], (double)NAN,
            (double)NAN};
    }
    if (claim->is_named) {
        leave_out_intervals(curves, &by, claim);
        peak_intervals(curves, claim);
    }
}
