# SPDX-License-Identifier: MIT
"""What trainings reached, whatever became of them.

A training that ends before the others leaves no numbers at later steps, and one
that diverged no loss, or a large one at which it happened to stop. Means over
what is there would be means of survivors. So a training that ended keeps what it
had, and one that diverged counts as is said:

`keep`   with what it left behind: the accuracy of its last parameters, 0 where
         these or the loss are no numbers any more, and an infinite loss;
`worst`  as bad as can be: accuracy 0, an infinite loss;
`drop`   not at all: what is left are the seeds that did not diverge, and how many
         they are has to be said with any mean of them.

Steps to a loss that was not reached are infinite too; survival.py has what is
right for them.
"""
import numpy as np
import xarray as xr

from .arguments import asked, known
from .files import DONE, OF_TRAINING, done, pick

DIVERGED = ("keep", "drop", "worst")
LOGGED = "trajectory_"


def flags(ds):
    """{name: mask} of the flags of `outcome`."""
    attributes = ds[known("variable", "outcome", ds.variables)].attrs
    return dict(zip(attributes["flag_meanings"].split(),
                    np.atleast_1d(attributes["flag_masks"]).tolist()))


@asked
def ended_by(ds, name):
    """Of each training: did it end so? False where it is not done."""
    mask = flags(ds)[known("outcome", name, flags(ds))]
    return (done(ds, "outcome").fillna(0).astype(np.int64) & mask) != 0


@asked
def trained(ds, name, diverged="keep", dim=None):
    """Values of a variable where its point is done, NaN elsewhere; of what
    training reached, by `diverged` as the module says. Others, such as
    curvature, are what they are. `dim`: subspace, default the largest.
    """
    known("way to count what diverged", diverged, DIVERGED)
    values = pick(ds, name, dim)
    if not name.startswith(OF_TRAINING) or "outcome" not in ds or (
            name == "outcome"):
        return values
    attrs = values.attrs
    has_diverged = ended_by(ds, "diverged")
    if name == "steps_to_loss":
        values = values.where(values.notnull() | (ds.status_train != DONE),
                              np.inf)
    if diverged == "drop":
        values = values.where(~has_diverged)
    if name.startswith(LOGGED):
        values = held(ds, values, name, has_diverged, diverged)
    else:
        values = values.where(~has_diverged, left_behind(
            name, values, diverged))
    return values.transpose(*ds[name].dims, missing_dims="ignore"
                            ).assign_attrs(attrs, diverged=diverged)


def left_behind(name, values, diverged):
    """What a training that diverged counts with, where its last value is
    `values`."""
    if diverged == "drop":
        return np.nan
    if "loss" in name:
        return np.inf
    if "accuracy" in name:
        return 0.0 if diverged == "worst" else values.fillna(0.0)
    return values


def held(ds, values, name, has_diverged, diverged):
    """A logged quantity, with what trainings that ended left behind at the
    steps after their end."""
    final = "final_" + name[len(LOGGED):]
    last = pick(ds, final) if final in ds else last_logged(values)
    last = xr.where(has_diverged, left_behind(name, last, diverged), last)
    return values.where(~is_over(ds), last)


def is_over(ds):
    """[..., trajectory_step]: has the training ended before this step, or
    diverged at it?"""
    end = done(ds, "final_step")
    return (end < ds.trajectory_step) | (
        ended_by(ds, "diverged") & (end == ds.trajectory_step))


def last_logged(values):
    """The last number that a training logged."""
    there = np.isfinite(values)
    place = (there * np.arange(1, values.sizes["trajectory_step"] + 1)).argmax(
        "trajectory_step")
    return values.isel(trajectory_step=place).drop_vars("trajectory_step")


@asked
def last_finite(ds, name="loss"):
    """The last finite number that each training logged of a tracked quantity: of
    one that diverged, whose `final_loss` is none, from before it did."""
    values = pick(ds, LOGGED + known("tracked quantity", name, tracked(ds)))
    return last_logged(values).rename(f"last_finite_{name}").assign_attrs(
        long_name=f"last finite {name.replace('_', ' ')} that was logged",
        units=values.attrs.get("units", "1"))


def tracked(ds):
    """Names of the quantities that are logged."""
    return [name[len(LOGGED):] for name in ds.data_vars
            if name.startswith(LOGGED)]


def share_of(ds, name, over=("seed",)):
    """How many trainings ended so, and of how many that are done, over axes."""
    over = [axis for axis in over if axis in ds.outcome.dims]
    return (ended_by(ds, name).sum(over),
            (ds.status_train == DONE).sum(over))


@asked
def endings(ds):
    """{flag of outcome: share of the trainings that are done}."""
    shares = {}
    for name in flags(ds):
        n, of = share_of(ds, name, ds.outcome.dims)
        shares[name] = float(n / of) if of > 0 else 0.0
    return shares
