# SPDX-License-Identifier: MIT
"""A known kind written out as `layers` gives the same numbers as the kind, all
that point files hold of it, to rounding."""
import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest

import support

h5py = pytest.importorskip("h5py")

STUDY = """
study: graph
grid: {{seed: [3], relative_radius: [1.5]}}
data: {{{data}}}
network: {{{network}}}
curvature: {{{curvature}}}{train}
run: {{precision: {precision}}}
"""
MIXTURE = "set: mixture, train: 50, test: 20, features: 5, classes: 4"
IMAGES = (f"set: mnist, path: {support.MNIST}, train: 20, test: 10, "
          "normalize: unit")
TRAIN = ("\ntrain: {optimizer: adam, learning_rate: 0.01, batch: 20, steps: 40, "
         "log: {count: 5}, track: [loss, test_accuracy, gradient_norm, "
         "sharpness, curvature]}")
ALL = ("subspace: {dim: [2, 6]}, layers: each, logit_gradients: all, "
       "extreme: {count: 3}, trace_probes: 4")
ROW = "linear: width, {0}, linear: width, {0}, linear: classes"
CASES = {
    "relu": (
        "kind: mlp, depth: 2, width: 7, activation: relu",
        f"layers: [{ROW.format('relu')}], width: 7",
        ALL + ", resample: {directions: 2, data: 3}", MIXTURE, "float64"),
    "tanh-bias": (
        "depth: 2, width: 7, activation: tanh, bias: true, bias_init: same, "
        "temperature: 0.8",
        f"layers: [{ROW.format('tanh')}], width: 7, bias: true, "
        "bias_init: same, temperature: 0.8",
        ALL + ", dense: true, density: {steps: 8, probes: 2}", MIXTURE,
        "float64"),
    "sparse": (
        "depth: 2, width: 7, activation: leaky_relu, bias: true",
        f"layers: [{ROW.format('leaky_relu')}], width: 7, bias: true",
        "subspace: {dim: [2, 6], directions: sparse-sign}", MIXTURE,
        "float64"),
    "sphere": (
        "depth: 2, width: 7, activation: sigmoid",
        f"layers: [{ROW.format('sigmoid')}], width: 7",
        "subspace: {dim: [2, 6], surface: sphere}", MIXTURE, "float64"),
    "lenet5": (
        "kind: lenet5",
        "layers: [conv2d: {out: 6, kernel: 5}, relu, avg_pool2d: 2, "
        "conv2d: {out: 16, kernel: 5}, relu, avg_pool2d, flatten, "
        "linear: 120, relu, linear: 84, relu, linear: classes]",
        "subspace: {dim: [2, 6]}, layers: each, logit_gradients: 20, "
        "trace_probes: 4", IMAGES, "float64"),
    "cnn-float32": (
        "kind: cnn, channels: [3, 4], kernel: 3, stride: 2, padding: 1, "
        "pooling: max, pool: 2, activation: tanh, head: [9]",
        "layers: [conv2d: {out: 3, stride: 2, padding: 1}, tanh, "
        "max_pool2d: 2, conv2d: {out: 4, stride: 2, padding: 1}, tanh, "
        "max_pool2d, flatten, linear: 9, tanh, linear: classes]",
        "subspace: {dim: [2, 6]}, layers: each, logit_gradients: 20, "
        "trace_probes: 4", IMAGES, "float32"),
}
# Lists in a list, and the operations that they stand for.
CASES["nested"] = (
    "layers: [linear: width, {repeat: {times: depth, of: [{residual: "
    "[layer_norm, gelu, {linear: {out: channels, bias: true}}, "
    "multiply: [1, 2], linear: width]}, {repeat: {times: 2, of: [tanh]}}]}}, "
    "{residual: [{linear: 4}, relu], shortcut: [{rms_norm: {affine: false}}, "
    "linear: 4]}, {repeat: {times: 0, of: [erf]}}, linear: classes], "
    "depth: 2, width: 6, channels: [6]",
    "layers: [linear: 6, layer_norm, gelu, {linear: {out: 6, bias: true}}, "
    "multiply: [2, 3], linear: 6, add: [5, 0], tanh, tanh, "
    "layer_norm, gelu, {linear: {out: 6, bias: true}}, multiply: [10, 11], "
    "linear: 6, add: [13, 8], tanh, tanh, linear: 4, relu, "
    "{rms_norm: {affine: false, inputs: [16]}}, linear: 4, add: [18, 20], "
    "linear: classes]",
    ALL, MIXTURE, "float64")
