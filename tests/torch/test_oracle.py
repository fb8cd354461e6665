# SPDX-License-Identifier: MIT
"""Point files agree with PyTorch autograd in float64: to 1e-9 when computed in
float64, to 1e-4 in float32.

The points are a covering design: any two choices of any two factors, of which
the precision is one, meet in at least one of them. GOLDILOCKS_ORACLE=all: each
in both precisions.

One thing limits float32: a relative error of some 3e-7 in the logits is an
absolute error of 3e-7 z in the exponents of the softmax (z: their spread), and
so a relative error of that size in probabilities and curvature, whoever
computes them (PyTorch in float32 is as far off). Where z is above 250 the
tolerance grows with it; test_few_are_so_far_out counts how often.
"""
import itertools
import os
import pathlib
import random
import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("h5py")

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests/e2e"), str(TOP / "analysis")]
import support  # noqa: E402
from goldilocks import pytorch  # noqa: E402

torch.set_num_threads(1)

FACTORS = {
    "activation": ["relu", "leaky_relu", "tanh", "sigmoid", "identity"],
    "bias": ["false", "true, bias_init: zero", "true, bias_init: same"],
    "depth": [1, 2, 3, 4],
    "init": [f"{rule}-{shape}" for rule in ("xavier", "kaiming", "lecun")
             for shape in ("normal", "uniform")],
    "temperature": [0.5, 2.5],
    "surface": ["plane", "sphere"],
    "directions": ["gaussian", "sparse-sign"],
    "relative_radius": [0.3, 1, 2, 5],
    "data": ["circles", "mixture", "wide-mixture", "fashion-mnist", "mnist"],
    "scale": [0.5, 1],
    "precision": ["float64", "float32"],
}
N_POINTS = 16 if support.IS_QUICK else 72

IMAGES = "train: 50, test: 20, normalize: unit"
DATA = {
    "circles": "set: circles, train: 50, test: 20, normalize: none",
    "mixture": "set: mixture, train: 50, test: 20, features: 5, classes: 4",
    "wide-mixture":
        "set: mixture, train: 40, test: 30, features: 20, classes: 10",
    "fashion-mnist":
        f"set: fashion-mnist, path: {support.few(support.FASHION_MNIST)}, "
        f"{IMAGES}",
    "mnist": f"set: mnist, path: {support.few(support.MNIST)}, {IMAGES}",
}
AVAILABLE = {"fashion-mnist": support.FASHION_MNIST.is_dir(),
             "mnist": support.MNIST.is_dir()}

STUDY = """
study: oracle
grid: {{seed: [{seed}], relative_radius: [{relative_radius}]}}
data: {{{data_block}, scale: {scale}}}
network:
  {{activation: {activation}, bias: {bias}, depth: {depth}, width: {width},
   init: {init}, temperature: {temperature}}}
curvature:
  subspace: {{dim: [2, 6], directions: {directions}, surface: {surface}}}
run: {{precision: {precision}}}
"""

LARGEST_SPREAD = 250.0
SPREADS = []


def pairs_of(row):
    return set(itertools.combinations(sorted(row.items()), 2))


def covering_design(n_rows):
    """Rows that together hold every pair of choices; greedy, then filled up
    at random to `n_rows`."""
    rng = random.Random(7)
    draw = {name: list(values) for name, values in FACTORS.items()}
    open_pairs = set()
    for a, b in itertools.combinations(sorted(FACTORS), 2):
        open_pairs |= {((a, x), (b, y))
                       for x in FACTORS[a] for y in FACTORS[b]}
    rows = []
    while len(rows) < n_rows:
        candidates = [{name: rng.choice(values)
                       for name, values in draw.items()} for _ in range(60)]
        row = max(candidates, key=lambda r: len(pairs_of(r) & open_pairs))
        open_pairs -= pairs_of(row)
        rows.append(row)
    return rows, open_pairs


ROWS, LEFT = covering_design(N_POINTS)


def name_of(row):
    return "-".join(str(value).replace("true, bias_init: ", "bias_")
                    .replace("false", "nobias") for value in row.values())


