# SPDX-License-Identifier: MIT
"""Two choices compared over seeds, in pairs or not."""
import math
import typing

import numpy as np
import scipy.special
import scipy.stats
import xarray as xr

from .arguments import NUMBER, NUMBERS, asked
from .intervals import LEVEL, Interval, median, share, student
from .permutations import N_PERMUTATIONS, flip_p_value
from .tables import html_of

UNITS = ("seed", "group")  # what pairs are of
# A correlation of pairs that saves fewer seeds than that is not worth a word.
LITTLE = 0.2


class Paired(typing.NamedTuple):
    """Differences a - b of pairs.

    `median`: ends of its interval are two of the differences; there is none of
    up to five pairs. `mean`: with Student's t. `effect`: mean over standard
    deviation of the differences, with Hedges' correction, which is unbiased for
    normal differences, and the interval of the noncentral t. `below`: share of
    pairs with a < b, ties as one half. p-values are two-sided: of the
    permutation test of the mean (signs of differences flipped), Wilcoxon's
    signed rank test and the sign test. `correlation`: of a and b over pairs;
    where it is not clearly above 0 pairing gains nothing. `left_out`: pairs of
    which a number is missing.
    """
    n: int
    median: Interval
    mean: Interval
    effect: Interval
    below: Interval
    p_permutation: float
    p_wilcoxon: float
    p_sign: float
    correlation: float
    left_out: int
    units: str = "1"

    words = {"n": "pairs", "median": "median difference{}",
             "mean": "mean difference{}",
             "effect": "mean over standard deviation, by Hedges",
             "below": "share of pairs whose first is below",
             "p_permutation": "p-value, signs flipped",
             "p_wilcoxon": "p-value of Wilcoxon's signed rank test",
             "p_sign": "p-value of the sign test",
             "correlation": "correlation of the pairs",
             "left_out": "pairs that miss a number"}
    _repr_html_ = html_of

    def __str__(self):
        rows = [f"{name:13} {value}" if not isinstance(value, float)
                else f"{name:13} {value:.3g}"
                for name, value in self._asdict().items() if name in self.words]
        if not self.correlation > LITTLE:
            rows.append("pairing gains nothing: the pairs hardly go together")
        return "\n".join(rows)


class Equivalence(typing.NamedTuple):
    """A mean difference and whether it is within a margin of 0.

    `mean`: with the interval of twice the error that `p` tests: within the
    margin where p is below it. `p`: of the larger of two one-sided t tests
    (D. J. Schuirmann, 1987), that the difference is at or beyond the margin.
    """
    n: int
    mean: Interval
    margin: float
    p: float
    units: str = "1"

    words = {"n": "pairs", "mean": "mean difference{}",
             "margin": "margin of the same{}",
             "p": "p-value of a difference at or beyond the margin"}
    _repr_html_ = html_of


def labelled(values):
    """One number a seed, as an array with its seeds, or without."""
    if not isinstance(values, xr.DataArray):
        values = np.asarray(values, float)
        if values.ndim != 1:
            raise ValueError(f"numbers [n] are compared, not {values.shape}: "
                             "points of one seed are no pairs of their own")
        return xr.DataArray(values, dims="seed")
    unit = next((name for name in UNITS if name in values.dims), None)
    others = [f"{values.sizes[name]} of {name}" for name in values.dims
              if name != unit and values.sizes[name] > 1]
    if unit is None or others:
        raise ValueError(
            "one number a seed is compared, and there are "
            + (", ".join(others) or "no seeds") + ": points of one seed are no "
            "pairs of their own; select a place, or take the mean over it")
    keep = [name for name in (unit,) if name in values.indexes]
    values = values.squeeze([n for n in values.dims if n != unit])
    return values.reset_coords(
        [name for name in values.coords if name not in keep],
        drop=True).astype(float)


def pairs_of(a, b):
    """Arrays [n] of pairs, by the labels of seeds where both have them."""
    a, b = labelled(a), labelled(b)
    unit = a.dims[0]
    if b.dims != a.dims:
        raise ValueError(f"pairs of {unit} and {b.dims[0]}")
    if unit in a.indexes and unit in b.indexes:
        n = max(a.size, b.size)
        a, b = xr.align(a, b, join="inner")
        if a.size == 0:
            raise ValueError(f"no {unit} is in both: they are no pairs; "
                             "scipy.stats.ttest_ind compares such")
        return a.values, b.values, n
    if a.size != b.size:
        raise ValueError(f"{a.size} and {b.size} numbers are no pairs")
    return a.values, b.values, a.size


