# SPDX-License-Identifier: MIT
"""Means over seeds as curves with bands, and what comes of curves: bounds against
an axis, correlations against the line, one curve for all networks, and how
trainings end."""
import typing

import numpy as np

from ..arguments import NUMBERS, known
from ..correlations import correlate
from ..files import ascending, grid_axes, groups, line_axis, pick, with_seeds
from ..intervals import SCALES
from ..means import line_of, mean_over_seeds
from ..planning import foreseen, intervals_of, width_of
from ..words import (data_words, group_words, label, points_words, seeds_words,
                     value_words)
from .maps import FATES, REST, axis_values, votes
from .panels import ABOVE, panelled
from .spectra import one_group
from .style import (COLUMN, canvas, edges, is_logarithmic, line_style,
                    logarithmic, need_numbers, styled)

BANDS = {"sd": "mean \u00b1 1 s.d. of {}",
         "interval": "mean of {}, 95 % interval at each place",
         "simultaneous": "mean of {}, 95 % band of whole curves"}


class Curve(typing.NamedTuple):
    """A mean along the line, where there is one, with its band (NaN where there
    is none) and of how many seeds each is."""
    x: np.ndarray
    mean: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    n: np.ndarray


def curve(values, band, x=None, scale="linear"):
    """Of values over seeds and the line, or the line alone; `x`: other places
    than those of the line; `scale`: as in `goldilocks.mean_over_seeds`."""
    known("band", band, BANDS)
    values = with_seeds(values)
    line = line_of(values)
    found = mean_over_seeds(
        values, simultaneous=line if band == "simultaneous" else None,
        scale=scale)
    mean, sd, lower, upper, n = (found[name].values for name in (
        "mean", "sd", "lower", "upper", "n"))
    if band == "sd":
        to, back = SCALES[scale]
        lower, upper = back(to(mean) - sd), back(to(mean) + sd)
    x = np.asarray(values[line] if x is None else x, float)
    is_there = np.isfinite(mean) & np.isfinite(x)
    order = np.flatnonzero(is_there)[np.argsort(x[is_there], kind="stable")]
    return Curve(x[order], *(each[order] for each in (mean, lower, upper, n)))


def draw_band(ax, what, style, text=None):
    """A curve; its marks are open where fewer seeds than elsewhere are."""
    ax.fill_between(what.x, what.lower, what.upper, lw=0, zorder=1,
                    color=style["color"], alpha=0.16)
    ax.plot(what.x, what.mean, label=text, ms=2.8, lw=1.1, markeredgewidth=0,
            **style)
    few = what.n < np.max(what.n, initial=0)
    if few.any():
        ax.plot(what.x[few], what.mean[few], ls="none", ms=3.4, mfc="white",
                mew=0.7, color=style["color"], marker=style["marker"],
                zorder=style["zorder"] + 0.5)


@styled(x=NUMBERS)
def mean_curve(values, band="interval", x=None, text=None, kind=0, ax=None,
               scale="linear", **look):
    """Mean over seeds of an array of seeds and one other axis, with its band.

    `band`: "interval" of each mean, "simultaneous" for the whole curve, or "sd".
    `x`: places instead of the axis, such as its logarithm. `text`: its label.
    `kind`: number of its colour, dashes and marker; `look`: others than these.
    `scale`: "log" for a mean of logarithms, of positive numbers with a long tail.
    """
    figure, axes = canvas(ax=ax)
    what = curve(values, band, x, scale)
    need_numbers(what.mean, values.name or "value")
    draw_band(axes[0, 0], what, {**line_style(kind), **look}, text)
    if ax is None:
        line = line_of(with_seeds(values))
        if is_logarithmic(what.x):
            logarithmic(axes[0, 0])
        axes[0, 0].set_xlabel(line.replace("_", " ") if x is None else "")
        axes[0, 0].set_ylabel(values.attrs.get("long_name", values.name or ""))
        axes[0, 0].set_title(
            "geometric " * (scale == "log")
            + BANDS[band].format(seeds_words(what.n)), loc="left", fontsize=7)
    return figure


@styled(x=NUMBERS)
def mean_curves(values, hue, x=None, ax=None, **options):
    """A `mean_curve` for each value of the axis `hue`, of an array of seeds, that
    axis and one other; the legend has the values. `options`: those of
    `mean_curve`."""
    n = values.sizes[known("axis", hue, [name for name in values.dims
                                         if name != "seed"])]
    figure, axes = canvas(ax=ax)
    for i in range(n):
        one = values.isel({hue: i})
        text = one[hue].item()
        mean_curve(one, x=x, kind=i, ax=axes[0, 0], text=text if isinstance(
            text, str) else f"{text:g}", **options)
    axes[0, 0].legend(title=hue.replace("_", " "), loc="best")
    return figure


