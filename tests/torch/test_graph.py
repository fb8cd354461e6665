# SPDX-License-Identifier: MIT
"""Networks given as `layers` against PyTorch autograd: every operation, loss
and activation; points to 1e-9 in float64 and 1e-4 in float32, trainings of 20
steps to 1e-8.

A point is compared in everything that it has: loss, gradient, Hessian, G-term
and H-term in the subspace and in all parameters, eigenvalues, traces, logit
gradients. Parameters at random come out of a training, which starts from gains
of 1 and shifts of 0.
"""
import pathlib
import struct
import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("h5py")

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests/e2e"), str(TOP / "analysis")]
import support  # noqa: E402
from goldilocks import (pytorch, pytorch_network,  # noqa: E402
                        pytorch_training)

torch.set_num_threads(1)

STUDY = """
study: graph
grid: {{seed: [{seed}], relative_radius: [{radius}]}}
data: {{{data}}}
network: {{layers: [{layers}], {width}bias: {bias}, bias_init: same,
          {end}}}
"""
CURVATURE = """
curvature:
  subspace: {{dim: [2, 6], directions: {directions}, surface: {surface}}}
  logit_gradients: 6
{full}
run: {{precision: {precision}}}
"""
FULL = """
  extreme: {count: 2, tolerance: 1e-9, steps: 600}
  dense: true
"""
TRAIN = """
train: {{optimizer: {optimizer}, batch: {batch}, learning_rate: 0.05,
        steps: 20, log: {{every: 5}},
        track: [loss, {accuracy}test_loss, weight_norm, gradient_norm,
                cosine_to_init, cosine_gradient, zero_logits]}}
run: {{precision: float64}}
"""
MIXTURE = "set: mixture, train: 25, test: 12, features: 5, classes: 4"
IMAGES = "set: mnist, path: {images}, train: 25, test: 12, normalize: unit"
CIFAR10 = (f"set: cifar10, path: {support.CIFAR10}, train: 12, test: 10, "
           "normalize: published")
VALUES = ("set: function, train: 25, test: 12, target: "
          "{{sin: [[1, 2, 0.3]], constant: 0.3}}")
VECTORS = ("set: function, train: 25, test: 12, features: 3, from: -2, "
           "spacing: random, target: [sin, {{tanh: [[1, [1, 0.5, -1], 0.2], "
           "[0.5, 2, 0]]}}, {{relu: [[-1, 1, 0.1]]}}]")

RESIDUAL = ("linear: width, {0}, linear: width, relu, linear: width, "
            "add: [0, {1}], {0}, linear: width, tanh, linear: width, "
            "add: [{2}, {3}], linear: classes")
RESNET = ("conv2d: {{out: 4, padding: 1, stride: {0}}}, {1}, relu, "
          "conv2d: {{out: 4, padding: 1}}, {1}, relu, "
          "conv2d: {{out: 4, padding: 1}}, {1}, add: [2, 7], relu, "
          "conv2d: {{out: 6, padding: 1, stride: 2}}, {1}, relu, "
          "conv2d: {{out: 6, padding: 1}}, {1}, "
          "conv2d: {{out: 6, kernel: 1, stride: 2, inputs: [9]}}, "
          "add: [14, 15], relu, global_avg_pool2d, linear: classes")

