/* SPDX-License-Identifier: MIT */
#include "app/claim.h"

#include <math.h>

#include "goldilocks/memory.h"

#include "app/refine.h"
#include "app/student.h"

/* Sums over seeds at each place, and means with a seed left out. */
typedef struct sums {
    double *c, *n_c, *z, *n_z; /* [n] */
    double *mean_c, *mean_z;   /* [n] */
    double *u, *y;             /* [n] points of one of them */
} sums;

const char *goldi_told_name(goldi_told which)
{
    static const char *const names[GOLDI_N_TOLD] = {
        [GOLDI_TOLD_LOW] = "low",       [GOLDI_TOLD_HIGH] = "high",
        [GOLDI_TOLD_PEAK] = "peak",     [GOLDI_TOLD_HEIGHT] = "height",
        [GOLDI_TOLD_SPREAD] = "spread",
    };

    return names[which];
}

gold_status goldi_claim_init(size_t n_seeds, size_t n, goldi_claim *claim)
{
    *claim = (goldi_claim){.is_named = false};
    GOLD_TRY(goldi_rise_init(n_seeds, n, &claim->rise));
    return GOLD_ALLOC(8 * n, &claim->work);
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
    return which == GOLDI_TOLD_SPREAD ||
           (which != GOLDI_TOLD_HEIGHT && curves->x[0] > 0.0);
}

/* A place on the scale that it is told on, and back. */
static double scaled(const goldi_curves *curves, double x)
{
    return curves->x[0] > 0.0 ? log(x) : x;
}

static double unscaled(const goldi_curves *curves, double u)
{
    return curves->x[0] > 0.0 ? exp(u) : u;
}

/* Those of the means that are numbers, or their logarithms. */
static goldi_points points_of(const goldi_curves *curves, const double *mean,
                              bool are_logs, const sums *by)
{
    goldi_points points = {0, by->u, by->y};

    for (size_t i = 0; i < curves->n; i++) {
        const double y = are_logs ? log(mean[i]) : mean[i];

        if (isfinite(y)) {
            points.u[points.n] = scaled(curves, curves->x[i]);
            points.y[points.n++] = y;
        }
    }
    return points;
}

/* z at a scaled place. */
static double spread_at(const goldi_curves *curves, const sums *by, double u)
{
    const goldi_points points = points_of(curves, by->mean_z, true, by);

    return exp(goldi_points_at(&points, u));
}

/* The point of the peak, among those that are numbers. */
static size_t peak_of(const sums *by, const goldi_zone *zone)
{
    size_t peak = 0;

    for (size_t i = 0; i < zone->peak; i++) {
        peak += isfinite(by->mean_c[i]) ? 1 : 0;
    }
    return peak;
}

/* What is told of the means that were taken. */
static void tell(const goldi_curves *curves, const sums *by, const bool *may,
                 double told[GOLDI_N_TOLD])
{
    const goldi_zone zone =
        goldi_zone_find(curves->n, curves->x, by->mean_c, may);

    for (size_t k = 0; k < GOLDI_N_TOLD; k++) {
        told[k] = (double)NAN;
    }
    if (zone.is_found) {
        const goldi_points points = points_of(curves, by->mean_c, false, by);
        const double at = goldi_top_of(&points, peak_of(by, &zone)).at;

        told[GOLDI_TOLD_LOW] = zone.low;
        told[GOLDI_TOLD_HIGH] = zone.high;
        told[GOLDI_TOLD_HEIGHT] = by->mean_c[zone.peak];
        told[GOLDI_TOLD_PEAK] = unscaled(curves, at);
        told[GOLDI_TOLD_SPREAD] = spread_at(curves, by, at);
    }
}

/* A bound between points k and k + 1, as far off as the grid leaves open. */
static double bound_far(const goldi_curves *curves, const goldi_points *points,
                        size_t k, double bound, double half, double cross)
{
    return unscaled(curves, goldi_crossing_far(points, k, scaled(curves, bound),
                                               half, cross));
}

/* What is told of the means of all seeds, where the grid leaves it open. */
static void tell_far(const goldi_curves *curves, const sums *by,
                     const goldi_zone *zone, double far[GOLDI_N_TOLD])
{
    const goldi_points points = points_of(curves, by->mean_c, false, by);
    const size_t peak = peak_of(by, zone);
    const goldi_top top = goldi_top_of(&points, peak);
    const double half = points.y[peak] / 2.0;
    size_t k = peak;

    far[GOLDI_TOLD_LOW] = zone->low;
    far[GOLDI_TOLD_HIGH] = zone->high;
    far[GOLDI_TOLD_HEIGHT] =
        points.y[peak] + GOLDI_FAR * (top.height - points.y[peak]);
    far[GOLDI_TOLD_PEAK] = unscaled(curves, top.far);
    while (k > 0 && points.y[k] >= half) {
        k--;
    }
    if (points.y[k] < half) {
        far[GOLDI_TOLD_LOW] =
            bound_far(curves, &points, k, zone->low, half, top.height / 2.0);
    }
    k = peak;
    while (k + 1 < points.n && points.y[k + 1] >= half) {
        k++;
    }
    if (k + 1 < points.n) {
        far[GOLDI_TOLD_HIGH] =
            bound_far(curves, &points, k, zone->high, half, top.height / 2.0);
    }
    far[GOLDI_TOLD_SPREAD] = spread_at(curves, by, top.far);
}

