# SPDX-License-Identifier: MIT
"""Maps over two axes of the grid: a quantity, or how training ended."""
import matplotlib
import numpy as np
from matplotlib.patheffects import withStroke

from ..arguments import known
from ..files import ascending, done, grid_axes, largest_dim
from ..outcomes import ended_by, trained
from ..words import data_words, label, points_words
from .panels import ABOVE, panelled
from .style import (COLUMN, MAP, canvas, edges, is_logarithmic, need_numbers,
                    number_decades)

# Flags of `outcome`; the first that is set names the cell. Each has a hatch beside
# its colour.
FATES = (("diverged", "#D55E00", "////"), ("collapsed", "#000000", ""),
         ("lazy", "#56B4E9", "...."), ("converged", "#009E73", "----"))
REST = ("ran to its end", "#F0E442", "")


def averaged(values, x, y):
    """Mean over all axes but two, in the order [y, x], and of how many."""
    others = [n for n in values.dims if n not in (x, y)]
    return (values.mean(others, keep_attrs=True).transpose(y, x),
            values.notnull().sum(others).transpose(y, x).values)


def axis_values(ds, name):
    """Values of an axis, and texts for its ticks if it has no numbers."""
    values = ds[name].values
    if np.issubdtype(values.dtype, np.number):
        return values.astype(float), None
    return np.arange(len(values), dtype=float), [str(v) for v in values]


def prepare(ds, x, y):
    """The dataset in the order of both axes."""
    for name in (x, y):
        known("axis", name, grid_axes(ds))
    if x == y:
        raise ValueError(f"{x} is x and y both: say another axis with x= or y=")
    return ascending(ds, x, y)


def finish_axes(ax, ds, x, y):
    for name, set_scale, axis, set_label in (
            (x, ax.set_xscale, ax.xaxis, ax.set_xlabel),
            (y, ax.set_yscale, ax.yaxis, ax.set_ylabel)):
        values, texts = axis_values(ds, name)
        if is_logarithmic(values):
            set_scale("log")
            number_decades(axis)
        if texts is not None or len(values) <= 9:
            texts = texts or [f"{v:g}" for v in values]
            axis.set_ticks(values, texts)
            axis.set_ticks([], minor=True)
        set_label(label(ds, name))


@panelled
def heat_map(ds, name="trace_over_norm", x="relative_radius", y="width",
             dim=None, diverged="keep", ax=None):
    """A quantity as shades over two axes, mean over all other ones.

    `x` and `y` name axes of the grid, such as relative_radius and width or
    depth. A line is drawn halfway between the smallest and the largest value; of
    an axis without numbers in each category by itself.
    Means of fewer points than others have a dot. `diverged`: as in
    `goldilocks.trained`; where a training that diverged makes a mean infinite the
    cell is hatched.
    """
    ds = prepare(ds, x, y)
    values, n = averaged(trained(ds, name, diverged, dim), x, y)
    figure, axes = canvas(size=(COLUMN, 2.5), ax=ax)
    ax = axes[0, 0]
    at_x, at_y = (axis_values(ds, axis)[0] for axis in (x, y))
    shown = np.ma.masked_invalid(need_numbers(values, name))
    hatched, dotted = mark_cells(ax, at_x, at_y, np.isinf(values.values),
                                 (n > 0) & (n < n.max()))
    mesh = ax.pcolormesh(edges(at_x), edges(at_y), shown, cmap=MAP,
                         rasterized=True, linewidth=0)
    ax.set_facecolor("0.85")
    half = (shown.min() + shown.max()) / 2
    are_numbers = [axis_values(ds, axis)[1] is None for axis in (x, y)]
    parts = pieces(at_x, at_y, shown, *are_numbers)
    for part in parts:
        draw_level(ax, *part, half)
    finish_axes(ax, ds, x, y)
    bar = figure.colorbar(mesh, ax=ax, pad=0.02)
    bar.set_label(label(ds, name))
    if parts:
        bar.ax.axhline(half, color="white", lw=1.2)
    bar.outline.set_linewidth(0.6)
    subspace = (f", $d$ = {largest_dim(ds, dim)}"
                if "subspace_dim" in ds[name].dims else "")
    ax.set_title("\n".join([
        points_words(ds) + subspace,
        f"mean of {n.max()}{dotted}{hatched}",
        *["line: halfway between smallest and largest"] * bool(parts)]),
        loc="left", fontsize=7)
    return figure


