# SPDX-License-Identifier: MIT
"""How the norm is shared among the layers, and the left edge of the zone.

In a bias-free ReLU network of weight variances v_l layer l has a share of about
1/v_l of the trace of G, and the H-term's block of layers l and m a squared
norm of about 1/(v_l v_m). With R = (Tr H)^2 / |H|^2 and R_G the same of G,

    1/R = 1/R_G + (rho kappa / z)^2,
    kappa = sqrt(2 sum_{l<m} 1/(v_l v_m)) / sum_l 1/v_l,

where rho depends on the data and on how many there are, not on the balance of
the layers. A heuristic law: measured for networks of two hidden layers to the
left of the zone's peak.
"""
import numpy as np

from .arguments import NUMBER, asked
from .files import largest_dim, pick
from .projection import ratio
from .intervals import LEVEL, jackknife


@asked
def edge_prefactor(ds, dim=None, level=LEVEL):
    """rho = sqrt(1/R - 1/R_G) z / kappa of the seeds of one cell, with its
    interval over seeds. `ds` has `kappa` (curvature: {layers: each}) and no
    axis of more than one value but seed."""
    values, dim = cell(ds, dim)

    def prefactors(weights):
        return prefactor({name: weights @ numbers / weights.sum(1)
                          for name, numbers in values.items()}, dim)

    return jackknife(prefactors, len(values["z"]), level, "log")


@asked(rho=NUMBER)
def edge_ratio(ds, rho, dim=None):
    """R that a prefactor makes one expect at the seeds of one cell, and R
    itself."""
    values, dim = cell(ds, dim)
    means = {name: numbers.mean() for name, numbers in values.items()}
    R, R_G = ratios(means, dim)
    expected = 1 / (1 / R_G + (rho * means["kappa"] / means["z"]) ** 2)
    return float(expected), float(R)


def cell(ds, dim):
    """What `read` reads, of the seeds of one cell."""
    found, dim = read(ds, dim)
    found = {name: value.values.ravel() for name, value in found.items()}
    if found["z"].size != ds.sizes["seed"]:
        raise ValueError("one cell at a time: select all axes but seed")
    return found, dim


def read(ds, dim):
    """{name: numbers} whose means over seeds tell the prefactor, and d."""
    dim = largest_dim(ds, dim)
    return {"z": pick(ds, "logit_spread"), "kappa": pick(ds, "kappa"),
            "c": pick(ds, "trace_over_norm", dim),
            "c_G": pick(ds, "g_trace_over_norm", dim),
            "D": pick(ds, "parameters")}, dim


def ratios(means, dim):
    """R and R_G from means over seeds."""
    return tuple(ratio(means[name], dim, means["D"]) for name in ("c", "c_G"))


def prefactor(means, dim):
    """rho from means over seeds."""
    R, R_G = ratios(means, dim)
    return np.sqrt(1 / R - 1 / R_G) * means["z"] / means["kappa"]