# Short forms, and what they are short for.
CASES["norm"] = (
    "normalization: layer, depth: 2, width: 7, bias: true, activation: relu",
    "layers: [{repeat: {times: 2, of: [linear: width, layer_norm, relu]}}, "
    "linear: classes], width: 7, bias: true", ALL, MIXTURE, "float64")
CASES["widths"] = (
    "widths: [8, 6], normalization: rms, norm_position: after, "
    "activation: tanh",
    "layers: [linear: 8, tanh, rms_norm, linear: 6, tanh, rms_norm, "
    "linear: classes]", ALL, MIXTURE, "float64")
CASES["residual"] = (
    "residual: true, normalization: layer, depth: 2, width: 6, "
    "activation: leaky_relu",
    "layers: [linear: width, {repeat: {times: depth, of: [residual: "
    "[layer_norm, linear: width, leaky_relu, linear: width]]}}, "
    "linear: classes], depth: 2, width: 6", ALL, MIXTURE, "float64")
CASES["resnet"] = (
    "kind: resnet, channels: [4, 6], depth: 2, normalization: group",
    "layers: [{conv2d: {out: 4, padding: 1}}, group_norm: 4, relu, {repeat: "
    "{times: 2, of: [{residual: [{conv2d: {out: 4, padding: 1}}, group_norm: 4,"
    " relu, {conv2d: {out: 4, padding: 1}}, group_norm: 4]}, relu]}}, "
    "{residual: [{conv2d: {out: 6, stride: 2, padding: 1}}, group_norm: 2, "
    "relu, {conv2d: {out: 6, padding: 1}}, group_norm: 2], shortcut: "
    "[{conv2d: {out: 6, kernel: 1, stride: 2}}, group_norm: 2]}, relu, "
    "{residual: [{conv2d: {out: 6, padding: 1}}, group_norm: 2, relu, "
    "{conv2d: {out: 6, padding: 1}}, group_norm: 2]}, relu, "
    "global_avg_pool2d, linear: classes]",
    "subspace: {dim: [2, 6]}", IMAGES, "float64")
TRAINED = ("tanh-bias", "sphere")
# A loss that the kinds' own code does not know takes them through the graph.
CASES["mse"] = (
    "kind: cnn, channels: [3, 4], kernel: 3, pool: 2, activation: sigmoid, "
    "head: [9], bias: true, loss: mse",
    "layers: [conv2d: 3, sigmoid, avg_pool2d, conv2d: 4, sigmoid, avg_pool2d, "
    "flatten, linear: 9, sigmoid, linear: classes], bias: true, loss: mse",
    "subspace: {dim: [2, 6]}, logit_gradients: 20", IMAGES, "float64")
# Counts of eigenvalues on either side of 0, where many are 0 to rounding.
COUNTS = ("positive_fraction", "uncertain_fraction")


def arrays(path):
    with h5py.File(path) as file:
        found = {"layers": file["network"].attrs["layers"]}
        file.visititems(lambda name, item: found.update({name: item[()]})
                        if isinstance(item, h5py.Dataset) else None)
    return found


SCALED = """
study: scaled
grid: {seed: [3], scale_parameters: [weights, all], scale: [1, 2],
       temperature: [1, 0.5, 0.25]}
data: {set: mixture, train: 60, test: 20, features: 5, classes: 4}
network: {layers: [linear: 6, {layer_norm: {eps: 0}}, relu, linear: 6, relu,
                   {layer_norm: {eps: 0}}, linear: classes]}
curvature: {subspace: {dim: [4]}, dense: true}
run: {precision: float64}
"""


