# SPDX-License-Identifier: MIT
"""Where the Goldilocks zone is, as `goldilocks summary` defines it: around the
peak of the mean over seeds of Tr/norm, as far as that is at least half of it
(peaks.py). A zone is named only where the rise above 0 cannot be chance (rise.py).
"""
import functools
import typing

import numpy as np
import scipy.special
import xarray as xr

from .arguments import DATASET, asked, known
from .files import (ascending, grid_axes, groups, in_rows, largest_dim,
                    line_axis, one_network, pick, with_seeds)
from .intervals import (ENDS, LEVEL, jackknife_error, label_with_ends,
                        student)
from .peaks import TOLD, Range, half_range, told
from .rise import ENOUGH, NAMED_P, Rise, mean_of_seeds, rise
from .words import p_words

MEASURED = ["trace_over_norm", "logit_spread", "status_measure"]
WORDS = {"low": "lower bound of the zone, {}",
         "high": "upper bound of the zone, {}",
         "peak": "place of the peak, {}",
         "height": "highest mean of trace over norm",
         "spread": "logit spread at the peak",
         "low_open": "the grid begins above the lower bound",
         "high_open": "the grid ends below the upper bound",
         "first": "first {} with numbers", "last": "last {} with numbers",
         "places": "places on the line that have numbers",
         "split": "above half of the peak elsewhere too",
         "noise": "no zone is named", "p_value": "how likely chance is as high",
         "n_looks": "looks at three neighbouring places",
         "n_seeds": "seeds behind a look", "n": "seeds at the peak"}

PARTS = {"_error": "standard error, mostly of the logarithm, of the ",
         "_grid": "what the grid leaves open, mostly of the logarithm, of the ",
         "_grid_error": "standard error of what the grid leaves open of the "}


class Claim(typing.NamedTuple):
    """The zone of one network: places on its line, Tr/norm and z of seeds [seeds,
    places] and their means, whether Tr/norm rises, and from where to where; of
    its highest point, wherever that is, where no zone is named."""
    x: np.ndarray
    c: np.ndarray
    z: np.ndarray
    mean: np.ndarray
    z_mean: np.ndarray
    rise: Rise
    range: Range

    @property
    def is_named(self):
        return self.rise.p_value <= NAMED_P and self.range.peak >= 0


class Told(typing.NamedTuple):
    """TOLD of a zone, places by their logarithms where the line is positive and z
    by its own: of all seeds, as little and as much as the grid leaves open, and
    with each seed left out, [seeds, TOLD]; so too how wide the grid's part is."""
    value: np.ndarray
    least: np.ndarray
    most: np.ndarray
    left_out: np.ndarray
    grid_left_out: np.ndarray


@asked
def zone(ds, dim=None, level=LEVEL):
    """The zone of each network, with intervals over seeds.

    Returns a dataset over the axes other than the line and `seed`, or of one
    row where there are none:

    `low`, `high`           bounds on the line's axis; NaN where no zone is named
    `peak`                  place of the peak, between points of the grid: of the
                            parabola through the highest mean and its neighbours;
                            of the highest mean where no zone is named
    `height`                the highest mean of Tr/norm
    `spread`                logit spread z at the peak
    `low_open`, `high_open` the grid ends before the curve falls to half
    `first`, `last`         ends of the line that have numbers; an interval of a
                            bound that ends there may go on beyond
    `places`                of the line that have numbers
    `split`                 above half of the peak elsewhere too
    `noise`                 no zone is named: chance may be as high
    `p_value`               how likely it is as high, at any of the radii; a zone
                            is named up to 0.05
    `n_looks`               runs of three neighbouring radii looked at
    `n_seeds`               seeds behind a look, at most; below 5 their agreement
                            does not count
    `n`                     seeds at the peak

    Each of the first five has `_lower` and `_upper` beside it: intervals by
    Student's t and the jackknife over seeds beyond what the grid leaves open: twice
    as far to either side as cubics through its points are off the parabola, and
    parabolas off the straight lines. Both parts of it are beside it too, of the
    logarithm but for the height: `_error`, the standard error, and `_grid`, how
    wide the grid's is, which seeds know to `_grid_error`. `dim` is the subspace, by
    default the largest.
    """
    line = line_axis(ds)
    dim = largest_dim(ds, dim)
    for name in MEASURED:
        known("variable", name, ds.variables)
    rows = [zone_of(ascending(ds[MEASURED].isel(at), line), line, dim, level)
            for at, _ in groups(ds, over=("seed", line))]
    axes = [name for name in grid_axes(ds) if name not in ("seed", line)]
    shape = [ds.sizes[name] for name in axes]
    found = xr.Dataset({
        name: (axes, np.array([row[name] for row in rows]).reshape(shape),
               label_with_ends(name, functools.partial(label_of, ds, line)))
        for name in rows[0]},
        coords={name: ds[name] for name in ds.coords
                if ds[name].dims and set(ds[name].dims) <= set(axes)})
    found.attrs.update(line=line, subspace_dim=dim, level=level)
    return in_rows(found, ds)


