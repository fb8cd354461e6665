# SPDX-License-Identifier: MIT
"""Steps to a loss, of trainings of which some never come there.

Those that do not are not missing: they take longer than they were watched for.
A mean of the others is a mean of the fast ones. What can be told is the share
that has come there by each step (E. L. Kaplan and P. Meier, JASA 53, 1958), its
median, and whether one choice comes there sooner than another (log-rank test).
"""
import typing

import numpy as np
import scipy.stats
import xarray as xr

from .arguments import NUMBER, WAITED, asked
from .files import DONE, in_rows, pick
from .intervals import LEVEL, Interval
from .outcomes import ended_by
from .permutations import N_PERMUTATIONS, p_value, splits

# Sums of scores that are closer than that are equal.
DIGITS = 9
ROUNDING = 10.0 ** -DIGITS


class Waiting(typing.NamedTuple):
    """Steps [n] after which trainings came to a loss, or up to which they were
    watched, and which of them came there."""
    steps: np.ndarray
    reached: np.ndarray


@asked(loss=NUMBER)
def waiting(ds, loss):
    """Steps to a loss as a dataset of `steps` and `reached`, with the axes of
    the grid. What was not reached was watched to the end of the training; a
    training that diverged will never come there, and is watched to the end of
    all. NaN where nothing is trained."""
    if "steps_to_loss" not in ds:
        raise ValueError("the study does not watch for losses that are reached "
                         f"(train: {{reach: [{loss:g}]}})")
    steps = pick(ds, "steps_to_loss")
    losses = steps.reached_loss.values
    place = int(np.abs(losses - loss).argmin())
    if not np.isclose(losses[place], loss, rtol=1e-6):
        raise ValueError(f"no reached_loss {loss}; there are "
                         + ", ".join(f"{value:g}" for value in losses))
    steps = steps.isel(reached_loss=place, drop=True)
    is_done = ds.status_train == DONE
    reached = steps.notnull() & is_done
    end = pick(ds, "final_step")
    end = end.where(~ended_by(ds, "diverged"), float(end.max()))
    found = xr.Dataset({"steps": steps.where(reached, end).where(is_done),
                        "reached": reached})
    found.steps.attrs = {"long_name": f"steps to a loss of {loss:g}, or watched",
                         "units": "1"}
    found.reached.attrs = {"long_name": f"came to a loss of {loss:g}",
                           "units": "1"}
    return found


def sample(waited):
    """One dataset of waiting, or pair of arrays, as numbers without NaN."""
    if isinstance(waited, xr.Dataset):
        others = [name for name in waited.steps.dims
                  if name not in ("seed", "group") and waited.sizes[name] > 1]
        if others:
            raise ValueError("one sample of seeds at a time: select a place of "
                             + ", ".join(others))
        waited = waited.steps.values.ravel(), waited.reached.values.ravel()
    steps, reached = np.asarray(waited[0], float), np.asarray(waited[1], bool)
    is_there = ~np.isnan(steps)
    return Waiting(steps[is_there], reached[is_there])


def at_risk(steps, reached, at):
    """How many are watched just before steps `at`, and how many come there."""
    return (np.array([(steps >= t).sum() for t in at]),
            np.array([(reached & (steps == t)).sum() for t in at]))


