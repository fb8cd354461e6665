# SPDX-License-Identifier: MIT
"""Statistics over seeds: intervals by bootstrap, p-values by permutation.

The unit that is drawn is always the seed. All points of a seed come from one
draw of weights, rescaled along the line, so they are not independent of each
other, and neither resampling nor permuting takes them apart.

Intervals are expanded percentile intervals: the quantiles of the bootstrap
distribution are taken further out than for a nominal level, by the factor
between t and normal quantiles and by sqrt(n / (n - 1)). A percentile interval
is too narrow for the 3 to 20 seeds that studies have; this one is that of
Student's t where the statistic is a mean of normal values. (T. Hesterberg, What
teachers should know about the bootstrap, The American Statistician 69, 2015,
section 5.3.)
"""
import itertools
import math
import typing
import warnings

import numpy as np
import scipy.stats
import xarray as xr

from .files import in_rows, known, pick

N_RESAMPLES = 4000
N_PERMUTATIONS = 9999
LEVEL = 0.95
# Values times resamples that are held at once: 64 MiB.
BLOCK = 1 << 23


class Interval(typing.NamedTuple):
    """An estimate and its confidence interval."""
    estimate: float
    lower: float
    upper: float

    def __str__(self):
        return f"{self.estimate:.3g} [{self.lower:.3g}, {self.upper:.3g}]"


class Correlation(typing.NamedTuple):
    """A correlation over seeds; p: two-sided, by permutation."""
    r: float
    lower: float
    upper: float
    p: float
    n: int


class Paired(typing.NamedTuple):
    """Differences a - b of pairs.

    `median`, `mean`: with bootstrap intervals. `effect`: mean over standard
    deviation of the differences. `below`: share of pairs with a < b, ties as
    one half. p-values are two-sided: of the permutation test of the mean (signs
    of differences flipped), Wilcoxon's signed rank test and the sign test.
    """
    n: int
    median: Interval
    mean: Interval
    effect: Interval
    below: Interval
    p_permutation: float
    p_wilcoxon: float
    p_sign: float


# ------------------------------------------------------------------ bootstrap

def resamples(n, n_resamples, random):
    """[n_resamples, n]: how often each of n units is drawn, with return."""
    return random.multinomial(n, np.full(n, 1.0 / n),
                              size=n_resamples).astype(np.float64)


def expanded(level, n):
    """Lower and upper quantile to take for intervals of n units."""
    if n < 2:
        return math.nan, math.nan
    t = scipy.stats.t.ppf(0.5 + level / 2, n - 1)
    tail = scipy.stats.norm.cdf(-math.sqrt(n / (n - 1)) * t)
    return tail, 1.0 - tail


def bounds(draws, level, n):
    """Lower and upper bound over axis 0 of a bootstrap distribution; NaN
    where fewer than two units are behind it."""
    low, high = expanded(level, n)
    if math.isnan(low):
        nothing = np.full(np.shape(draws)[1:], np.nan)
        return nothing, nothing
    with warnings.catch_warnings():
        # Nothing but NaN: a NaN for a bound is what is meant.
        warnings.simplefilter("ignore", RuntimeWarning)
        return tuple(np.nanquantile(draws, [low, high], axis=0))


def bootstrap(statistic, n, level=LEVEL, n_resamples=N_RESAMPLES, seed=0):
    """Interval of a statistic of n units.

    `statistic` maps weights [m, n] (how often each unit counts) to m values.
    """
    draws = statistic(resamples(n, n_resamples, np.random.default_rng(seed)))
    lower, upper = bounds(draws, level, n)
    return Interval(float(statistic(np.ones((1, n)))[0]), float(lower),
                    float(upper))


def weighted_means(weights, values):
    """[m, ...] means of values [n, ...], passing over NaN."""
    is_there = np.isfinite(values)
    sums = np.tensordot(weights, np.where(is_there, values, 0.0), 1)
    counts = np.tensordot(weights, is_there.astype(np.float64), 1)
    with np.errstate(invalid="ignore"):
        return np.where(counts > 0, sums / counts, np.nan)


