# SPDX-License-Identifier: MIT
"""The law of the left edge, on numbers that obey it."""
import numpy as np
import pytest
from conftest import made

import goldilocks as gold

RHO, D = 0.13, 1e6


def obeying(kappa, z, n=12, scatter=0.0):
    random = np.random.default_rng(int(100 * kappa))
    R_G = 80.0
    R = 1 / (1 / R_G + (RHO * kappa / z) ** 2)
    curves = gold.trace_over_norm(R, 50, D) * np.ones((n, 1))
    ds = made(curves * (1 + scatter * random.normal(size=(n, 1))),
              np.array([0.5]))
    return ds.assign(
        g_trace_over_norm=0 * ds.trace_over_norm
        + gold.trace_over_norm(R_G, 50, D),
        logit_spread=0 * ds.logit_spread + z,
        kappa=0 * ds.logit_spread + kappa)


@pytest.mark.parametrize("kappa", [0.3, 0.58, 0.8])
def test_prefactor_and_prediction(kappa):
    ds = obeying(kappa, 0.25)
    rho = gold.edge_prefactor(ds)
    assert rho.estimate == pytest.approx(RHO, rel=1e-9)
    predicted, found = gold.edge_ratio(ds, RHO)
    assert predicted == pytest.approx(found, rel=1e-9)


def test_interval_holds_it():
    rho = gold.edge_prefactor(obeying(0.6, 0.25, n=40, scatter=0.05))
    assert rho.lower < RHO < rho.upper
    assert rho.upper - rho.lower < 0.05 * RHO


def test_one_cell_at_a_time():
    ds = obeying(0.6, 0.25)
    two = ds.isel(relative_radius=[0, 0])
    with pytest.raises(ValueError, match="one cell"):
        gold.edge_prefactor(two)