def units_of(values):
    return getattr(values, "attrs", {}).get("units", "1")


def complete_pairs(a, b):
    """Pairs [n] without NaN, and how many were left out."""
    a, b, n = pairs_of(a, b)
    n_infinite = int((np.isinf(a) | np.isinf(b)).sum())
    if n_infinite:
        raise ValueError(
            f"{n_infinite} of {n} pairs are infinite (trainings that diverged, "
            "or losses that were not reached) and have no difference: compare "
            "waiting times by log_rank, or leave them out with "
            "trained(..., diverged=\"drop\") and say so")
    there = ~(np.isnan(a) | np.isnan(b))
    if there.sum() < 2:
        raise ValueError(f"{there.sum()} complete pairs: at least two are "
                         "needed")
    return a[there], b[there], int(n - there.sum())


def mean_of(values, level):
    """Mean of numbers [n] with Student's interval."""
    half = student(level, len(values) - 1) * values.std(ddof=1) / math.sqrt(
        len(values))
    mean = float(values.mean())
    return Interval(mean, mean - float(half), mean + float(half))


def hedges(difference, level):
    """Mean over deviation of differences [n]; NaN where all are the same."""
    n = len(difference)
    sd = difference.std(ddof=1)
    if sd == 0:
        return Interval(math.nan, math.nan, math.nan)
    t = float(difference.mean() / sd) * math.sqrt(n)
    half = n / 2
    # E of a mean over deviation is the effect over this
    factor = (math.exp(scipy.special.gammaln(half - 0.5)
                       - scipy.special.gammaln(half - 1))
              / math.sqrt(half - 0.5)) if n > 2 else math.nan
    tail = (1 - level) / 2
    ends = [scipy.special.nctdtrinc(n - 1, p, t) / math.sqrt(n)
            for p in (1 - tail, tail)]
    return Interval(factor * t / math.sqrt(n), *ends)


@asked(a=NUMBERS, b=NUMBERS)
def paired(a, b, level=LEVEL, n_permutations=N_PERMUTATIONS, seed=0):
    """Compare pairs of numbers, such as losses of two choices in one group.

    `a`, `b`: one number a seed (or group), which go together by the labels of
    seeds, or arrays [n]. Of several radii a seed has several numbers, which are
    no pairs of their own: they are refused. Pairs with a NaN are left out and
    counted. See Paired for what comes back; print shows it.
    """
    units = units_of(a)
    a, b, left_out = complete_pairs(a, b)
    difference = a - b
    n = len(difference)
    n_below = int((difference < 0).sum())
    n_signed = n_below + int((difference > 0).sum())
    together = (float(np.corrcoef(a, b)[0, 1])
                if np.ptp(a) > 0 and np.ptp(b) > 0 else math.nan)
    return Paired(
        n, median(difference, level), mean_of(difference, level),
        hedges(difference, level),
        share(n_below + (n - n_signed) / 2, n, level),
        flip_p_value(difference, n_permutations, seed),
        float(scipy.stats.wilcoxon(difference).pvalue) if n_signed else 1.0,
        float(scipy.stats.binomtest(n_below, n_signed).pvalue)
        if n_signed else 1.0, together, left_out, units)


@asked(a=NUMBERS, b=NUMBERS, margin=NUMBER)
def equivalent(a, b, margin, level=LEVEL):
    """Is a no further from b than a margin, in either direction? Pairs as in
    `paired`. A large p of a difference says nothing of that; see Equivalence."""
    if not margin > 0:
        raise ValueError(f"margin {margin}: what counts as no difference, "
                         "above 0")
    units = units_of(a)
    a, b, _ = complete_pairs(a, b)
    difference = a - b
    n = len(difference)
    error = difference.std(ddof=1) / math.sqrt(n)
    off = margin - abs(difference.mean())
    p = (float(scipy.stats.t.sf(off / error, n - 1)) if error > 0
         else float(off <= 0))
    return Equivalence(n, mean_of(difference, 2 * level - 1), margin, p,
                       units)
