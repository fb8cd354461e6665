# SPDX-License-Identifier: MIT
"""The decision boundary where training ended agrees with autograd, and with
what follows from theory."""
import os
import pathlib
import sys

import h5py
import numpy as np
import pytest
import torch

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests/e2e"), str(TOP / "analysis")]
import support  # noqa: E402
from goldilocks import pytorch, pytorch_boundary, pytorch_full  # noqa: E402

torch.set_num_threads(1)

STUDY = """
study: boundary
grid: {{seed: [1]}}
data: {data}
network: {{{network}, bias_init: same}}
curvature:
  at: [start, end]
  boundary: {{eigenvectors: 3, steps: 1000, tolerance: 1e-14{grid}}}
train: {{optimizer: sgd, learning_rate: {rate}, batch: 20, steps: {steps},
        log: {{count: 2}}, track: []}}
run: {{precision: float64}}
"""

BLOBS = ("{set: clusters, normalize: none, train: 60, test: 9, blobs: ["
         "{label: 0, mean: [2, -1], deviation: 0.5}, "
         "{label: 1, mean: [-2, 0], deviation: [0.5, 1]}, "
         "{label: 2, mean: [0, 2], deviation: 0.5}]}")
RINGS = "{set: rings, normalize: none, train: 60, test: 9, scale: 2}"
IMAGES = (f"{{set: fashion-mnist, path: {support.few(support.FASHION_MNIST)},"
          " train: 12, test: 9, normalize: published}")
# name: network, data, learning rate, steps
CASES = {
    "relu": ("depth: 2, width: 10, bias: true", BLOBS, 0.1, 300),
    "tanh": ("depth: 2, width: 10, bias: true, activation: tanh, "
             "temperature: 1.5", RINGS, 0.3, 300),
    "homogeneous": ("depth: 2, width: 10, relative_radius: 0.7", BLOBS, 0.1,
                    300),
    "mse": ("depth: 1, width: 14, bias: true, loss: mse", BLOBS, 0.1, 300),
    # the shape of LeNet-5, few channels
    "lenet5": ("layers: [{conv2d: {out: 2, kernel: 5, padding: 2}}, tanh, "
               "{avg_pool2d: 4}, {conv2d: {out: 2, kernel: 3}}, tanh, "
               "{max_pool2d: 2}, flatten, {linear: 4}, tanh, "
               "{linear: classes}], bias: true", IMAGES, 0.1, 60),
}


def run(case, folder, grid="{count: 8}"):
    network, data, rate, steps = case
    if data == IMAGES and not support.FASHION_MNIST.is_dir():
        pytest.skip("no fashion-mnist here")
    (folder / "study.yaml").write_text(
        STUDY.format(data=data, network=network, rate=rate, steps=steps,
                     grid="" if data == IMAGES else f", grid: {grid}"),
        encoding="utf-8")
    support.succeed("point", folder / "study.yaml", "-o", folder / "point.h5",
                    "--overwrite")
    return folder / "point.h5"


# Others: ctest -L long
SHORT = ["relu", "tanh", "mse", "lenet5"]
IS_FULL = os.environ.get("GOLDILOCKS_ORACLE", "") == "all"


@pytest.fixture(name="point", scope="module",
                params=CASES if IS_FULL else SHORT)
def fixture_point(request, tmp_path_factory):
    """The end of a training as autograd sees it, and its part of the file."""
    return run(CASES[request.param], tmp_path_factory.mktemp("boundary"))


def end_of(path):
    with h5py.File(path) as file:
        found = {name: item[()] for name, item in file["end/boundary"].items()
                 if name != "grid"}
        found |= {f"grid/{name}": item[()] for name, item
                  in file["end/boundary"].get("grid", {}).items()}
    return pytorch.Point(path, "end"), found


