# SPDX-License-Identifier: MIT
"""What subspaces of all dimensions say of the whole Hessian, and effects of
choices."""
import numpy as np

from ..arguments import EACH, EFFECTS
from ..files import ascending, line_axis, pick
from ..projection import mean_ratio
from ..words import label, points_words, seeds_words
from .curves import curve, draw_band
from .panels import panelled
from .spectra import one_group
from .style import (canvas, is_logarithmic, line_style, logarithmic,
                    need_numbers, styled)


@panelled
def ratios(ds, at=None, ax=None):
    """R = (Tr H)^2 / |H|^2 of the whole Hessian along the line, by the law of
    projections (`goldilocks.mean_ratio`) from the mean over seeds of Tr/norm in
    the subspaces of each dimension, with the interval of that mean: one curve
    where the law holds. Where a mean is not above 0 there is nothing. `at`: which
    network, {axis: value}."""
    line = line_axis(ds)
    part = ascending(one_group(ds, at), line)
    figure, axes = canvas(ax=ax)
    ax = axes[0, 0]
    n = []
    for i, d in enumerate(part.subspace_dim.values.tolist()):
        c = curve(pick(part, "trace_over_norm", d), "interval")
        need_numbers(c.mean, "trace_over_norm")
        what = c._replace(**{end: mean_ratio(np.maximum(getattr(c, end), 0), d)
                             for end in ("mean", "lower", "upper")})
        draw_band(ax, what, line_style(i), f"$d$ = {d}")
        n.append(c.n)
    ax.set_yscale("log", nonpositive="clip")
    if is_logarithmic(part[line].values):
        logarithmic(ax)
    ax.set_xlabel(label(ds, line))
    ax.set_ylabel("$R$ of the whole Hessian")
    ax.set_title(f"{points_words(ds)}\n{seeds_words(np.concatenate(n))}, 95 % "
                 "interval at each place", loc="left", fontsize=7)
    ax.legend(loc="best")
    return figure


@styled(found=EFFECTS, x=EACH)
def effects(found, x, ax=None):
    """Effects of choices with their intervals: `found` has lists of
    `goldilocks.Paired` by name, {name: [pairs, ...]}, one for each of `x`, numbers
    or words. Above 0 the first of the pairs has more."""
    figure, axes = canvas(ax=ax)
    ax = axes[0, 0]
    places = np.arange(len(x))
    for i, (name, pairs) in enumerate(found.items()):
        effect = np.array([each.effect for each in pairs])
        need_numbers(effect, f"effect of {name}")
        ax.errorbar(places + 0.5 * (i + 0.5) / len(found) - 0.25, effect[:, 0],
                    np.abs(effect[:, 1:] - effect[:, :1]).T, ms=2.5, lw=0.8,
                    elinewidth=0.7, label=name, **line_style(i))
    ax.axhline(0, color="0.35", lw=0.6, zorder=0)
    ax.set_xticks(places, [f"{v:g}" if isinstance(v, (int, float)) else str(v)
                           for v in x])
    ax.set_ylabel("effect, standard deviations")
    n = np.array([each.n for pairs in found.values() for each in pairs])
    ax.set_title(f"{n.min()}{f' to {n.max()}' if np.ptp(n) else ''} pairs, 95 % "
                 "intervals", loc="left", fontsize=7)
    if len(found) > 1:
        ax.legend(loc="best")
    return figure
