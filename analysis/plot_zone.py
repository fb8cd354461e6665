#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Draw the Goldilocks zone from a result file.

Trace over Frobenius norm of the Hessian in a random subspace, and the share
of its eigenvalues above 0, against where the point lies: radius, relative
radius, scale or temperature, whichever the study swept; where it also trained,
the accuracy that was reached from there. Lines are means over seeds, bands one
standard deviation over seeds to either side.
"""
import argparse
import itertools
import os
import sys

os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import xarray as xr

LINES = ("radius", "relative_radius", "scale", "temperature")
DONE = 1
MEASURED = ["trace_over_norm", "positive_fraction", "logit_spread"]
TRAINED = ["final_accuracy", "final_test_accuracy"]

# Okabe and Ito (2008), in an order that also falls apart in grey.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#000000", "#CC79A7", "#E69F00",
           "#56B4E9"]
DASHES = ["-", (0, (5, 1.5)), (0, (1, 1)), (0, (5, 1, 1, 1))]
MARKERS = ["o", "s", "^", "D", "v", "P", "X"]

SETS = {"fashion-mnist": "Fashion-MNIST", "mnist": "MNIST",
        "circles": "Circles", "mixture": "Gaussian mixture"}
CLASSES = {"fashion-mnist": 10, "mnist": 10}
OPTIMIZERS = {"gd": "gradient descent", "sgd": "SGD", "momentum": "momentum",
              "adam": "Adam"}
ACTIVATIONS = {"relu": "ReLU", "leaky_relu": "leaky ReLU"}


def read(path):
    """The numbers of the points that are done."""
    with xr.open_dataset(path) as ds:
        ds = ds.load()
    if "trace_over_norm" not in ds:
        raise SystemExit(f"{path}: the study has no curvature block")
    is_done = ds.status_measure == DONE
    if not bool(is_done.any()):
        raise SystemExit(f"{path}: no point is done yet")
    ds[MEASURED] = ds[MEASURED].where(is_done)
    if "status_train" in ds:
        ds[TRAINED] = ds[TRAINED].where(ds.status_train == DONE)
    return ds


def is_trained(ds):
    return "status_train" in ds and bool(ds.final_accuracy.notnull().any())


def line_axis(ds):
    for name in LINES:
        if name in ds.status_measure.dims:
            return name
    raise SystemExit("the grid has none of the axes " + ", ".join(LINES))


def setting(ds, key):
    """A setting of the study, from what the file says it ran."""
    for row in ds.attrs["study_identity"].splitlines():
        name, _, value = row.partition(" = ")
        if name == key:
            return value
    return None


def axis_label(line, reference):
    name = {"xavier": "Xavier", "kaiming": "Kaiming",
            "lecun": "LeCun"}.get(reference, reference)
    return {
        "radius": r"radius $r = \|\theta\|_2$",
        "relative_radius": r"relative radius $r\,/\,r_\mathrm{%s}$" % name,
        "scale": r"scale $\alpha$ of the initial weights",
        "temperature": r"softmax temperature $T$",
    }[line]


def curves(ds, line, dim):
    """One curve for each combination of the axes other than line and seed."""
    ds = ds.sel(subspace_dim=dim)
    others = [name for name in ds.status_measure.dims
              if name not in (line, "seed")]
    for index in itertools.product(*(range(ds.sizes[n]) for n in others)):
        part = ds.isel(dict(zip(others, index)))
        if "seed" not in part.dims:
            part = part.expand_dims("seed")
        if not part.trace_over_norm.notnull().any():
            continue
        labels = []
        for name, i in zip(others, index):
            if ds.sizes[name] > 1:
                # A zipped axis has no values of its own, only places.
                value = ds[name].values[i] if name in ds.coords else i
                labels.append(words(name, value))
        yield ", ".join(labels), part


def words(name, value):
    """A value of an axis or setting, for people."""
    if isinstance(value, bytes):
        value = value.decode()
    if name == "depth":
        return f"{value} hidden layer{'' if int(value) == 1 else 's'}"
    if name == "width":
        return f"{value} units"
    if name == "activation":
        return ACTIVATIONS.get(str(value), str(value))
    return f"{name} {value:g}" if isinstance(value, float) else (
        f"{name} {value}")


def statistics(values, line):
    """Mean and standard deviation over seeds, in the order of the axis."""
    values = values.transpose("seed", line).values
    n = np.isfinite(values).sum(axis=0)
    values = values[:, n > 0]
    mean = np.nanmean(values, axis=0)
    sd = np.zeros_like(mean)
    several = n[n > 0] > 1
    sd[several] = np.nanstd(values[:, several], axis=0, ddof=1)
    return n > 0, mean, sd


def zone(x, y):
    """Peak of y and where it falls to half of it, straight in log x."""
    peak = int(np.argmax(y))
    half = y[peak] / 2

    def cross(step):
        i = peak
        while 0 <= i + step < len(y) and y[i + step] >= half:
            i += step
        j = i + step
        if not 0 <= j < len(y):
            return x[i]
        share = (y[i] - half) / (y[i] - y[j])
        return x[i] * (x[j] / x[i]) ** share

    return peak, cross(-1), cross(1)


def significant(value, digits=2):
    return np.format_float_positional(value, precision=digits, trim="-",
                                      fractional=False)


def title(ds, dim):
    """What all curves have in common: data, network, subspace, seeds."""
    data = setting(ds, "data.set")
    samples = setting(ds, "data.train")
    seeds = ds.sizes.get("seed", 1)
    kind = setting(ds, "network.kind")
    network = [] if kind == "mlp" else [kind]
    for name in ("activation", "depth", "width"):
        value = setting(ds, "network." + name)
        if ds.sizes.get(name, 0) == 1:
            value = ds[name].values[0]
        if value is not None and ds.sizes.get(name, 1) == 1:
            network.append(words(name, value))
    band = f"mean \u00b1 1 s.d. of {seeds} seeds" if seeds > 1 else "one seed"
    lines = [f"{SETS.get(data, data)}, {samples} samples, $d$ = {dim}",
             ", ".join(network + training(ds)),
             f"{band}; $z$: logit spread"]
    return "\n".join(lines)


def training(ds):
    """Optimizer and length, where all curves have them in common."""
    if not is_trained(ds):
        return []
    words_of = []
    optimizer = setting(ds, "train.optimizer")
    if "optimizer" not in ds.dims and optimizer is not None:
        words_of.append(OPTIMIZERS.get(optimizer, optimizer))
    for name in ("steps", "epochs"):
        value = setting(ds, "train." + name)
        if name not in ds.dims and value not in (None, "0"):
            words_of.append(f"{value} {name}")
    return words_of


def draw(path, dim):
    ds = read(path)
    line = line_axis(ds)
    dims = [int(d) for d in ds.subspace_dim.values]
    dim = max(dims) if dim is None else dim
    if dim not in dims:
        raise SystemExit(f"{path}: no subspace of dimension {dim}; there "
                         f"are {', '.join(map(str, dims))}")
    ds = ds.sortby(line)
    n_panels = 3 if is_trained(ds) else 2
    figure, axes = plt.subplots(n_panels, 1, sharex=True,
                                figsize=(3.4, 0.6 + 2.0 * n_panels),
                                gridspec_kw={"hspace": 0.07})
    zones = []
    for i, (label, part) in enumerate(curves(ds, line, dim)):
        style = {"color": COLOURS[i % len(COLOURS)],
                 "ls": DASHES[i % len(DASHES)],
                 "marker": MARKERS[i % len(MARKERS)],
                 "zorder": 3 + 0.01 * i}
        draw_curve(axes[:2], part, line, label, style, zones)
        if n_panels == 3:
            draw_training(axes[2], part, line, style)
    mark_zones(axes, zones)
    name = axis_label(line, setting(ds, "network.reference"))
    finish(figure, axes, name, title(ds, dim))
    if n_panels == 3:
        finish_training(axes[2], setting(ds, "data.set"))
    return figure


def draw_curve(axes, part, line, label, style, zones):
    """Both panels of one combination; adds its zone to the list."""
    x = part[line].values.astype(float)
    for ax, name in zip(axes, ("trace_over_norm", "positive_fraction")):
        is_there, mean, sd = statistics(part[name], line)
        at = x[is_there]
        if ax is axes[0]:
            peak, low, high = zone(at, mean)
            z = part.logit_spread.isel({line: is_there}).isel({line: peak})
            z = float(np.exp(np.log(z.where(z > 0)).mean()))
            text = f"peak at $z$ = {significant(z)}"
            text = f"{label}: {text}" if label else text
            zones.append((low, high, style["color"]))
        ax.fill_between(at, mean - sd, mean + sd, lw=0, zorder=1,
                        color=style["color"], alpha=0.16)
        ax.plot(at, mean, label=text, ms=2.8, lw=1.1, markeredgewidth=0,
                **style)


def draw_training(ax, part, line, style):
    """Accuracy on test samples, and thin on those trained with."""
    x = part[line].values.astype(float)
    is_there, mean, sd = statistics(part.final_test_accuracy, line)
    at = x[is_there]
    ax.fill_between(at, mean - sd, mean + sd, lw=0, zorder=1,
                    color=style["color"], alpha=0.16)
    ax.plot(at, mean, ms=2.8, lw=1.1, markeredgewidth=0, **style)
    is_there, mean, _ = statistics(part.final_accuracy, line)
    ax.plot(x[is_there], mean, lw=0.6, color=style["color"], ls=style["ls"],
            zorder=2)


def finish_training(ax, data):
    ax.set_ylim(0, 1)
    ax.set_ylabel("accuracy after training")
    if data in CLASSES:
        ax.axhline(1 / CLASSES[data], color="0.35", lw=0.6, zorder=2)
    ax.text(0.02, 0.035, "thick: test, thin: training", fontsize=6,
            transform=ax.transAxes)


def mark_zones(axes, zones):
    """Where a mean of Tr/norm is above half of its largest value."""
    if len(zones) == 1:
        for ax in axes:
            ax.axvspan(*zones[0][:2], color="0.9", lw=0, zorder=0,
                       label="above half of peak")
        return
    top = axes[0]
    low, high = top.get_ylim()
    step = 0.045 * (high - low)
    for i, (left, right, colour) in enumerate(zones):
        top.plot([left, right], [low - i * step] * 2, color=colour, lw=1.6,
                 marker="|", ms=4)
    top.text(0.02, low - (len(zones) - 1) / 2 * step, "above half\nof peak",
             fontsize=6, va="center", transform=top.get_yaxis_transform())
    top.set_yticks([tick for tick in top.get_yticks() if low <= tick <= high])
    top.set_ylim(low - (len(zones) + 0.3) * step, high)


def finish(figure, axes, x_label, text):
    top, middle, bottom = axes[0], axes[1], axes[-1]
    top.axhline(0, color="0.35", lw=0.6, zorder=2)
    middle.axhline(0.5, color="0.35", lw=0.6, zorder=2)
    bottom.set_xscale("log")
    bottom.set_xlabel(x_label)
    top.set_ylabel(r"$\mathrm{Tr}\,H_d\;/\;\Vert H_d\Vert_\mathrm{F}$")
    middle.set_ylabel(r"fraction of eigenvalues $> 0$")
    figure.align_ylabels(axes)
    handles, labels = top.get_legend_handles_labels()
    top.legend(handles, labels, loc="lower left", bbox_to_anchor=(0, 1.0),
               borderaxespad=0.2, handlelength=2.6, labelspacing=0.25,
               title=text, alignment="left")


STYLE = {
    "font.size": 8, "axes.titlesize": 8, "legend.fontsize": 7,
    "axes.linewidth": 0.6, "xtick.direction": "in", "ytick.direction": "in",
    "xtick.top": True, "ytick.right": True, "legend.frameon": False,
    "mathtext.fontset": "dejavusans", "svg.hashsalt": "goldilocks",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", help="result file of a study")
    parser.add_argument("-o", "--output", metavar="PNG",
                        help="where to; PDF and SVG by their ending; "
                        "default figures/<name of the file>.png")
    parser.add_argument("--dim", type=int, metavar="D",
                        help="dimension of the subspace; default the largest")
    parser.add_argument("--dpi", type=int, default=300,
                        help="dots an inch of a PNG; default 300")
    args = parser.parse_args()
    output = args.output
    if output is None:
        stem = os.path.splitext(os.path.basename(args.file))[0]
        output = os.path.join("figures", stem + ".png")
    with plt.rc_context(STYLE):
        figure = draw(args.file, args.dim)
        os.makedirs(os.path.dirname(output) or ".", exist_ok=True)
        figure.savefig(output, dpi=args.dpi, bbox_inches="tight")
    print(output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