# name: layers; data; more of what the templates have
NETWORKS = {
    "layer_norm_before": (
        "linear: width, layer_norm, relu, linear: width, layer_norm, tanh, "
        "linear: classes", MIXTURE),
    "layer_norm_after": (
        "linear: width, relu, layer_norm, linear: width, tanh, layer_norm, "
        "linear: classes", MIXTURE),
    "layer_norm_exact": (
        "linear: width, layer_norm: {affine: false, eps: 0}, relu, "
        "linear: width, silu, layer_norm: {affine: false, eps: 0.3}, "
        "linear: classes", MIXTURE),
    "layer_norm_of_samples": (
        "layer_norm: {eps: 0}, linear: width, leaky_relu, "
        "layer_norm: {eps: 0}, linear: classes", MIXTURE),
    "rms_norm": (
        "linear: width, rms_norm, relu, linear: width, gelu, "
        "rms_norm: {affine: false, eps: 0}, linear: classes", MIXTURE),
    "group_norm_of_units": (
        "linear: width, group_norm: 2, relu, linear: 12, erf, "
        "group_norm: {groups: 3, affine: false, eps: 0}, linear: classes",
        MIXTURE),
    "residual": (RESIDUAL.format("identity", 4, 5, 9), MIXTURE),
    "residual_norm": (RESIDUAL.format("layer_norm", 6, 7, 11).replace(
        "linear: width, layer_norm, linear",
        "linear: width, layer_norm: {inputs: [0]}, linear: {out: width}, "
        "elu, linear"), MIXTURE),
    "nested": (
        "linear: width, {repeat: {times: 2, of: [residual: [layer_norm, relu, "
        "linear: width]]}}, {residual: [linear: 5, tanh], shortcut: "
        "[linear: 5]}, linear: classes", MIXTURE),
    "gates": (
        "linear: width, sigmoid, linear: {out: width, inputs: [-1]}, silu, "
        "multiply: [1, 3], linear: width, multiply: [5, 2], linear: classes",
        MIXTURE),
    "branches": (
        "linear: width, relu, linear: 5, linear: {out: 5, inputs: [-1]}, "
        "rms_norm: {eps: 0}, add: [2, 4, -1], tanh, linear: classes, "
        "linear: {out: classes, inputs: [0]}, add: [7, 8]", MIXTURE),
    "pools": (
        "conv2d: {out: 4, padding: 1}, max_pool2d, tanh, "
        "conv2d: {out: 3, kernel: 2, padding: 1}, avg_pool2d, flatten, "
        "linear: classes", IMAGES),
    "group_norm_of_images": (
        "conv2d: {out: 4, stride: 2, padding: 1}, group_norm: 2, relu, "
        "conv2d: {out: 6, kernel: 2}, "
        "group_norm: {groups: 3, affine: false, eps: 0}, global_avg_pool2d, "
        "linear: classes", IMAGES),
    "layer_norm_of_images": (
        "conv2d: {out: 3, padding: 1}, layer_norm: {eps: 0}, relu, conv2d: 3, "
        "rms_norm, max_pool2d: 4, flatten, linear: classes", IMAGES),
    "global_outputs": (
        "conv2d: {out: 4, padding: 1}, gelu, conv2d: classes, "
        "global_avg_pool2d", IMAGES),
    "mse": ("linear: width, layer_norm, tanh, linear: width, relu, "
            "linear: classes", MIXTURE),
    "mse_linear": ("layer_norm, linear: classes", MIXTURE),
    "mse_images": (
        "conv2d: {out: 4, padding: 1}, softplus, avg_pool2d, flatten, "
        "rms_norm, linear: classes", IMAGES),
    "mse_of_values": ("linear: width, tanh, linear: classes", VALUES),
    "mse_of_vectors": ("linear: width, layer_norm, silu, linear: width, relu, "
                       "linear: classes", VECTORS),
    "resnet": (RESNET.format(1, "group_norm: 2"), IMAGES),
    "resnet_cifar10": (RESNET.format(2, "group_norm: 2"), CIFAR10),
}
NETWORKS |= {phi: (f"linear: width, {phi}, linear: width, {phi}, "
                   "linear: classes", MIXTURE)
             for phi in ("relu", "leaky_relu", "tanh", "sigmoid", "identity",
                         "gelu", "silu", "softplus", "elu", "erf")}
# Autograd's Hessian of all of their parameters takes seconds.
LARGE = ("mse_images", "group_norm_of_images", "layer_norm_of_images",
         "global_outputs", "resnet", "resnet_cifar10")
