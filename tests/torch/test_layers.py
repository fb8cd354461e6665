# SPDX-License-Identifier: MIT
"""`layers: each` agrees with the Hessian's diagonal blocks from autograd.

A basis of all of a layer's parameters makes every statistic one of the block
itself, whatever the basis. Layers with fewer parameters than a dimension have
NaN there, as have networks with fewer layers than others of the study.
"""
import pathlib
import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("h5py")
xr = pytest.importorskip("xarray")

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests/e2e"), str(TOP / "analysis")]
import support  # noqa: E402
from goldilocks import pytorch  # noqa: E402

STUDY = """
study: layers
grid: {{depth: [1, 2], seed: [4], temperature: [0.7, 1.5],
        relative_radius: [1.3, 2]}}
data: {{set: mixture, train: 40, test: 10, features: 3, classes: 3}}
network: {{activation: {activation}, bias: {bias}, bias_init: same, width: 4}}
curvature: {{layers: each, subspace: {{dim: [1, {dims}], surface: {surface}}}}}
run: {{precision: float64}}
"""


def blocks(point):
    """Slices of theta, one a layer."""
    at = 0
    for layer in point.layers:
        if layer["type"] in ("linear", "conv2d"):
            fan_in = layer["in"] * layer.get("kernel", 1) ** 2
            n = layer["out"] * (fan_in + layer["bias"])
            yield slice(at, at + n)
            at += n


def full(point, term):
    """H, or its H-term, of all parameters."""
    x, y = point.train
    p = point.predictions(point.train, point.theta)[2]
    residual = p - torch.nn.functional.one_hot(y, p.shape[1]).double()

    def scalar(theta):
        if term == "hessian":
            return point.loss(point.train, theta)
        return (residual * point.f(theta, x)).sum() / (point.temperature
                                                       * len(x))

    hessian = torch.autograd.functional.hessian(scalar, point.theta).numpy()
    if point.on_sphere:
        theta = point.theta.numpy()
        radial = point.gradient().numpy() @ theta / (theta @ theta)
        hessian = hessian - radial * np.eye(len(theta))
    return hessian


def tangent(matrix, theta, on_sphere):
    """In a basis of the layer, or of what of it is orthogonal to theta."""
    if not on_sphere:
        return matrix
    basis = np.linalg.svd(theta[None])[2][1:]
    return basis @ matrix @ basis.T


def statistics(h, s):
    values, g_values, s_values = (np.linalg.eigvalsh((m + m.T) / 2)
                                  for m in (h, h - s, s))
    g = h - s
    return {
        "trace": np.trace(h), "frobenius_norm": np.linalg.norm(h),
        "trace_over_norm": np.trace(h) / np.linalg.norm(h),
        "positive_fraction": np.mean(values > 0),
        "spectral_norm": abs(values).max(),
        "g_trace_over_norm": np.trace(g) / np.linalg.norm(g),
        "g_spectral_norm": abs(g_values).max(),
        "h_spectral_norm": abs(s_values).max(),
    }, np.sort(abs(values))[0] / abs(values).max()


CASES = [("relu", "false", "plane"), ("tanh", "true", "plane"),
         ("tanh", "false", "sphere"), ("sigmoid", "true", "sphere")]
if support.IS_QUICK:
    CASES = CASES[1:3]


@pytest.mark.parametrize("activation, bias, surface", CASES)
def test_blocks(activation, bias, surface, tmp_path):
    on_sphere = surface == "sphere"
    sizes = [(3 + (bias == "true")) * 4, (4 + (bias == "true")) * 4,
             (4 + (bias == "true")) * 3]
    dims = sorted({n - on_sphere for n in sizes})
    study = support.write(tmp_path / "study.yaml", STUDY.format(
        activation=activation, bias=bias, surface=surface,
        dims=", ".join(map(str, dims))))
    at = "depth=2,temperature=1.5,relative_radius=2"
    support.succeed("point", study, "--at", at, "-o", tmp_path / "point.h5")
    support.succeed("run", study, "-o", tmp_path / "run.h5", "--quiet")
    point = pytorch.Point(tmp_path / "point.h5")
    with xr.open_dataset(tmp_path / "run.h5", engine="h5netcdf") as ds:
        cell = ds.sel(depth=2, seed=4, temperature=1.5,
                      relative_radius=2).load()
        shallow = ds.sel(depth=1).load()
    assert cell.layer_trace.dims == ("layer", "subspace_dim")
    assert bool(shallow.layer_trace.isel(layer=2).isnull().all())
    assert compare(point, cell) >= 3 * 7


CNN = """
study: layers
grid: {{seed: [4], relative_radius: [1.3]}}
data: {{set: fashion-mnist, path: {path}, train: 30, test: 10,
       normalize: published}}
network: {{kind: cnn, channels: [2], kernel: 4, stride: 4, pool: 3,
          pooling: {pooling}, activation: {activation}, bias: true,
          bias_init: same, temperature: 1.5}}
curvature: {{layers: each, subspace: {{dim: [34, 90]}}}}
run: {{precision: float64}}
"""


@pytest.mark.skipif(not support.FASHION_MNIST.is_dir(),
                    reason="no fashion-mnist here")
@pytest.mark.parametrize("activation, pooling", [
    ("relu", "max"), ("tanh", "average")])
def test_convolution(activation, pooling, tmp_path):
    """A layer of 2 * 16 + 2 and, after pooling, one of 10 * 8 + 10."""
    study = support.write(tmp_path / "study.yaml", CNN.format(
        path=support.few(support.FASHION_MNIST), activation=activation,
        pooling=pooling))
    support.succeed("point", study, "-o", tmp_path / "point.h5")
    support.succeed("run", study, "-o", tmp_path / "run.h5", "--quiet")
    with xr.open_dataset(tmp_path / "run.h5", engine="h5netcdf") as ds:
        cell = ds.squeeze(["seed", "relative_radius"]).load()
    assert compare(pytorch.Point(tmp_path / "point.h5"), cell) >= 2 * 7


def compare(point, cell):
    """How many numbers of layers agree with autograd's; all have to."""
    h, s = full(point, "hessian"), full(point, "h_term")
    theta = point.theta.numpy()
    n_compared = 0
    for l, part in enumerate(blocks(point)):
        room = part.stop - part.start - point.on_sphere
        expected, smallest = statistics(
            *(tangent(m[part, part], theta[part], point.on_sphere)
              for m in (h, s)))
        norm = expected["frobenius_norm"]
        for name, value in expected.items():
            found = cell[f"layer_{name}"].isel(layer=l)
            alone = point.file[f"curvature/layer_{name}"][l]
            assert np.array_equal(np.isnan(found.values),
                                  ds_is_wide(cell, room)), name
            # one line or one point of it: rounding
            assert np.allclose(found.values, alone, rtol=1e-9,
                               atol=1e-9 * norm, equal_nan=True), name
            if name == "positive_fraction" and smallest < 1e-9:
                continue
            scale = norm if name in ("trace", "h_spectral_norm") else None
            assert pytorch.relative(found.sel(subspace_dim=room), value,
                                    scale) <= 1e-9, (name, l)
            n_compared += 1
    return n_compared


def ds_is_wide(cell, room):
    return cell.subspace_dim.values > room
