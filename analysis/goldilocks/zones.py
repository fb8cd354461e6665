# SPDX-License-Identifier: MIT
"""Where the Goldilocks zone is, as `goldilocks summary` defines it: around the
peak of the mean over seeds of Tr/norm, as far as that is at least half of it.

A zone is named only where the rise above 0 cannot be chance. Each run of three
neighbouring radii is one look, and gives one number a seed, its mean. A look
has to be higher than signs that are chance can make it, or, from five seeds on,
than scatter like that of all looks can, and than nearly all other ways to flip
the signs of seeds. `src/app/rise.h` derives it; tests hold the two against each
other.
"""
import functools
import typing

import numpy as np
import scipy.special
import xarray as xr

from .files import (ascending, grid_axes, groups, in_rows, known, largest_dim,
                    line_axis, pick)
from .intervals import LEVEL, jackknife_error, student
from .words import p_words

MEASURED = ["trace_over_norm", "logit_spread", "status_measure"]
LOOK = 3         # neighbouring radii of a look
FEWEST = 3       # seeds that say something of scatter
AROUND = 4       # looks on either side that scatter much the same
NAMED_P = 0.05   # up to which a zone is named
ENOUGH = 5       # seeds whose agreement counts
BLOCKS = 10      # of seeds whose signs are flipped together
SAME = 1e-9      # heights that differ by rounding
OF_SIGNS = 3.178  # times the normal tail: no weighted sum of signs has more
FAR = 3          # times what a cubic is off, for the part of the grid


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


class Rise(typing.NamedTuple):
    """Does a curve rise above 0? `p_value`: how likely chance is as high
    anywhere, NaN without three radii that have numbers; `is_above`: radii of
    the looks that pass by themselves; `n_seeds`: at most, behind a look."""
    p_value: float
    is_above: np.ndarray
    n_looks: int
    n_seeds: int


def between(a, b, share):
    """The place `share` of the way from a to b, on a logarithmic scale where
    both are positive."""
    if a > 0 and b > 0:
        return a * (b / a) ** share
    return a + share * (b - a)


