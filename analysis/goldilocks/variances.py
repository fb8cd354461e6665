# SPDX-License-Identifier: MIT
"""Where the scatter of a number comes from: weights, directions, data, batches.

A grid that crosses `seed` with `direction_seed`, `data_seed` or `train_seed` is
a table with a random effect of every source, and of every set of them together:
y = mean + weights + directions + (weights and directions) + ... Mean squares of a
full table are linear in the variances of these effects, so that each variance is
a sum of mean squares with signs, unbiased whatever effects are distributed as.

Intervals are those of Weerahandi's generalized pivots for normal effects: with
f degrees of freedom f MS / E MS is a chi-squared number, independent of those of
other mean squares, so draws of such numbers, divided through, are draws of what
the expected mean squares, and all sums and shares of variances, may be.
"""
import functools

import numpy as np
import xarray as xr

from .arguments import asked
from .intervals import LEVEL, label_with_ends
from .outcomes import trained

SOURCES = {"seed": "weights", "direction_seed": "directions",
           "data_seed": "data", "train_seed": "batches"}
TOGETHER = "together"
DRAWS = 10_000
WORDS = {"variance": "variance of {}", "share": "share of the variance of {}",
         "deviation": "standard deviation of {}"}


@asked
def variance_components(ds, name, dim=None, level=LEVEL, diverged="keep"):
    """Variances of a variable by source of chance, at each place of the other
    axes.

    `ds` has several values on one or more of the axes `seed` (then called
    weights: with whatever has no axis of its own), `direction_seed`
    (directions), `data_seed` (data) and `train_seed` (batches). Returns a dataset
    over `source`, these and, where there are several, `together`, what they do
    only with each other, and the axes that are left:

    `variance`    unbiased, but 0 where the estimate is below
    `deviation`   its root, in the units of the variable
    `share`       of the sum of all sources

    each with `_lower` and `_upper`, intervals for normal effects. Variances of 3
    or 4 values of a source are hardly known, and their intervals say so. Where a
    point has no finite number, or is not done, all are NaN: `missing` says how many.
    `diverged`: as in `trained`.
    """
    values = trained(ds, name, diverged, dim)
    factors = [axis for axis in SOURCES if values.sizes.get(axis, 1) > 1]
    if not factors:
        raise ValueError("no axis of seeds has several values; there are "
                         + (", ".join(map(str, values.dims)) or "none"))
    values = values.squeeze([axis for axis in SOURCES if axis not in factors
                             and axis in values.dims], drop=True)
    values = values.transpose(*factors, ...)
    rest = values.dims[len(factors):]
    numbers = values.values.astype(float)
    found = components(numbers.reshape(*numbers.shape[:len(factors)], -1),
                       len(factors), level)
    names = [SOURCES[axis] for axis in factors] + [TOGETHER] * (len(factors) > 1)
    result = xr.Dataset(
        {key: (("source", *rest),
               table.reshape(-1, *numbers.shape[len(factors):]),
               label_with_ends(key, functools.partial(label_of, values)))
         for key, table in found.items()},
        coords={"source": names, **{
            key: values[key] for key in values.coords
            if set(values[key].dims) <= set(rest)}},
        attrs={"level": level, "variable": str(name)})
    result["missing"] = (~np.isfinite(values)).sum(factors).assign_attrs(
        long_name="points without a number", units="1")
    return result


def label_of(values, key):
    """Name and unit of a variable of the result."""
    unit = values.attrs.get("units", "1")
    return {"long_name": WORDS[key].format(
                values.attrs.get("long_name", values.name)),
            "units": unit if key == "deviation" or unit == "1"
            else "1" if key == "share" else f"({unit})^2"}


def components(values, k, level=LEVEL):
    """Tables [sources, places] of numbers [levels of k sources..., places]."""
    squares, freedom = mean_squares(values, k)
    signs = contrasts(values.shape[:k])
    random = np.random.default_rng(0)
    pivots = freedom / random.chisquare(freedom, (DRAWS, len(freedom)))
    ends = [(1 - level) / 2, (1 + level) / 2]
    best = np.maximum(signs @ squares, 0.0)
    table = {"variance": best, "deviation": np.sqrt(best),
             "share": shares(best, 0)}
    found = {key + end: np.full(best.shape, np.nan)
             for key in table for end in ("_lower", "_upper")}
    for place in np.flatnonzero(np.isfinite(squares).all(axis=0)):
        drawn = np.maximum(pivots * squares[:, place] @ signs.T, 0.0)
        of_variance = np.quantile(drawn, ends, axis=0)
        for i, end in enumerate(("_lower", "_upper")):
            found["variance" + end][:, place] = of_variance[i]
            found["deviation" + end][:, place] = np.sqrt(of_variance[i])
        of_share = np.quantile(shares(drawn, 1), ends, axis=0)
        found["share_lower"][:, place], found["share_upper"][:, place] = of_share
    return {key + end: (table | found)[key + end]
            for key in table for end in ("", "_lower", "_upper")}


def shares(variances, axis):
    """Of their sum; NaN where that is 0."""
    total = variances.sum(axis=axis, keepdims=True)
    with np.errstate(invalid="ignore"):
        return variances / np.where(total > 0, total, np.nan)


def effects(k):
    """Sets of k sources that may act together, as bits."""
    return range(1, 1 << k)


def size(bits):
    """How many sources a set has."""
    return bin(bits).count("1")


def sign(part, whole):
    """Of one set in the sum over all sets within another, or around it."""
    return -1.0 if size(part ^ whole) % 2 else 1.0


def mean_squares(values, k):
    """[effects, places] and their degrees of freedom."""
    levels = values.shape[:k]
    squares, freedom = [], []
    for s in effects(k):
        effect = values
        for i in range(k):
            mean = effect.mean(axis=i, keepdims=True)
            effect = effect - mean if s >> i & 1 else mean
        inside = [levels[i] for i in range(k) if s >> i & 1]
        freedom.append(np.prod([n - 1 for n in inside]))
        squares.append((effect ** 2).sum(axis=tuple(range(k)))
                       * np.prod(levels) / np.prod(inside) / freedom[-1])
    return np.array(squares), np.array(freedom)


def contrasts(levels):
    """[sources, effects]: what each mean square counts in the variance of each
    source by itself, and in that of all sets of several."""
    k = len(levels)

    def row(s):
        others = np.prod([levels[i] for i in range(k) if not s >> i & 1])
        return np.array([sign(s, t) / others if s & t == s else 0.0
                         for t in effects(k)])

    alone = [row(1 << i) for i in range(k)]
    several = [row(s) for s in effects(k) if size(s) > 1]
    return np.array(alone + [sum(several)] * (k > 1))
