# SPDX-License-Identifier: MIT
"""How all figures look."""
import functools
import os

import matplotlib
import matplotlib.backend_bases
import matplotlib.backends.backend_agg
import matplotlib.colors
import matplotlib.figure
import matplotlib.pyplot as plt
import matplotlib.ticker
import numpy as np

from .. import outputs
from ..arguments import FIGURE, PATH, asked

COLUMN = 3.4  # inches

# Okabe and Ito (2008), in an order that also falls apart in grey.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#000000", "#CC79A7", "#E69F00",
           "#56B4E9"]
DASHES = ["-", (0, (5, 1.5)), (0, (1, 1)), (0, (5, 1, 1, 1))]
MARKERS = ["o", "s", "^", "D", "v", "P", "X"]
MAP = "viridis"
# Of what has a sign, white where it is 0: orange below and purple above, as in
# Sabanayagam et al. (2023), and purple the darker: grey print keeps the sign.
SIGNED = matplotlib.colors.LinearSegmentedColormap.from_list(
    "signed", ["#E69F00", "#FFFFFF", "#3B1F6B"], N=257)

STYLE = {
    "font.size": 8, "axes.titlesize": 8, "legend.fontsize": 7,
    "legend.title_fontsize": 7,
    "axes.linewidth": 0.6, "xtick.direction": "in", "ytick.direction": "in",
    "xtick.top": True, "ytick.right": True, "legend.frameon": False,
    "mathtext.fontset": "dejavusans", "svg.hashsalt": "goldilocks",
    "figure.dpi": 110, "savefig.dpi": 300, "hatch.linewidth": 0.5,
}


class NothingToDraw(ValueError):
    """There is no number that a figure could show."""


def need_numbers(values, name):
    """The values, an array; NothingToDraw where none of them is a number."""
    values = np.asarray(values)
    if not np.isfinite(values).any():
        raise NothingToDraw(f"no {name.replace('_', ' ')} is a number")
    return values


def styled(draw=None, **kinds):
    """A function that draws, in the style of the package, of what is `asked`."""
    if draw is None:
        return functools.partial(styled, **kinds)

    @functools.wraps(draw)
    def in_style(*args, **options):
        with plt.rc_context(STYLE):
            return draw(*args, **options)
    return asked(in_style, **kinds)


def canvas(n_rows=1, n_columns=1, size=(COLUMN, 2.6), ax=None, **options):
    """A figure that no window and no list of figures knows of, and its axes, or
    those that are given, of a figure of somebody else."""
    if ax is not None:
        axes = np.atleast_1d(np.asarray(ax, dtype=object))
        if axes.size != n_rows * n_columns:
            raise ValueError(f"ax has {axes.size} axes, and the figure "
                             f"{n_rows * n_columns}")
        return axes.flat[0].figure, axes.reshape(n_rows, n_columns)
    figure = matplotlib.figure.Figure(figsize=size)
    matplotlib.backends.backend_agg.FigureCanvasAgg(figure)
    axes = figure.subplots(n_rows, n_columns, squeeze=False, **options)
    return figure, axes


@asked(figure=FIGURE, path=PATH)
def save(figure, path, dpi=300, overwrite=False):
    """Write a figure, cut to what it shows; the format by the ending. Raises
    outputs.Refused where a file may not be replaced."""
    with outputs.making(path, outputs.PICTURE, overwrite=overwrite) as name:
        write(figure, name, format_of(path), dpi)


@asked(path=PATH)
def format_of(path):
    """The format that the ending of a picture's name stands for."""
    ending = os.path.splitext(path)[1][1:].lower() or "png"
    known = matplotlib.backend_bases.FigureCanvasBase.filetypes
    if ending not in known:
        raise outputs.Refused(f"{path}: no picture ends in .{ending}; those "
                              "that do: " + ", ".join(sorted(known)))
    return ending


@asked(figure=FIGURE, path=PATH)
def write(figure, path, kind, dpi):
    """Write a figure in a format, whatever the ending."""
    with plt.rc_context(STYLE):
        figure.savefig(path, dpi=dpi, format=kind, bbox_inches="tight")


def line_style(i):
    """Colour, dashes and marker of curve i."""
    return {"color": COLOURS[i % len(COLOURS)],
            "ls": DASHES[i % len(DASHES)], "marker": MARKERS[i % len(MARKERS)],
            "zorder": 3 + 0.01 * i}


def shades(n):
    """n colours of the sequential map, from dark to light, the lightest left
    out: it does not show on white."""
    return matplotlib.colormaps[MAP](np.linspace(0, 0.88, max(n, 1)))


def is_logarithmic(values):
    """Positive, and further apart than a factor of 5."""
    values = np.asarray(values)
    return (np.issubdtype(values.dtype, np.number) and len(values) > 1
            and values.min() > 0 and values.max() > 5 * values.min())


class Decades(matplotlib.ticker.LogFormatterSciNotation):
    """Numbers along a logarithmic axis: the decades, of less than two of them also
    2 and 5 of each, and where that leaves next to none all that have a tick."""

    def __call__(self, x, pos=None):
        low, high = np.sort(self.axis.get_view_interval())
        power = np.log10(x)
        if high >= 100 * low:
            return super().__call__(x, pos) if np.isclose(
                power, np.round(power)) else ""
        first = 10 ** (power - np.floor(power + 1e-9))
        is_shown = high < 3 * low or np.isclose(first, (1, 2, 5)).any()
        return f"{x:.3g}" if is_shown else ""


def number_decades(axis):
    """The numbers of a logarithmic axis of a plot or of a bar of colours."""
    axis.set_major_formatter(Decades())
    axis.set_minor_formatter(Decades())


def logarithmic(ax):
    """A logarithmic axis of x."""
    ax.set_xscale("log")
    number_decades(ax.xaxis)


def edges(values):
    """Borders of the cells around values, halfway to their neighbours, on a
    logarithmic scale where they spread over one."""
    values = np.asarray(values, float)
    if len(values) == 1:
        return np.array([values[0] / 1.5, values[0] * 1.5]
                        if values[0] > 0 else values[0] + [-0.5, 0.5])
    if is_logarithmic(values):
        return np.exp(edges(np.log(values)))
    middle = (values[1:] + values[:-1]) / 2
    return np.concatenate([[2 * values[0] - middle[0]], middle,
                           [2 * values[-1] - middle[-1]]])
