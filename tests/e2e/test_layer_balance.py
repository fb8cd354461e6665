# SPDX-License-Identifier: MIT
"""The left edge of the zone against the balance of the layers: 1/R = 1/R_G +
(rho kappa / z)^2, with one rho for all gains (analysis/goldilocks/balance.py).

Three settings of the gains give rho; R of settings that were not used follows.
Small here; GOLDILOCKS_BALANCE=full takes the network of Fort and Scherlis. All
settings have the same seeds, and so the same normal numbers and directions:
their ratios scatter less than each of them. In small, over three sets of seeds,
the first of which also served to choose the size: largest over smallest rho
1.003, 1.017 and 1.015 where 1.08 is allowed, R predicted to 2 % where 15 are;
without kappa rho would differ by a factor of 2.
"""
import os
import sys

import numpy as np
import pytest

import support

xr = pytest.importorskip("xarray")
pytest.importorskip("h5netcdf")
sys.path.insert(0, str(support.TOP / "analysis"))
import goldilocks as gold  # noqa: E402

pytestmark = pytest.mark.skipif(not support.FASHION_MNIST.is_dir(),
                                reason="no Fashion-MNIST here")
IS_FULL = os.environ.get("GOLDILOCKS_BALANCE", "") == "full"
SIZES = {"width": 200, "train": 500, "dim": 50, "seeds": 16} if IS_FULL else {
    "width": 60, "train": 100, "dim": 40, "seeds": 16}
# At log10 (r / r_Xavier)^2 = -2/3, on the rising side.
STUDY = """
study: balance
grid: {{zip: {{init: [{inits}], layer_gains: [{gains}]}},
       seed: {{count: {seeds}}}, relative_radius: [0.4642]}}
data: {{set: fashion-mnist, path: {path}, train: {train}, test: 1,
       normalize: published}}
network: {{depth: 2, width: {width}}}
curvature: {{layers: each, subspace: {{dim: {dim}}}}}
"""
USED = {"xavier": ("xavier-normal", "1"),
        "last x 2": ("xavier-normal", "[0.7071, 1, 1.4142]"),
        "last x 4": ("xavier-normal", "[0.5, 1, 2]")}
UNSEEN = {"equal": ("equal-norm", "1")}
if IS_FULL:
    UNSEEN |= {"lecun": ("lecun-normal", "1"),
               "last x 8": ("xavier-normal", "[0.3536, 1, 2.8284]"),
               "first x 2": ("xavier-normal", "[1.4142, 1, 0.7071]")}


@pytest.fixture(scope="module", name="cells")
def fixture_cells(tmp_path_factory):
    folder = tmp_path_factory.mktemp("balance")
    draws = {**USED, **UNSEEN}
    inits, gains = map(", ".join, zip(*draws.values()))
    study = support.write(folder / "s.yaml", STUDY.format(
        path=support.FASHION_MNIST, inits=inits, gains=gains, **SIZES))
    support.succeed("run", study, "-o", folder / "s.h5", "--quiet",
                    timeout=7200)
    with xr.open_dataset(folder / "s.h5", engine="h5netcdf") as ds:
        return {name: ds.isel(init_layer_gains=i).load()
                for i, name in enumerate(draws)}


def common(cells):
    return np.mean([gold.edge_prefactor(cells[name]).estimate
                    for name in USED])


def test_balances_differ(cells):
    """The law is asked something: kappa^2 and R differ by factors."""
    kappa = [float(cells[name].kappa.mean()) for name in USED]
    assert kappa[0] > 1.6 * kappa[2]
    R = [gold.edge_ratio(cells[name], 1.0)[1] for name in USED]
    assert R[2] > 4 * R[0]


def test_shares_follow_the_variances(cells):
    """The last layer's share of the trace of G falls as its variance over that
    of the first grows; heuristic: by the square of the gains to 30 %."""
    def odds(name):
        share = cells[name].layer_trace_share.isel(
            subspace_dim=0, relative_radius=0).mean("seed")
        assert float(share.sum()) == pytest.approx(1, abs=1e-12)
        return float(share[2] / share[0])

    for name, factor in (("last x 2", 4), ("last x 4", 16)):
        assert odds("xavier") / odds(name) == pytest.approx(factor, rel=0.3)


def test_one_prefactor(cells):
    rho = {name: gold.edge_prefactor(cells[name]) for name in USED}
    print({name: str(value) for name, value in rho.items()})
    values = [value.estimate for value in rho.values()]
    assert max(values) / min(values) <= 1.08, rho


@pytest.mark.parametrize("name", UNSEEN)
def test_unseen(cells, name):
    predicted, found = gold.edge_ratio(cells[name], common(cells))
    print(name, round(predicted, 2), "predicted,", round(found, 2), "found")
    assert abs(predicted / found - 1) <= 0.15
