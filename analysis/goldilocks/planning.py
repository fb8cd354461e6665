# SPDX-License-Identifier: MIT
"""How many seeds a claim needs, from a pilot."""
import typing

import numpy as np
import scipy.special
import scipy.stats

from .files import known
from .intervals import LEVEL, student

MOST_SEEDS = 10 ** 7
BY_SCATTER = 0.05  # of the rest of an interval, what leans without a grid


class Seeds(typing.NamedTuple):
    """Seeds that are needed, `n`, and the width of the interval, or the power,
    that is then to be expected; `pilot`: seeds that say so."""
    n: int
    expected: float
    pilot: int


def reach(n, level):
    """Half an interval of n seeds over the deviation of one."""
    return float(student(level, n - 1)) / np.sqrt(n)


def first_at_least(is_enough, least):
    """The smallest number from `least` on that is; doubled, then halved."""
    high = least
    while not is_enough(high):
        if high > MOST_SEEDS:
            raise ValueError(f"more than {MOST_SEEDS} seeds: no study shows "
                             "that")
        high *= 2
    low = max(high // 2, least)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle + 1, high)
    return high


def expected_width(width, pilot, n, level=LEVEL, grid=0.0):
    """Width of an interval at n seeds whose width of `pilot` seeds is known, on
    the scale where it is as far to either side, the logarithm for bounds; `grid`
    of it is the grid's, which stays."""
    return grid + (width - grid) * reach(n, level) / reach(pilot, level)


def seeds_needed(pilot, width=None, of=None, effect=None, power=0.8, tests=1,
                 level=LEVEL):
    """Seeds for an interval of a width, or for a test to find an effect.

    `seeds_needed(gold.zone(ds), width=0.05, of="low")`: for an interval of a
    bound, height, peak or spread of one network that is so wide, over the value:
    0.05 is 5 % from end to end. `seeds_needed(values, width=0.1)`: of the mean of
    one number a seed, in its units. `seeds_needed(None, effect=0.3)`: pairs for
    a t test of a mean of 0.3 deviations, found with `power` at 1 - `level`,
    after Bonferroni's correction for `tests` of them. A pilot of n seeds knows
    a deviation to about 1/sqrt(2 n). Of a zone, the part of an interval that is
    the grid's stays: where that is wider, only a finer grid helps.
    """
    if effect is not None:
        n = first_at_least(lambda n: power_of(effect, n, tests, level) >= power,
                           2)
        return Seeds(n, power_of(effect, n, tests, level), 0)
    if width is None or not width > 0:
        raise ValueError("seeds for what? say width=, or effect=")
    if of is not None:
        n_pilot, now, grid = width_of(pilot, of)
        wanted = np.log1p(width) if of != "height" else width
    else:
        values = np.asarray(pilot, float)
        if values.ndim != 1:
            raise ValueError("one number a seed is needed, not "
                             f"{values.shape}")
        values = values[np.isfinite(values)]
        n_pilot, wanted, grid = len(values), width, 0.0
        now = 2 * reach(n_pilot, level) * values.std(ddof=1) \
            if n_pilot > 1 else np.nan
    if not np.isfinite(now):
        raise ValueError("the pilot has no interval: more seeds are needed")
    if grid >= wanted:
        raise ValueError("no number of seeds shows that: the grid is too coarse")

    def width_at(n):
        return float(expected_width(now, n_pilot, n, level, grid))

    n = first_at_least(lambda n: width_at(n) <= wanted, 2)
    return Seeds(n, width_at(n), n_pilot)


def width_of(zone, of):
    """Seeds behind a network's zone, the width of an interval of it, and the
    grid's part, by which it goes further to one side than scatter makes it: of
    the logarithm, or for the height of the value over itself. An end of the grid hides how far an
    interval goes there."""
    names = [name for name in zone if name + "_lower" in zone]
    known("bound", of, names)
    if any(zone[of].sizes.values()) and zone[of].size > 1:
        raise ValueError("zones of several networks: select one")
    value, lower, upper = (float(zone[of + end].squeeze()) for end in (
        "", "_lower", "_upper"))
    ends = (zone[name] if name in zone else bad for name, bad in (
        ("first", -np.inf), ("last", np.inf)))
    first, last = (float(np.squeeze(end)) for end in ends)
    if of == "height":
        width, grid = (upper - lower) / value, (upper + lower) / value - 2
    else:
        width = np.log(upper / lower)
        grid = np.log(upper * lower / value ** 2)
    is_hidden = of in ("low", "high", "peak") and (lower <= first
                                                   or upper >= last)
    grid = 0.0 if is_hidden else abs(grid)
    return (int(zone.n.squeeze()), width,
            max(grid - BY_SCATTER * (width - grid), 0.0))


def power_of(effect, n, tests=1, level=LEVEL):
    """How often a t test of n pairs finds a mean of so many deviations."""
    if n < 2:
        return 0.0
    t = scipy.stats.t.isf((1 - level) / 2 / tests, n - 1)
    off = abs(effect) * np.sqrt(n)
    return float(scipy.special.nctdtr(n - 1, off, -t)
                 + 1 - scipy.special.nctdtr(n - 1, off, t))
