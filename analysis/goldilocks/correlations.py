# SPDX-License-Identifier: MIT
"""Correlations over seeds: at each point of the grid, and of all its points
within and between."""
import typing

import numpy as np
import scipy.stats
import xarray as xr

from .arguments import asked, known
from . import families
from .files import in_rows
from .intervals import (BLOCK, LEVEL, jackknife_error, student)
from .outcomes import trained
from .permutations import N_PERMUTATIONS, blocks, least_p, orders, p_value
from .tables import html_of

METHODS = ("pearson", "spearman")
FEWEST = 4  # seeds that an interval needs: of three, two without the third are on a line
# Of more seeds the law of permutations is Student's t, and normal of several cells
# together, to better than draws say.
MOST_PERMUTED = 2000


class Correlation(typing.NamedTuple):
    """A correlation over seeds; p: two-sided, by permutation."""
    r: float
    lower: float
    upper: float
    p: float
    n: int

    words = {"r": "correlation over seeds", "lower": "lower end of its interval",
             "upper": "upper end of its interval",
             "p": "p-value, by permutation", "n": "seeds with both"}
    _repr_html_ = html_of


WORDS = {"r": "{} correlation over seeds of {} and {}",
         "lower": "lower end of the {} correlation of {} and {}",
         "upper": "upper end of the {} correlation of {} and {}",
         "p": "p-value of the {} correlation of {} and {}",
         "n": "seeds with both, of the {} correlation of {} and {}",
         "p_adjusted": "p-value of the {} correlation of {} and {}, corrected "
                       "for all in the family"}


def prepared(a, b, method):
    """Both arrays [n, ...] where both are there, 0 elsewhere, less their means,
    and which are; ranks of them for "spearman"."""
    known("method", method, METHODS)
    is_there = np.isfinite(a) & np.isfinite(b)
    both = []
    for values in (a, b):
        values = np.where(is_there, values, np.nan).astype(np.float64)
        if method == "spearman":
            values = scipy.stats.rankdata(values, axis=0, nan_policy="omit")
        with np.errstate(invalid="ignore"):
            mean = np.nansum(values, axis=0) / is_there.sum(axis=0)
        both.append(np.where(is_there, values - mean, 0.0))
    return (*both, is_there)


def quotient(ab, aa, bb):
    """A correlation from sums; NaN where one does not vary."""
    size = np.sqrt(np.maximum(aa, 0) * np.maximum(bb, 0))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.clip(np.where(size > 1e-14 * np.max(size, initial=0),
                                ab / size, np.nan), -1, 1)


