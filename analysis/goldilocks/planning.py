# SPDX-License-Identifier: MIT
"""How many seeds a claim needs, from a pilot."""
import typing

import numpy as np
import scipy.special
import scipy.stats
import xarray as xr

from .arguments import COUNT, NUMBER, NUMBERS, SHARE, asked, known
from .intervals import LEVEL, student
from .tables import html_of
from .zones import PARTS

MOST_SEEDS = 10 ** 7
OF_PEAKS = 9.0  # excess kurtosis as it were: the highest of few means is too sharp
BY_GRID = 0.5   # of a width, from which on it is the grid that limits


class Seeds(typing.NamedTuple):
    """Seeds that are needed, `n`, and the width of the interval, or the power,
    that is then to be expected; `pilot`: seeds that say so.

    `places`: of the line between the same ends, 0 or so many that the grid's
    part of an interval is less than half of it, where now it is more: there
    places help, and seeds do not. `is_rough`: the interval of the pilot is wider
    than the places are apart, so that it says little of what more seeds see: `n`
    is a guess, mostly too small."""
    n: int
    expected: float
    pilot: int
    places: int = 0
    is_rough: bool = False

    words = {"n": "seeds that are needed",
             "expected": "width of the interval, or power, to expect of them",
             "pilot": "seeds that say so",
             "places": "places on the line, where they help and seeds do not",
             "is_rough": "the pilot says little: a guess, mostly too small"}
    _repr_html_ = html_of


class Width(typing.NamedTuple):
    """Of an interval of a zone by `n` seeds, the part that is of seeds and that
    of the grid, on the scale where the former is even, and the standard error of
    the latter; one step of the line, infinite where it is none of the line, and
    places on it; tails of seeds; `finer`: times the grid's part, without scatter,
    on the line that is planned."""
    n: int
    seeds: float
    grid: float
    grid_error: float = 0.0
    step: float = np.inf
    places: int = 0
    tails: float = 0.0
    finer: float = 1.0


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


def expected_width(width, pilot, n, level=LEVEL):
    """Width of an interval at n seeds whose width of `pilot` seeds is known, on
    the scale where it is even."""
    return width * reach(n, level) / reach(pilot, level)


def too_small(n, tails=0.0):
    """How much the deviation of so few mostly falls short, whose seeds have tails:
    over the mean of its logarithms, to second order."""
    return np.exp((2 / (n - 1) + tails / n) / 4)


def foreseen(pilot, n, level=LEVEL):
    """Width of an interval of a zone at n seeds, from a Width.

    The grid's part of the pilot is what the grid makes and what seeds do. The
    squares of both add up, and of the rest what is of seeds becomes less."""
    seeds = expected_width(pilot.seeds, pilot.n, n, level)
    grid = np.sqrt(max(pilot.grid ** 2 - pilot.grid_error ** 2, 0.0))
    return float(seeds * too_small(pilot.n, pilot.tails)
                 / too_small(n, pilot.tails) + mean_size(
                     pilot.finer * grid, pilot.grid_error * np.sqrt(
                         pilot.n / n)))


def mean_size(mean, deviation):
    """Of a normal number, its sign left out."""
    if not deviation > 0:
        return mean
    t = mean / deviation
    return (deviation * np.sqrt(2 / np.pi) * np.exp(-t * t / 2)
            + mean * scipy.special.erf(t / np.sqrt(2)))


@asked(width=NUMBER, effect=NUMBER, power=SHARE, tests=COUNT, line=NUMBERS)
def seeds_needed(pilot, width=None, of=None, effect=None, power=0.8, tests=1,
                 level=LEVEL, line=None):
    """Seeds for an interval of a width, or for a test to find an effect.

    `seeds_needed(gold.zone(ds), width=0.05, of="low")`: for an interval of a
    bound, height, peak or spread of one network that is so wide, over the value:
    0.05 is 5 % from end to end; `line`: the radii to come, where they are others
    than the pilot's. `seeds_needed(values, width=0.1)`: of the mean of
    one number a seed, in its units. `seeds_needed(None, effect=0.3)`: pairs for
    a t test of a mean of 0.3 deviations, found with `power` at 1 - `level`,
    after Bonferroni's correction for `tests` of them. A pilot of n seeds knows
    a deviation to about 1/sqrt(2 n), of seeds with tails to half as well. Of a
    zone, the part of an interval that is the grid's stays: see Seeds.
    """
    if effect is not None:
        n = first_at_least(lambda n: power_of(effect, n, tests, level) >= power,
                           2)
        return Seeds(n, power_of(effect, n, tests, level), 0)
    if width is None or not width > 0:
        raise ValueError("seeds for what? say width=, or effect=")
    if of is not None:
        if width >= 1:
            raise ValueError(f"width={width:g} is {100 * width:g} %: 0.05 is 5 %")
        if not isinstance(pilot, xr.Dataset):
            raise ValueError("pilot: a zone is meant, as gold.zone gives, not "
                             f"{type(pilot).__name__}")
        return seeds_of_zone(width_of(pilot, of, line, level),
                             np.log1p(width) if of != "height" else width, level)
    if pilot is None:
        raise ValueError("pilot: a zone is meant, as gold.zone gives, or one "
                         "number a seed, not NoneType")
    if isinstance(pilot, xr.Dataset):
        raise ValueError("a zone has several intervals: say of=, one of "
                         + ", ".join(intervals_of(pilot)))
    values = np.asarray(pilot, float)
    if values.ndim != 1:
        raise ValueError(f"one number a seed is needed, not {values.shape}")
    values = values[np.isfinite(values)]
    if len(values) < 2:
        raise ValueError("the pilot has no interval: more seeds are needed")
    now = 2 * reach(len(values), level) * values.std(ddof=1)

    def width_at(n):
        return float(expected_width(now, len(values), n, level))

    n = first_at_least(lambda n: width_at(n) <= width, 2)
    return Seeds(n, width_at(n), len(values))


