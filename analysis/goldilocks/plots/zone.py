# SPDX-License-Identifier: MIT
"""Curvature, and accuracy after training, against where the point lies."""
import numpy as np

from ..files import (ascending, groups, is_any_done, largest_dim, line_axis,
                     merits, pick)
from ..outcomes import share_of, trained
from ..words import (chance, group_words, label, network_words, points_words,
                     seeds_words, significant, training_words)
from ..zones import no_zone_words, zone_of
from .curves import BANDS, curve, draw_band
from .style import COLUMN, canvas, line_style, logarithmic, need_numbers

CURVATURE = ("trace_over_norm", "positive_fraction")
TRACE_LABEL = r"$\mathrm{Tr}\,H_d\;/\;\Vert H_d\Vert_\mathrm{F}$"
BARS = "bars: above half of the peak, ends 95 % intervals"
FRACTION_LABEL = r"fraction of eigenvalues $> 0$"


def one_figure(ds, dim, band, diverged, zones, ax):
    """`facets.zone_figure` where all curves share panels."""
    if "trace_over_norm" not in ds:
        raise ValueError("the study measures no curvature in subspaces "
                         "(curvature: {subspace: {dim: ...}})")
    if not is_any_done(ds, "measure"):
        raise ValueError("no point is done: goldilocks status tells of "
                         "those that failed")
    line = line_axis(ds)
    curves = curves_of(ds, dim)
    dims = {curve[1] for curve in curves}
    need_numbers([pick(ds, "trace_over_norm", d) for d in dims],
                 "trace_over_norm")
    n_panels = 3 if is_any_done(ds, "train") else 2
    figure, axes = canvas(n_panels, sharex=True,
                          size=(COLUMN, 0.6 + 2.0 * n_panels), ax=ax,
                          gridspec_kw={"hspace": 0.07})
    axes = axes[:, 0]
    drawn, found, any_diverged = draw_curves(
        axes, ds, curves, map(line_style, range(len(curves))), band, diverged,
        zones)
    named = named_of(found)
    mark_zones(axes, named, len(curves))
    n = np.concatenate([each.n for each in drawn])
    bars = "\n" + BARS if named and len(curves) > 1 else ""
    finish(figure, axes, label(ds, line), title(
        ds, dims, band, n, any(each["spread"] > 0 for each, _ in named)) + bars)
    if n_panels == 3:
        finish_training(axes[2], chance(ds), "final_accuracy" not in ds,
                        any_diverged)
    return figure


def draw_curves(axes, ds, curves, styles, band, diverged, zones):
    """Networks in their panels; the means of Tr/norm that were drawn, the zones,
    those that cannot be named too, with their colours, and whether a training
    diverged."""
    line = line_axis(ds)
    drawn, zones_of, has_trained = [], [], []
    any_diverged = False
    for (at, d, text), style in zip(curves, styles):
        part = ascending(ds.isel(at), line)
        top = curve(pick(part, "trace_over_norm", d), band)
        drawn += [top]
        if len(top.x):
            found = found_zone(part, d, at, zones)
            zones_of.append((found, style["color"]))
            draw_band(axes[0], top, style, ": ".join(filter(None, [
                text, zone_words(found)])))
            draw_band(axes[1], curve(pick(part, "positive_fraction", d), band),
                      style)
        if len(top.x) and len(axes) == 3 and at not in has_trained:
            any_diverged |= draw_training(axes[2], part, style, band, diverged)
            has_trained.append(at)
    return drawn, zones_of, any_diverged


def named_of(zones):
    """Those that can be named."""
    return [each for each in zones if not each[0]["noise"]]


def curves_of(ds, dim):
    """Each curve as (indices of its network, dimension, what sets it apart)."""
    networks = list(groups(ds, over=("seed", line_axis(ds))))
    dims = [largest_dim(ds, dim)]
    if dim is None and len(networks) == 1:
        dims = sorted(ds.subspace_dim.values.tolist())
    return [(at, d, f"$d$ = {d}" if len(dims) > 1 else group_words(ds, labels))
            for at, labels in networks for d in dims]


def found_zone(part, dim, at, zones):
    """The zone of a network as {name: value}, of those that are known or anew."""
    if zones is None or zones.attrs["subspace_dim"] != dim:
        return zone_of(part, line_axis(part), dim)
    row = zones.isel(at).squeeze()
    return {name: row[name].item() for name in row.data_vars}


def zone_words(found):
    """Where the zone has its peak, or that there is none."""
    if not found["noise"]:
        return (f"peak at $z$ = {significant(found['spread'])}"
                if found["spread"] > 0  # of several logits
                else f"peak at {significant(found['peak'])}")
    if np.isnan(found["p_value"]):
        return "no zone"
    return no_zone_words(found)