def label_of(ds, line, name):
    """Name and unit of a variable of a zone."""
    is_place = name in ("low", "high", "peak", "first", "last")
    if name not in WORDS:
        of, _, part = name.partition("_")
        return {"long_name": PARTS["_" + part] + label_of(
            ds, line, of)["long_name"], "units": "1"}
    return {"long_name": WORDS[name].format(line.replace("_", " ")),
            "units": ds[line].attrs.get("units", "1") if is_place else "1"}


def claim_of(x, c, z, dim):
    """The Claim of curves [seeds, places] in `dim` dimensions."""
    mean, risen = mean_of_seeds(c), rise(c, dim)
    may = risen.is_above if risen.p_value <= NAMED_P else None
    return Claim(x, c, z, mean, mean_of_seeds(z), risen,
                 half_range(x, mean, may))


def claim_in(part, line, dim):
    """The Claim of a dataset of one network."""
    return claim_of(part[line].values.astype(float), *(
        table(part, name, line, dim)
        for name in ("trace_over_norm", "logit_spread")), dim)


def zone_of(part, line, dim, level=LEVEL):
    """The zone of one network as {name: value}."""
    claim = claim_in(part, line, dim)
    found, risen = claim.range, claim.rise
    first, last = ends_of(claim)
    row = dict.fromkeys(
        [name + end for name in ("low", "high", "peak", "height", "spread")
         for end in ("", *ENDS, *PARTS)], np.nan)
    if found.peak >= 0:
        row.update(peak=claim.x[found.peak], height=claim.mean[found.peak],
                   spread=claim.z_mean[found.peak])
    if claim.is_named:
        row.update(intervals_of(claim, level))
    row.update(low_open=found.is_low_open, high_open=found.is_high_open,
               split=found.is_split, first=first, last=last,
               places=np.count_nonzero(np.isfinite(claim.mean)),
               noise=not claim.is_named,
               p_value=risen.p_value, n_looks=risen.n_looks,
               n_seeds=risen.n_seeds,
               n=int(np.isfinite(claim.c[:, found.peak]).sum())
               if found.peak >= 0 else 0)
    return row


def ends_of(claim):
    """The smallest and largest place that has a number."""
    there = claim.x[np.isfinite(claim.mean)]
    return (there[0], there[-1]) if len(there) else (np.nan, np.nan)


def no_zone_words(row):
    """Why none is named: of one network with values to look at."""
    why = ("no zone above the noise" if row["n_seeds"] >= ENOUGH
           else "too few seeds for a claim")
    return f"{why}, {p_words(float(row['p_value']))}"


def told_of(claim):
    """Told of a Claim that is named."""
    x, mean, z_mean, may = (claim.x, claim.mean, claim.z_mean,
                            claim.rise.is_above)
    value, least, most = told(x, mean[np.newaxis], z_mean[np.newaxis], may)[:, 0]
    return Told(value, least, most, *left_out_values(x, claim.c, claim.z, may))


def intervals_of(claim, level):
    """What is told of a zone, with intervals: t standard errors of the jackknife
    over seeds beyond what the grid leaves open. Those of places end where the
    numbers do: nothing is known of what is beyond."""
    value, least, most, left_out, grid_left_out = told_of(claim)
    error, grid_error = map(jackknife_error, (left_out, grid_left_out))
    half = student(level, len(left_out) - 1) * error
    ends = ends_of(claim)
    row = {}
    for k, name in enumerate(TOLD):
        numbers = [value[k], np.fmin(value[k], least[k]) - half[k],
                   np.fmax(value[k], most[k]) + half[k]]
        if name == "spread" or (name != "height" and claim.x[0] > 0):
            numbers = np.exp(numbers)
        row[name], row[name + "_lower"], row[name + "_upper"] = numbers
        row[name + "_error"], row[name + "_grid"] = error[k], most[k] - least[k]
        row[name + "_grid_error"] = grid_error[k]
        if name not in ("height", "spread"):
            for end in ENDS:
                row[name + end] = np.clip(row[name + end], *ends)
    return row


def left_out_values(x, c, z, may):
    """[seeds, TOLD]: what is told without each seed that has numbers, of the
    same looks, and how wide the grid leaves it open."""
    def without(values):
        is_there = np.isfinite(values)
        rest = is_there.sum(axis=0) - is_there
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(rest > 0, (
                functools.reduce(np.add, np.nan_to_num(values))
                - np.nan_to_num(values)) / rest, np.nan)

    there = np.isfinite(c).any(axis=1)
    curves, z_curves = without(c)[there], without(z)[there]
    found = np.empty((3, len(curves), len(TOLD)))
    for rows in alike(curves, z_curves, may):
        found[:, rows] = told(x, curves[rows], z_curves[rows], may)
    return found[0], found[2] - found[1]