def half_range(x, y, may=None):
    """The range of x around the maximum of y where y is at least half of it;
    the maximum of those that `may` be the peak.

    x ascends; values of y that are not numbers are passed over. Bounds lie
    where the straight line between two neighbours, against log x (against x
    where one is not positive), crosses the half.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
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


def mean_of_seeds(values):
    """Mean of each column [seeds, ...]; NaN is passed over. Summed in the order
    of seeds, as the C program does: means that are equal there are so here."""
    is_there = np.isfinite(values)
    total = functools.reduce(np.add, np.where(is_there, values, 0.0))
    with np.errstate(invalid="ignore"):
        return total / is_there.sum(axis=0)


def rise(values, dim):
    """The test of curves [seeds, radii] of Tr/norm in `dim` dimensions."""
    n_radii = values.shape[1]
    places = np.flatnonzero(np.isfinite(values).any(axis=0))
    n_looks = max(len(places) - LOOK + 1, 0)
    at = places[np.arange(n_looks)[:, np.newaxis] + np.arange(LOOK)]
    numbers = sum(values[:, at[:, i]] for i in range(LOOK)) / LOOK
    n = np.isfinite(numbers).sum(axis=0)
    at, numbers, n = at[n > 0], numbers[:, n > 0], n[n > 0]
    is_above = np.zeros(n_radii, bool)
    if len(n) == 0:
        return Rise(np.nan, is_above, 0, 0)
    p = chance_as_high(numbers, n, dim)
    is_above[at[p <= NAMED_P]] = True
    return Rise(min(float(p.min()), 1.0), is_above, len(n), int(n.max()))


def chance_as_high(numbers, n, dim):
    """How likely chance is as high as a look, at any of them. `numbers`:
    [seeds, looks], of which `n` are there."""
    theory = 2 / (dim + 1)
    most, least = 1 + theory, theory / LOOK
    mean = mean_of_seeds(numbers)
    signs = (len(n) + LOOK - 1) / LOOK * OF_SIGNS * scipy.special.ndtr(
        -mean * np.sqrt(n / most))
    is_known, are_few = n >= FEWEST, n < ENOUGH
    if not is_known.any():
        return signs
    off = np.nan_to_num((numbers - mean)[:, is_known]) / np.sqrt(
        n[is_known] - 1)
    seen = np.full((1, len(n)), np.nan)
    seen[:, is_known] = (off ** 2).sum(axis=0)
    variance = scatter(seen, least)[0]
    freedom = pooled_freedom(off, (n[is_known] - 1).mean())
    seeds = len(n) * scipy.special.stdtr(freedom, -mean * np.sqrt(n / variance))
    seeds = np.where(are_few, seeds, np.maximum(seeds, flips(numbers, least)))
    return np.where(~is_known, signs,
                    np.where(variance > most, np.maximum(signs, seeds),
                             np.where(are_few, signs,
                                      np.minimum(signs, seeds))))


def scatter(seen, least):
    """How much a seed scatters by chance, [..., looks]: the largest of `least`,
    the mean of all variances seen, and that of the nine around."""
    is_known = np.isfinite(seen)
    n_looks = seen.shape[1]

    def around(values):
        wide = np.pad(values, ((0, 0), (AROUND, AROUND)))
        return sum(wide[:, i:i + n_looks] for i in range(2 * AROUND + 1))

    known = np.where(is_known, seen, 0.0)
    pooled = known.sum(axis=1) / is_known.sum(axis=1)
    return np.maximum(np.maximum(least, pooled)[:, np.newaxis],
                      around(known) / np.maximum(around(is_known * 1.0), 1.0))


def flips(numbers, least):
    """Of all ways to flip the signs of seeds, the share with which the highest
    look is as high as each of them, measured by the standard error of chance;
    1 where seeds are few."""
    n = np.isfinite(numbers).sum(axis=0)
    is_enough = n >= ENOUGH
    if not is_enough.any():
        return np.ones(len(n))
    known = np.nan_to_num(numbers)
    blocks = np.array([known[k::BLOCKS].sum(axis=0) for k in range(BLOCKS)])
    n_blocks = min(len(numbers), BLOCKS)
    # The others are opposites of these.
    signs = 1.0 - 2.0 * (np.arange(2 ** (n_blocks - 1))[:, np.newaxis]
                         >> np.arange(BLOCKS) & 1)
    means = signs @ blocks / n
    with np.errstate(invalid="ignore", divide="ignore"):
        seen = np.where(n >= FEWEST, np.maximum(
            (known ** 2).sum(axis=0) - n * means ** 2, 0.0) / (n - 1), np.nan)
    heights = (means * np.sqrt(n / scatter(seen, least)))[:, is_enough]
    peaks = np.concatenate([heights.max(axis=1), -heights.min(axis=1)])
    share = np.ones(len(n))
    share[is_enough] = np.mean(
        peaks[:, np.newaxis] >= heights[0] - SAME * np.abs(heights[0]), axis=0)
    return share


def pooled_freedom(off, f):
    """Degrees of freedom of the mean variance of correlated looks [seeds,
    looks], each of `f`, by Satterthwaite."""
    gram = off @ off.T if off.shape[0] < off.shape[1] else off.T @ off
    total = np.trace(gram)
    square = f ** 2 / ((f - 1) * (f + 2)) * (np.sum(gram ** 2) - total ** 2 / f)
    most = f * off.shape[1]
    return min(max(f * total ** 2 / square, f), most) if square > 0 else most


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
    Student's t and the jackknife over seeds, and of the grid, as far as a cubic
    through its points is off the straight lines and the parabola. `dim` is the
    subspace, by default the largest.
    """
    line = line_axis(ds)
    dim = largest_dim(ds, dim)
    for name in MEASURED:
        known("variable", name, ds.variables)
    rows = {}
    for at, _ in groups(ds, over=("seed", line)):
        part = ascending(ds[MEASURED].isel(at), line)
        rows[tuple(at.values())] = zone_of(part, line, dim, level)
    axes = [name for name in grid_axes(ds) if name not in ("seed", line)]
    shape = [ds.sizes[name] for name in axes]
    names = next(iter(rows.values()))
    found = xr.Dataset({
        name: (axes, np.array([row[name] for row in rows.values()])
               .reshape(shape), label_of(ds, line, name)) for name in names},
        coords={name: ds[name] for name in ds.coords
                if ds[name].dims and set(ds[name].dims) <= set(axes)})
    found.attrs.update(line=line, subspace_dim=dim, level=level)
    return in_rows(found, ds)