@styled
def bounds(ds, zones, axis, names=("low", "peak", "high"), ax=None):
    """Bounds and peaks of zones against an axis of the grid, with their 95 %
    intervals; a marker and colour for each network otherwise. `zones`: of
    `goldilocks.zone(ds)`. Where no zone is named there is nothing; an arrow says
    that the grid ends before the curve falls to half."""
    known("axis", axis, [n for n in zones.dims if n != "study"])
    x, texts = axis_values(zones, axis)
    figure, axes = canvas(ax=ax)
    ax = axes[0, 0]
    rest = [name for name in zones.dims if name != axis]
    others = zones.stack(network=rest) if rest else zones.expand_dims("network")
    for name in names:
        known("bound", name, intervals_of(zones))
    factor = 1.03 if is_logarithmic(x) else 0.0
    for i in range(others.sizes["network"]):
        row = others.isel(network=i).transpose(axis)
        style = line_style(i)
        at = x * factor ** i if factor else x + 0.03 * np.ptp(x) * i
        for k, name in enumerate(names):
            value, lower, upper = (row[name + end].values for end in (
                "", "_lower", "_upper"))
            named = np.isfinite(value) & ~row.noise.values.astype(bool)
            ax.errorbar(at[named], value[named], np.abs(
                [(value - lower)[named], (upper - value)[named]]), ms=3.2,
                lw=0.8, elinewidth=0.9, capsize=1.8, color=style["color"],
                marker=style["marker"], ls=("-", ":", "--")[k % 3],
                mfc="white" if name == "peak" else None,
                label=network_text(ds, row, rest) if k == 0 else None)
            if f"{name}_open" in row:
                for place, end in zip(at[named & row[f"{name}_open"].values],
                                      value[named & row[f"{name}_open"].values]):
                    ax.annotate("", (place, end * (
                        0.8 if name == "low" else 1.25)), (place, end),
                        arrowprops={"arrowstyle": "->", "lw": 0.8,
                                    "color": style["color"]})
    ax.set_yscale("log")
    if is_logarithmic(x):
        ax.set_xscale("log")
    ax.set_xticks(x, texts or [f"{v:g}" for v in x])
    ax.set_xticks([], minor=True)
    ax.set_xlabel(label(ds, axis))
    ax.set_ylabel(label(ds, zones.attrs["line"]))
    ax.set_title(f"{points_words(ds)}, $d$ = {zones.attrs['subspace_dim']}\n"
                 + ", ".join(names) + " of the zone, 95 % intervals",
                 loc="left", fontsize=7)
    if rest and others.sizes["network"] > 1:
        ax.legend(loc="best")
    return figure


def network_text(ds, row, rest):
    """What sets a row of zones apart."""
    return ", ".join(value_words(ds, name, row[name].item()) for name in rest
                     if name in row.coords and ds.sizes[name] > 1)


@panelled
def correlations(ds, a, b, at=None, dim=None, method="pearson", level=0.05,
                 ax=None):
    """Correlation over seeds of two variables at each place of the line, with
    its 95 % interval; marks are filled where it is not chance among all places
    (joint permutations, p up to `level`). `at`: which network, {axis: value}."""
    line = line_axis(ds)
    part = ascending(one_group(ds, at), line)
    found = correlate(part, a, b, dim, method, adjust="maxt").transpose(line)
    x, r = part[line].values.astype(float), found.r.values
    need_numbers(r, f"correlation of {a} and {b}")
    figure, axes = canvas(ax=ax)
    ax = axes[0, 0]
    style = line_style(0)
    ax.fill_between(x, found["lower"], found["upper"], lw=0, alpha=0.16,
                    color=style["color"])
    ax.plot(x, r, lw=1.0, color=style["color"])
    is_sure = found.p_adjusted.values <= level
    for which, face in ((is_sure, style["color"]), (~is_sure, "white")):
        ax.plot(x[which], r[which], "o", ms=3.4, mew=0.8, mfc=face,
                color=style["color"])
    ax.axhline(0, color="0.35", lw=0.6, zorder=0)
    ax.set_ylim(-1, 1)
    if is_logarithmic(x):
        logarithmic(ax)
    ax.set_xlabel(label(ds, line))
    ax.set_ylabel("correlation over seeds")
    ax.set_title(f"{label(ds, a)} with {label(ds, b)}\n{seeds_words(found.n)}, "
                 "95 % interval at each place\nfilled: "
                 f"p \u2264 {level:g} among all places", loc="left", fontsize=7)
    return figure


