# SPDX-License-Identifier: MIT
"""Draws with equal norms and with gains, read into PyTorch's modules.

All schemes turn the same normal numbers into weights, so the norms of layers
drawn by two of them stand in the ratio of their deviations, to rounding; those
of PyTorch's own initialization say that Xavier's are what they should be. Points
drawn so agree with autograd, kappa and the shares of the trace of G too.
"""
import math
import pathlib
import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("h5py")

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests/e2e"), str(TOP / "analysis")]
import support  # noqa: E402
from goldilocks import pytorch  # noqa: E402

STUDY = """
study: draws
grid: {{seed: [3], {place}}}
data: {{set: mixture, train: 30, test: 10, features: {n_in}, classes: {n_out}}}
network: {{depth: 2, width: {width}, bias: {bias}, {draw}}}
curvature: {{layers: each, subspace: {{dim: [4, 16]}}}}
run: {{precision: float64}}
"""
WIDE = {"n_in": 60, "width": 50, "n_out": 20, "bias": "false"}
XAVIER = "init: xavier-normal"
DRAWS = {
    "equal": "init: equal-norm",
    "equal-of-kaiming": "init: equal-norm, reference: kaiming",
    "gains": "init: xavier-normal, layer_gains: [0.5, 3, 1.7]",
    "one-gain": "init: lecun-normal, layer_gains: 0.3",
    "normal": "init: normal, std: 0.3",
    "width-power": "init: width-power, power: 0.75",
    "equal-with-gains": "init: equal-norm, layer_gains: [2, 1, 0.1]",
}


def point_of(folder, draw, place="scale: [1]", **sizes):
    study = support.write(folder / "study.yaml", STUDY.format(
        place=place, draw=draw, **{**WIDE, **sizes}))
    path = folder / "point.h5"
    path.unlink(missing_ok=True)
    support.succeed("point", study, "-o", path)
    return pytorch.Point(path)


def modules(point):
    """Linear modules of PyTorch that hold the parameters."""
    linear = [torch.nn.Linear(layer["in"], layer["out"], bias=layer["bias"],
                              dtype=torch.float64)
              for layer in point.layers if layer["type"] == "linear"]
    torch.nn.utils.vector_to_parameters(
        point.theta, [p for module in linear for p in module.parameters()])
    return linear


def norms(point):
    return np.array([float(module.weight.detach().norm())
                     for module in modules(point)])


def variances(layers, draw):
    """Of each layer's weights, by the definitions."""
    fans = [(layer.in_features, layer.out_features) for layer in layers]
    xavier = np.array([2.0 / (a + b) for a, b in fans])
    kaiming = np.array([2.0 / a for a, _ in fans])
    n = np.array([a * b for a, b in fans])

    def equal(reference):
        return (n * reference).sum() / (len(n) * n)

    return {
        "xavier": xavier,
        "equal": equal(xavier),
        "equal-of-kaiming": equal(kaiming),
        "gains": xavier * np.array([0.5, 3, 1.7]) ** 2,
        "one-gain": kaiming / 2 * 0.3 ** 2,
        "normal": 0.09 + 0 * xavier,
        "width-power": fans[0][1] ** -1.5 + 0 * xavier,
        "equal-with-gains": equal(xavier) * np.array([2, 1, 0.1]) ** 2,
    }[draw]


@pytest.mark.parametrize("name", DRAWS)
def test_norms_and_moments(name, tmp_path):
    plain = point_of(tmp_path, XAVIER)
    drawn = point_of(tmp_path, DRAWS[name])
    layers = modules(plain)
    factors = np.sqrt(variances(layers, name) / variances(layers, "xavier"))
    assert np.all(abs(norms(drawn) / norms(plain) / factors - 1) <= 1e-12)
    for a, b, factor in zip(modules(plain), modules(drawn), factors):
        a, b = a.weight.detach(), b.weight.detach()
        for power in (1, 2, 4):
            moments = [float((w ** power).mean()) for w in (a * factor, b)]
            assert moments[1] == pytest.approx(moments[0], rel=1e-12)


def test_xavier_is_that_of_pytorch(tmp_path):
    """Variances of both by 4 standard errors: a chance of 2e-4 for all."""
    torch.manual_seed(1)
    for ours in modules(point_of(tmp_path, XAVIER)):
        theirs = torch.nn.init.xavier_normal_(ours.weight.detach().clone())
        n = theirs.numel()
        ratio = float(ours.weight.detach().var() / theirs.var())
        assert abs(math.log(ratio)) <= 4 * math.sqrt(4 / n)


