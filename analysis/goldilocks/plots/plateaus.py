# SPDX-License-Identifier: MIT
"""Stages of trainings, in the curves of their losses."""
import numpy as np

from ..stages import stages
from ..words import data_words, label, seeds_words, training_words
from .curves import BANDS, curve, draw_band
from .panels import panelled
from .spectra import one_group
from .style import canvas, line_style, need_numbers

SHADE = "0.88"


@panelled
def plateaus(ds, at=None, ax=None):
    """The loss of one network in training, both axes logarithmic: the geometric
    mean over seeds with its 95 % interval. Shaded is where it stands on a
    plateau, the dotted line where the first descent is (`goldilocks.stages`): the
    medians of seeds, where more than half of them have one. `at`: which network,
    {axis: value}; `col`: an axis whose values have panels."""
    part = one_group(ds, at, "seed")
    found = part if "plateau_start" in part else stages(part)
    values = part.trajectory_loss.isel(trajectory_step=part.trajectory_step > 0)
    what = curve(values.where(values > 0), "interval", scale="log")
    need_numbers(what.mean, "trajectory_loss")
    figure, axes = canvas(ax=ax)
    ax = axes[0, 0]
    draw_band(ax, what, line_style(0) | {"marker": ""})
    for i in range(found.sizes["plateau"]):
        start, end = (of_most(found[f"plateau_{end}"].isel(plateau=i))
                      for end in ("start", "end"))
        if np.isfinite(start):
            ax.axvspan(start, end, color=SHADE, lw=0, zorder=0)
    descent = of_most(found.descent_step)
    if np.isfinite(descent):
        ax.axvline(descent, color="0.35", lw=0.8, ls=":", zorder=1)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlabel(label(ds, "trajectory_step"))
    ax.set_ylabel(label(ds, "trajectory_loss"))
    ax.set_title("\n".join([
        ", ".join([data_words(ds), *training_words(ds)]),
        "geometric " + BANDS["interval"].format(seeds_words(what.n)),
        "shaded: plateaus, dotted: first descent"]), loc="left", fontsize=7)
    return figure


def of_most(values):
    """The median over seeds, of those that have a number; NaN where no more than
    half of them have one."""
    known = values.values[np.isfinite(values.values)]
    return np.median(known) if 2 * len(known) > values.size else np.nan