def mean_over_seeds(values, level=LEVEL, n_resamples=N_RESAMPLES, seed=0):
    """Mean over seeds and its bootstrap band, for each cell of an array.

    `values` has a dimension `seed`. Returns a dataset without it: `mean`,
    `lower` and `upper` of the band, standard deviation `sd` and number `n` of
    seeds with a value. NaN is passed over; where fewer than two seeds have a
    value there is no band.
    """
    known("axis", "seed", values.dims)
    values = values.transpose("seed", ...)
    flat = values.values.reshape(values.sizes["seed"], -1)
    n = np.isfinite(flat).sum(0)
    weights = resamples(len(flat), n_resamples, np.random.default_rng(seed))
    found = {name: np.full(flat.shape[1], np.nan)
             for name in ("mean", "lower", "upper", "sd")}
    step = max(BLOCK // n_resamples, 1)
    for start in range(0, flat.shape[1], step):
        part = slice(start, start + step)
        found["mean"][part] = weighted_means(
            np.ones((1, len(flat))), flat[:, part])[0]
        draws = weighted_means(weights, flat[:, part])
        for count in np.unique(n[part]):
            if count >= 2:
                at = np.flatnonzero(n[part] == count)
                found["lower"][start + at], found["upper"][start + at] = (
                    bounds(draws[:, at], level, count))
    several = n > 1
    found["sd"][several] = np.nanstd(flat[:, several], axis=0, ddof=1)
    rest = values.isel(seed=0, drop=True)
    found["n"] = n
    return xr.Dataset({name: rest.copy(data=x.reshape(rest.shape))
                       for name, x in found.items()})


# ---------------------------------------------------------------- correlation

def weighted_correlations(weights, a, b):
    """[m] Pearson correlations of a and b [n] under weights [m, n]."""
    total = weights.sum(1)
    mean_a, mean_b = weights @ a / total, weights @ b / total
    da, db = a - mean_a[:, None], b - mean_b[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        return (weights * da * db).sum(1) / np.sqrt(
            (weights * da ** 2).sum(1) * (weights * db ** 2).sum(1))


def permutations(n, n_permutations, random):
    """Index arrays [m, n], and whether they are all there are."""
    if n <= 8 and math.factorial(n) <= n_permutations:
        return np.array(list(itertools.permutations(range(n)))), True
    tile = np.tile(np.arange(n), (n_permutations, 1))
    return random.permuted(tile, axis=1), False


def p_value(draws, observed, is_exact):
    """Share of draws at least as far from 0. Drawn at random, the observed
    one counts as a draw, so that the p-value is valid and never 0."""
    # The observed arrangement has to find itself, whatever the rounding.
    n_beyond = np.count_nonzero(np.abs(draws) >= abs(observed) * (1 - 1e-12))
    return (n_beyond / len(draws) if is_exact
            else (n_beyond + 1) / (len(draws) + 1))


def correlate_values(a, b, method="pearson", level=LEVEL, seed=0):
    """The correlation of two arrays [n]; pairs with a NaN are left out."""
    is_there = np.isfinite(a) & np.isfinite(b)
    a, b = a[is_there].astype(np.float64), b[is_there].astype(np.float64)
    if method == "spearman":
        a, b = scipy.stats.rankdata(a), scipy.stats.rankdata(b)
    elif method != "pearson":
        raise ValueError(f"method {method!r}: pearson or spearman")
    if len(a) < 3 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return Correlation(math.nan, math.nan, math.nan, math.nan, len(a))
    r, lower, upper = bootstrap(
        lambda weights: weighted_correlations(weights, a, b), len(a), level,
        seed=seed)
    random = np.random.default_rng([seed, 1])
    orders, is_exact = permutations(len(b), N_PERMUTATIONS, random)
    a, b = a - a.mean(), b - b.mean()
    draws = b[orders] @ a / math.sqrt((a @ a) * (b @ b))
    return Correlation(r, lower, upper, p_value(draws, r, is_exact), len(a))


def correlate(ds, a, b, dim=None, method="pearson", level=LEVEL, seed=0):
    """Correlation over seeds of two variables, at each point of the grid.

    `a`, `b`: names of variables. Correlations are of seeds at one and the same
    place: taken over several radii at once they would mostly say that both
    depend on the radius. Returns a dataset over the axes other than `seed`, or
    of one row where there are none: `r`, its interval `lower`, `upper`, two-sided permutation p-value `p`, and
    number of seeds `n`. `dim`: subspace, default the largest. `method`:
    pearson, or spearman for ranks.
    """
    left, right = xr.broadcast(*(pick(ds, name, dim) for name in (a, b)))
    known("axis", "seed", left.dims)
    left, right = (values.transpose("seed", ...) for values in (left, right))
    n_seeds = left.sizes["seed"]
    rows = [correlate_values(x, y, method, level, seed) for x, y in zip(
        left.values.reshape(n_seeds, -1).T,
        right.values.reshape(n_seeds, -1).T)]
    rest = left.isel(seed=0, drop=True)
    return in_rows(xr.Dataset({
        name: rest.copy(data=np.array(column).reshape(rest.shape))
        for name, column in zip(Correlation._fields, zip(*rows))}), ds)


# ---------------------------------------------------------------------- pairs

def weighted_medians(weights, values):
    """[m] medians of values [n], each counted as often as weights [m, n]."""
    order = np.argsort(values)
    values = values[order]
    above = np.cumsum(weights[:, order], axis=1)
    half = above[:, -1:] / 2
    lower = (above >= half).argmax(1)
    upper = (above > half).argmax(1)
    return (values[lower] + values[upper]) / 2


def flip_p_value(differences, seed):
    """Permutation test of a mean of 0: signs flipped, all ways or many."""
    n = len(differences)
    is_exact = 2 ** n <= N_PERMUTATIONS
    if is_exact:
        signs = np.array(list(itertools.product([1.0, -1.0], repeat=n)))
    else:
        random = np.random.default_rng([seed, 2])
        signs = random.choice([1.0, -1.0], size=(N_PERMUTATIONS, n))
    return p_value(signs @ differences / n, differences.mean(), is_exact)


def paired(a, b, level=LEVEL, seed=0):
    """Compare pairs of numbers, such as losses of two choices in one group.

    Pairs with a NaN are left out. See Paired for what comes back.
    """
    difference = np.asarray(a, float) - np.asarray(b, float)
    difference = difference[np.isfinite(difference)]
    n = len(difference)
    if n < 2:
        raise ValueError(f"{n} complete pairs: at least two are needed")
    is_below = (difference < 0) + 0.5 * (difference == 0)

    def effects(weights):
        mean = weighted_means(weights, difference)
        square = weighted_means(weights, difference ** 2)
        variance = (square - mean ** 2) * n / (n - 1)
        with np.errstate(invalid="ignore", divide="ignore"):
            return mean / np.sqrt(variance)

    def interval(statistic):
        return bootstrap(statistic, n, level, seed=seed)

    n_below = int((difference < 0).sum())
    n_signed = n_below + int((difference > 0).sum())
    return Paired(
        n,
        interval(lambda weights: weighted_medians(weights, difference)),
        interval(lambda weights: weighted_means(weights, difference)),
        interval(effects),
        interval(lambda weights: weighted_means(weights, is_below)),
        flip_p_value(difference, seed),
        float(scipy.stats.wilcoxon(difference).pvalue) if n_signed else 1.0,
        float(scipy.stats.binomtest(n_below, n_signed).pvalue)
        if n_signed else 1.0)


def holm(p):
    """p-values [n] corrected for there being n of them: those below a level
    are wrong, any of them, no more often than the level says, whatever the
    tests have to do with each other. (S. Holm, A simple sequentially rejective
    multiple test procedure, Scandinavian Journal of Statistics 6, 1979.)
    """
    p = np.asarray(p, float)
    order = np.argsort(p)
    raised = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(raised, 1.0)
    return corrected


# --------------------------------------------------------------------- slopes

def slope(values, between, level=LEVEL, seed=0):
    """Power of a quantity along an axis: the slope of log |mean over seeds|
    against the logarithm of the axis, by least squares, with its interval.

    `values` has the dimensions `seed` and one axis; `between`: the range of
    the axis to fit, ends included.
    """
    line, = (name for name in values.dims if name != "seed")
    values = values.transpose("seed", line)
    x = values[line].values
    is_in = (x >= between[0] * (1 - 1e-9)) & (x <= between[1] * (1 + 1e-9))
    if is_in.sum() < 2:
        raise ValueError(f"{is_in.sum()} points of {line} in {between}")
    log_x = np.log(x[is_in])
    log_x = log_x - log_x.mean()
    y = values.values[:, is_in]

    def slopes(weights):
        with np.errstate(divide="ignore"):
            logs = np.log(np.abs(weighted_means(weights, y)))
        return logs @ log_x / (log_x @ log_x)

    return bootstrap(slopes, len(y), level, seed=seed)