def pieces(x, y, shown, is_x_number, is_y_number):
    """(x, y, values) of all that a line may go through: all of a map of numbers,
    else each category, as wide as its cells."""
    if is_x_number and is_y_number:
        return [(x, y, shown)]
    if is_x_number:
        ends = edges(y)
        return [(x, ends[i:i + 2], np.ma.stack([row, row]))
                for i, row in enumerate(shown)]
    if is_y_number:
        return [(x, y, values.T) for y, x, values in pieces(
            y, x, shown.T, True, False)]
    return []


def draw_level(ax, x, y, values, level):
    """The line along which values are at a level, where they are on both sides
    of it."""
    if min(values.shape) < 2 or not values.min() <= level < values.max():
        return
    line = ax.contour(x, y, values, levels=[level], colors="white",
                      linewidths=1.2)
    for part in line.collections:
        part.set_path_effects([withStroke(linewidth=2.2, foreground="black")])


def mark_cells(ax, x, y, is_infinite, is_less):
    """Hatches and dots, and the words for each where there are any."""
    if is_infinite.any():
        at_x, at_y = edges(x), edges(y)
        for row, column in zip(*np.nonzero(is_infinite)):
            ax.add_patch(cell(at_x[column:column + 2], at_y[row:row + 2],
                              "0.75", "////"))
    rows, columns = np.nonzero(is_less)
    if len(rows):
        ax.plot(x[columns], y[rows], ".", color="black", mec="white", mew=0.3,
                ms=4, ls="none", zorder=4)
    return ("; hatched: some diverged" if is_infinite.any() else "",
            ", dots: of fewer" if len(rows) else "")


def votes(ds, over):
    """[FATES + REST, ...] how many trainings ended so, over axes."""
    is_left = done(ds, "outcome").notnull()
    found = []
    for name, _, _ in FATES:
        is_this = is_left & ended_by(ds, name)
        found.append(is_this.sum(over))
        is_left = is_left & ~is_this
    return np.array([*found, is_left.sum(over)])


def fates(ds, x, y):
    """[y, x] index into FATES + REST of the commonest ending, -1: none."""
    ds = ds[["outcome", "status_train"]].transpose(..., y, x)
    found = votes(ds, [n for n in ds.outcome.dims if n not in (x, y)])
    return np.where(found.sum(0) > 0, found.argmax(0), -1)


@panelled
def phase_diagram(ds, x="relative_radius", y="learning_rate", ax=None):
    """How most of the trainings ended, over two axes of the grid.

    Trainings that no flag of `outcome` names ran to their end; grey cells have
    not been trained.
    """
    ds = prepare(ds, x, y)
    kinds = FATES + (REST,)
    index = fates(ds, x, y)
    figure, axes = canvas(size=(COLUMN, 2.7), ax=ax)
    ax = axes[0, 0]
    at_x, at_y = (edges(axis_values(ds, axis)[0]) for axis in (x, y))
    ax.set_facecolor("0.85")
    handles = []
    for i, (name, colour, hatch) in enumerate(kinds):
        rows, columns = np.nonzero(index == i)
        if len(rows) == 0:
            continue
        for row, column in zip(rows, columns):
            ax.add_patch(cell(at_x[column:column + 2], at_y[row:row + 2],
                              colour, hatch))
        handles.append(matplotlib.patches.Patch(
            facecolor=colour, hatch=hatch, edgecolor="white", lw=0,
            label=name))
    ax.set_xlim(at_x[0], at_x[-1])
    ax.set_ylim(at_y[0], at_y[-1])
    finish_axes(ax, ds, x, y)
    ax.legend(handles=handles, **ABOVE, handlelength=1.6, title=data_words(ds))
    return figure


def cell(x, y, colour, hatch):
    return matplotlib.patches.Rectangle(
        (x[0], y[0]), x[1] - x[0], y[1] - y[0], facecolor=colour, hatch=hatch,
        edgecolor="white", lw=0)