def test_scale_is_a_temperature(tmp_path):
    """Behind norms, logits go with the last layer's weights; where its gains
    are scaled too, with both, and the Hessian changes by a factor."""
    study = support.write(tmp_path / "study.yaml", SCALED)
    path = tmp_path / "r.h5"
    support.succeed("run", study, "-o", path)
    with h5py.File(path) as file:
        found = {name: file[name][()].squeeze() for name in (
            "loss", "entropy", "dense_trace_over_norm", "trace_over_norm",
            "weight_norm", "norm_over_reference")}
    for name in ("loss", "entropy"):
        weights, everything = found[name]
        np.testing.assert_allclose(weights[1, 0], weights[0, 1], rtol=1e-12)
        np.testing.assert_allclose(everything[1, 0], everything[0, 2],
                                   rtol=1e-12)
    for name in ("trace_over_norm", "dense_trace_over_norm"):
        c = found[name][1]
        np.testing.assert_allclose(c[1, 0], c[0, 2], rtol=1e-8)
    # the gains and shifts of 12 units stay: 12 ones
    norm = found["weight_norm"][..., 0]
    np.testing.assert_allclose(norm[0, 1] ** 2 - 12,
                               4 * (norm[0, 0] ** 2 - 12), rtol=1e-12)
    np.testing.assert_allclose(norm[1, 1], 2 * norm[1, 0], rtol=1e-15)
    ratio = found["norm_over_reference"][..., 0]
    np.testing.assert_allclose(ratio[:, 1], 2 * ratio[:, 0], rtol=1e-15)


NO_SAMPLE = """
study: graph
grid: {seed: [1], scale: [1]}
data: {set: mixture, train: 200, test: 20, features: 5, classes: 4}
network: {layers: [linear: 3, relu, rms_norm: {eps: 0}, linear: classes]}
curvature: {subspace: {dim: [2]}}
"""


def test_division_by_zero_is_called_so(tmp_path):
    """Behind relu, all units of a sample may be off: 0/0 without an eps."""
    study = support.write(tmp_path / "study.yaml", NO_SAMPLE)
    result = support.run("point", study, "-o", tmp_path / "r.h5")
    assert "rms_norm with eps 0 divides by 0" in result.err
    assert "overflow" not in result.err


@pytest.mark.parametrize("case", CASES)
def test_kind_and_layers_agree(case, tmp_path):
    *networks, curvature, data, precision = CASES[case]
    if data is IMAGES and not pathlib.Path(support.MNIST).is_dir():
        pytest.skip("no mnist here")
    found = []
    for network in networks:
        study = support.write(tmp_path / "study.yaml", STUDY.format(
            network=network, curvature=curvature, data=data,
            train=TRAIN if case in TRAINED else "", precision=precision))
        path = tmp_path / f"{len(found)}.h5"
        support.succeed("point", study, "-o", path)
        found.append(arrays(path))
    assert found[0].keys() == found[1].keys() and len(found[0]) > 40
    layers = [one.pop("layers") for one in found]
    assert layers[0] == layers[1]
    # what training makes of rounding grows along the way
    tolerance = 1e-9 if case in TRAINED else 1e-11 if precision == "float64" else 1e-5
    for name, one in found[0].items():
        if not name.endswith(COUNTS):
            scale = np.nanmax(np.abs(np.append(one, 1e-300)))
            np.testing.assert_allclose(found[1][name], one, rtol=0,
                                       atol=tolerance * scale, err_msg=name)


LINE = """
study: line
grid: {{seed: {{count: 3}}, relative_radius: {{from: 0.1, to: 10, count: 18, spacing: log}}}}
data: {{{data}}}
network: {{{network}}}
curvature: {{{curvature}}}
run: {{precision: {precision}}}
"""
# What a run says of itself.
OF_RUN = ("seconds", "flops", "rank_", "started", "finished", "status", "tries",
          "sessions")
# More radii than classes: what the residuals have in common is used.
LINES = {
    "relu": "subspace: {dim: [2, 6]}, layers: each, logit_gradients: all",
    "relu sparse": "subspace: {dim: [2, 6], directions: sparse-sign}, "
                   "layers: each",
    "tanh-bias": "subspace: {dim: [2, 6]}, layers: each",
    "sparse": "subspace: {dim: [2, 6], directions: sparse-sign}",
    "sphere": "subspace: {dim: [6], surface: sphere}",
    "lenet5": "subspace: {dim: [6]}, layers: each",
    "lenet5 sparse": "subspace: {dim: [6], directions: sparse-sign}",
}


def results(path):
    with h5py.File(path) as file:
        return {name: item[()] for name, item in file.items()
                if isinstance(item, h5py.Dataset) and item.dtype.kind == "f"
                and not name.startswith(OF_RUN)}


