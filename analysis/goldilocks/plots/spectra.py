# SPDX-License-Identifier: MIT
"""Eigenvalues of the projected Hessian: along the line, and their density."""
import numpy as np
import scipy.ndimage

from ..arguments import known
from ..files import (ascending, grid_axes, largest_dim, line_axis, pick,
                     with_seeds)
from ..words import label, points_words, significant
from .panels import panelled
from .style import (COLUMN, canvas, edges, is_logarithmic, logarithmic,
                    need_numbers, shades)

TERMS = {"": "H", "g_": "G", "h_": "S"}


def one_group(ds, at, line=None):
    """The dataset at one network: `at` names values of axes. `line`: the axis
    that stays, by default that on which points lie."""
    for name, value in (at or {}).items():
        ds = ds.sel({known("axis", name, grid_axes(ds)): one_of(
            ds, name, value)})
    others = [name for name in grid_axes(ds)
              if name not in ("seed", line or line_axis(ds))]
    left = [name for name in others if ds.sizes[name] > 1]
    if left:
        at = {name: ds[name].values.tolist()[0] for name in left}
        raise ValueError(f"several networks: say which one, such as at={at}")
    return ds.isel({name: 0 for name in others})


def one_of(ds, axis, value):
    """A value of an axis."""
    return known(f"value of {axis}", value, ds[axis].values.tolist())


@panelled
def spectra(ds, dim=None, at=None, term="", seed=None, ax=None):
    """Eigenvalues in the subspace against the line axis, of one seed.

    The scale is linear around 0 and logarithmic beyond; each line is one rank,
    the thick ones the smallest, the median and the largest. `term`: "" for the
    Hessian, "g_" for the Gauss-Newton term, "h_" for the rest. `at`: which
    network, {axis: value}; `seed`: default the first.
    """
    part = ascending(one_group(ds, at), line_axis(ds))
    line, dim = line_axis(ds), largest_dim(ds, dim)
    known("term", term, TERMS)
    if "seed" in part.dims:
        part = (part.isel(seed=0) if seed is None
                else part.sel(seed=one_of(part, "seed", seed)))
    values = pick(part, term + "eigenvalues", dim)
    values = values.isel(eigen=slice(0, dim)).transpose("eigen", line)
    values = need_numbers(values, term + "eigenvalues")
    x = part[line].values.astype(float)
    figure, axes = canvas(size=(COLUMN, 2.7), ax=ax)
    ax = axes[0, 0]
    for i, row in enumerate(values):
        is_marked = i in (0, dim // 2, dim - 1)
        ax.plot(x, row, color="black" if is_marked else "#0072B2",
                lw=1.1 if is_marked else 0.35, zorder=2 + is_marked)
    finite = np.abs(values[np.isfinite(values) & (values != 0)])
    if len(finite):
        ax.set_yscale("symlog", linthresh=float(np.quantile(finite, 0.25)),
                      linscale=0.6)
    ax.axhline(0, color="#D55E00", lw=0.8, ls=(0, (4, 2)), zorder=4)
    if is_logarithmic(x):
        logarithmic(ax)
    thin_ticks(ax)
    ax.set_xlabel(label(ds, line))
    ax.set_ylabel(f"eigenvalues of ${TERMS[term]}_d$")
    ax.set_title(f"{points_words(ds)}, $d$ = {dim}\n"
                 "thick: smallest, median, largest", loc="left", fontsize=7)
    return figure


def thin_ticks(ax, most=9):
    """A symmetric logarithmic axis sets a tick for each decade: too many, and
    those beside 0 are on top of it."""
    ticks = ax.get_yticks()
    low, high = ax.get_ylim()
    ticks = ticks[(ticks >= low) & (ticks <= high)]
    places = ax.transScale.transform(np.c_[np.ones(len(ticks)), ticks])[:, 1]
    span = np.ptp(ax.transScale.transform([(1, low), (1, high)])[:, 1])
    ticks = ticks[(ticks == 0) | (abs(places) > 0.055 * span)]
    middle = int(np.argmin(np.abs(ticks)))
    step = -(-len(ticks) // most)
    ax.set_yticks(ticks[middle % step::step])


@panelled
def density(ds, dim=None, at=None, term="", n_curves=5, points=None, ax=None):
    """Density of eigenvalues over their spectral norm, at several places of
    the line, all seeds together; curves have the same height and are shifted
    upwards in order.

    A Gaussian kernel of 3 % of the width. `points`: places on the line,
    default `n_curves` spread over it.
    """
    line, dim = line_axis(ds), largest_dim(ds, dim)
    known("term", term, TERMS)
    part = ascending(one_group(ds, at), line)
    x = part[line].values.astype(float)
    if points is None:
        index = np.unique(np.linspace(0, len(x) - 1, n_curves).round())
        index = index.astype(int)
    else:
        index = [int(np.abs(np.log(x / place)).argmin()) for place in points]
    part = part.isel({line: index})
    values = with_seeds(pick(part, term + "eigenvalues", dim))
    values = values.isel(eigen=slice(0, dim)).transpose(line, ...)
    numbers = need_numbers(values, term + "eigenvalues")
    figure, axes = canvas(size=(COLUMN, 2.7), ax=ax)
    ax = axes[0, 0]
    grid = np.linspace(-1.1, 1.1, 441)
    for i, (colour, row) in enumerate(zip(shades(len(index)), numbers)):
        curve = kernel_density(row.reshape(-1, dim), grid)
        shift = 0.7 * i
        ax.fill_between(grid, shift, shift + curve, color=colour, alpha=0.25,
                        lw=0, zorder=2 - 0.01 * i)
        ax.plot(grid, shift + curve, color=colour, lw=1.0, zorder=3 - 0.01 * i)
        ax.annotate(significant(x[index[i]]), (1.1, shift), xytext=(2, 1),
                    textcoords="offset points", fontsize=6, va="bottom",
                    annotation_clip=False)
    ax.axvline(0, color="0.35", lw=0.6, zorder=1)
    ax.set_xlim(-1.1, 1.1)
    ax.set_yticks([])
    ax.set_xlabel(f"eigenvalue of ${TERMS[term]}_d$ over the largest in size")
    ax.set_ylabel("density, scaled and shifted")
    ax.set_title(f"{points_words(ds)}, $d$ = {dim}\n"
                 f"numbers: {label(ds, line)}", loc="left", fontsize=7)
    return figure


def kernel_density(spectra_of_seeds, grid):
    """Density of eigenvalues, those of each seed over its largest in size;
    its own largest value is 1."""
    norms = np.abs(spectra_of_seeds).max(1, keepdims=True)
    is_there = np.isfinite(norms[:, 0]) & (norms[:, 0] > 0)
    values = (spectra_of_seeds[is_there] / norms[is_there]).ravel()
    if len(values) == 0:
        return np.zeros_like(grid)
    step = grid[1] - grid[0]
    counts = np.histogram(values, edges(grid))[0]
    curve = scipy.ndimage.gaussian_filter1d(
        counts.astype(float), 0.03 / step, mode="constant")
    return curve / curve.max()
