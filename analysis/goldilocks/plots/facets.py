# SPDX-License-Identifier: MIT
"""The zones of many networks: a panel for each value of some axes, at most eight
curves in each, their colours the values of another axis."""
import itertools

import matplotlib.lines
import matplotlib.ticker
import numpy as np

from ..arguments import known
from ..files import grid_axes, is_any_done, largest_dim, line_axis, pick
from ..words import axis_text, chance, label
from .panels import LINE, is_number, palette, wrapped
from .style import (COLOURS, DASHES, MARKERS, STYLE, canvas, logarithmic,
                    need_numbers, styled)
from .zone import (BANDS, BARS, TRACE_LABEL, curves_of, draw_bars, draw_curves,
                   finish_training, named_of, one_figure, title, zone_words)

MOST = 8  # curves of a panel
MOST_COLUMNS = 4
PANEL = 1.7, 1.2  # inches of one quantity
TRAINING_WORDS = "accuracy: thick of test samples, thin of training samples{}"


def axes_of_networks(ds):
    """The axes of several values, but for seeds and the line."""
    return [name for name in grid_axes(ds)
            if name not in ("seed", line_axis(ds)) and ds.sizes[name] > 1]


def choose(ds, facet, color):
    """Axes that make panels, and the one that colours: of what nobody chose the
    longest axis that a panel has room for, numbers before words."""
    axes = axes_of_networks(ds)
    facet = [known("axis of several networks", name, axes) for name in facet]
    left = [name for name in axes if name not in facet]
    if color is None and left:
        color = max(left, key=lambda name: (
            ds.sizes[name] <= MOST, is_number(ds, name), ds.sizes[name]))
    elif color is not None:
        known("axis of several networks, and of no panels,", color, left)
    n = int(np.prod([ds.sizes[name] for name in left]))
    if n > MOST and not facet:
        facet = [name for name in left if name != color]
    return facet, color