/* How far `a` is from `b`, on the scale of what is told. */
static double off_by(const goldi_curves *curves, goldi_told which, double a,
                     double b)
{
    return is_log(curves, which) ? log(a / b) : a - b;
}

/* Leave out one seed after the other; adds up how far what is told then is
 * from what all tell, and the squares. Returns the number of seeds. */
static double leave_out(const goldi_curves *curves, sums *by,
                        const goldi_claim *claim, double sum[GOLDI_N_TOLD],
                        double square[GOLDI_N_TOLD])
{
    double n = 0.0;

    for (size_t s = 0; s < curves->n_seeds; s++) {
        double told[GOLDI_N_TOLD];

        if (!is_there(curves, s)) {
            continue;
        }
        n += 1.0;
        take_means(curves, s, by);
        tell(curves, by, claim->rise.is_above, told);
        for (size_t k = 0; k < GOLDI_N_TOLD; k++) {
            const double off =
                off_by(curves, (goldi_told)k, told[k], claim->of[k].value);

            sum[k] += off;
            square[k] += off * off;
        }
    }
    return n;
}

/* The smallest and largest place that has a mean, and how many have. */
static void find_ends(const goldi_curves *curves, const double *mean,
                      goldi_claim *claim)
{
    claim->first = claim->last = (double)NAN;
    claim->n_places = 0;
    for (size_t i = 0; i < curves->n; i++) {
        if (isfinite(mean[i])) {
            claim->first = isnan(claim->first) ? curves->x[i] : claim->first;
            claim->last = curves->x[i];
            claim->n_places++;
        }
    }
}

/* A number, but not beyond those ends; NaN stays one. */
static double within(const goldi_claim *claim, double x)
{
    return x < claim->first ? claim->first : x > claim->last ? claim->last : x;
}

/* Both ends of an interval: `half` beyond the value and what the grid leaves
 * open. */
static void set_ends(const goldi_curves *curves, goldi_told which, double far,
                     double half, goldi_interval *of)
{
    /* these pass over NaN */
    const double low = fmin(of->value, far);
    const double high = fmax(of->value, far);

    of->lower = is_log(curves, which) ? low * exp(-half) : low - half;
    of->upper = is_log(curves, which) ? high * exp(half) : high + half;
}

static void find_intervals(const goldi_curves *curves, sums *by,
                           goldi_claim *claim)
{
    double sum[GOLDI_N_TOLD] = {0};
    double square[GOLDI_N_TOLD] = {0};
    double far[GOLDI_N_TOLD];
    double n = 0.0;

    tell_far(curves, by, &claim->zone, far);
    n = leave_out(curves, by, claim, sum, square);
    for (size_t k = 0; n > 1.5 && k < GOLDI_N_TOLD; k++) {
        goldi_interval *of = &claim->of[k];
        const double variance =
            (n - 1.0) / n * (square[k] - sum[k] * sum[k] / n);
        /* not fmax, which would make a number of NaN */
        const double half = goldi_student_quantile(0.025, n - 1.0) *
                            sqrt(variance < 0.0 ? 0.0 : variance);

        set_ends(curves, (goldi_told)k, far[k], half, of);
        if (k != GOLDI_TOLD_HEIGHT && k != GOLDI_TOLD_SPREAD) {
            of->lower = within(claim, of->lower);
            of->upper = within(claim, of->upper);
        }
    }
}

void goldi_claim_find(const goldi_curves *curves, goldi_claim *claim)
{
    const size_t n = curves->n;
    double *work = claim->work;
    sums by = {work,         work + n,     work + 2 * n, work + 3 * n,
               work + 4 * n, work + 5 * n, work + 6 * n, work + 7 * n};
    const goldi_zone *zone = &claim->zone;

    add_seeds(curves, &by);
    take_means(curves, curves->n_seeds, &by);
    find_ends(curves, by.mean_c, claim);
    goldi_rise_test(curves, &claim->rise);
    claim->is_named = claim->rise.p_value <= GOLDI_NAMED_P;
    claim->zone = goldi_zone_find(
        n, curves->x, by.mean_c, claim->is_named ? claim->rise.is_above : NULL);
    claim->is_named = claim->is_named && zone->is_found;
    claim->n = zone->is_found ? (size_t)lround(by.n_c[zone->peak]) : 0;

    double told[GOLDI_N_TOLD] = {(double)NAN, (double)NAN, (double)NAN,
                                 (double)NAN, (double)NAN};

    if (claim->is_named) {
        tell(curves, &by, claim->rise.is_above, told);
    } else if (zone->is_found) {
        told[GOLDI_TOLD_HEIGHT] = by.mean_c[zone->peak];
        told[GOLDI_TOLD_PEAK] = curves->x[zone->peak];
        told[GOLDI_TOLD_SPREAD] = by.mean_z[zone->peak];
    }
    for (size_t k = 0; k < GOLDI_N_TOLD; k++) {
        claim->of[k] = (goldi_interval){told[k], (double)NAN, (double)NAN};
    }
    if (claim->is_named) {
        find_intervals(curves, &by, claim);
    }
}
