# SPDX-License-Identifier: MIT
"""Laws that means over seeds keep to, and how well: rows of one table, each a
power of one number in another; and one logit spread at the peaks of all networks.

For homogeneous networks of L layers Tr/norm goes left of the zone as r^L, and
right of it, where few samples are left whose logits are near a tie, as r^(-L/2)
while there are several of them and as r^-L after that. R of subspaces of all
dimensions is one; the prefactor of the left edge (balance.py) is one for all
balances of the layers.

One hidden layer from small initialization stands on a plateau until the time T at
which exp(lambda T), the growth of its units, has made up for how small they began:
as 1/s of deviations s (or scale) of both layers, and as 1/sqrt(m) of the width m.
Of L > 2 layers T goes as scale^-(L-2). How far weights of deviations m^-p go is a
power of the width: p - 1/2 from p = 1/2 on, where units condense, else 2 p - 1.
"""
import typing

import numpy as np
import scipy.special

from .arguments import asked, known
from . import balance
from .files import (LINES, grid_axes, groups, line_axis, one_network, pick,
                    setting)
from .intervals import (LEVEL, Interval, jackknife, jackknife_error, student,
                        weighted_means)
from .means import refuse_noise
from .peaks import TOLD
from .projection import mean_ratio
from .stages import stages
from .tables import html_of
from .zones import logs_of


class Law(typing.NamedTuple):
    """A power that was fitted, with its interval; `expected`: by the law, with
    the p-value of that; `lack`: p-value of a straight line against one that is
    bent, NaN of fewer than three places."""
    power: Interval
    expected: float
    p: float
    lack: float

    words = {"power": "power, as fitted", "expected": "power by the law",
             "p": "p-value of the law's power",
             "lack": "p-value of a straight line (of logarithms)"}
    _repr_html_ = html_of

    def __str__(self):
        return (f"power {self.power}, by the law {self.expected:g} "
                f"(p = {self.p:.2g})" + (
                    "" if np.isnan(self.lack) else
                    f"; straight: p = {self.lack:.2g}"))


class Collapse(typing.NamedTuple):
    """How far apart the peaks of networks lie: deviations of their decimal
    logarithms, as places on the line, `r`, and as logit spreads, `z`; and z over
    r with its interval: below 1 where the logit spread tells more."""
    r: float
    z: float
    ratio: Interval

    words = {"r": "deviation of the peaks on the line (decades)",
             "z": "deviation of the logit spreads there (decades)",
             "ratio": "the second over the first"}
    _repr_html_ = html_of


class Asked(typing.NamedTuple):
    """What a law is told beside the dataset."""
    layers: typing.Optional[int]
    dim: typing.Optional[int]
    rate: typing.Optional[float]


class Fit(typing.NamedTuple):
    """{name: numbers [seed, ...]} whose means tell; logarithms of what the power
    is in; and of what is a power, [weights, places], from {name: means [weights,
    ...]}."""
    tables: dict
    x: np.ndarray
    logs: typing.Callable


def log_mean(means):
    mean, = means.values()
    return np.log(np.abs(mean))


def curvature(ds, axis, asked):
    return Fit({"c": pick(ds, "trace_over_norm", asked.dim)},
               np.log(ds[axis].values), log_mean)


def all_dims(ds, axis, asked):
    """Of R, by the law of projections and with what few directions of curvature
    do to a mean over few dimensions taken out, the mean over the line."""
    dims = ds[axis].values
    return Fit({d: pick(ds, "trace_over_norm", d) for d in dims}, np.log(dims),
               lambda means: np.stack([np.log(mean_ratio(c, d)).mean(axis=1)
                                       for d, c in means.items()], axis=1))


def all_balances(ds, axis, asked):
    tables, dim = balance.read(ds, asked.dim)
    return Fit(tables, np.log(tables["kappa"].mean("seed").values),
               lambda means: np.log(balance.prefactor(means, dim)))


