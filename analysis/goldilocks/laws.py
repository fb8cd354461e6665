# SPDX-License-Identifier: MIT
"""Laws that curves of Tr/norm keep to, and how well: powers along the line left
and right of the zone, one R in subspaces of all dimensions, and one logit spread
at the peaks of all networks.

For homogeneous networks of L layers: left of the zone the mean over seeds goes
as r^L, and right of it, where few samples are left whose logits are near a tie,
as r^(-L/2) while there are several of them and as r^-L after that.
"""
import typing

import numpy as np
import scipy.special

from .files import grid_axes, groups, line_axis, pick, setting
from .intervals import (LEVEL, Interval, jackknife, jackknife_error, student,
                        weighted_means)
from .means import refuse_noise
from .projection import mean_ratio
from .zones import TOLD, one_claim

# Powers by law, over the number of layers.
POWERS = {"left": 1.0, "right": -0.5, "far": -1.0}
LAWS = (*POWERS, "projection")


class Law(typing.NamedTuple):
    """A power that was fitted, with its interval; `expected`: by the law, with
    the p-value of that; `lack`: p-value of a straight line against one that is
    bent, NaN of fewer than three places."""
    power: Interval
    expected: float
    p: float
    lack: float

    def __str__(self):
        return (f"power {self.power}, by the law {self.expected:g} "
                f"(p = {self.p:.2g}); straight: p = {self.lack:.2g}")


class Collapse(typing.NamedTuple):
    """How far apart the peaks of networks lie: deviations of their decimal
    logarithms, as places on the line, `r`, and as logit spreads, `z`; and z over
    r with its interval: below 1 where the logit spread tells more."""
    r: float
    z: float
    ratio: Interval


def fit_law(ds, law, between, layers=None, dim=None, level=LEVEL):
    """A law of one network against its seeds, between two places of the line.

    `law`: "left" of the zone, "right" of it, "far" to the right, where Tr/norm
    goes as powers of the line; or "projection", where R of all dimensions of
    subspaces is one, so that the power of d in it is 0: R by the law of
    projections, with what few directions of curvature do to a mean over few
    dimensions taken out. `layers`: with weights; left out, that of an mlp.
    Ranges of noise are refused. Errors are those of seeds, by the jackknife.
    """
    if law not in LAWS:
        raise ValueError(f"no law {law!r}; there are " + ", ".join(LAWS))
    line = line_axis(ds)
    others = [n for n in grid_axes(ds) if n not in ("seed", line)]
    if any(ds.sizes[name] > 1 for name in others):
        raise ValueError("several networks: select a place of "
                         + ", ".join(others))
    ds = ds.squeeze(others).sortby(line)
    x = ds[line].values
    is_in = (x >= between[0] * (1 - 1e-9)) & (x <= between[1] * (1 + 1e-9))
    ds = ds.isel({line: is_in})
    if law == "projection":
        return fit_projection(ds, line, between, level)
    if is_in.sum() < 2:
        raise ValueError(f"{is_in.sum()} places of {line} in {between}")
    values = pick(ds, "trace_over_norm", dim).transpose("seed", line)
    refuse_noise(values, between, level)

    def logs(weights):
        return np.log(np.abs(weighted_means(weights, values.values)))

    return fit(np.log(x[is_in]), logs, len(values),
               POWERS[law] * (layers or layers_of_mlp(ds)), level)


def fit_projection(ds, line, between, level):
    """The power of d in R, of the mean over places of its logarithm."""
    dims = ds.subspace_dim.values if "subspace_dim" in ds else []
    if len(dims) < 2:
        raise ValueError("one R for all dimensions is a law of several of them: "
                         "curvature.subspace.dim")
    tables = [pick(ds, "trace_over_norm", d).transpose("seed", line)
              for d in dims]
    for values in tables:
        refuse_noise(values, between, level)

    def logs(weights):
        return np.stack([np.log(mean_ratio(weighted_means(
            weights, values.values), d)).mean(axis=1)
            for values, d in zip(tables, dims)], axis=1)

    return fit(np.log(dims), logs, len(tables[0]), 0.0, level)


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


def collapse(ds, dim=None, level=LEVEL):
    """How well the logit spread z tells where the peaks of networks are, against
    the line (a radius): see Collapse. Of networks on axes other than `seed` and
    the line, all of which have a zone. Seeds are left out of all networks
    together."""
    line = line_axis(ds)
    claims = [one_claim(ds.isel({name: [i] for name, i in at.items()}), dim,
                        level) for at, _ in groups(ds, over=("seed", line))]
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