def test_numbers(point):
    """Eigenvectors are the same but for angles of 1e-8, and what follows."""
    ours, found = end_of(point)
    assert found["boundary_converged"] == 1
    values, vectors = pytorch_boundary.eigenvectors(
        pytorch_full.hessian_at(ours, ours.theta).numpy(), 3)
    assert pytorch.relative(found["boundary_eigenvalues"], values) <= 1e-8
    assert np.all(np.linalg.norm(found["eigenvectors"] - vectors, axis=1)
                  <= 1e-8)
    for name, value in pytorch_boundary.numbers(ours, vectors).items():
        scale = 1 if "class" in name or name.startswith("co") else None
        assert pytorch.relative(found[name], value, scale) <= 1e-8, name
    start = pytorch.Point(point)
    assert pytorch.relative(start.boundary["margins"], pytorch_boundary.margins(
        start, start.train[0])) <= 1e-8


def test_grid(point):
    """Predictions and alignments on the grid, its crossings, and the distance
    of the nearest sample."""
    ours, found = end_of(point)
    if "grid/x" not in found:
        assert ours.train[0].dim() == 4
        return
    x, y = np.meshgrid(found["grid/x"], found["grid/y"])
    inputs = torch.tensor(np.stack([x.ravel(), y.ravel()], 1))
    z, _, p = ours.predictions((inputs,), ours.theta)
    classes = z.argmax(1).numpy().reshape(x.shape)
    assert np.array_equal(found["grid/class"], classes)
    u = pytorch_boundary.units(pytorch_boundary.gradients(ours, inputs))
    assert pytorch.relative(found["grid/alignments"].reshape(3, -1),
                            found["eigenvectors"] @ u.numpy().T, 1) <= 1e-8
    if ours.criterion.is_softmax:
        assert pytorch.relative(found["grid/confidence"].ravel(),
                                p.max(1)[0].detach()) <= 1e-8
    right = classes[:, 1:] != classes[:, :-1]
    up = classes[1:] != classes[:-1]
    assert pytorch.relative(found["boundary_length"],
                            (right.sum() + up.sum())
                            / (right.size + up.size)) <= 1e-12
    middles = np.concatenate([
        np.stack([(x[:, 1:] + x[:, :-1])[right], 2 * y[:, 1:][right]], 1),
        np.stack([2 * x[1:][up], (y[1:] + y[:-1])[up]], 1)]) / 2
    gaps = np.linalg.norm(ours.train[0].numpy()[:, None] - middles, axis=2)
    assert pytorch.relative(found["margin_grid"], gaps.min()) <= 1e-12


def test_two_classes(tmp_path):
    """Of two classes, alignments are cosines of eigenvectors and the gradient
    of the difference of the logits, but for signs; all of these change where
    the boundary is crossed."""
    path = run(CASES["tanh"], tmp_path)
    ours, found = end_of(path)
    jacobians = pytorch_boundary.jacobians(ours, ours.train[0])
    differences = pytorch_boundary.units(jacobians[:, 1] - jacobians[:, 0])
    cosines = found["eigenvectors"] @ differences.numpy().T
    assert np.abs(np.abs(found["alignments"]) - np.abs(cosines)).max() < 1e-10

    def lead(x):
        z = ours.predictions((torch.tensor([[x, 0.3]], dtype=torch.float64),),
                             ours.theta)[0][0]
        return float(z[1] - z[0])

    low, high = 0.0, 2.0
    assert lead(low) * lead(high) < 0
    while high - low > 1e-12:
        middle = (low + high) / 2
        low, high = ((middle, high) if lead(middle) * lead(low) > 0
                     else (low, middle))
    grid = f"{{count: 2, x: [{low - 1e-9!r}, {low + 1e-9!r}], y: [0.3, 0.4]}}"
    _, found = end_of(run(CASES["tanh"], tmp_path, grid))
    assert found["grid/class"][0, 0] != found["grid/class"][0, 1]
    left, right = found["grid/alignments"][:, 0].T
    assert np.abs(left).max() > 0.1
    assert np.abs(left + right).max() < 1e-6 * np.abs(left).max()