def descents(ds):
    """Times at which the first plateau ends."""
    step = (ds if "descent_step" in ds else stages(ds)).descent_step
    return {"T": step * pick(ds, "learning_rate_applied")}


def growth(ds, axis, asked):
    if asked.rate is None:
        raise ValueError("how fast do units grow? say rate= (lambda; of gradient "
                         "descent log(1 + eta lambda)/eta of the learning rate)")
    return Fit(descents(ds), np.log(ds[axis].values),
               lambda means: asked.rate * means["T"])


def deep_descent(ds, axis, asked):
    return Fit(descents(ds), np.log(ds[axis].values), log_mean)


def distance(ds, axis, asked):
    far = pick(ds, "trajectory_relative_distance").max("trajectory_step")
    return Fit({"distance": far}, np.log(ds[axis].values), log_mean)


def of_layers(factor, add=0):
    return lambda ds, axis, asked: factor * (
        (asked.layers or layers_of_mlp(ds)) + add)


def one_for_all(ds, axis, asked):
    return 0.0


def of_growth(ds, axis, asked):
    if axis != "width":
        return -1.0
    power = init_power(ds)
    return -0.5 if power is None else power - 0.5


def of_distance(ds, axis, asked):
    power = init_power(ds)
    if power is None:
        raise ValueError("deviations of the weights are no power of the width: "
                         "init: width-power")
    return power - 0.5 if power >= 0.5 else 2 * power - 1


class Row(typing.NamedTuple):
    """A law: the axes that it may be along, what is fitted, and the power."""
    axes: tuple
    fit: typing.Callable
    power: typing.Callable


LAWS = {"left": Row(LINES, curvature, of_layers(1.0)),
        "right": Row(LINES, curvature, of_layers(-0.5)),
        "far": Row(LINES, curvature, of_layers(-1.0)),
        "projection": Row(("subspace_dim",), all_dims, one_for_all),
        "balance": Row((), all_balances, one_for_all),
        "descent": Row(("init_std", "scale", "width"), growth, of_growth),
        "depth": Row(("scale",), deep_descent, of_layers(-1.0, -2)),
        "distance": Row(("width",), distance, of_distance)}


@asked
def fit_law(ds, law, between=None, layers=None, dim=None, level=LEVEL,
            rate=None):
    """A law of one network, but for the axis of the law, against its seeds.

    `law`, the module says why:
    "left" of the zone, "right" of it, "far" to the right: Tr/norm along the line;
    "projection": R in the dimension of subspaces, the power is 0;
    "balance": the left edge's prefactor in kappa, over whatever axis varies the
    balance of layers at one place of the line, the power is 0;
    "descent": exp(`rate` T) in the init_std, the scale or the width of one hidden
    layer, T the time at which the first plateau ends;
    "depth": T in the scale of more layers;
    "distance": how far weights go, in the width.

    `between`: ends of a range of the axis, of the line for "projection"; all where
    it is left out. `layers`: with weights; left out, that of an mlp. Ranges of
    noise are refused: where most means are not apart from 0, where one is no
    number, and where the interval of the power holds 0 and the law's power both.
    Errors are those of seeds, by the jackknife.
    """
    row = LAWS[known("law", law, LAWS)]
    axis = axis_of(ds, law, row.axes)
    along = axis if axis in grid_axes(ds) else line_axis(ds)
    ds = one_network(ds, along).sortby(along)
    if between is not None:
        x = ds[along].values
        ds = ds.isel({along: (x >= between[0] * (1 - 1e-9))
                      & (x <= between[1] * (1 + 1e-9))})
    if ds.sizes[axis] < 2 or ds.sizes[along] == 0:
        raise ValueError(f"{ds.sizes[along]} places of {along} in {between}")
    asked = Asked(layers, dim, rate)
    tables, x, logs_of = row.fit(ds, axis, asked)
    tables = {name: values.transpose("seed", ...)
              for name, values in tables.items()}
    for values in tables.values():
        refuse_noise(values, "all" if between is None else tuple(between),
                         level)

    def logs(weights):
        with np.errstate(invalid="ignore", divide="ignore"):
            return logs_of({name: weighted_means(weights, values.values)
                            for name, values in tables.items()})

    n_missing = np.count_nonzero(~np.isfinite(logs(np.ones((
        1, ds.sizes["seed"])))))
    if n_missing:
        raise ValueError(f"at {n_missing} of {len(x)} places of {axis} the law "
                         "\"{}\" has no number: narrow the range".format(law))
    found = fit(x, logs, ds.sizes["seed"], row.power(ds, axis, asked), level)
    if all(found.power.lower <= power <= found.power.upper
           for power in (0.0, found.expected)) and found.expected != 0:
        raise ValueError(f"the power is {found.power}, and neither 0 nor "
                         f"{found.expected:g} can be told from it: noise; widen "
                         "the range, or take more seeds")
    return found


