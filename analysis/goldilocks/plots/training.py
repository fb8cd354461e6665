# SPDX-License-Identifier: MIT
"""Trainings: curves by where they began, and against the curvature there."""
import numpy as np

from ..arguments import known
from ..correlations import within_and_between
from ..files import LINES, done, grid_axes, largest_dim, merits, pick
from ..outcomes import LOGGED, ended_by, is_over, tracked, trained
from ..words import (axis_text, chance, data_words, interval_words, label,
                     seeds_words, training_words)
from .panels import ABOVE, hue_axis, hues, panelled
from .spectra import one_group
from .style import COLUMN, MARKERS, canvas, is_logarithmic, need_numbers

# More points than that say nothing more, and take long to draw.
MAX_POINTS = 20000


@panelled
def training_curves(ds, name="loss", at=None, diverged="keep", ax=None,
                    hue=None, whole=None):
    """A logged quantity against steps, a curve for each value of the axis `hue`:
    the line, or of a study without one the first axis of several values.

    Means over seeds, numbers from dark to light. Trainings that ended
    keep what they had; where the first seed of a place diverges there is a cross,
    and beyond it the mean is of what is counted: by `diverged`, as
    `goldilocks.trained` says, with an infinite loss, so that its curve ends. Where
    values spread over decades, what is far above the usual start is cut off, and
    the title says of how many curves. Dotted lines are where phases end.
    `name`: of a tracked quantity, such as loss, accuracy or test_accuracy. `at`:
    which network, {axis: value}; `col`: an axis whose values have panels.
    """
    known("tracked quantity", name, tracked(ds))
    variable = LOGGED + name
    ds, line = hue_axis(ds, hue)
    part = one_group(ds, at, line)
    values = trained(part, variable, diverged).transpose(
        ..., line, "trajectory_step")
    of = [n for n in values.dims if n not in (line, "trajectory_step")]
    n = values.notnull().sum(of).values
    is_going = first_ends(part, values, of)
    means = need_numbers(values.mean(of), variable)
    means = np.where(np.isfinite(means), means, np.nan)
    steps = part.trajectory_step.values.astype(float)
    figure, axes = canvas(size=(COLUMN, 2.5), ax=ax)
    ax = axes[0, 0]
    colours, draw_key = hues(part, line)
    for colour, row in zip(colours, means):
        ax.plot(steps, row, color=colour, lw=0.9)
    later = steps[steps > 0]
    if is_logarithmic(later):
        ax.set_xscale("symlog", linthresh=later.min(),
                      linscale=0.4 if whole is None else 0.8)
    of_all = means if whole is None else means_of(whole, at, variable, diverged)
    finite = of_all[np.isfinite(of_all)]
    if len(finite) and finite.min() > 0 and finite.max() > 30 * finite.min():
        ax.set_yscale("log")
        ceiling = 30 * np.nanmedian(of_all[..., 0])
        ax.set_ylim(0.7 * finite.min(), min(ceiling, 1.4 * finite.max()))
    ax.set_xlim(0, steps.max())
    for step in phases_ends(part):
        ax.axvline(step, color="0.35", lw=0.6, ls=":", zorder=0)
    n_cut = int((finite_tops(means) > ax.get_ylim()[1]).sum())
    if diverged != "drop":
        mark_ends(ax, steps, means, is_going, colours)
    ax.set_xlabel(label(ds, "trajectory_step"))
    ax.set_ylabel(label(ds, variable))
    ax.set_title("\n".join(filter(None, [
        ", ".join([data_words(ds), *training_words(ds)]),
        f"mean of {seeds_words(n)}",
        how_words(part, name, diverged, not is_going.all()),
        f"{n_cut} of {len(means)} curves leave the plot at its top"
        if n_cut else ""])), loc="left", fontsize=7)
    draw_key(ax)
    return figure


def means_of(ds, at, variable, diverged):
    """[..., step] over seeds, of all panels."""
    for axis, value in (at or {}).items():
        ds = ds.sel({axis: value})
    means = trained(ds, variable, diverged).mean(
        [name for name in ("seed",) if name in ds.dims])
    return means.transpose(..., "trajectory_step").values


def phases_ends(part):
    """Steps at which phases before the last have ended, in any training."""
    if "phase_step" not in part:
        return []
    ends = done(part, "phase_step").isel(phase=slice(None, -1))
    return np.unique(ends.values[np.isfinite(ends.values)])


def finite_tops(means):
    """The highest number of each curve; below all where it has none."""
    return np.where(np.isfinite(means), means, -np.inf).max(axis=1)


