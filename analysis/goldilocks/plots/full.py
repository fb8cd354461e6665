# SPDX-License-Identifier: MIT
"""Figures of the whole Hessian: its ends, its trace and its density."""
import numpy as np

from ..arguments import known
from ..files import ascending, line_axis, pick, with_seeds
from ..words import label, points_words, seeds_words, significant
from .curves import curve, draw_band
from .spectra import one_group, thin_ticks
from .style import (COLUMN, canvas, is_logarithmic, line_style, logarithmic,
                    need_numbers, shades, styled)

ENDS = {"full_largest_eigenvalues": "largest eigenvalues of $H$",
        "full_smallest_eigenvalues": "smallest eigenvalues of $H$"}
NORMS = {"full_g_spectral_norm": r"$\Vert G\Vert_2$",
         "full_h_spectral_norm": r"$\Vert S\Vert_2$, the other term"}


def finish(ax, ds, line, x, words):
    if is_logarithmic(x):
        logarithmic(ax)
    ax.set_xlabel(label(ds, line))
    ax.set_title(f"{points_words(ds)}\n{words}", loc="left", fontsize=7)


@styled
def extremes(ds, at=None, ax=None):
    """Eigenvalues at both ends of the whole Hessian against the line axis, and
    the spectral norms of its two terms: means over seeds, of the first with
    bands of one standard deviation; open marks where fewer seeds have numbers.
    `at`: which network, {axis: value}."""
    line = line_axis(ds)
    part = ascending(one_group(ds, at), line)
    known("variable", "full_largest_eigenvalues", part.variables)
    need_numbers(part.full_largest_eigenvalues, "full_largest_eigenvalues")
    figure, axes = canvas(size=(COLUMN, 2.9), ax=ax)
    ax = axes[0, 0]
    sizes = []
    for i, (name, text) in enumerate(ENDS.items()):
        for j in range(part.sizes["extreme"]):
            what = curve(part[name].isel(extreme=j), "sd")
            sizes.append(np.abs(what.mean[what.mean != 0]))
            if j == 0:
                draw_band(ax, what, line_style(i), text)
            else:
                ax.plot(what.x, what.mean, lw=0.5, zorder=2,
                        color=line_style(i)["color"])
    for i, (name, text) in enumerate(NORMS.items()):
        what = curve(part[name], "sd")
        ax.plot(what.x, what.mean, lw=0.9, label=text, zorder=2.5,
                color="black", ls=("--", ":")[i])
    sizes = np.concatenate(sizes)
    if len(sizes):
        ax.set_yscale("symlog", linthresh=float(np.quantile(sizes, 0.1)),
                      linscale=0.6)
        thin_ticks(ax)
    ax.axhline(0, color="0.35", lw=0.6, zorder=1)
    ax.set_ylabel("eigenvalue")
    ax.legend(loc="best")
    share = float(pick(part, "full_extreme_converged").mean())
    finish(ax, ds, line, part[line].values, "mean \u00b1 1 s.d. of "
           + seeds_words(part.sizes.get("seed", 1))
           + ("" if share == 1 else f"; {100 * share:.0f} % have converged"))
    return figure


@styled
def full_trace(ds, at=None, ax=None):
    """Trace over norm of the whole Hessian, as random probes estimate them,
    against the line axis, with what its ratio lets expect in a subspace and what
    was measured there: means over seeds, bands of one standard deviation, which
    has the errors of the probes in it. `at`: which network, {axis: value}."""
    line = line_axis(ds)
    part = ascending(one_group(ds, at), line)
    known("variable", "full_trace", part.variables)
    over = need_numbers(part.full_trace / part.full_frobenius_norm,
                        "full_trace")
    figure, axes = canvas(2, sharex=True, size=(COLUMN, 4.0), ax=ax,
                          gridspec_kw={"hspace": 0.07})
    top, bottom = axes[:, 0]
    draw_band(top, curve((part.full_trace / part.full_frobenius_norm), "sd"),
              line_style(0))
    top.set_ylabel(r"$\mathrm{Tr}\,H\;/\;\Vert H\Vert_\mathrm{F}$")
    if over.min() > 0 and is_logarithmic(over.ravel()):
        top.set_yscale("log")
    names = {"full_predicted_trace_over_norm": "expected of the whole Hessian",
             "trace_over_norm": "measured in subspaces"}
    for i, (name, text) in enumerate(names.items()):
        if name in part:
            draw_band(bottom, curve(pick(part, name), "sd"), line_style(i), text)
    bottom.set_ylabel(label(ds, "trace_over_norm"))
    bottom.axhline(0, color="0.35", lw=0.6, zorder=1)
    bottom.legend(loc="best")
    finish(top, ds, line, part[line].values, "mean \u00b1 1 s.d. of "
           + seeds_words(part.sizes.get("seed", 1)))
    top.set_xlabel("")
    bottom.set_xlabel(label(ds, line))
    return figure


@styled
def full_density(ds, at=None, n_curves=4, ax=None):
    """Spectral density of the whole Hessian, by stochastic Lanczos quadrature, at
    places spread over the line: nodes with their weights, broadened by a Gaussian
    of 2 % of the largest eigenvalue in size; over that, all probes and seeds
    together. `at`: which network, {axis: value}."""
    line = line_axis(ds)
    part = ascending(one_group(ds, at), line)
    known("variable", "density_nodes", part.variables)
    x = part[line].values.astype(float)
    index = np.unique(np.linspace(0, len(x) - 1, n_curves).round()).astype(int)
    nodes, weights = (with_seeds(part[name]).transpose(
        line, "seed", "probe", "node").values[index]
        for name in ("density_nodes", "density_weights"))
    need_numbers(nodes, "density_nodes")
    figure, axes = canvas(size=(COLUMN, 2.7), ax=ax)
    ax = axes[0, 0]
    grid = np.linspace(-1.1, 1.1, 441)
    for i, colour in enumerate(shades(len(index))):
        ax.plot(grid, broadened(nodes[i], weights[i], grid), color=colour, lw=1,
                label=significant(x[index[i]]))
    ax.axvline(0, color="0.35", lw=0.6, zorder=1)
    ax.set_yscale("log")
    ax.set_ylim(1e-4, None)
    ax.set_xlim(-1.1, 1.1)
    ax.set_xlabel("eigenvalue of $H$ over the largest in size")
    ax.set_ylabel("density")
    ax.legend(loc="best", title=label(ds, line))
    ax.set_title(f"{points_words(ds)}\n" + seeds_words(part.sizes.get("seed", 1))
                 + f", {part.sizes['probe']} probes each", loc="left",
                 fontsize=7)
    return figure


def broadened(nodes, weights, grid, width=0.02):
    """Density on a grid of the nodes [seed, probe, node] of each seed over its
    largest; its integral is 1, of the seeds that have numbers."""
    sizes = np.nanmax(np.abs(nodes), axis=(1, 2), initial=0, keepdims=True,
                      where=np.isfinite(nodes))
    is_there = np.isfinite(nodes) & (weights > 0) & (sizes > 0)
    places = (nodes / np.where(sizes > 0, sizes, 1))[is_there]
    shares = weights[is_there] / weights[is_there].sum()
    kernels = np.exp(-((grid[:, None] - places) / width) ** 2 / 2)
    return kernels @ shares / (width * np.sqrt(2 * np.pi))