def axis_of(ds, law, axes):
    """The axis of a law: of its axes, or all but the seeds, the first that has
    several values."""
    names = axes or [n for n in grid_axes(ds) if n != "seed"]
    for name in names:
        if ds.sizes.get(name, 1) > 1:
            return name
    raise ValueError(f"the law \"{law}\" is one of several values of an axis: "
                     + (", ".join(axes) or "of any"))


def init_power(ds):
    """p of deviations m^-p; None where they are none."""
    if "init_power" in ds.coords:
        return float(ds.init_power)
    power = setting(ds, "network.power")
    return None if power is None else float(power)


def fit(x, logs, n, expected, level):
    """Power of exp(`logs`), [weights, places] of n seeds, against exp(x)."""
    x = x - x.mean()
    bend = x ** 2 - np.polyval(np.polyfit(x, x ** 2, min(len(x) - 1, 1)), x)
    power = jackknife(lambda weights: logs(weights) @ x / (x @ x), n, level)
    lack = np.nan
    if len(x) > 2:
        lack = chance_of(0.0, jackknife(lambda weights: logs(weights) @ bend, n,
                                        level), n, level)
    return Law(power, expected, chance_of(expected, power, n, level), lack)


def chance_of(value, interval, n, level):
    """Two-sided p-value that a number is this, by its interval."""
    error = (interval.upper - interval.lower) / 2 / student(level, n - 1)
    if not error > 0:
        return np.nan
    return float(2 * scipy.special.stdtr(
        n - 1, -abs(interval.estimate - value) / error))


@asked
def collapse(ds, dim=None, level=LEVEL):
    """How well the logit spread z tells where the peaks of networks are, against
    the line (a radius): see Collapse. Of networks on axes other than `seed` and
    the line, all of which have a zone. Seeds are left out of all networks
    together."""
    line = line_axis(ds)
    claims = [logs_of(ds.isel({name: [i] for name, i in at.items()}), dim)
              for at, _ in groups(ds, over=("seed", line))]
    if len(claims) < 2:
        raise ValueError("one network: there is nothing to be apart from")
    if len({len(claim.left_out) for claim in claims}) > 1:
        raise ValueError("some networks have no numbers of some seeds: select "
                         "the seeds that all have")
    # The last place stands for all seeds.
    places = np.array([[np.append(claim.left_out[:, k], claim.value[k])
                        for claim in claims]
                       for k in map(TOLD.index, ("peak", "spread"))])
    r, z = places.std(axis=1, ddof=1)
    half = student(level, len(r) - 2) * jackknife_error(np.log(z / r)[:-1])
    best = z[-1] / r[-1]
    return Collapse(float(r[-1] / np.log(10)), float(z[-1] / np.log(10)),
                    Interval(float(best), float(best * np.exp(-half)),
                             float(best * np.exp(half))))


def layers_of_mlp(ds):
    """Layers with weights."""
    depth = ds.depth if "depth" in ds.coords else setting(ds, "network.depth")
    if setting(ds, "network.kind") != "mlp" or depth is None:
        raise ValueError("how many layers with weights has it? say layers=")
    return int(depth) + 1