def test_orthogonal_is_that_of_pytorch(tmp_path):
    """What PyTorch makes of the same normal numbers: wide, square and tall."""
    sizes = {"n_in": 30, "width": 30, "n_out": 40}
    drawn = modules(point_of(tmp_path, "init: orthogonal, layer_gains: 2",
                             **sizes))
    for ours, numbers in zip(drawn, modules(point_of(
            tmp_path, "init: normal, std: 1", **sizes))):
        a = numbers.weight.detach()
        q, r = torch.linalg.qr(a.T if a.shape[0] < a.shape[1] else a)
        q = q * r.diagonal().sign()
        q = q.T if a.shape[0] < a.shape[1] else q
        assert float((ours.weight.detach() - 2 * q).norm()) <= 1e-10


def test_default_is_that_of_pytorch(tmp_path):
    """Bounds, and variances by 4 standard errors, of weights and biases."""
    torch.manual_seed(2)
    for ours in modules(point_of(tmp_path, "init: torch", n_in=60, n_out=90,
                                 width=300, bias="true")):
        theirs = torch.nn.Linear(ours.in_features, ours.out_features,
                                 dtype=torch.float64)
        for a, b in ((ours.weight, theirs.weight), (ours.bias, theirs.bias)):
            bound = 1.0 / math.sqrt(ours.in_features)
            assert 0.9 * bound < float(a.detach().abs().max()) <= bound
            ratio = float(a.detach().var() / b.detach().var())
            assert abs(math.log(ratio)) <= 4 * math.sqrt(1.6 / a.numel())


@pytest.mark.parametrize("bias", ["false", "true, bias_init: same"])
@pytest.mark.parametrize("name", DRAWS)
def test_relative_radius_stays(name, bias, tmp_path):
    """It is the norm over that of the reference, whatever the gains."""
    point = point_of(tmp_path, DRAWS[name], "relative_radius: [1.5]",
                     bias=bias)
    reference = 2.0 if "kaiming" in name else None
    square = sum(layer.in_features * layer.out_features
                 * (reference / layer.in_features if reference else
                    2.0 / (layer.in_features + layer.out_features))
                 for layer in modules(point))
    assert float(point.theta.norm()) == pytest.approx(1.5 * square ** 0.5,
                                                      rel=1e-12)
    if bias == "false":
        share = norms(point) ** 2 / float(point.theta.norm()) ** 2
        if name.startswith("equal") and "gains" not in name:
            assert share == pytest.approx(np.ones(3) / 3, abs=0.06)


@pytest.mark.parametrize("bias", ["false", "true, bias_init: same"])
@pytest.mark.parametrize("name", DRAWS)
def test_point(name, bias, tmp_path):
    """All of a point, and kappa, against autograd."""
    point = point_of(tmp_path, DRAWS[name], "relative_radius: [1.5]",
                     n_in=5, width=6, n_out=4, bias=bias)
    differences = point.differences()
    assert len(differences) > 30
    assert not {key: value for key, value in differences.items()
                if not value <= 1e-9}
    v = np.array([float((module.weight.detach() ** 2).mean())
                  for module in modules(point)])
    pairs = sum(1 / (v[l] * v[m]) for l in range(3) for m in range(l))
    assert float(point.file["point/kappa"]) == pytest.approx(
        math.sqrt(2 * pairs) / (1 / v).sum(), rel=1e-12)


@pytest.mark.parametrize("name", ["equal", "gains"])
def test_trace_shares(name, tmp_path):
    """A basis of all 16 parameters of each layer: the shares are exact."""
    point = point_of(tmp_path, DRAWS[name], "relative_radius: [1.5]",
                     n_in=4, width=4, n_out=4)
    x = point.train[0]
    jacobian = torch.autograd.functional.jacobian(
        lambda theta: point.f(theta, x) / point.temperature, point.theta)
    p = point.predictions(point.train, point.theta)[2]
    weighted = p.unsqueeze(2) * (
        jacobian - (p.unsqueeze(2) * jacobian).sum(1, keepdim=True))
    diagonal = (jacobian * weighted).sum((0, 1))
    traces = diagonal.reshape(3, 16).sum(1)
    found = point.file["curvature/layer_trace_share"]
    assert found[:, 1] == pytest.approx((traces / traces.sum()).numpy(),
                                        rel=1e-9)
    assert found.sum(0) == pytest.approx([1, 1], rel=1e-12)
