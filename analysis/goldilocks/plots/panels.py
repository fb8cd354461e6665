# SPDX-License-Identifier: MIT
"""A panel for each value of an axis, and colours for those of another: how all
figures that have `col` and `hue` come by them."""
import functools
import inspect
import textwrap

import matplotlib
import matplotlib.pyplot as plt
import numpy as np

from ..arguments import asked, known
from ..files import LINES, ascending, grid_axes
from ..words import axis_text, label
from .style import (COLOURS, COLUMN, MAP, STYLE, canvas, is_logarithmic,
                    number_decades, shades)

MOST_COLUMNS = 3
PANEL = 2.4, 2.1  # inches
SMALL = {"font.size": 7, "axes.labelsize": 7, "legend.fontsize": 6.5,
         "legend.title_fontsize": 6.5}
LINE = 0.12  # inches of a line of text
LETTER = 0.05  # so too of a letter, on average
GAP = 0.5  # between a panel and the next, with a bar
MOST_ENTRIES = 5  # numbers of a legend; of more there is a bar
# Where legends with titles are.
ABOVE = {"loc": "lower left", "bbox_to_anchor": (0, 1.0), "ncols": 3,
         "columnspacing": 1.0, "borderaxespad": 0.2, "alignment": "left"}


def is_number(ds, name):
    return np.issubdtype(ds[name].dtype, np.number)


def palette(ds, axis):
    """A colour for each value of an axis: from dark to light for numbers."""
    n = ds.sizes[axis]
    return (shades(n) if is_number(ds, axis)
            else [COLOURS[i % len(COLOURS)] for i in range(n)])


def hue_axis(ds, hue):
    """The axis that colours stand for, and the dataset in its order: `hue`, or
    the line, or of a study without a line the first of several values."""
    axes = [name for name in grid_axes(ds) if name != "seed"]
    if hue is not None:
        known("axis", hue, axes)
    else:
        hue = next((name for name in LINES if name in axes), None) or max(
            axes, key=lambda name: ds.sizes[name] > 1, default=None)
    if hue is None:  # a study of seeds alone
        hue, ds = "study", ds.expand_dims(study=[ds.attrs["study"]])
    return (ascending(ds, hue) if is_number(ds, hue) else ds), hue


def colour_scale(values):
    """A norm for the sequential map, its lightest end left out."""
    low, high = float(np.min(values)), float(np.max(values))
    if is_logarithmic(values):
        return matplotlib.colors.LogNorm(low, (high / low) ** 0.12 * high)
    return matplotlib.colors.Normalize(low, high + 0.12 * (high - low or 1))


def hues(ds, axis):
    """[values, 4] colours of an axis' values, and what draws their key: a bar of
    many numbers, or else a legend."""
    if not is_number(ds, axis) or ds.sizes[axis] <= MOST_ENTRIES:
        colours = [matplotlib.colors.to_rgba(c) for c in palette(ds, axis)]
        return np.array(colours), functools.partial(add_legend, ds, axis, colours)
    values = ds[axis].values.astype(float)
    norm = colour_scale(values)
    return matplotlib.colormaps[MAP](norm(values)), functools.partial(
        add_bar, ds, axis, norm)


def add_bar(ds, axis, norm, ax):
    mappable = matplotlib.cm.ScalarMappable(norm, MAP)
    bar = ax.figure.colorbar(mappable, ax=ax, pad=0.02)
    values = ds[axis].values.astype(float)
    bar.ax.set_ylim(values.min(), values.max())
    if isinstance(norm, matplotlib.colors.LogNorm):
        number_decades(bar.ax.yaxis)
    bar.set_label(label(ds, axis))
    bar.outline.set_linewidth(0.6)


def add_legend(ds, axis, colours, ax):
    """Beside what a legend has already, which stays where it is."""
    if len(colours) < 2:
        return
    old, entries = ax.get_legend(), {}
    if old is not None:
        entries = entries_of(old)
    entries |= {axis_text(ds, axis, i): matplotlib.lines.Line2D(
        [], [], color=colour, lw=1.5) for i, colour in enumerate(colours)}
    ax.legend(list(entries.values()), list(entries),
              **({"loc": "best"} if old is None else ABOVE | {
                  "title": old.get_title().get_text()}))