def scale(array):
    """The largest entry of each point; of all where points are no matter."""
    axes = tuple(range(2, array.ndim)) if array.shape[:2] == (3, 18) else None
    return np.max(np.nan_to_num(np.abs(array)), axis=axes, keepdims=True,
                  initial=1e-300)


@pytest.mark.parametrize("line", LINES)
def test_line_of_radii(line, tmp_path):
    """A line of radii of a kind and of its list agree, and the list's bits are
    the same from one process and from three."""
    *networks, _, data, precision = CASES[line.split()[0]]
    if data is IMAGES and not pathlib.Path(support.MNIST).is_dir():
        pytest.skip("no mnist here")
    found = []
    for network, ranks in ((networks[0], 0), (networks[1], 0),
                           (networks[1], 3)):
        study = support.write(tmp_path / "study.yaml", LINE.format(
            network=network, curvature=LINES[line], data=data,
            precision=precision))
        path = tmp_path / f"{len(found)}.h5"
        support.succeed("run", study, "-o", path, ranks=ranks)
        found.append(results(path))
    assert found[0].keys() == found[1].keys() and len(found[0]) > 20
    for name, one in found[0].items():
        np.testing.assert_array_equal(found[2][name], found[1][name], name)
        if not name.endswith(COUNTS):
            np.testing.assert_allclose(
                np.nan_to_num((found[1][name] - one) / scale(one)), 0, atol=1e-9,
                err_msg=name)
            np.testing.assert_array_equal(np.isnan(found[1][name]),
                                          np.isnan(one), name)


GRAPH = """
study: graph
grid: {seed: {count: 2}, relative_radius: [0.5, 2], width: [5, 6]}
data: {set: mixture, train: 30, test: 20, features: 5, classes: 4}
network:
  layers: [linear: width, {layer_norm: {eps: 0}}, relu, linear: width,
           {rms_norm: {affine: false}}, gelu, add: [0, 5], multiply: [6, 2],
           linear: classes]
curvature: {subspace: {dim: [2, 4]}, layers: each}
train: {optimizer: sgd, steps: 20, learning_rate: 0.05, batch: 10,
        log: {count: 4}, track: [loss, sharpness],
        constraint: {subspace: {dim: 9}}}
"""


def test_run_and_verify(tmp_path):
    """A grid of graphs with branches is measured, and measured alike again."""
    study = support.write(tmp_path / "study.yaml", GRAPH)
    path = tmp_path / "r.h5"
    support.succeed("run", study, "-o", path)
    support.succeed("verify", path)
    with h5py.File(path) as file:
        assert np.all(np.isfinite(file["trace_over_norm"][()]))
        # norms and gelu bend: the H-term has a trace
        assert np.all(file["h_trace"][()] != 0)


SQUARE = """
study: square
grid: {seed: [1], scale: [1, 3]}
data: {set: mixture, train: 30, test: 20, features: 5, classes: 4}
network: {kind: mlp, depth: 0, loss: mse, bias: true}
curvature: {subspace: {dim: [4]}, logit_gradients: all, dense: true}
train: {learning_rate: 0.1, steps: 4, log: {every: 2}}
run: {precision: float64}
"""
OF_SOFTMAX = {"entropy", "confidence", "prior_mismatch", "calibration_error",
              "test_calibration_error", "brier_score", "gamma_p",
              "expected_gradient_norm", "expected_g_trace_over_norm",
              "expected_g_trace_over_norm_published"}


def test_mean_square(tmp_path):
    """Of a linear network and the mean square H = G = 2/K X'X, wherever one is;
    what a softmax has is not there."""
    study = support.write(tmp_path / "study.yaml", SQUARE)
    for name, scale in (("a.h5", 1), ("b.h5", 3)):
        support.succeed("point", study, "--at", f"scale={scale}", "-o",
                        tmp_path / name)
    near, far = (arrays(tmp_path / name) for name in ("a.h5", "b.h5"))
    assert not OF_SOFTMAX & {name.split("/")[-1] for name in near}
    assert np.all(near["curvature/h_term"] == 0)
    x = near["data/train/inputs"]
    gram = x.T @ x * 2 / (4 * len(x))
    np.testing.assert_allclose(near["full/hessian"][:20, :20],
                               np.kron(np.eye(4), gram), rtol=0, atol=1e-12)
    np.testing.assert_allclose(far["full/hessian"], near["full/hessian"],
                               rtol=0, atol=1e-12)
    theta = near["parameters/theta"]
    outputs = x @ theta[:20].reshape(4, 5).T + theta[20:]
    gaps = outputs - np.eye(4)[near["data/train/labels"].astype(int)]
    assert near["point/loss"] == pytest.approx(np.mean(gaps ** 2), rel=1e-12)
    gradient = np.append((gaps.T @ x).ravel(), gaps.sum(0)) * 2 / gaps.size
    assert near["point/gradient_norm"] == pytest.approx(
        np.linalg.norm(gradient), rel=1e-12)
    support.succeed("run", study, "-o", tmp_path / "run.h5", "--quiet")
    with h5py.File(tmp_path / "run.h5") as file:
        assert file["loss"].attrs["units"] == "1"  # no nats


