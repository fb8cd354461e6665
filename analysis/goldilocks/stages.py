# SPDX-License-Identifier: MIT
"""Stages of trainings: plateaus of the loss and the first descent, as the
program finds them where `track: [stages]` says so."""
import numpy as np
import xarray as xr

from .arguments import NUMBER, SHARE, asked, known

MOST_PLATEAUS = 4
HALF_WIDTH = 0.06  # decades of a slope's window
FLAT = 0.1
SHORTEST = 0.15  # decades
WORDS = {"descent_step": "steps to the first descent",
         "plateau_start": "step at which a plateau begins",
         "plateau_end": "step at which a plateau ends",
         "plateau_loss": "median loss on a plateau"}


def slopes(time, height):
    """-d ln L / d ln t by least squares over the window, or the neighbours
    where they lie outside of it."""
    reach = HALF_WIDTH * np.log(10) * (1 + np.finfo(float).eps)
    found = np.empty(len(time))
    for k, here in enumerate(time):
        near = np.flatnonzero(abs(time - here) <= reach)
        window = slice(max(0, min(near[0], k - 1)), max(near[-1], k + 1) + 1)
        x, y = time[window] - here, height[window]
        n = len(x)
        found[k] = -(n * (x @ y) - x.sum() * y.sum()) / (
            n * (x @ x) - x.sum() ** 2)
    return found


def plateaus(time, steps, losses):
    found = np.full((3, MOST_PLATEAUS), np.nan)
    if len(steps) < 2:
        return found
    is_flat = slopes(time, np.log(np.maximum(losses,
                                              np.finfo(float).tiny))) < FLAT
    edges = np.flatnonzero(np.diff(np.r_[0, is_flat, 0]))
    long_ones = [(first, last) for first, last in zip(edges[::2],
                                                      edges[1::2] - 1)
                 if time[last] - time[first] >= SHORTEST * np.log(10)]
    for i, (first, last) in enumerate(long_ones[:MOST_PLATEAUS]):
        found[:, i] = (steps[first], steps[last],
                       np.median(losses[first:last + 1]))
    return found


def descent(time, steps, losses, wanted):
    below = np.flatnonzero(losses <= wanted)
    if not len(below):
        return np.nan
    k = below[0]
    if k == 0:
        return float(steps[0])
    share = (losses[k - 1] - wanted) / (losses[k - 1] - losses[k])
    return float(np.exp((1 - share) * time[k - 1] + share * time[k]))


def logged(losses, steps):
    """Steps that are known, and their losses; of what does not begin at step 0,
    none."""
    known_ones = np.isfinite(losses)
    steps, losses = steps[known_ones], losses[known_ones]
    return (steps, losses) if len(steps) > 1 and steps[0] == 0 else ([], [])


def of_one(losses, steps, share):
    steps, losses = logged(losses, steps)
    if not len(steps):
        return np.nan, *np.full((3, MOST_PLATEAUS), np.nan)
    first, steps, losses = losses[0], steps[1:], losses[1:]
    time = np.log(steps)
    return (descent(time, steps, losses, (1 - share) * first),
            *plateaus(time, steps, losses))


def level_of_one(losses, steps, loss):
    steps, losses = logged(losses, steps)
    if not len(steps):
        return np.nan
    return 0.0 if losses[0] <= loss else descent(
        np.log(steps[1:]), steps[1:], losses[1:], loss)


def of_all(function, ds, outputs, **options):
    """What a function has of the losses of each training."""
    known("variable", "trajectory_loss", ds.variables)
    losses = ds.trajectory_loss
    if "phase_step" in ds:
        losses = losses.where(
            ds.trajectory_step <= ds.phase_step.isel(phase=0, drop=True))
    return xr.apply_ufunc(
        function, losses, ds.trajectory_step.astype(float), kwargs=options,
        vectorize=True, input_core_dims=[["trajectory_step"]] * 2,
        output_core_dims=outputs)


@asked(share=SHARE)
def stages(ds, share=0.05):
    """Where the loss has lost a share of what it was at first (`descent_step`),
    and where its plateaus begin and end (`plateau_start`, `plateau_end`, with
    the median `plateau_loss`), in steps; NaN where there is none.

    A plateau is where -d ln L / d ln t, by least squares over 0.06 decades to
    either side, stays below 0.1 for at least 0.15 decades. Logs of at least 40
    entries a decade show them. A plateau that is hardly below the start wants a
    smaller `share`. Of trainings in phases they are of the first,
    after which rates or samples are others. Times of gradient flow are steps
    times `learning_rate_applied`."""
    found = of_all(of_one, ds, [[], *[["plateau"]] * 3], share=share)
    unit = ds.trajectory_loss.attrs.get("units", "1")
    return xr.Dataset({
        name: values.assign_attrs(long_name=words, units=unit if name.endswith(
            "loss") else "1")
        for (name, words), values in zip(WORDS.items(), found)})


@asked(loss=NUMBER)
def step_at(ds, loss):
    """Steps to where the logged loss is at a level, between entries straight in
    ln t as `descent_step` is; NaN where it never comes there. How long a plateau
    is does not depend on where the loss bends on a logarithmic scale by this: from
    the first descent to a level below it. Of trainings in phases it is of the
    first; `goldilocks.steps_to` counts those that never come."""
    return of_all(level_of_one, ds, [[]], loss=loss).rename(
        "step_at").assign_attrs(long_name=f"steps to a loss of {loss:g}",
                                units="1")