def test_trace_of_relu(tmp_path):
    """The trace of a ReLU network's Hessian needs no second derivative: the
    mean of sum_k p_k |J_k - sum_l p_l J_l|^2. And shares of eigenvectors."""
    ours, _ = end_of(run(CASES["relu"], tmp_path))
    x = ours.train[0]
    p = ours.predictions((x,), ours.theta)[2][..., None]
    j = pytorch_boundary.jacobians(ours, x)
    gap = j - (p * j).sum(1, keepdim=True)
    trace = float((p * gap**2).sum() / len(x))
    hessian = pytorch_full.hessian_at(ours, ours.theta).numpy()
    assert abs(np.trace(hessian) - trace) <= 1e-10 * trace
    dense = tmp_path / "dense.h5"
    support.succeed("point", tmp_path / "study.yaml", "--set",
                    "curvature.dense=true", "--set",
                    "curvature.boundary.generalisation=true", "-o", dense)
    for moment in ("start", "end"):
        whole = pytorch.Point(dense, moment)
        for name, difference in pytorch_boundary.differences(
                whole, whole.boundary, pytorch.relative).items():
            assert difference <= 1e-8, (moment, name)
    with h5py.File(dense) as file:
        assert abs(file["end/full/dense_trace"][()] - trace) <= 1e-10 * trace
        found = {name: file[f"end/boundary/generalisation_{name}"][()]
                 for name in ("max", "mean")}
    _, vectors = pytorch_boundary.eigenvectors(hessian, len(hessian))
    sizes = np.abs(vectors @ pytorch_boundary.units(
        pytorch_boundary.gradients(ours, x)).numpy().T)
    # eigenvectors of eigenvalue 0 are any of theirs: what they touch at 1e-6 is
    # rounding
    for k, threshold in enumerate((1e-6, 1e-3, 0.04727759)):
        for name, size in (("max", sizes.max(1)), ("mean", sizes.mean(1))):
            assert abs(found[name][k] - np.mean(size >= threshold)) <= 0.02


def test_rescaled_layers(tmp_path):
    """The same function at other parameters: another Hessian, S^-1 H S^-1, and
    the same boundary."""
    ours, found = end_of(run(CASES["relu"], tmp_path))
    sizes = [20, 10, 100, 10, 30, 3]  # weights and biases of the layers
    factors = np.repeat([0.2, 0.2, 5, 0.2 * 5, 1, 1], sizes)
    with h5py.File(tmp_path / "weights.h5", "w") as file:
        file["parameters/theta"] = np.stack(
            [ours.theta, factors * ours.theta.numpy()])
    points = []
    for k in (0, 1):
        path = tmp_path / f"rescaled{k}.h5"
        support.succeed("point", tmp_path / "study.yaml", "-o", path, "--set",
                        "network.init={file: weights.h5}", "--set",
                        f"network.point={k}", "--set", "curvature.dense=true",
                        cwd=tmp_path)
        with h5py.File(path) as file:
            points.append({name: file[name][()] for name in (
                "full/hessian", "point/loss", "boundary/margins",
                "boundary/boundary_length", "boundary/boundary_eigenvalues")})
    plain, other = points
    expected = plain["full/hessian"] / np.outer(factors, factors)
    assert pytorch.relative(other["full/hessian"], expected) <= 1e-10
    assert pytorch.relative(other["point/loss"], plain["point/loss"]) <= 1e-10
    assert pytorch.relative(other["boundary/margins"],
                            plain["boundary/margins"]) <= 1e-10
    assert other["boundary/boundary_length"] == found["boundary_length"]
    gap = other["boundary/boundary_eigenvalues"] \
        / plain["boundary/boundary_eigenvalues"]
    assert abs(gap[0] - 1) > 0.1
