# SPDX-License-Identifier: MIT
"""Where a curve has its peak and is at least half of it, between the points of a
grid, and what the grid leaves open.

Straight lines join the points, and a parabola goes through the highest and its
neighbours. A cubic through one point more says how far off these are
(`src/app/refine.h`).
"""
import typing

import numpy as np

from .arguments import NUMBERS, asked

FAR = 3  # times what a cubic is off, for the part of the grid
# What is told of a zone.
TOLD = ("low", "high", "height", "peak", "spread")


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


NOTHING = Range(-1, np.nan, np.nan, False, False, False)


def between(a, b, share):
    """The place `share` of the way from a to b, on a logarithmic scale where
    both are positive."""
    if a > 0 and b > 0:
        return a * (b / a) ** share
    return a + share * (b - a)


@asked(x=NUMBERS, y=NUMBERS)
def half_range(x, y, may=None):
    """The range of x around the maximum of y where y is at least half of it;
    the maximum of those that `may` be the peak.

    x ascends; values of y that are not numbers are passed over. Bounds lie
    where the straight line between two neighbours, against log x (against x
    where one is not positive), crosses the half.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    if x.ndim != 1 or x.shape != y.shape:
        raise ValueError(f"as many x as y are meant, [n], not {x.shape} and "
                         f"{y.shape}")
    places = np.flatnonzero(np.isfinite(y))
    x, y = x[places], y[places]
    heights = y if may is None else np.where(may[places], y, 0.0)
    if not np.any(heights > 0):
        return NOTHING
    peak = int(np.argmax(heights))
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


def scaled(x):
    """Places on the scale that they are told on."""
    return np.log(x) if x[0] > 0 else x


def told(x, curves, z_curves, may):
    """TOLD of means [n, line] of one sort: places by their logarithms where the
    line is positive, the peak that of the parabola through the highest value and
    its neighbours, and the logarithm of z there. `may`: as in half_range."""
    there = np.isfinite(curves[0])
    found = half_range(x, curves[0], may)
    if found.peak < 0:
        return np.full((len(curves), len(TOLD)), np.nan)
    y, u = curves[:, there].T, scaled(x[there])
    i = np.count_nonzero(there[:found.peak])
    is_below = y[:, 0] < y[i, 0] / 2
    below, above = np.flatnonzero(is_below[:i]), np.flatnonzero(is_below[i:])
    low = straight(u, y, below[-1] + 1, -1, i) if len(below) else u[0]
    high = straight(u, y, i + above[0] - 1, 1, i) if len(above) else u[-1]
    at = tops(u, y, i)
    every = np.broadcast_to
    return np.column_stack([every(low, at.shape), every(high, at.shape), y[i],
                            at, spread_at(x, z_curves, at)])


def straight(u, y, k, step, i):
    """Where lines from point k of curves [places, n] to the next cross half of
    point i."""
    return u[k] + (u[k + step] - u[k]) * (y[k] - y[i] / 2) / (
        y[k] - y[k + step])


def spread_at(x, z, at):
    """log z of curves [n, line], with numbers at the same places, at scaled
    places [n], interpolated."""
    with np.errstate(invalid="ignore", divide="ignore"):
        log_z = np.log(z)
    there = np.isfinite(log_z[0])
    u, y = scaled(x)[there], log_z[:, there]
    if len(u) < 2:
        return np.where(np.isin(at, u), y.sum(axis=1), np.nan)
    k = np.clip(np.searchsorted(u, at, "right") - 1, 0, len(u) - 2)
    row = np.arange(len(y))
    value = y[row, k] + (y[row, k + 1] - y[row, k]) / (u[k + 1] - u[k]) * (
        at - u[k])
    return np.where((at >= u[0]) & (at <= u[-1]), value, np.nan)


def parabola(u, y, i):
    """Through point i of curves [places, ...] and its neighbours: slope at i, half
    of the second derivative, and is it a hill that is highest near i?"""
    bend = second(u, y, i - 1)
    slope = (y[i] - y[i - 1]) / (u[i] - u[i - 1]) + bend * (u[i] - u[i - 1])
    return slope, bend, (np.maximum(y[i - 1], y[i + 1]) <= y[i]) & (bend < 0)


def tops(u, y, i):
    """Places of `vertex` of curves [places, curves]."""
    if not 0 < i < len(y) - 1:
        return np.full(y.shape[1], u[i])
    slope, bend, is_hill = parabola(u, y, i)
    return u[i] + np.where(is_hill, -slope / np.where(is_hill, 2 * bend, 1.0),
                           0.0)


def vertex(u, y, i):
    """Top of the parabola through point i and its neighbours: its place, its
    height, and the place FAR times as far off as a cubic has it. Point i itself
    where that is no hill."""
    nothing = u[i], y[i], u[i]
    if not 0 < i < len(y) - 1:
        return nothing
    slope, bend, is_hill = parabola(u, y, i)
    if not is_hill:
        return nothing
    off = -slope / (2 * bend)
    at, top = u[i] + off, y[i] + slope * off + bend * off * off
    thirds = [(second(u, y, k + 1) - second(u, y, k)) / (u[k + 3] - u[k])
              for k in (i - 2, i - 1) if 0 <= k < len(y) - 3]
    third = sum(thirds) / len(thirds) if thirds else 0.0
    a, b, c = at - u[i - 1], at - u[i], at - u[i + 1]
    shift = -third * (b * c + a * c + a * b) / (2 * bend)
    return at, top, min(max(at + FAR * shift, u[i - 1]), u[i + 1])


def second(u, y, k):
    """Second divided difference at points k to k + 2."""
    return ((y[k + 2] - y[k + 1]) / (u[k + 2] - u[k + 1])
            - (y[k + 1] - y[k]) / (u[k + 1] - u[k])) / (u[k + 2] - u[k])


def grid_part(x, mean, z, found):
    """TOLD where they are FAR times as far off as a cubic through the points of
    the grid has them."""
    there = np.isfinite(mean)
    u, y = scaled(x[there]), mean[there]
    i = np.count_nonzero(there[:found.peak])
    _, top, far = vertex(u, y, i)
    half, low, high = y[i] / 2, found.low, found.high
    if x[0] > 0:
        low, high = np.log(low), np.log(high)
    below, above = np.flatnonzero(y[:i] < half), np.flatnonzero(y[i:] < half)
    if len(below):
        low = crossing(u, y, below[-1], low, half, top)
    if len(above):
        high = crossing(u, y, i + above[0] - 1, high, half, top)
    return low, high, y[i] + FAR * (top - y[i]), far, spread_at(
        x, z[np.newaxis], np.array([far]))[0]


def crossing(u, y, k, at, half, top):
    """The straight line between points k and k + 1 crosses `half` at `at`. FAR
    times as far off as a cubic through k - 1 to k + 2 crosses half of the top, but
    by no more than k and k + 1 are apart."""
    bends = [second(u, y, j) for j in (k - 1, k) if 0 <= j < len(y) - 2]
    bend = sum(bends) / len(bends) if bends else 0.0
    above = bend * (at - u[k]) * (at - u[k + 1]) + half - top / 2
    width = u[k + 1] - u[k]
    shift = -FAR * above * width / (y[k + 1] - y[k])
    return at + min(max(shift, -width), width)