def label_of(ds, line, name):
    """Name and unit of a variable of a zone."""
    for end, words in (("_lower", "lower end of the interval of the "),
                       ("_upper", "upper end of the interval of the ")):
        if name.endswith(end):
            of = label_of(ds, line, name[:-len(end)])
            return {**of, "long_name": words + of["long_name"]}
    is_place = name in ("low", "high", "peak", "first", "last")
    return {"long_name": WORDS[name].format(line.replace("_", " ")),
            "units": ds[line].attrs.get("units", "1") if is_place else "1"}


def zone_of(part, line, dim, level=LEVEL):
    """The zone of one network as {name: value}."""
    x = part[line].values.astype(float)
    c, z = (table(part, name, line, dim)
            for name in ("trace_over_norm", "logit_spread"))
    mean, z_mean = mean_of_seeds(c), mean_of_seeds(z)
    first, last = ends_of(x, mean)
    risen = rise(c, dim)
    found = half_range(x, mean,
                       risen.is_above if risen.p_value <= NAMED_P else None)
    is_named = risen.p_value <= NAMED_P and found.peak >= 0
    row = dict.fromkeys(
        [name + end for name in ("low", "high", "peak", "height", "spread")
         for end in ("", "_lower", "_upper")], np.nan)
    if found.peak >= 0:
        row.update(peak=x[found.peak], height=mean[found.peak],
                   spread=z_mean[found.peak])
    if is_named:
        row.update(intervals_of(x, c, z, found, risen.is_above, level))
    row.update(low_open=found.is_low_open, high_open=found.is_high_open,
               split=found.is_split, first=first, last=last,
               places=np.count_nonzero(np.isfinite(mean)),
               noise=not is_named,
               p_value=risen.p_value, n_looks=risen.n_looks,
               n_seeds=risen.n_seeds,
               n=int(np.isfinite(c[:, found.peak]).sum())
               if found.peak >= 0 else 0)
    return row


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
    both = [one_claim(ds, dim, level) for ds in (a, b)]
    seeds = [np.atleast_1d(ds["seed"].values) for ds in (a, b)]
    common = np.intersect1d(*seeds)
    value = both[0].value - both[1].value
    far = both[0].far - both[1].far
    if np.array_equal(*seeds):
        off = both[0].left_out - both[1].left_out
        error, freedom = jackknife_error(off), len(off) - 1
    elif len(common) == 0:
        errors = [jackknife_error(one.left_out) ** 2 for one in both]
        error = np.sqrt(sum(errors))
        freedom = sum(errors) ** 2 / sum(
            e ** 2 / (len(one.left_out) - 1) for e, one in zip(errors, both))
    else:
        raise ValueError("some seeds are in both and some are not: select "
                         "those that are, or none of them, with ds.sel(seed=...)")
    half = student(level, freedom) * error
    near, off = np.fmin(value, far), np.fmax(value, far)
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


class Claim(typing.NamedTuple):
    """Logarithms of what is told of a zone: of all seeds, as far off as the grid
    leaves open, and with each seed left out; and is it less or more where the
    grid ends before it?"""
    value: np.ndarray
    far: np.ndarray
    left_out: np.ndarray
    is_less: np.ndarray
    is_more: np.ndarray


def one_claim(ds, dim, level):
    """The zone of the one network of a dataset, which has one."""
    line, dim = line_axis(ds), largest_dim(ds, dim)
    others = [name for name in grid_axes(ds)
              if name not in ("seed", line) and ds.sizes[name] > 1]
    if others:
        raise ValueError("several networks: select a place of "
                         + ", ".join(others))
    part = ascending(ds[MEASURED].squeeze(
        [n for n in grid_axes(ds) if n not in ("seed", line)], drop=True), line)
    x = part[line].values.astype(float)
    if x[0] <= 0:
        raise ValueError(f"{line} begins at {x[0]:g}: ratios are of places "
                         "above 0")
    row = zone_of(part, line, dim, level)
    if row["noise"]:
        raise ValueError(no_zone_words(row))
    c, z = (table(part, name, line, dim)
            for name in ("trace_over_norm", "logit_spread"))
    may = rise(c, dim).is_above
    mean, z_mean = mean_of_seeds(c), mean_of_seeds(z)
    found = half_range(x, mean, may)
    claim = Claim(*(np.array(values) for values in (
        told(x, mean[np.newaxis], z_mean[np.newaxis], may)[0],
        grid_part(x, mean, z_mean, found),
        left_out_values(x, c, z, may), *beyond(mean, found))))
    at = TOLD.index("height")  # all others are logarithms
    for values in claim[:3]:
        values[..., at] = np.log(values[..., at])
    return claim