def alike(curves, z_curves, may):
    """Indices of curves whose numbers, highest of those that may be it, and
    places above half of that are the same, for each sort: of many seeds, one of
    which is left out, there are few sorts."""
    is_there = np.isfinite(curves)
    heights = np.where(is_there & may, curves, 0.0)
    peak = heights.argmax(axis=1)
    half = np.take_along_axis(heights, peak[:, np.newaxis], 1) / 2
    with np.errstate(invalid="ignore"):
        sort = np.column_stack([peak, is_there, np.isfinite(z_curves),
                                curves < half, half > 0]).astype(np.int64)
    _, which = np.unique(sort, axis=0, return_inverse=True)
    which = which.ravel()
    order = np.argsort(which, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(which[order])) + 1)


def table(part, name, line, dim):
    """[seeds, line] of a variable; one row where there is no axis of seeds."""
    values = with_seeds(pick(part, name, dim)).transpose("seed", line).values
    return np.where(np.isfinite(values), values, np.nan)


@asked(a=DATASET, b=DATASET)
def compare_zones(a, b, dim=None, level=LEVEL):
    """How far apart the zones of two networks are, as ratios a / b.

    `a`, `b`: datasets of one network each. Returns a dataset over `of`, low,
    high, height, peak and spread: `ratio`, its interval `lower`, `upper`, by the
    jackknife and Student's t, with the part of the grid, and the two-sided `p`
    that it is 1, up to 1 - level where the interval does not hold 1. `open`: a
    place of either is the end of its grid, so that the true one lies beyond;
    `ratio` and `p` are NaN, and the interval goes to 0, to infinity or both.
    Where both have the same seeds these are left out of both
    together, which makes use of what networks of a seed have in common; of
    networks without a common seed errors add up.
    """
    both = [logs_of(ds, dim) for ds in (a, b)]
    seeds = [np.atleast_1d(ds["seed"].values) for ds in (a, b)]
    common = np.intersect1d(*seeds)
    value = both[0].value - both[1].value
    near = np.fmin(value, both[0].least - both[1].most)
    off = np.fmax(value, both[0].most - both[1].least)
    if np.array_equal(*seeds):
        left_out = both[0].left_out - both[1].left_out
        error, freedom = jackknife_error(left_out), len(left_out) - 1
    elif len(common) == 0:
        errors = [jackknife_error(one.left_out) ** 2 for one in both]
        error = np.sqrt(sum(errors))
        freedom = sum(errors) ** 2 / sum(
            e ** 2 / (len(one.left_out) - 1) for e, one in zip(errors, both))
    else:
        raise ValueError("some seeds are in both and some are not: select "
                         "those that are, or none of them, with ds.sel(seed=...)")
    half = student(level, freedom) * error
    from_one = np.maximum(np.maximum(near, -off), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.where((from_one == 0) & np.isfinite(error), 1.0,
                     2 * scipy.special.stdtr(freedom, -from_one / error))
    to_0 = both[0].is_less | both[1].is_more
    to_infinity = both[0].is_more | both[1].is_less
    is_open = to_0 | to_infinity
    p = np.where(is_open, np.nan, p)
    words = {"ratio": (np.where(is_open, np.nan, value), "ratio of the two"),
             "lower": (np.where(to_0, -np.inf, near - half),
                       "lower end of the interval"),
             "upper": (np.where(to_infinity, np.inf, off + half),
                       "upper end of the interval")}
    found = {name: ("of", np.exp(number), {"long_name": text, "units": "1"})
             for name, (number, text) in words.items()}
    found["p"] = ("of", p, {"long_name": "p-value of a ratio of 1",
                            "units": "1"})
    found["open"] = ("of", is_open, {
        "long_name": "an end of the grid in place of what lies beyond",
        "units": "1"})
    return xr.Dataset(found, {"of": list(TOLD)}, {"level": level})


class Logs(typing.NamedTuple):
    """As in Told, the height by its logarithm too; and is it less or more where
    the grid ends before it?"""
    value: np.ndarray
    least: np.ndarray
    most: np.ndarray
    left_out: np.ndarray
    is_less: np.ndarray
    is_more: np.ndarray


def logs_of(ds, dim):
    """The zone of the one network of a dataset, which has one."""
    line, dim = line_axis(ds), largest_dim(ds, dim)
    part = ascending(one_network(ds[MEASURED], line), line)
    if part[line][0] <= 0:
        raise ValueError(f"{line} begins at {float(part[line][0]):g}: ratios are "
                         "of places above 0")
    claim = claim_in(part, line, dim)
    if not claim.is_named:
        raise ValueError(no_zone_words(claim.rise._asdict()))
    at = TOLD.index("height")
    logs = [np.array(values) for values in told_of(claim)[:4]]
    for values in logs:
        values[..., at] = np.log(values[..., at])
    return Logs(*logs, *map(np.array, beyond(claim.mean, claim.range)))


def beyond(mean, found):
    """Of TOLD: may it be less, and more, as the grid ends before it? A peak at
    the end of the numbers may lie beyond, where nobody knows the spread."""
    there = np.flatnonzero(np.isfinite(mean))
    is_first, is_last = found.peak == there[0], found.peak == there[-1]
    is_end = is_first or is_last
    return ([found.is_low_open, False, False, is_first, is_end],
            [False, found.is_high_open, is_end, is_last, is_end])