def test_design_covers():
    assert support.IS_QUICK or not LEFT


IS_ALL = os.environ.get("GOLDILOCKS_ORACLE") == "all"


@pytest.mark.parametrize("index, row", [
    pytest.param(index, {**row, "precision": precision},
                 id=name_of({**row, "precision": precision}))
    for index, row in enumerate(ROWS) for precision in FACTORS["precision"]
    if IS_ALL or precision == row["precision"]])
def test_point(index, row, tmp_path):
    if not AVAILABLE.get(row["data"], True):
        pytest.skip(f"no {row['data']} here")
    study = support.write(tmp_path / "study.yaml", STUDY.format(
        **row, data_block=DATA[row["data"]], seed=index, width=5 + index % 8))
    path = tmp_path / "point.h5"
    support.succeed("point", study, "-o", path)
    point = pytorch.Point(path)
    differences = point.differences()
    precision = row["precision"]
    tolerance = pytorch.tolerance_of(precision)
    if precision == "float32":
        SPREADS.append(float(point.file["point/logit_spread"]))
        tolerance *= max(1.0, SPREADS[-1] / LARGEST_SPREAD)
    bad = {name: value for name, value in differences.items()
           if not value <= tolerance}
    assert len(differences) > 30
    assert not bad
    check_place(point, row, tolerance)
    check_directions(point, row, 1e-6 if precision == "float32" else 1e-12)


def check_place(point, row, tolerance):
    """The norm over the norm expected of Xavier's rule is what was asked."""
    square = sum(2.0 * layer["in"] * layer["out"]
                 / (layer["in"] + layer["out"])
                 for layer in point.layers if layer["type"] == "linear")
    asked = pytest.approx(row["relative_radius"], rel=tolerance)
    if row["bias"] != "true, bias_init: same":
        assert float(point.theta.norm()) / square ** 0.5 == asked
    assert float(point.file["point/norm_over_reference"]) == asked
    linear = [layer for layer in point.layers if layer["type"] == "linear"]
    assert len(linear) == row["depth"] + 1
    assert all(layer["bias"] == (row["bias"] != "false") for layer in linear)
    assert point.temperature == row["temperature"]


def check_directions(point, row, tolerance):
    """Orthonormal, or of signs only; tangent to the sphere."""
    v = point.directions
    on_sphere = row["surface"] == "sphere"
    assert torch.all(abs(v.norm(dim=1) - 1) <= tolerance)
    if on_sphere:
        cosine = v @ point.theta / point.theta.norm()
        assert torch.all(abs(cosine) <= tolerance)
    if row["directions"] == "gaussian":
        gram = v @ v.T
        assert torch.all(abs(gram - torch.eye(len(v))) <= tolerance)
    elif not on_sphere:
        for one in v:
            size = one[one != 0].abs()
            assert torch.all(abs(size * len(size) ** 0.5 - 1) <= tolerance)
            expected = len(one) ** 0.5
            assert abs(len(size) - expected) <= 5 * expected ** 0.5


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("radius", [20, 60, 1000])
def test_saturated(activation, radius, tmp_path):
    """Far out one class takes all: G nears 0 and then is exactly 0."""
    row = {**ROWS[0], "activation": activation, "bias": "false", "depth": 2,
           "relative_radius": radius, "temperature": 0.5, "scale": 1,
           "precision": "float64"}
    study = support.write(tmp_path / "study.yaml", STUDY.format(
        **row, data_block=DATA["circles"], seed=1, width=20))
    path = tmp_path / "point.h5"
    support.succeed("point", study, "-o", path)
    point = pytorch.Point(path)
    spread = float(point.file["point/logit_spread"])
    bad = {name: value for name, value in point.differences().items()
           if not value <= max(1e-9, 1e-15 * spread)}
    assert not bad
    if activation == "relu" and radius >= 60:
        assert np.all(point.file["curvature/g_term"] == 0)


def test_few_are_so_far_out():
    assert sum(z > LARGEST_SPREAD for z in SPREADS) <= 3
