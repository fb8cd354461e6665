# SPDX-License-Identifier: MIT
"""Curvature of all parameters: errors that are as large as stated, and its
laws at small and large scales. No reference but the program's own exact
Hessian, which ../torch/test_full.py compares with autograd."""
import math
import os

import numpy as np
import pytest

import support

xr = pytest.importorskip("xarray")
pytest.importorskip("h5netcdf")

# More of them make the question sharper: 1000 decide 93..97 %.
N_SEEDS = int(os.environ.get("GOLDILOCKS_SEEDS",
                             60 if support.IS_QUICK else 200))
COVERAGE = 0.95
NORMAL = 1.959964  # 128 probes: Student's factor is a hundredth larger

CALIBRATION = """
study: calibration
grid: {{activation: [relu, tanh], seed: {{count: {n_seeds}}}}}
data: {{set: mixture, train: 12, test: 2, features: 4, classes: 3}}
network: {{depth: 2, width: 6, bias: false}}
curvature: {{trace_probes: 128, dense: true}}
run: {{precision: float64}}
"""


def sweep(folder, text):
    study = support.write(folder / "study.yaml", text)
    support.succeed("run", study, "-o", folder / "run.h5", "--quiet")
    with xr.open_dataset(folder / "run.h5", engine="h5netcdf") as ds:
        return ds.load()


@pytest.fixture(name="calibration", scope="module")
def fixture_calibration(tmp_path_factory):
    return sweep(tmp_path_factory.mktemp("calibration"),
                 CALIBRATION.format(n_seeds=N_SEEDS))


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("name", ["trace", "frobenius_norm"])
@pytest.mark.parametrize("term", ["", "g_", "h_"])
def test_intervals_cover(calibration, term, name, activation):
    """Each seed has a network, a truth and probes of its own. Within three
    errors of a count; the bounds for a thousand are a little tighter."""
    ds = calibration.sel(activation=activation)
    assert ds.sizes["seed"] == N_SEEDS
    found = ds[f"full_{term}{name}"]
    error = ds[f"full_{term}{name}_stderr"]
    covers = abs(found - ds[f"dense_{term}{name}"]) <= NORMAL * error
    allowed = (0.02 if N_SEEDS >= 1000 else
               3 * math.sqrt(COVERAGE * (1 - COVERAGE) / N_SEEDS))
    assert abs(float(covers.mean()) - COVERAGE) <= allowed


def test_bounds(calibration):
    """|c| <= sqrt(D); G, a sum of 12 terms of rank 2, has 1 <= c <= sqrt(24)
    unless it is 0."""
    c = calibration.dense_trace_over_norm
    assert bool((abs(c) <= np.sqrt(calibration.parameters)).all())
    of_g = calibration.dense_g_trace_over_norm
    assert bool(((of_g == 0) | (of_g >= 1 - 1e-9)).all())
    assert bool((of_g <= math.sqrt(24)).all())
    assert bool((calibration.dense_spectral_norm
                 <= calibration.dense_frobenius_norm * (1 + 1e-9)).all())


def slope(ds, name):
    """Of the mean over seeds, in powers of the scale."""
    return np.polyfit(np.log(ds.scale.values),
                      np.log(ds[name].mean("seed").values), 1)[0]


LEFT = """
study: left
grid: {depth: [1, 2, 3], seed: {count: 3}, scale: [0.02, 0.03, 0.05, 0.12]}
data: {set: mixture, train: 100, test: 2, features: 8, classes: 4}
network: {width: 8, bias: false}
curvature: {dense: true}
run: {precision: float64}
"""


def test_left_slopes(tmp_path):
    """Small scales: c grows as alpha^L without an offset, which only subspaces
    have; G as alpha^(2(L-1)), the H-term as alpha^(L-2), the gradient as
    alpha^(L-1). Logits are some hundredths, and so is what is left."""
    every = sweep(tmp_path, LEFT)
    for depth in every.depth.values:
        ds = every.sel(depth=depth)
        layers = depth + 1
        expected = {"dense_trace_over_norm": layers,
                    "dense_g_spectral_norm": 2 * (layers - 1),
                    "dense_h_spectral_norm": layers - 2,
                    "gradient_norm": layers - 1}
        found = {name: slope(ds, name) for name in expected}
        assert found == pytest.approx(expected, rel=0.02, abs=0.02)


RIGHT = """
study: right
grid: {depth: [1, 2], seed: {count: 10},
       scale: {from: 3, to: 15, count: 6, spacing: log}}
data: {set: mixture, train: 1000, test: 2, features: 8, classes: 4}
network: {width: 12, bias: false}
curvature: {trace_probes: 16}
run: {precision: float64}
"""


def test_right_slopes(tmp_path):
    """Large scales: near-ties are a share of alpha^-L of the samples, each
    adding alpha^(2(L-1)) to Tr G. The H-term is linear in residuals that no
    longer change. Within 10 %."""
    every = sweep(tmp_path, RIGHT)
    for depth in every.depth.values:
        ds = every.sel(depth=depth)
        layers = depth + 1
        assert float(ds.logit_spread.mean("seed").min()) > 5
        ties = slope(ds, "full_g_trace") - 2 * (layers - 1)
        assert ties == pytest.approx(-layers, rel=0.1)
        assert slope(ds, "full_h_frobenius_norm") == pytest.approx(
            layers - 2, abs=0.1)
