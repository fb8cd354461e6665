# SPDX-License-Identifier: MIT
"""Where the Goldilocks zone is, as `goldilocks summary` defines it: around the
peak of the mean over seeds of Tr/norm, as far as that is at least half of it.
"""
import math
import typing

import numpy as np
import xarray as xr

from .files import (ascending, grid_axes, groups, in_rows, known, largest_dim,
                    line_axis, pick)
from .statistics import LEVEL, bounds, resamples, weighted_means

N_RESAMPLES = 2000
MEASURED = ["trace_over_norm", "logit_spread", "status_measure"]


class Range(typing.NamedTuple):
    """Where a curve keeps at least half of its peak.

    `peak` is the index of the maximum, -1 where no value is above 0; bounds
    are in units of x. `is_low_open`: still above half at the first x, so the
    bound is there or beyond. `is_split`: above half elsewhere too.
    """
    peak: int
    low: float
    high: float
    is_low_open: bool
    is_high_open: bool
    is_split: bool


NOTHING = Range(-1, math.nan, math.nan, False, False, False)


def between(a, b, share):
    """The place `share` of the way from a to b, on a logarithmic scale where
    both are positive."""
    if a > 0 and b > 0:
        return a * (b / a) ** share
    return a + share * (b - a)


def half_range(x, y):
    """The range of x around the maximum of y where y is at least half of it.

    x ascends; values of y that are not numbers are passed over. Bounds lie
    where the straight line between two neighbours, against log x (against x
    where one is not positive), crosses the half.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    places = np.flatnonzero(np.isfinite(y))
    if len(places) == 0 or not np.max(y[places]) > 0:
        return NOTHING
    x, y = x[places], y[places]
    peak = int(np.argmax(y))
    half = y[peak] / 2
    is_below = y < half
    below = np.flatnonzero(is_below[:peak])
    above = np.flatnonzero(is_below[peak:])
    low, high = x[0], x[-1]
    first, last = 0, len(y) - 1
    if len(below):
        first = below[-1] + 1
        low = between(x[first], x[first - 1],
                      (y[first] - half) / (y[first] - y[first - 1]))
    if len(above):
        last = peak + above[0] - 1
        high = between(x[last], x[last + 1],
                       (y[last] - half) / (y[last] - y[last + 1]))
    is_split = bool(np.any(~is_below[:first]) or np.any(~is_below[last + 1:]))
    return Range(int(places[peak]), float(low), float(high),
                 not len(below), not len(above), is_split)


def zone(ds, dim=None, level=LEVEL, n_resamples=N_RESAMPLES, seed=0):
    """The zone of each network, with intervals over seeds.

    Returns a dataset over the axes other than the line and `seed`, or of one
    row where there are none:

    `low`, `high`, `peak`   bounds and place of the peak, on the line's axis
    `height`                Tr/norm at the peak
    `low_open`, `high_open` the grid ends before the curve falls to half
    `split`                 above half of the peak elsewhere too
    `noise`                 the peak is no higher than chance gives
    `spread`                logit spread z at the peak
    `n`                     seeds at the peak

    Each of the first four and `spread` has `_lower` and `_upper` beside it:
    seeds are drawn with return, and the zone of their mean is found anew. `dim`
    is the subspace, by default the largest.
    """
    line = line_axis(ds)
    dim = largest_dim(ds, dim)
    for name in MEASURED:
        known("variable", name, ds.variables)
    rows = {}
    for at, _ in groups(ds, over=("seed", line)):
        part = ascending(ds[MEASURED].isel(at), line)
        rows[tuple(at.values())] = zone_of(part, line, dim, level,
                                           n_resamples, seed)
    axes = [name for name in grid_axes(ds) if name not in ("seed", line)]
    shape = [ds.sizes[name] for name in axes]
    names = next(iter(rows.values()))
    found = xr.Dataset({
        name: (axes, np.array([row[name] for row in rows.values()])
               .reshape(shape)) for name in names},
        coords={name: ds[name] for name in ds.coords
                if ds[name].dims and set(ds[name].dims) <= set(axes)})
    found.attrs.update(line=line, subspace_dim=dim, level=level)
    return in_rows(found, ds)


def zone_of(part, line, dim, level, n_resamples, seed):
    """The zone of one network as {name: value}."""
    x = part[line].values.astype(float)
    c, z = (table(part, name, line, dim)
            for name in ("trace_over_norm", "logit_spread"))
    one = np.ones((1, len(c)))
    mean = weighted_means(one, c)[0]
    found = half_range(x, mean)
    n = int(np.isfinite(c[:, found.peak]).sum()) if found.peak >= 0 else 0
    random = np.random.default_rng(seed)
    # A few seeds are drawn in few ways: each of them once.
    weights, which = np.unique(
        resamples(len(c), n_resamples if n > 1 else 1, random), axis=0,
        return_inverse=True)
    numbers = describe(x, weighted_means(one, c), weighted_means(one, z))
    draws = describe(x, weighted_means(weights, c), weighted_means(weights, z))
    row = {}
    for name, values in numbers.items():
        row[name] = values[0]
        row[name + "_lower"], row[name + "_upper"] = bounds(
            draws[name][which], level, n)
    is_noise = found.peak < 0 or (
        mean[found.peak] < 3 * math.sqrt(2 / (dim + 1) / n))
    row.update(low_open=found.is_low_open, high_open=found.is_high_open,
               split=found.is_split, noise=is_noise, n=n)
    return row


def table(part, name, line, dim):
    """[seeds, line] of a variable; one row where there is no axis of seeds."""
    values = pick(part, name, dim)
    if "seed" not in values.dims:
        values = values.expand_dims("seed")
    return values.transpose("seed", line).values


def describe(x, curves, spreads):
    """What there is to say of each curve [m, line], as arrays [m]."""
    ranges = [half_range(x, curve) for curve in curves]
    peaks = np.array([found.peak for found in ranges])
    is_there = peaks >= 0
    rows = np.arange(len(curves))
    return {
        "low": np.array([found.low for found in ranges]),
        "high": np.array([found.high for found in ranges]),
        "peak": np.where(is_there, x[peaks], np.nan),
        "height": np.where(is_there, curves[rows, peaks], np.nan),
        "spread": np.where(is_there, spreads[rows, peaks], np.nan),
    }
