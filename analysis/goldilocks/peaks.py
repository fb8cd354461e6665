# SPDX-License-Identifier: MIT
"""Where a curve has its peak and is at least half of it, between the points of a
grid, and what the grid leaves open.

Straight lines join the points, and a parabola goes through the highest and its
neighbours. Cubics through one point more, on either side, say how far off these are
(`src/app/refine.h`).
"""
import typing

import numpy as np

from .arguments import NUMBERS, asked

FAR = 2  # times what a cubic is off, for the part of the grid
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
    """TOLD of means [n, line] of one sort, and as little and as much as the grid
    leaves open: FAR times as far off as cubics through its points have them, or
    parabolas the bounds; [3, n, TOLD]. Places are by their logarithms where the
    line is positive, the peak that of the parabola through the highest value and
    its neighbours, and the logarithm of z there. `may`: as in half_range."""
    there = np.isfinite(curves[0])
    found = half_range(x, curves[0], may)
    if found.peak < 0:
        return np.full((3, len(curves), len(TOLD)), np.nan)
    y, u = curves[:, there].T, scaled(x[there])
    i = np.count_nonzero(there[:found.peak])
    is_below = y[:, 0] < y[i, 0] / 2
    below, above = np.flatnonzero(is_below[:i]), np.flatnonzero(is_below[i:])
    top = vertex(u, y, i)
    low = crossing(u, y, below[-1] + 1, -1, i, top) if len(below) else [u[0]] * 3
    high = (crossing(u, y, i + above[0] - 1, 1, i, top) if len(above)
            else [u[-1]] * 3)
    height = [y[i], y[i], y[i] + FAR * (top.highest - y[i])]
    at = top.at, top.lower, top.upper
    spread = [spread_at(x, z_curves, place) for place in at]
    spread = spread[0], np.fmin.reduce(spread), np.fmax.reduce(spread)
    return np.stack([np.stack([np.broadcast_to(one, len(curves)) for one in each])
                     for each in (low, high, height, at, spread)], axis=-1)


def crossing(u, y, k, step, i, top):
    """Where lines from point k of curves [places, n] to the next cross half of
    point i; FAR times as far off to either side as parabolas through one point
    more cross half of the top, but by no more than both points are apart."""
    width = u[k + step] - u[k]
    slope = (y[k + step] - y[k]) / width
    at = u[k] + width * (y[k] - y[i] / 2) / (y[k] - y[k + step])
    first = min(k, k + step)
    shifts = [FAR * ((height - y[i]) / 2 - second(u, y, j) * (at - u[k]) * (
        at - u[k + step])) / slope for j in (first - 1, first)
        if 0 <= j < len(y) - 2 for height in (top.height, top.highest)]
    shifts = np.clip(shifts + [0 * at], -abs(width), abs(width))
    return at, at + shifts.min(axis=0), at + shifts.max(axis=0)


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


class Top(typing.NamedTuple):
    """Of parabolas, their places; how far to either side tops may be; their
    heights, and the largest that a cubic gives them."""
    at: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    height: np.ndarray
    highest: np.ndarray


def vertex(u, y, i):
    """Tops of the parabolas through point i of curves [places, n] and its
    neighbours; FAR times as far off as the cubics through one point more have
    them, on either side, but no further than half-way to these neighbours. Point i
    itself where that is no hill."""
    at = np.full(y.shape[1], u[i])
    if not 0 < i < len(y) - 1:
        return Top(at, at, at, y[i], y[i])
    slope, bend, is_hill = parabola(u, y, i)
    bend = np.where(is_hill, bend, -1.0)
    off = np.where(is_hill, -slope / (2 * bend), 0.0)
    at, height = at + off, y[i] + off * (slope + bend * off)
    a, b, c = at - u[i - 1], at - u[i], at - u[i + 1]
    lower, upper, highest = at, at, height
    for k in (i - 2, i - 1):
        if 0 <= k < len(y) - 3:
            third = np.where(is_hill, (second(u, y, k + 1) - second(u, y, k))
                             / (u[k + 3] - u[k]), 0.0)
            shift = -third * (b * c + a * c + a * b) / (2 * bend)
            lower = np.minimum(lower, at + FAR * shift)
            upper = np.maximum(upper, at + FAR * shift)
            highest = np.maximum(highest, height + third * a * b * c
                                 - bend * shift * shift)
    return Top(at, np.minimum(at, np.maximum(lower, (u[i - 1] + u[i]) / 2)),
               np.maximum(at, np.minimum(upper, (u[i] + u[i + 1]) / 2)), height,
               highest)


def second(u, y, k):
    """Second divided difference at points k to k + 2."""
    return ((y[k + 2] - y[k + 1]) / (u[k + 2] - u[k + 1])
            - (y[k + 1] - y[k]) / (u[k + 1] - u[k])) / (u[k + 2] - u[k])