def draw_training(ax, part, style, band, diverged):
    """Accuracy on test samples, and thin on those trained with; a cross where a
    training diverged. Has any?"""
    test, train = (curve(trained(part, name, diverged), band)
                   for name in merits(part))
    draw_band(ax, test, style)
    ax.plot(train.x, train.mean, lw=0.6, color=style["color"], ls=style["ls"],
            zorder=2)
    n = share_of(part, "diverged")[0]
    x = part[line_axis(part)].values[n.values.ravel() > 0]
    at = np.isin(test.x, x)
    ax.plot(test.x[at], test.mean[at], "x", color=style["color"], ms=4, mew=0.8,
            zorder=4)
    return len(x) > 0


def finish_training(ax, guess, is_loss, any_diverged, space=" "):
    """`space` parts the words of its label, None: it has none; what its lines are
    stands in it where that is " "."""
    words = ["loss" if is_loss else "accuracy", "after training"]
    ax.set_ylabel("" if space is None else space.join(words))
    if is_loss:
        ax.set_yscale("log")
    else:
        ax.set_ylim(0, 1)
    if guess is not None:
        ax.axhline(guess, color="0.35", lw=0.6, zorder=2)
    if space == " ":
        say_lines(ax, any_diverged)


def say_lines(ax, any_diverged):
    ax.text(0.02, 0.01 if any_diverged else 0.035, "thick: test, thin: training"
            + ("\n\u00d7: some diverged" if any_diverged else ""), fontsize=6,
            linespacing=0.9, transform=ax.transAxes,
            bbox={"fc": "white", "ec": "none", "alpha": 0.7, "pad": 0.5})


def mark_zones(axes, zones, n_networks):
    """Where a mean of Tr/norm is above half of its largest value, and how
    surely."""
    if not zones:
        return
    if n_networks == 1:
        mark_one(axes, zones[0][0])
        return
    top = axes[0]
    low, high = top.get_ylim()
    step = 0.045 * (high - low)
    draw_bars(top, zones, low, step)
    top.set_yticks([tick for tick in top.get_yticks() if low <= tick <= high])
    top.set_ylim(low - (len(zones) + 0.3) * step, high)


def draw_bars(top, zones, low, step):
    """Zones as bars below the curves, which end at `low`, one a step."""
    for i, (found, colour) in enumerate(zones):
        level = [low - i * step] * 2
        top.plot([found["low"], found["high"]], level, color=colour, lw=1.6,
                 marker="|", ms=4)
        for ends in bound_intervals(found):
            top.plot(ends, level, color=colour, lw=4, alpha=0.35,
                     solid_capstyle="butt")


def mark_one(axes, found):
    """One zone, through all panels; its bounds' intervals darker."""
    intervals = bound_intervals(found)
    for ax in axes:
        ax.axvspan(found["low"], found["high"], color="0.9", lw=0, zorder=0,
                   label="above half of peak")
        for i, ends in enumerate(intervals):
            ax.axvspan(*ends, color="0.8", lw=0, zorder=0.1,
                       label="" if i else "its bounds, 95 % interval")


def bound_intervals(found):
    """The intervals of both bounds, where they are."""
    ends = [(found[name + "_lower"], found[name + "_upper"])
            for name in ("low", "high")]
    return [pair for pair in ends if np.isfinite(pair).all()]


def title(ds, dims, band, n, has_spread=False):
    """What all curves have in common: data, network, subspace, and seeds, of
    which `n` are behind each point; what z is."""
    about = seeds_words(n)
    if np.max(n, initial=0) > 1:
        about = BANDS[band].format(about)
    if np.ptp(n):
        about += "\nopen marks: of fewer seeds"
    if has_spread:
        about += ("; " if len(about) < 36 else "\n") + "$z$: logit spread"
    return "\n".join(filter(None, [
        points_words(ds) + "".join(f", $d$ = {d}" for d in dims
                                 if len(dims) == 1),
        ", ".join(network_words(ds) + training_words(ds)),
        about]))


def finish(figure, axes, x_label, text):
    top, middle, bottom = axes[0], axes[1], axes[-1]
    top.axhline(0, color="0.35", lw=0.6, zorder=2)
    middle.axhline(0.5, color="0.35", lw=0.6, zorder=2)
    logarithmic(bottom)
    bottom.set_xlabel(x_label)
    top.set_ylabel(TRACE_LABEL)
    middle.set_ylabel(FRACTION_LABEL)
    figure.align_ylabels(axes)
    handles, labels = top.get_legend_handles_labels()
    columns = 1 + (len(labels) > 8)
    top.legend(handles, labels, loc="lower left", bbox_to_anchor=(0, 1.0),
               borderaxespad=0.2, handlelength=2.6, labelspacing=0.25,
               title=text, alignment="left", ncols=columns)