# Each of these goes round, so each network meets other ones.
AROUND = {
    "bias": ["false", "true"],
    "temperature": [1, 0.7, 1.6],
    "radius": [1, 0.4, 2, 1.3],
    "surface": ["plane", "sphere", "sphere", "plane", "plane"],
    "directions": ["gaussian", "sparse-sign"],
    "optimizer": ["gd", "momentum, momentum: 0.9", "adam"],
}
QUICK = ["layer_norm_before", "branches", "group_norm_of_images", "gelu",
         "mse", "mse_of_vectors"]
NAMES = QUICK if support.IS_QUICK else list(NETWORKS)
TRAINED = [name for name in NAMES if name in (
    "layer_norm_after", "layer_norm_exact", "rms_norm", "residual_norm",
    "gates", "mse", "mse_of_values", "group_norm_of_images", "resnet", "softplus", *QUICK)]


@pytest.fixture(name="images", scope="module")
def fixture_images(tmp_path_factory):
    """A folder of images of 6 x 6, as MNIST's are stored."""
    folder = tmp_path_factory.mktemp("images")
    rng = np.random.default_rng(5)
    for name, n in (("train", 60), ("t10k", 30)):
        for kind, array in (
                ("images-idx3", rng.integers(0, 256, (n, 6, 6))),
                ("labels-idx1", rng.integers(0, 10, n))):
            (folder / f"{name}-{kind}-ubyte").write_bytes(
                struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim,
                            *array.shape) + array.astype(np.uint8).tobytes())
    return folder


def point_of(name, more, images, folder):
    layers, data = NETWORKS[name]
    if data is CIFAR10 and not support.CIFAR10.is_dir():
        pytest.skip("no cifar10 here")
    place = list(NETWORKS).index(name)
    row = {key: values[(place + shift) % len(values)]
           for shift, (key, values) in enumerate(AROUND.items())}
    # a temperature is of a softmax
    row["end"] = ("loss: mse" if name.startswith("mse")
                  else f"temperature: {row['temperature']}")
    # a sphere is one of all parameters
    if row["surface"] == "plane" and place % 2:
        row["end"] += ", scale_parameters: weights"
    row["batch"] = "full" if row["optimizer"] == "gd" else 10
    study = support.write(folder / "study.yaml", (STUDY + more[0]).format(
        **row, **more[1], seed=place, layers=layers,
        width="width: 6, " if "width" in layers else "",
        data=data.format(images=images)))
    support.succeed("point", study, "-o", folder / "point.h5")
    return folder / "point.h5"


def has_classes(name):
    return NETWORKS[name][1] not in (VALUES, VECTORS)


def agree(differences, tolerance, least):
    bad = {name: value for name, value in differences.items()
           if not value <= tolerance}
    assert len(differences) >= least
    assert not bad


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("name", NAMES)
def test_point(name, precision, images, tmp_path):
    has_full = precision == "float64" and name not in LARGE
    more = {"precision": precision, "full": FULL if has_full else ""}
    point = pytorch.Point(point_of(name, (CURVATURE, more), images, tmp_path))
    assert point.logit_samples == 6 and has_full == ("hessian" in point.full)
    # accuracies and alignments are those of classes
    agree(point.differences(), pytorch.tolerance_of(precision),
          (45 if has_full else 35) - 4 * (not has_classes(name)))


@pytest.mark.parametrize("name", TRAINED)
def test_training(name, images, tmp_path):
    more = {"accuracy": "accuracy, test_accuracy, " * has_classes(name)}
    training = pytorch_training.Training(
        point_of(name, (TRAIN, more), images, tmp_path))
    agree(training.differences(), 1e-8, 10)
    assert training.differences()["final_loss"] <= 1e-8


def test_all_operations_are_met():
    """In the networks of this file, and all that PyTorch's side knows."""
    words = " ".join(layers for layers, _ in NETWORKS.values())
    for name in pytorch_network.OPERATIONS:
        assert name in words.replace(",", " ").replace(":", " ").split()