def entries_of(legend):
    """{text: handle}."""
    return dict(zip((each.get_text() for each in legend.get_texts()),
                    legend.legendHandles))


def wrapped(text, inches):
    """Lines that a panel so wide has room for."""
    return "\n".join(line for each in text.split("\n") for line in
                     textwrap.wrap(each, int(inches / LETTER)) or [""])


def panelled(draw):
    """A function that draws a dataset on one pair of axes, in the style of the
    package; with `col` a panel for each value of that axis. What is said of all
    panels is said once, above them, and their scales are the same but where a
    panel has set limits of its own: from `whole`, where the function takes that,
    the dataset that all panels are of."""
    known_by = inspect.signature(draw)
    takes_whole = "whole" in known_by.parameters

    @functools.wraps(draw)
    def in_panels(ds, *args, col=None, ax=None, **options):
        with plt.rc_context(STYLE | (SMALL if col is not None else {})):
            if col is None:
                return draw(ds, *args, ax=ax, **options)
            n = ds.sizes[known("axis", col, grid_axes(ds))]
            n_columns = n if ax is not None else min(n, MOST_COLUMNS)
            n_rows = -(-n // n_columns)
            figure, axes = canvas(n_rows, n_columns, ax=ax, size=(
                max(COLUMN, PANEL[0] * n_columns), PANEL[1] * n_rows),
                gridspec_kw={"wspace": 0.4, "hspace": 0.5})
            panels = list(axes.flat)[:n]
            for panel in axes.flat[n:]:
                panel.set_visible(False)
            if takes_whole:
                options["whole"] = ds
            for i, panel in enumerate(panels):
                draw(ds.isel({col: [i]}), *args, ax=panel, **options)
            share_scales(panels)
            bars = [bar for bar in figure.axes if bar not in set(axes.flat)]
            for i, bar in enumerate(bars, 1):
                if i % n_columns and i < len(bars):
                    bar.set_ylabel("")
            for i, panel in enumerate(panels):
                if i % n_columns:
                    panel.set_ylabel("")
                if i + n_columns < n:
                    panel.set_xlabel("")
            say(figure, panels, [axis_text(ds, col, i) for i in range(n)])
            return figure
    in_panels.__signature__ = known_by.replace(parameters=[
        *(each for each in known_by.parameters.values() if each.name != "whole"),
        inspect.Parameter(
            "col", inspect.Parameter.KEYWORD_ONLY, default=None)])
    return asked(in_panels)


def share_scales(panels):
    """One range of each axis, of the panels that have not set their own."""
    for name in "xy":
        free = [panel for panel in panels
                if getattr(panel, f"get_autoscale{name}_on")()]
        ends = [getattr(panel, f"get_{name}lim")() for panel in free]
        for panel in free:
            getattr(panel, f"set_{name}lim")(np.min(ends), np.max(ends))


def say(figure, panels, names):
    """Titles: what each panel is and has for itself; above all what they have in
    common, and one legend."""
    words, handles = [], {}
    for panel in panels:
        legend, text = panel.get_legend(), panel.get_title("left")
        if legend is not None:
            text = legend.get_title().get_text() or text
            handles |= entries_of(legend)
            legend.remove()
        words.append(text.split("\n"))
    pitch = panels[0].get_position().width * figure.get_figwidth() + GAP
    common = [line for line in words[0] if all(line in each for each in words)]
    for panel, name, lines in zip(panels, names, words):
        own = [name, *(line for line in lines if line not in common)]
        panel.set_title("\n".join(wrapped(line, pitch) for line in own),
                        loc="left", fontsize=6.5)
    n_lines = 1 + max(panel.get_title("left").count("\n") for panel in panels)
    corner = panels[0].get_position()
    at = corner.x0, corner.y1 + (n_lines + 0.5) * LINE / figure.get_figheight()
    if handles:
        figure.legend(list(handles.values()), list(handles), loc="lower left",
                      bbox_to_anchor=at, ncols=3, title="\n".join(common),
                      alignment="left", borderaxespad=0, columnspacing=1.2)
    else:
        figure.text(*at, "\n".join(common), fontsize=7, va="bottom")