def mark_ends(ax, steps, means, is_going, colours):
    """Crosses at the last step before a seed of a place diverges; what is cut
    off has its at the edge."""
    top = ax.get_ylim()[1]
    for colour, row, going in zip(colours, means, is_going):
        if not going.all():
            last = max(int(going.sum()) - 1, 0)
            ax.plot(steps[last], min(row[last], top), "x", ms=4, mew=0.9,
                    color=colour, zorder=4, clip_on=False)


def first_ends(part, values, of):
    """[line, step]: no seed has diverged before this step; at the start none
    has."""
    has_gone = (ended_by(part, "diverged") & is_over(part)).any(of)
    return ~has_gone.transpose(values.dims[-2], "trajectory_step").values


def how_words(part, name, diverged, any_has):
    """What became of trainings that diverged, and how many."""
    if not any_has:
        return ""
    n = int(ended_by(part, "diverged").sum())
    of = int(done(part, "outcome").notnull().sum())
    if diverged == "drop":
        return f"{n} of {of} trainings diverged and are left out"
    ends = ("the curve ends" if "loss" in name else
            "keeps what it has" if diverged == "keep" else
            "counts as the worst")
    return f"\u00d7: a seed diverges ({n} of {of} do), {ends}"


@panelled
def accuracy_against_curvature(ds, curvature="trace_over_norm",
                               accuracy=None, dim=None, diverged="keep",
                               ax=None, hue=None):
    """Each training as a point: what it reached, the test accuracy where there
    is one, against the curvature where it began, or of `goldilocks.at_end(ds)`
    where it ended. Colours are values of the axis `hue`, by default shades of the
    line; markers those of the first other axis of several. `col`: an axis whose
    values have panels. Any two variables will do.

    The title has the correlation over all points, which is mostly that both
    depend on the place, and the one over seeds within a place, with its
    interval (`goldilocks.within_and_between`). Of more than 20000 points that
    many are drawn, chosen at random. `diverged`: as in `goldilocks.trained`.
    """
    ds, hue = hue_axis(ds, hue)
    others = [n for n in grid_axes(ds)
              if n not in ("seed", hue, *LINES) and ds.sizes[n] > 1]
    accuracy = accuracy or merits(ds)[0]
    x, y = pick(ds, curvature, dim), trained(ds, accuracy, diverged)
    is_there = (np.isfinite(x) & np.isfinite(y)).values
    place, kind = (places_of(x, name) for name in (
        hue, others[0] if others else None))
    need_numbers(np.where(is_there, x, np.nan), f"{curvature} with {accuracy}")
    x, y, place, kind = (np.asarray(v)[is_there] for v in (x, y, place, kind))
    if len(x) > MAX_POINTS:
        some = np.random.default_rng(0).choice(len(x), MAX_POINTS, False)
        x, y, place, kind = x[some], y[some], place[some], kind[some]
    figure, axes = canvas(size=(COLUMN, 2.6), ax=ax)
    ax = axes[0, 0]
    colours, draw_key = hues(ds, hue)
    for k in np.unique(kind):
        is_k = kind == k
        text = axis_text(ds, others[0], k) if others else None
        ax.scatter(x[is_k], y[is_k], c=colours[place[is_k]], s=7,
                   marker=MARKERS[k % len(MARKERS)], lw=0, alpha=0.85,
                   label=text, rasterized=True)
    if chance(ds) is not None and "accuracy" in accuracy:
        ax.axhline(chance(ds), color="0.35", lw=0.6, zorder=0)
    ax.axvline(0, color="0.35", lw=0.6, zorder=0)
    ax.set_xlabel(f"{label(ds, curvature)} at the "
                  + ds.attrs.get("measured_at", "start"))
    ax.set_ylabel(label(ds, accuracy))
    title = (f"{data_words(ds)}, $d$ = {largest_dim(ds, dim)}"
             + correlation_words(ds, curvature, accuracy, dim, diverged))
    ax.set_title(title if not others else "", loc="left", fontsize=7)
    if others:
        ax.legend(**ABOVE, handletextpad=0.1, title=title)
    draw_key(ax)
    return figure


def places_of(x, axis):
    """The place of each value on an axis; 0 of none."""
    if axis is None:
        return np.zeros(x.shape, int)
    return np.broadcast_to(np.arange(x.sizes[axis]).reshape(
        [-1 if name == axis else 1 for name in x.dims]), x.shape)


def correlation_words(ds, a, b, dim, diverged):
    """Both coefficients, where there are seeds to tell them apart."""
    if "seed" not in ds.dims:
        return ""
    found = within_and_between(ds, a, b, dim, diverged=diverged)
    return (f"\n$r$ = {float(found.pooled):.2f} over all points\n"
            "$r$ = {} over seeds at a place".format(interval_words(*(
                float(found[name]) for name in ("within", "lower", "upper")))))
