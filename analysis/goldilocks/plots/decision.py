# SPDX-License-Identifier: MIT
"""The decision boundary, and the eigenvalues that stand out."""
import matplotlib
import numpy as np
from matplotlib.patheffects import withStroke

from .. import plain
from ..arguments import NUMBER, PATH, WHOLES, known
from ..files import done, grid_axes, setting
from ..words import PLACES, points_words, seeds_words
from .style import (COLOURS, COLUMN, MARKERS, SIGNED, NothingToDraw, canvas,
                    need_numbers, styled)

TEXTS = ("a file that `goldilocks point` has written of a study with "
         "curvature: {boundary: {eigenvectors: k}}")
# Of each moment.
GROUPS = {"start": "boundary", "end": "end/boundary"}


class NotOfABoundary(plain.Refusal):
    """The file has no decision boundary."""


def read(path, moment):
    """Arrays of a point file: the grid, eigenvalues and training samples; and
    words for what they are of."""
    known("moment", moment, PLACES)
    with plain.opened(path, NotOfABoundary) as file:
        name = GROUPS[moment]
        if name not in file:
            there = [each for each in PLACES if GROUPS[each] in file]
            raise NotOfABoundary(f"{path}: has no /{name}: " + (
                f'say moment="{there[0]}"' if there else f"it takes {TEXTS}"))
        if "grid" not in file[name]:
            raise NothingToDraw(f"{path}: its samples have more than two "
                                "features, and no grid of inputs")
        found = {key: item[()] for key, item in file[name]["grid"].items()}
        found["values"] = file[name]["boundary_eigenvalues"][()]
        found["inputs"] = file["data/train/inputs"][()]
        found["labels"] = file["data/train/labels"][()]
        found["heading"] = ", ".join(filter(None, [
            file.attrs["study"], file.attrs["coordinates"], PLACES[moment]]))
        return found


def chosen(path, vectors, n):
    """Numbers of eigenvectors, of n; the first two unless given."""
    if vectors is None:
        return range(min(n, 2))
    for v in vectors:
        if not 0 <= v < n:
            raise ValueError(f"{path}: vectors: no {v}; there are {n} "
                             f"eigenvectors, 0 to {n - 1}")
    return [int(v) for v in vectors]


def crossings(ax, b):
    """Where predictions change: the borders of the areas of each class."""
    if len(b["y"]) == 1:
        at = np.flatnonzero(np.diff(b["class"][0].astype(int)))
        for place in (b["x"][at] + b["x"][at + 1]) / 2:
            ax.axvline(place, color="black", lw=1.0, ls=(0, (3, 1.5)))
        return
    for k in np.unique(b["class"])[1:]:
        # between this class and those below it
        line = ax.contour(b["x"], b["y"], (b["class"] >= k).astype(float),
                          levels=[0.5], colors="white", linewidths=0.9)
        for part in line.collections:
            part.set_path_effects([withStroke(linewidth=2.0,
                                              foreground="black")])


def samples(ax, b, colours=COLOURS, size=3):
    """Training samples, a marker for each class."""
    is_flat = b["inputs"].shape[1] == 1
    for i, k in enumerate(np.unique(b["labels"])):
        here = b["inputs"][b["labels"] == k]
        y = np.zeros(len(here)) if is_flat else here[:, 1]
        ax.plot(here[:, 0], y, MARKERS[i % len(MARKERS)], ms=size,
                mew=0.4, color=colours[i % len(colours)], mec="white",
                ls="none", label=f"{k}", zorder=4)


def draw_classes(ax, b):
    """How sure predictions are, white at a guess, in the colour of the class."""
    if len(b["y"]) == 1:
        ax.plot(b["x"], b["confidence"][0], color=COLOURS[3], lw=1)
        return
    rgb = np.ones((*b["class"].shape, 3))
    sure = b["confidence"]
    if not np.isfinite(sure).all():  # no softmax
        sure = np.ones_like(sure)
    for i, k in enumerate(np.unique(np.append(b["labels"], b["class"]))):
        colour = np.array(matplotlib.colors.to_rgb(COLOURS[i % len(COLOURS)]))
        here = b["class"] == k
        share = 0.15 + 0.4 * sure[here][:, None]
        rgb[here] = 1 - share * (1 - colour)
    show(ax, b, rgb)


def show(ax, b, shades, **look):
    """Shades of all points of the grid, each a cell."""
    ends = []
    for values in (b["x"], b["y"]):
        half = (values[1] - values[0]) / 2
        ends += [values[0] - half, values[-1] + half]
    return ax.imshow(shades, origin="lower", extent=ends, aspect="auto",
                     interpolation="nearest", **look)