def with_intervals(a, b, is_there, level):
    """r, lower, upper and n of centred arrays [n, cells]. Intervals are by the
    jackknife of Fisher's z, and so right where numbers are not normal."""
    n = is_there.sum(axis=0)
    ab, aa, bb = (np.sum(x, axis=0) for x in (a * b, a * a, b * b))
    r = np.where(n > 2, quotient(ab, aa, bb), np.nan)
    r = np.where((aa > 0) & (bb > 0), r, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        more = n / (n - 1)
        left = np.arctanh(np.clip(
            (ab - more * a * b) / np.sqrt((aa - more * a * a)
                                          * (bb - more * b * b)), -1, 1))
        z, mean = np.arctanh(r), np.where(is_there, left, 0.0).sum(axis=0) / n
        square = np.where(is_there, left - mean, 0.0) ** 2
        half = student(level, n - 2) * np.sqrt((n - 1) / n * square.sum(axis=0))
        half = np.where((n >= FEWEST) & np.isfinite(z), half, np.nan)
        return r, np.tanh(z - half), np.tanh(z + half), n


def t_law_p(r, n):
    """Student's, of a correlation over n seeds."""
    t = abs(r) * np.sqrt((n - 2) / max(1 - r * r, 1e-300))
    return float(2 * scipy.stats.t.sf(t, n - 2))


def permutation_p(a, b, r, n_permutations, seed):
    """Of one centred pair of arrays [n] whose correlation is r."""
    n = len(a)
    if n > MOST_PERMUTED:
        return t_law_p(r, n)
    found, is_exact = orders(n, n_permutations, seed)
    size = np.sqrt((a @ a) * (b @ b))
    return float(p_value((b[order] @ a / size for order in found), r,
                         is_exact))


def correlate_arrays(a, b, method, level, n_permutations, seed):
    """Correlation of each cell of arrays [n, cells], as one of arrays."""
    a, b, is_there = prepared(a, b, method)
    r, lower, upper, n = with_intervals(a, b, is_there, level)
    p = np.full(r.shape, np.nan)
    for i in np.flatnonzero(np.isfinite(r)):
        at = is_there[:, i]
        p[i] = permutation_p(a[at, i], b[at, i], r[i], n_permutations, seed)
    return Correlation(r, lower, upper, p, n)


def correlate_values(a, b, method="pearson", level=LEVEL,
                     n_permutations=N_PERMUTATIONS, seed=0):
    """The correlation of two arrays [n]; pairs with a NaN are left out."""
    found = correlate_arrays(
        *(np.asarray(x, float)[:, np.newaxis] for x in (a, b)), method, level,
        n_permutations, seed)
    return Correlation(*(x[0] for x in found[:4]), int(found.n[0]))


def joint_draws(a, b, is_there, found):
    """Correlations [m, cells] where seeds of b change places, the same in all
    cells, in blocks; where a pair is not whole it is left out of the draw."""
    whole = is_there.all()
    mask = is_there.astype(float)
    for order in found:
        step = max(BLOCK // a.size, 1)
        for start in range(0, len(order), step):
            at = order[start:start + step]
            if whole:
                yield quotient(np.einsum("ic,kic->kc", a, b[at]),
                               np.sum(a * a, axis=0), np.sum(b * b, axis=0))
                continue
            n, sa, sb, ab, aa, bb = (
                np.einsum("ic,kic->kc", x, y[at]) for x, y in (
                    (mask, mask), (a, mask), (mask, b), (a, b),
                    (a * a, mask), (mask, b * b)))
            with np.errstate(invalid="ignore", divide="ignore"):
                r = quotient(ab - sa * sb / n, aa - sa ** 2 / n,
                             bb - sb ** 2 / n)
                # numbers of pairs differ from draw to draw
                yield r * np.sqrt((n - 2) / np.maximum(1 - r * r, 1e-15))


def max_t(a, b, method, r, n_permutations, seed):
    """p-values of a family of cells [n, cells], by joint permutation."""
    a, b, is_there = prepared(a, b, method)
    at = np.isfinite(r)
    p = np.full(r.shape, np.nan)
    if not at.any():
        return p
    a, b, is_there = a[:, at], b[:, at], is_there[:, at]
    if len(a) > MOST_PERMUTED and is_there.all():
        p[at] = families.step_down(normal_draws(a, b, n_permutations, seed),
                                   r[at], False)
        return p
    found, is_exact = orders(len(a), n_permutations, seed)
    observed, = joint_draws(a, b, is_there, [np.arange(len(a))[np.newaxis]])
    p[at] = families.step_down(joint_draws(a, b, is_there, found), observed[0],
                               is_exact)
    return p


def normal_draws(a, b, n_permutations, seed):
    """What joint permutations of many seeds come to: r of two cells have the
    covariance of both correlations between the cells, over n - 1."""
    both = np.ones(())
    for values in (a, b):
        size = np.sqrt(np.sum(values * values, axis=0))
        both = both * (values.T @ values / np.outer(size, size))
    size, ways = np.linalg.eigh(both / (len(a) - 1))
    random = np.random.default_rng([seed, 1])
    for start, stop in blocks(n_permutations, len(size)):
        yield random.standard_normal((stop - start, len(size))) @ (
            ways * np.sqrt(np.maximum(size, 0))).T


def both_of(ds, a, b, dim, diverged):
    """Values of both variables, in the same dimensions, seeds first."""
    left, right = xr.broadcast(*(trained(ds, name, diverged, dim)
                                 for name in (a, b)))
    known("axis", "seed", left.dims)
    return (values.transpose("seed", ...) for values in (left, right))


@asked
def correlate(ds, a, b, dim=None, method="pearson", level=LEVEL, adjust=None,
              n_permutations=N_PERMUTATIONS, diverged="keep", seed=0):
    """Correlation over seeds of two variables, at each point of the grid.

    `a`, `b`: names of variables. Correlations are of seeds at one and the same
    place: taken over several radii at once they would mostly say that both
    depend on the radius (see within_and_between). Returns a dataset over the
    axes other than `seed`, or of one row where there are none: `r`, its interval
    `lower`, `upper`, two-sided permutation p-value `p`, and number of seeds `n`.

    `adjust`: "holm", "fdr" or "maxt" adds `p_adjusted`, corrected for all cells.
    "maxt" finds by joint permutations of the seeds what the largest of all is by
    chance, and loses least where cells go together. p-values of permutations
    are at least 1/(n_permutations + 1), or one over the number of orders of a
    few seeds (`least_p`): a family of more than 0.05 over that cannot be told
    from chance by Holm's rule.
    `dim`: subspace, default the largest. `method`: pearson, or spearman for
    ranks. `diverged`: as in `trained`; values that are not finite are left out.
    """
    left, right = both_of(ds, a, b, dim, diverged)
    rest = left.isel(seed=0, drop=True)
    flat = [values.values.reshape(len(values), -1) for values in (left, right)]
    step = max(BLOCK // (8 * max(len(left), 1)), 1)
    parts = [correlate_arrays(
        *(x[:, start:start + step] for x in flat), method, level,
        n_permutations, seed) for start in range(0, flat[0].shape[1], step)]
    rows = {name: np.concatenate(columns)
            for name, columns in zip(Correlation._fields, zip(*parts))}
    if adjust == "maxt":
        rows["p_adjusted"] = max_t(*flat, method, rows["r"], n_permutations,
                                   seed)
    elif adjust is not None:
        rows["p_adjusted"] = families.adjusted(rows["p"], adjust)
    found = xr.Dataset({
        name: xr.DataArray(column.reshape(rest.shape), rest.coords, rest.dims,
                           attrs={"long_name": WORDS[name].format(method, a, b),
                                  "units": "1"})
        for name, column in rows.items()})
    return in_rows(found.assign_attrs(
        level=level, n_permutations=n_permutations, adjust=adjust or "none",
        least_p=least_p(int(rows["n"].max(initial=0)), n_permutations)), ds)


@asked
def within_and_between(ds, a, b, dim=None, method="pearson", level=LEVEL,
                       n_permutations=N_PERMUTATIONS, diverged="keep", seed=0):
    """Correlation of two variables over all points, taken apart.

    Points of one seed at many radii are no sample of seeds, and over all of them
    two variables correlate that merely depend on the radius both. Returns a
    dataset of one row: `within`, the correlation of what is left of both when
    the mean over seeds of each cell of the grid is taken away, with its interval
    `lower`, `upper` by the jackknife over seeds and its permutation p-value `p`;
    `between`, that of the means of cells, and `pooled`, that of all points, which
    mixes the two and has no interval of seeds; `n_seeds`, `n_cells`.
    (J. M. Bland and D. G. Altman, Calculating correlation coefficients with
    repeated observations, BMJ 310, 1995.) Options are those of `correlate`.
    """
    left, right = both_of(ds, a, b, dim, diverged)
    x, y = (v.values.reshape(len(v), -1).astype(float) for v in (left, right))
    both = np.isfinite(x) & np.isfinite(y)
    use = both.sum(axis=0) > 1
    with np.errstate(invalid="ignore", divide="ignore"):
        means = [np.where(both, v, 0).sum(axis=0) / both.sum(axis=0)
                 for v in (x, y)]
    rows = {**within(x[:, use], y[:, use], method, level, n_permutations, seed),
            "between": correlate_values(*means, method, level, 1).r,
            "pooled": correlate_values(x.ravel(), y.ravel(), method, level,
                                       1).r,
            "n_cells": int(use.sum())}
    words = {"within": "{} correlation of {} and {} over seeds, within cells",
             "between": "{} correlation of means of {} and {} over cells",
             "pooled": "{} correlation of {} and {} over all points"}
    found = xr.Dataset({name: ((), value, {
        "long_name": words.get(name, name + " of the {} correlation of {} and "
                               "{} within cells").format(method, a, b),
        "units": "1"}) for name, value in rows.items()})
    return in_rows(found.assign_attrs(level=level), ds)


def within(x, y, method, level, n_permutations, seed):
    """The part within cells of arrays [n, cells]."""
    x, y, is_there = prepared(x, y, method)
    there = is_there.any(axis=1)
    x, y, is_there = x[there], y[there], is_there[there]
    n = len(x)
    row = {"within": np.nan, "lower": np.nan, "upper": np.nan, "p": np.nan,
           "n_seeds": n}
    products = [x * y, x * x, y * y]
    r = float(quotient(*(each.sum() for each in products)))
    if n < 3 or np.isnan(r):
        return row
    counts = is_there.sum(axis=0)
    more = counts / (counts - 1)  # what a seed takes from the sum of a cell
    left = np.arctanh(quotient(*(each.sum() - each @ more
                                 for each in products)))
    half = student(level, n - 2) * jackknife_error(left)
    if n >= FEWEST and abs(r) < 1:
        row["lower"], row["upper"] = np.tanh(np.arctanh(r)
                                             + half * np.array([-1, 1]))
    row.update(within=r, p=within_p(x, y, r, n_permutations, seed))
    return row


def within_p(x, y, r, n_permutations, seed):
    """Seeds of y change places, the same in all cells."""
    n = len(x)
    if n > MOST_PERMUTED:
        return t_law_p(r, n)
    crossed = x @ y.T
    found, is_exact = orders(n, n_permutations, seed)
    return float(p_value((crossed[np.arange(n), order].sum(axis=1)
                          for order in found), np.trace(crossed), is_exact))