def panels_of(ds, curves, facet):
    """Panels as (words, curves of it), of more than eight in parts."""
    panels = []
    sizes = [range(ds.sizes[name]) for name in facet]
    for index in itertools.product(*sizes):
        at = dict(zip(facet, index))
        of = [each for each in curves
              if all(each[0][name] == i for name, i in at.items())]
        words = ", ".join(axis_text(ds, name, i) for name, i in at.items())
        n_parts = -(-len(of) // MOST)
        for part in np.array_split(np.arange(len(of)), n_parts):
            panels.append((words, [of[i] for i in part]))
    return panels


def looks(ds, color, curves):
    """How each curve looks, and the legend: colours are values of an axis, from
    dark to light where they are numbers; dashes what else sets them apart."""
    others = [name for name in axes_of_networks(ds) if name != color]
    colours = palette(ds, color) if color else COLOURS
    kinds = sorted({tuple(at[name] for name in others) for at, _, _ in curves})
    styles = []
    for i, (at, _, _) in enumerate(curves):
        kind = kinds.index(tuple(at[name] for name in others))
        styles.append({"color": colours[at[color] if color else 0],
                       "ls": DASHES[kind % len(DASHES)],
                       "marker": MARKERS[kind % len(MARKERS)],
                       "zorder": 3 + 0.01 * i})
    return styles


def legend_of(ds, color, facet, panels, styles):
    """Handles for the colours, and for the dashes where a panel has several."""
    found = {}
    for _, curves in panels:
        for at, _, _ in curves:
            style = styles[str(at)]
            free = [name for name in at if name not in (*facet, color)
                    and ds.sizes[name] > 1]
            text = ", ".join(axis_text(ds, name, at[name])
                             for name in ([color] if color else []) + free)
            found.setdefault(text, matplotlib.lines.Line2D(
                [], [], ms=2.8, lw=1.1, markeredgewidth=0, **style))
    return found


def normal(styles, facet, curves):
    """Panels apart need no dashes: those of the first are those of all."""
    plain = {}
    for (at, _, _), style in zip(curves, styles):
        key = tuple(i for name, i in at.items() if name not in facet)
        plain.setdefault(key, style)
        styles_of = plain[key]
        style.update({name: styles_of[name] for name in ("ls", "marker")})
    return {str(at): style for (at, _, _), style in zip(curves, styles)}


def grid_of(n_panels, n_rows):
    """The figure and [panel][row] axes: each quantity one scale in all."""
    n_blocks = -(-n_panels // MOST_COLUMNS)
    n_columns = -(-n_panels // n_blocks)
    size = (0.7 + PANEL[0] * n_columns,
            0.5 + n_blocks * (PANEL[1] * n_rows + 0.35))
    ratios = ([1] * n_rows + [0.3]) * n_blocks
    figure, axes = canvas(
        len(ratios), n_columns, size=size, sharex=True, gridspec_kw={
            "hspace": 0.08, "wspace": 0.08, "height_ratios": ratios})
    panels = [[axes[block * (n_rows + 1) + row, column]
               for row in range(n_rows)]
              for block in range(n_blocks) for column in range(n_columns)]
    used = {ax for panel in panels[:n_panels] for ax in panel}
    for ax in axes.ravel():
        if ax not in used:
            ax.set_visible(False)
    for row in range(n_rows):
        for panel in panels[1:n_panels]:
            panel[row].sharey(panels[0][row])
    return figure, panels[:n_panels], n_columns


@styled
def zone_figure(ds, dim=None, band="sd", diverged="keep", zones=None, ax=None,
                col=(), hue=None):
    """Trace over Frobenius norm of the Hessian in a random subspace, and the
    share of its eigenvalues above 0, against radius, scale or temperature;
    where the study also trained, the accuracy that was reached from there.

    Lines are means over seeds; bands one standard deviation of seeds to either
    side (`sd`), the 95 % interval of each mean (`interval`), or a band in which
    95 % of whole curves lie (`simultaneous`). Marks are open where fewer seeds
    than elsewhere have a number; a mean of one seed has no band. Zones are marked
    that can be named (`goldilocks.zone`), their bounds with 95 % intervals. `dim`
    is the subspace: by default each of one network, the largest of several.
    Trainings that diverged count as `goldilocks.trained` says; crosses are
    where there are any. `zones`: what `goldilocks.zone(ds)` has found, to spare
    finding it again. `ax`: two axes, or three of a study that trained.

    `col`: axes whose values have panels, all on one scale; `hue`: the axis that
    colours stand for; of more than eight networks what is not said is chosen.
    """
    known("band", band, BANDS)
    curves = curves_of(ds, largest_dim(ds, dim)) if "trace_over_norm" in ds \
        else []
    if ax is not None and (col or hue):
        raise ValueError("ax is of one network's figure; col and hue make a "
                         "figure of their own")
    if ax is not None or (len(curves) <= MOST and not col and hue is None):
        return one_figure(ds, dim, band, diverged, zones, ax)
    d = curves[0][1]
    need_numbers(pick(ds, "trace_over_norm", d), "trace_over_norm")
    facet, color = choose(ds, [col] if isinstance(col, str) else col, hue)
    panels = panels_of(ds, curves, facet)
    styles = normal(looks(ds, color, curves), facet, curves)
    n_rows = 3 if is_any_done(ds, "train") else 2
    figure, axes, n_columns = grid_of(len(panels), n_rows)
    drawn, named, any_diverged = [], [], False
    for panel, (words, of) in zip(axes, panels):
        found = draw_curves(panel, ds, of, [styles[str(at)] for at, _, _ in of],
                            band, diverged, zones)
        drawn += found[0]
        named.append(named_of(found[1]))
        any_diverged |= found[2]
        say_unnamed(panel[0], found[1])
        panel[0].set_title(headed(words), fontsize=7, pad=3)
    mark_all([panel[0] for panel in axes], named)
    for i, panel in enumerate(axes):
        finish_panel(panel, i % n_columns == 0,
                     i + n_columns >= len(axes), label(ds, line_axis(ds)))
        if n_rows == 3:
            finish_training(panel[2], chance(ds), "final_accuracy" not in ds,
                            any_diverged, "\n" if i % n_columns == 0 else None)
    words = [title(ds, {d}, band, np.concatenate([each.n for each in drawn]))]
    if any(named):
        words.append(BARS)
    if n_rows == 3:
        words.append(TRAINING_WORDS.format(
            "; \u00d7: some diverged" if any_diverged else ""))
    add_legend(figure, axes, legend_of(ds, color, facet, panels, styles),
               "\n".join(words))
    return figure


def headed(words):
    """In lines that a panel has room for, broken behind commas."""
    kept = words.replace(" ", "\N{NO-BREAK SPACE}")
    lines = wrapped(kept.replace(",\N{NO-BREAK SPACE}", ", "), 0.85 * PANEL[0])
    return lines.replace("\N{NO-BREAK SPACE}", " ")


def say_unnamed(ax, zones):
    """How many have no zone, and why where a panel has one curve."""
    unnamed = [zone_words(found) for found, _ in zones if found["noise"]]
    if unnamed:
        ax.text(0.97, 0.95, headed(unnamed[0] if len(zones) == 1 else
                                   f"{len(unnamed)} of {len(zones)}: no zone"),
                fontsize=5.5, ha="right", va="top", transform=ax.transAxes,
                linespacing=0.9)


def mark_all(tops, named):
    """The bars of all panels below the curves of all."""
    most = max(map(len, named))
    low, high = tops[0].get_ylim()
    step = 0.06 * (high - low)
    ticks = matplotlib.ticker.MaxNLocator(4).tick_values(low, high)
    for top, zones in zip(tops, named):
        draw_bars(top, zones, low, step)
    tops[0].set_yticks([tick for tick in ticks if low <= tick <= high])
    tops[0].set_ylim(low - (most + 0.3) * step if most else low, high)


def finish_panel(panel, is_left, is_lowest, x_label):
    panel[0].axhline(0, color="0.35", lw=0.6, zorder=2)
    panel[1].axhline(0.5, color="0.35", lw=0.6, zorder=2)
    logarithmic(panel[-1])
    for ax, text in zip(panel, (TRACE_LABEL, "eigenvalues\n$> 0$, share")):
        ax.set_ylabel(text if is_left else "")
    for ax in panel:
        ax.tick_params(labelleft=is_left, labelsize=6.5,
                       labelbottom=ax is panel[-1])
        ax.yaxis.label.set_size(6.5)
    if is_lowest:
        panel[-1].set_xlabel(x_label, fontsize=7)


def add_legend(figure, axes, entries, text):
    """Above all panels, as wide as they are; one look of all has no name."""
    corner = axes[0][0].get_position()
    entries = {name: handle for name, handle in entries.items() if name}
    n_lines = 1 + max(panel[0].get_title().count("\n") for panel in axes)
    above = corner.y1 + (0.06 + LINE * n_lines) / figure.get_figheight()
    if not entries:
        figure.text(corner.x0, above + 0.06 / figure.get_figheight(), text,
                    fontsize=STYLE["legend.title_fontsize"], va="bottom")
        return
    each = 0.45 + 0.058 * max(map(len, entries))  # inches: a line, letters, a gap
    width = (1 - corner.x0) * figure.get_figwidth()
    n_columns = max(1, min(len(entries), int(width / each)))
    figure.legend(list(entries.values()), list(entries), loc="lower left",
                  bbox_to_anchor=(corner.x0, above),
                  ncols=n_columns, title=text, alignment="left",
                  handlelength=2.4, columnspacing=1.2, labelspacing=0.3)