def seeds_of_zone(pilot, wanted, level=LEVEL):
    """Seeds for a width on the scale where it is even."""
    if not np.isfinite(pilot.seeds):
        raise ValueError("the pilot has no interval: more seeds are needed")
    least = foreseen(pilot, np.inf, level)
    places = places_needed(pilot, least, wanted)
    is_rough = pilot.seeds / 2 > pilot.step
    if least >= wanted:
        surely = pilot.finer * (pilot.grid - student(level, pilot.n - 1)
                                * pilot.grid_error)
        raise ValueError(
            "the pilot does not tell how the curve goes between places: take "
            "one of more seeds" if is_rough or surely < wanted else
            "no number of seeds shows that: the grid is too coarse"
            + (f"; {places} places between the same ends in place of "
               f"{pilot.places} may do" if places else ""))
    n = first_at_least(lambda n: foreseen(pilot, n, level) <= wanted, 2)
    return Seeds(n, foreseen(pilot, n, level), pilot.n, places, is_rough)


def places_needed(pilot, grid, wanted):
    """Places of the line of which the grid's part is BY_GRID of the width: it
    goes by the square of their distance. 0: the grid does not limit."""
    if grid <= BY_GRID * wanted or pilot.places < 2:
        return 0
    return 1 + int(np.ceil((pilot.places - 1)
                           * np.sqrt(grid / (BY_GRID * wanted))))


def width_of(zone, of, line=None, level=LEVEL):
    """The Width of an interval of a network's zone, of the logarithm, or for the
    height of the value over itself, were there no end of the grid. `line`: radii
    to come."""
    if not intervals_of(zone):
        raise ValueError("no intervals of a zone are here: give what "
                         "gold.zone(ds) has found, not ds")
    known("bound", of, intervals_of(zone))
    if any(zone[of].sizes.values()) and zone[of].size > 1:
        raise ValueError("zones of several networks: select one")
    missing = [of + part for part in PARTS if of + part not in zone]
    if missing:
        raise ValueError("pilot: a zone is meant, as gold.zone gives; this one "
                         "has no " + ", ".join(missing))

    def number(name):
        return float(zone[name].squeeze())

    n, first, last, places = int(number("n")), *map(number, (
        "first", "last", "places"))
    error, *grid = (number(of + part) for part in PARTS)
    unit = number(of) if of == "height" else 1.0
    is_place = of in ("low", "high", "peak")
    step = step_of([first, last], places)
    planned = step if line is None else step_of(line, len(line))
    return Width(n, 2 * student(level, n - 1) * error / unit,
                 *(each / unit for each in grid), step if is_place else np.inf,
                 int(places) if line is None else len(line),
                 OF_PEAKS if of in ("peak", "spread") else 0.0,
                 (planned / step) ** 2)


def intervals_of(zone):
    return [name for name in zone if name + "_lower" in zone]


def step_of(line, places):
    """Of the logarithm, on average."""
    return np.log(np.max(line) / np.min(line)) / max(places - 1, 1)


def power_of(effect, n, tests=1, level=LEVEL):
    """How often a t test of n pairs finds a mean of so many deviations."""
    if n < 2:
        return 0.0
    t = scipy.stats.t.isf((1 - level) / 2 / tests, n - 1)
    off = abs(effect) * np.sqrt(n)
    return float(scipy.special.nctdtr(n - 1, off, -t)
                 + 1 - scipy.special.nctdtr(n - 1, off, t))