def beyond(mean, found):
    """Of TOLD: may it be less, and more, as the grid ends before it? A peak at
    the end of the numbers may lie beyond, where nobody knows the spread."""
    there = np.flatnonzero(np.isfinite(mean))
    is_first, is_last = found.peak == there[0], found.peak == there[-1]
    is_end = is_first or is_last
    return ([found.is_low_open, False, False, is_first, is_end],
            [False, found.is_high_open, is_end, is_last, is_end])


def ends_of(x, mean):
    """The smallest and largest x that have a number."""
    there = x[np.isfinite(mean)]
    return (there[0], there[-1]) if len(there) else (np.nan, np.nan)


def no_zone_words(row):
    """Why none is named: of one network with values to look at."""
    why = ("no zone above the noise" if row["n_seeds"] >= ENOUGH
           else "too few seeds for a claim")
    return f"{why}, {p_words(float(row['p_value']))}"


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
TOLD = ("low", "high", "height", "peak", "spread")


def intervals_of(x, c, z, found, may, level):
    """What is told of a zone, with intervals: t standard errors of the jackknife
    over seeds beyond the value, and beyond what the grid leaves open. Those of
    places end where the numbers do: nothing is known of what is beyond."""
    mean, z_mean = mean_of_seeds(c), mean_of_seeds(z)
    value = told(x, mean[np.newaxis], z_mean[np.newaxis], may)[0]
    far = np.array(grid_part(x, mean, z_mean, found))
    left_out = left_out_values(x, c, z, may)
    half = student(level, len(left_out) - 1) * jackknife_error(left_out)
    ends = ends_of(x, mean)
    row = {}
    for name, at, lower, upper in zip(TOLD, value, np.fmin(value, far) - half,
                                      np.fmax(value, far) + half):
        numbers = [at, lower, upper]
        if name == "spread" or (name != "height" and x[0] > 0):
            numbers = np.exp(numbers)
        row[name], row[name + "_lower"], row[name + "_upper"] = numbers
        if name not in ("height", "spread"):
            for end in ("_lower", "_upper"):
                row[name + end] = np.clip(row[name + end], *ends)
    return row


def left_out_values(x, c, z, may):
    """[seeds, TOLD]: what is told without each seed that has numbers, of the
    same looks."""
    def without(values):
        is_there = np.isfinite(values)
        rest = is_there.sum(axis=0) - is_there
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(rest > 0, (
                functools.reduce(np.add, np.nan_to_num(values))
                - np.nan_to_num(values)) / rest, np.nan)

    there = np.isfinite(c).any(axis=1)
    curves, z_curves = without(c)[there], without(z)[there]
    found = np.empty((len(curves), len(TOLD)))
    for rows in alike(curves, z_curves, may):
        found[rows] = told(x, curves[rows], z_curves[rows], may)
    return found


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


def tops(u, y, i):
    """Places of `vertex` of curves [places, curves]."""
    if not 0 < i < len(y) - 1:
        return np.full(y.shape[1], u[i])
    bend = second(u, y, i - 1)
    slope = (y[i] - y[i - 1]) / (u[i] - u[i - 1]) + bend * (u[i] - u[i - 1])
    is_hill = (np.maximum(y[i - 1], y[i + 1]) <= y[i]) & (bend < 0)
    return u[i] + np.where(is_hill, -slope / np.where(is_hill, 2 * bend, 1.0),
                           0.0)


def vertex(u, y, i):
    """Top of the parabola through point i and its neighbours: its place, its
    height, and the place FAR times as far off as a cubic has it. Point i itself
    where that is no hill."""
    nothing = u[i], y[i], u[i]
    if not 0 < i < len(y) - 1 or max(y[i - 1], y[i + 1]) > y[i]:
        return nothing
    bend = second(u, y, i - 1)
    if not bend < 0:
        return nothing
    slope = (y[i] - y[i - 1]) / (u[i] - u[i - 1]) + bend * (u[i] - u[i - 1])
    at = tops(u, y[:, np.newaxis], i)[0]
    off = at - u[i]
    top = y[i] + slope * off + bend * off * off
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


def table(part, name, line, dim):
    """[seeds, line] of a variable; one row where there is no axis of seeds."""
    values = pick(part, name, dim)
    if "seed" not in values.dims:
        values = values.expand_dims("seed")
    values = values.transpose("seed", line).values
    return np.where(np.isfinite(values), values, np.nan)
