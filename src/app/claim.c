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

static const goldi_interval no_interval = {(double)NAN, (double)NAN,
                                           (double)NAN, (double)NAN,
                                           (double)NAN, (double)NAN};

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

/* The bound towards step -1 or +1, and what the grid leaves open. */
static goldi_span bound_of(const goldi_curves *curves,
                           const goldi_points *points, size_t peak, int step,
                           double bound, const goldi_top *top)
{
    const double height = points->y[peak];
    size_t k = peak;

    while ((step < 0 ? k > 0 : k + 1 < points->n) &&
           points->y[k] >= height / 2.0) {
        k = step < 0 ? k - 1 : k + 1;
    }
    if (points->y[k] >= height / 2.0) {
        return (goldi_span){bound, bound, bound};
    }
    const goldi_span span = goldi_crossing_of(
        points, step < 0 ? k : k - 1, scaled(curves, bound), height, top);

    return (goldi_span){bound, unscaled(curves, span.least),
                        unscaled(curves, span.most)};
}

/* z at a place and where else that may be. */
static goldi_span spread_of(const goldi_curves *curves, const sums *by,
                            const goldi_span *place)
{
    const double at = spread_at(curves, by, place->at);
    const double a = spread_at(curves, by, place->least);
    const double b = spread_at(curves, by, place->most);

    /* these pass over NaN */
    return (goldi_span){at, fmin(at, fmin(a, b)), fmax(at, fmax(a, b))};
}

/* What is told of the means that were taken. */
static void tell(const goldi_curves *curves, const sums *by, const bool *may,
                 goldi_span told[GOLDI_N_TOLD])
{
    const goldi_zone zone =
        goldi_zone_find(curves->n, curves->x, by->mean_c, may);

    for (size_t k = 0; k < GOLDI_N_TOLD; k++) {
        told[k] = (goldi_span){(double)NAN, (double)NAN, (double)NAN};
    }
    if (!zone.is_found) {
        return;
    }
    const goldi_points points = points_of(curves, by->mean_c, false, by);
    const size_t peak = peak_of(by, &zone);
    const goldi_top top = goldi_top_of(&points, peak);
    const double height = points.y[peak];

    told[GOLDI_TOLD_LOW] = bound_of(curves, &points, peak, -1, zone.low, &top);
    told[GOLDI_TOLD_HIGH] = bound_of(curves, &points, peak, 1, zone.high, &top);
    told[GOLDI_TOLD_HEIGHT] = (goldi_span){
        height, height, height + GOLDI_FAR * (top.highest - height)};
    told[GOLDI_TOLD_PEAK] = (goldi_span){unscaled(curves, top.place.at),
                                         unscaled(curves, top.place.least),
                                         unscaled(curves, top.place.most)};
    told[GOLDI_TOLD_SPREAD] = spread_of(curves, by, &top.place);
}

/* How far `a` is from `b`, on the scale of what is told. */
static double off_by(const goldi_curves *curves, goldi_told which, double a,
                     double b)
{
    return is_log(curves, which) ? log(a / b) : a - b;
}

/* Sums of what is told with one seed left out, by how far it is off what all
 * tell, and of how wide the grid leaves it open. */
typedef struct left_out {
    double n;
    double sum[GOLDI_N_TOLD], square[GOLDI_N_TOLD];
    double grid[GOLDI_N_TOLD], grid_square[GOLDI_N_TOLD];
} left_out;

/* Leave out one seed after the other. */
static left_out leave_out(const goldi_curves *curves, sums *by,
                          const goldi_claim *claim)
{
    left_out out = {.n = 0.0};

    for (size_t s = 0; s < curves->n_seeds; s++) {
        goldi_span told[GOLDI_N_TOLD];

        if (!is_there(curves, s)) {
            continue;
        }
        out.n += 1.0;
        take_means(curves, s, by);
        tell(curves, by, claim->rise.is_above, told);
        for (size_t k = 0; k < GOLDI_N_TOLD; k++) {
            const goldi_told which = (goldi_told)k;
            const double off =
                off_by(curves, which, told[k].at, claim->of[k].value);
            const double grid =
                off_by(curves, which, told[k].most, told[k].least) -
                claim->of[k].grid;

            out.sum[k] += off;
            out.square[k] += off * off;
            out.grid[k] += grid;
            out.grid_square[k] += grid * grid;
        }
    }
    return out;
}

/* Standard error of the jackknife, from a sum and that of squares. */
static double jackknife_error(double n, double sum, double square)
{
    const double variance = (n - 1.0) / n * (square - sum * sum / n);

    /* not fmax, which would make a number of NaN */
    return sqrt(variance < 0.0 ? 0.0 : variance);
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

/* Both ends of an interval: `half` beyond what the grid leaves open. */
static void set_ends(const goldi_curves *curves, goldi_told which,
                     const goldi_span *span, double half, goldi_interval *of)
{
    /* these pass over NaN */
    const double low = fmin(of->value, span->least);
    const double high = fmax(of->value, span->most);

    of->lower = is_log(curves, which) ? low * exp(-half) : low - half;
    of->upper = is_log(curves, which) ? high * exp(half) : high + half;
}

static void find_intervals(const goldi_curves *curves, sums *by,
                           const goldi_span told[GOLDI_N_TOLD],
                           goldi_claim *claim)
{
    for (size_t k = 0; k < GOLDI_N_TOLD; k++) {
        claim->of[k].grid =
            off_by(curves, (goldi_told)k, told[k].most, told[k].least);
    }
    const left_out out = leave_out(curves, by, claim);

    for (size_t k = 0; out.n > 1.5 && k < GOLDI_N_TOLD; k++) {
        goldi_interval *of = &claim->of[k];

        of->error = jackknife_error(out.n, out.sum[k], out.square[k]);
        of->grid_error =
            jackknife_error(out.n, out.grid[k], out.grid_square[k]);
        set_ends(curves, (goldi_told)k, &told[k],
                 goldi_student_quantile(0.025, out.n - 1.0) * of->error, of);
        if (k != GOLDI_TOLD_HEIGHT && k != GOLDI_TOLD_SPREAD) {
            of->lower = within(claim, of->lower);
            of->upper = within(claim, of->upper);
        }
    }
}

/* What is told where no zone is named: the highest point. */
static void tell_highest(const goldi_curves *curves, const sums *by,
                         const goldi_zone *zone, goldi_span told[GOLDI_N_TOLD])
{
    for (size_t k = 0; k < GOLDI_N_TOLD; k++) {
        told[k].at = (double)NAN;
    }
    if (zone->is_found) {
        told[GOLDI_TOLD_HEIGHT].at = by->mean_c[zone->peak];
        told[GOLDI_TOLD_PEAK].at = curves->x[zone->peak];
        told[GOLDI_TOLD_SPREAD].at = by->mean_z[zone->peak];
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

    goldi_span told[GOLDI_N_TOLD];

    if (claim->is_named) {
        tell(curves, &by, claim->rise.is_above, told);
    } else {
        tell_highest(curves, &by, zone, told);
    }
    for (size_t k = 0; k < GOLDI_N_TOLD; k++) {
        claim->of[k] = no_interval;
        claim->of[k].value = told[k].at;
    }
    if (claim->is_named) {
        find_intervals(curves, &by, told, claim);
    }
}