@styled(path=PATH, vectors=WHOLES)
def boundary(path, moment="end", vectors=None, ax=None):
    """The decision boundary of a point file, and how the reinforcing gradients
    there lie to the Hessian's largest eigenvectors.

    The first picture has predictions, the surer the darker, and training samples;
    each other one the cosine A of an eigenvector and the gradient, white where
    it is 0, which changes its sign where the boundary is crossed. An eigenvector
    has no sign of its own. `moment`: "start" or "end". `vectors`: their numbers,
    from 0, the largest; the first two unless given.
    """
    b = read(path, moment)
    vectors = chosen(path, vectors, len(b["alignments"]))
    n = 1 + len(vectors)
    figure, axes = canvas(1, n, size=(0.68 * COLUMN * n, 0.66 * COLUMN), ax=ax)
    row = axes[0]
    draw_classes(row[0], b)
    crossings(row[0], b)
    samples(row[0], b)
    row[0].set_title(f"{b['heading']}\npredictions and training samples",
                     loc="left", fontsize=7)
    mesh = None
    for one, v in zip(row[1:], vectors):
        if len(b["y"]) == 1:
            one.plot(b["x"], b["alignments"][v, 0], color=COLOURS[0], lw=1)
            one.set_ylim(-1.05, 1.05)
        else:
            mesh = show(one, b, b["alignments"][v], cmap=SIGNED, vmin=-1,
                        vmax=1)
            samples(one, b, colours=["black"], size=2.2)
        crossings(one, b)
        one.set_title(rf"$A_{{{v + 1}}}$, $\lambda_{{{v + 1}}}$ = "
                      f"{b['values'][v]:.3g}", fontsize=7)
    for one in row:
        one.set_xlabel("$x$")
        one.set_xlim(b["x"][0], b["x"][-1])
        if len(b["y"]) > 1:
            one.set_ylim(b["y"][0], b["y"][-1])
    row[0].set_ylabel("$y$" if len(b["y"]) > 1 else "confidence")
    for one in row[1:]:
        one.tick_params(labelleft=len(b["y"]) == 1)
    if ax is None and len(b["y"]) == 1:
        figure.subplots_adjust(wspace=0.35)
    if mesh is not None:
        bar = figure.colorbar(mesh, ax=list(row), pad=0.015, fraction=0.03)
        bar.set_label("cosine of eigenvector and gradient")
        bar.outline.set_linewidth(0.6)
    return figure


@styled(tau=NUMBER)
def spectrum_with_outliers(ds, tau=None, ax=None):
    """The largest eigenvalues of all points, by rank, those that stand out
    filled: at least `tau` times the largest, default that of the study.

    Of where training ended: spectrum_with_outliers(gold.at_end(ds)).
    """
    if "boundary_eigenvalues" not in ds:
        raise ValueError("the study has no curvature: {boundary: "
                         "{eigenvectors: k}}")
    tau = float(setting(ds, "curvature.boundary.tau") if tau is None else tau)
    values = done(ds, "boundary_eigenvalues")
    of_points = grid_axes(ds)
    values = (values.stack(point=of_points) if of_points
              else values.expand_dims("point"))
    values = values.transpose("point", "eigenvector")
    values = need_numbers(values, "boundary_eigenvalues")
    figure, axes = canvas(size=(COLUMN, 2.4), ax=ax)
    ax = axes[0, 0]
    rank = np.arange(1, values.shape[1] + 1)
    counts = []
    for row in values[np.isfinite(values[:, 0])]:
        stands = row >= tau * row[0]
        counts.append(int(stands.sum()))
        ax.plot(rank, np.where(row > 0, row, np.nan), color="0.7", lw=0.5)
        ax.plot(rank[~stands], row[~stands], "o", ms=3.5, mfc="white",
                mec="0.35", mew=0.6, ls="none")
        ax.plot(rank[stands], row[stands], "o", ms=4, color=COLOURS[1],
                ls="none", zorder=4)
    ax.set_yscale("log")
    ax.set_xticks(rank)
    ax.set_xlabel("rank")
    ax.set_ylabel("eigenvalue of $H$")
    how_many = sorted(set(counts))
    are_seeds = all(ds.sizes[name] == 1 for name in of_points if name != "seed")
    lines = seeds_words(len(counts)) if are_seeds else f"{len(counts)} points"
    ax.set_title(f"{points_words(ds)}, {lines}"
                 + f"\nfilled: at least {tau:g} of the largest, "
                 f"{' or '.join(map(str, how_many))} each", loc="left",
                 fontsize=7)
    return figure