@panelled
def collapse(ds, name="trace_over_norm", by="logit_spread", dim=None,
             band="interval", ax=None):
    """A quantity of all networks against a measured one instead of the line, such
    as the spread of the logits: means over seeds of both at each place. Where
    that is what decides, the curves are one."""
    line = line_axis(ds)
    figure, axes = canvas(ax=ax)
    ax = axes[0, 0]
    n, drawn = [], []
    for i, (at, labels) in enumerate(groups(ds, over=("seed", line))):
        part = ascending(ds.isel(at), line)
        x = pick(part, by, dim)
        x = x.mean([axis for axis in x.dims if axis == "seed"])
        what = curve(pick(part, name, dim), band, x)
        if len(what.x):
            draw_band(ax, what, line_style(i), group_words(ds, labels) or None)
            n.append(what.n)
            drawn.append(what.x)
    need_numbers(np.concatenate(drawn) if drawn else np.array([np.nan]), name)
    if is_logarithmic(np.concatenate(drawn)):
        logarithmic(ax)
    ax.axhline(0, color="0.35", lw=0.6, zorder=0)
    ax.set_xlabel(label(ds, by))
    ax.set_ylabel(label(ds, name))
    title = points_words(ds) + "\n" + BANDS[band].format(
        seeds_words(np.concatenate(n)))
    if len(n) > 1:
        longest = max(map(len, ax.get_legend_handles_labels()[1]))
        ax.legend(**ABOVE | {"ncols": 1 if longest > 20 else 2}, title=title)
    else:
        ax.set_title(title, loc="left", fontsize=7)
    return figure


@panelled
def fates(ds, at=None, ax=None):
    """Shares of trainings by how they ended, at each place of the line, of all
    that are done. `at`: which network, {axis: value}."""
    line = line_axis(ds)
    part = ascending(one_group(ds, at), line)
    counts = votes(part, [name for name in grid_axes(part)
                          if name in part.outcome.dims and name != line])
    x = part[line].values.astype(float)
    total = counts.sum(axis=0)
    need_numbers(np.where(total > 0, 1.0, np.nan), "outcome")
    figure, axes = canvas(size=(COLUMN, 2.4), ax=ax)
    ax = axes[0, 0]
    border = edges(x)
    below = np.zeros(len(x))
    ax.set_facecolor("0.85")
    for (text, colour, hatch), count in zip(FATES + (REST,), counts):
        share = np.divide(count, total, out=np.zeros(len(x)), where=total > 0)
        if share.any():
            ax.bar(border[:-1], share, np.diff(border), below, align="edge",
                   color=colour, hatch=hatch, edgecolor="white", lw=0,
                   label=text)
        below += share
    if is_logarithmic(x):
        logarithmic(ax)
    ax.set_xlim(border[0], border[-1])
    ax.set_ylim(0, 1)
    ax.set_xlabel(label(ds, line))
    ax.set_ylabel("share of trainings")
    ax.legend(**ABOVE, handlelength=1.6,
              title=f"{data_words(ds)}, {seeds_words(total)} a place")
    return figure


@styled
def seeds(zones, of=("low", "high"), most=200, ax=None):
    """Width of the intervals of a network's zone to expect with more seeds, over
    the value, from those that the pilot has (the mark)."""
    figure, axes = canvas(ax=ax)
    ax = axes[0, 0]
    of = (of,) if isinstance(of, str) else of
    n = np.unique(np.geomspace(3, most, 60).round().astype(int))
    for i, name in enumerate(of):
        pilot = width_of(zones, name)
        need_numbers([pilot.seeds], f"width of {name}")

        def percent(w, is_log=name != "height"):
            return 100 * (np.expm1(w) if is_log else w)

        style = line_style(i)
        ax.plot(n, [percent(foreseen(pilot, k)) for k in n],
                color=style["color"], ls=style["ls"], lw=1.1, label=name)
        ax.plot([pilot.n], [percent(pilot.seeds + pilot.grid)], style["marker"],
                ms=4, color=style["color"])
    logarithmic(ax)
    ax.set_yscale("log")
    ax.set_xlabel("seeds")
    ax.set_ylabel("width of the 95 % interval (%)")
    ax.set_title(f"to expect from a pilot of {pilot.n} seeds (mark)", loc="left",
                 fontsize=7)
    ax.legend(loc="best")
    return figure