VALUES = """
study: values
grid: {seed: [1], scale: [1, 3]}
data: {set: function, features: 2, from: -2, to: 1, spacing: random, train: 30,
       test: 20, normalize: none,
       target: [sin, {tanh: [[2, [1, -0.5], 0.3], [1, 2, 0]], constant: 0.1}]}
network: {kind: mlp, depth: 0, loss: mse, bias: true}
curvature: {subspace: {dim: [4]}, logit_gradients: all, dense: true}
train: {learning_rate: 0.1, steps: 4, log: {every: 2}}
run: {precision: float64}
"""
OF_CLASSES = {"accuracy", "test_accuracy", "final_accuracy", "labels",
              "final_test_accuracy", "best_test_accuracy", "best_test_step",
              "within_class_alignment", "cross_class_alignment"}


def values_at(x):
    return np.stack([np.sin(x).sum(1),
                     2 * np.tanh(x @ [1, -0.5] + 0.3)
                     + np.tanh(2 * x).sum(1) + 0.1], 1)


def test_values(tmp_path):
    """Targets are the function's; of a linear network the loss is a quadratic
    form and H = G; what classes have is not there, and no reader asks for it."""
    study = support.write(tmp_path / "study.yaml", VALUES)
    for name, scale in (("a.h5", 1), ("b.h5", 3)):
        support.succeed("point", study, "--at", f"scale={scale}", "-o",
                        tmp_path / name)
    near, far = (arrays(tmp_path / name) for name in ("a.h5", "b.h5"))
    assert not (OF_CLASSES | OF_SOFTMAX) & {n.split("/")[-1] for n in near}
    for half in ("train", "test"):
        x = near[f"data/{half}/inputs"]
        assert x.min() >= -2 and x.max() <= 1 and np.ptp(x) > 2
        np.testing.assert_allclose(near[f"data/{half}/targets"], values_at(x),
                                   rtol=0, atol=1e-14)
    x, y = near["data/train/inputs"], near["data/train/targets"]
    ones = np.column_stack([x, np.ones(len(x))])
    hessian = near["full/hessian"]
    order = [0, 1, 4, 2, 3, 5]  # weights and bias of each output together
    np.testing.assert_allclose(
        hessian[np.ix_(order, order)],
        np.kron(np.eye(2), ones.T @ ones / len(x)), rtol=0, atol=1e-13)
    assert np.all(near["curvature/h_term"] == 0)
    theta = near["parameters/theta"]
    gaps = ones @ theta[order].reshape(2, 3).T - y
    assert near["point/loss"] == pytest.approx(np.mean(gaps ** 2), rel=1e-13)
    gradient = (gaps.T @ ones / len(x)).ravel()
    step = (far["parameters/theta"] - theta)[order]
    assert far["point/loss"] == pytest.approx(
        near["point/loss"] + gradient @ step
        + step @ hessian[np.ix_(order, order)] @ step / 2, rel=1e-13)
    path = tmp_path / "run.h5"
    support.succeed("run", study, "-o", path, "--quiet")
    with h5py.File(path) as file:
        assert not OF_CLASSES & set(file)
        assert np.all(np.isfinite(file["final_test_loss"][()]))
    for command in ("summary", "status", "table", "verify"):
        words = re.findall("[a-z]+", support.succeed(command, path).out.lower())
        assert "nan" not in words
    subprocess.run([sys.executable, support.TOP / "analysis/report.py", path],
                   check=True, cwd=tmp_path, stdout=subprocess.DEVNULL)