@asked(waited=WAITED)
def kaplan_meier(waited):
    """The share that has not come there yet, as a dataset over `step`: `share`
    and its standard error of Greenwood on the scale log(-log), and how many were
    still watched, `n`."""
    steps, reached = sample(waited)
    at = np.unique(steps[reached])
    n, came = at_risk(steps, reached, at)
    share = np.cumprod(1 - came / np.maximum(n, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(np.cumsum(came / (n * (n - came)))) / np.abs(
            np.log(share))
    return xr.Dataset(
        {"share": ("step", share, {
            "long_name": "share that has not come there yet", "units": "1"}),
         "error": ("step", error, {
             "long_name": "standard error of log(-log(share))", "units": "1"}),
         "n": ("step", n, {"long_name": "still watched", "units": "1"})},
        coords={"step": at})


@asked(waited=WAITED)
def median_steps(waited, level=LEVEL):
    """Median of the steps, with the interval of Brookmeyer and Crowley: all
    steps at which a share of a half is within the interval of log(-log(share)),
    and where none is left, by the binomial law. Infinite: too many have not come
    there. NaN: of so few seeds an interval has no such end, as of up to five."""
    curve = kaplan_meier(waited)
    share, error = curve.share.values, curve.error.values

    def first(is_below):
        return float(curve.step[is_below][0]) if is_below.any() else np.inf

    with np.errstate(divide="ignore", invalid="ignore"):
        place = np.log(-np.log(share))
        half = scipy.stats.norm.ppf(0.5 + level / 2) * error
        middle = np.log(-np.log(0.5))
    median = first(share <= 0.5 * (1 + 1e-12))
    n, n_came = len(sample(waited).steps), sample(waited).reached.sum()
    all_came = is_enough(n_came, level) & (share == 0)
    upper = first(((place - half >= middle) & (share > 0)) | all_came)
    if not is_enough(n, level):
        return Interval(median, np.nan, median if median == np.inf else np.nan)
    return Interval(median, first((place + half >= middle) | (share == 0)),
                    np.nan if upper == np.inf and 0 in share else upper)


def is_enough(n, level):
    """Do n seeds all on one side of a median tell of it?"""
    return 2 * 0.5 ** n <= 1 - level


@asked(loss=NUMBER)
def steps_to(ds, loss, level=LEVEL):
    """Steps to a loss at each point of the grid, over seeds: `median` with its
    interval `lower`, `upper` (infinite: too few came there; NaN: too few seeds
    for an interval, up to 5), how many `reached` it and of how many, `n`."""
    waited = waiting(ds, loss)
    by = waited.transpose("seed", ...)
    rest = by.steps.isel(seed=0, drop=True)
    flat = [by[name].values.reshape(by.sizes["seed"], -1)
            for name in ("steps", "reached")]
    rows = []
    for steps, reached in zip(flat[0].T, flat[1].T):
        one = sample((steps, reached))
        n = len(one.steps)
        ends = median_steps(one, level) if n else Interval(*[np.nan] * 3)
        rows.append((*ends, one.reached.sum(), n))
    words = {"median": "median of steps to a loss of {:g}",
             "lower": "lower end of the interval of the median of steps to {:g}",
             "upper": "upper end of the interval of the median of steps to {:g}",
             "reached": "seeds that came to a loss of {:g}",
             "n": "seeds that were trained, of those that came to {:g} or not"}
    return in_rows(xr.Dataset({
        name: rest.copy(data=np.array(column).reshape(rest.shape)).assign_attrs(
            long_name=text.format(loss), units="1")
        for (name, text), column in zip(words.items(), zip(*rows))}), ds)


def hazard_scores(waited):
    """Of each of all that are compared: did it come there, less how often it
    should have, by Nelson and Aalen, as long as it was watched. Their sum over
    one choice is the log-rank test's observed less expected."""
    at = np.unique(waited.steps[waited.reached])
    n, came = at_risk(*waited, at)
    hazard = np.concatenate([[0.0], np.cumsum(came / n)])
    return waited.reached - hazard[np.searchsorted(at, waited.steps, "right")]


@asked(a=WAITED, b=WAITED)
def log_rank(a, b, n_permutations=N_PERMUTATIONS, seed=0):
    """p-value of the log-rank test that two choices come there as soon as each
    other; two-sided, by permutation of which seeds are of which choice: of all
    ways where they are few. `a`, `b`: datasets of `waiting`, one sample of seeds
    each, or pairs of arrays (steps, reached). NaN where nothing came there, or
    all at once."""
    a, b = sample(a), sample(b)
    scores = hazard_scores(Waiting(*map(np.concatenate, zip(a, b))))
    n_a, n = len(a.steps), len(scores)
    if n_a in (0, n) or np.ptp(scores) < ROUNDING:
        return float("nan")
    found, is_exact = splits(n_a, n, n_permutations, seed)
    draws = (scores[block].sum(axis=1).round(DIGITS) for block in found)
    return float(p_value(draws, scores[:n_a].sum().round(DIGITS), is_exact))
