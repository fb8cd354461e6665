# SPDX-License-Identifier: MIT
"""Trainings of point files repeated by PyTorch, in float64 to 1e-8.

60 steps: rounding differs between the two from the first step on and grows
along the way, more where a ReLU switches; 1e-8 is far above what was seen
(1e-11) and far below what a wrong formula gives.
"""
import pathlib
import subprocess
import sys

import h5py
import numpy as np
import pytest
import torch

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests/e2e"), str(TOP / "analysis")]

import support  # noqa: E402
from goldilocks import pytorch, pytorch_training  # noqa: E402

torch.set_num_threads(1)

STUDY = """
study: training
grid: {{seed: [3]}}
data: {{set: mixture, features: 12, classes: 4, train: 90, test: 40}}
network: {{depth: 2, width: 16, activation: {activation}, bias: {bias},
          bias_init: {bias_init}, temperature: {temperature}}}
train:
  optimizer: {optimizer}
  learning_rate: {rate}
  batch: {batch}
  steps: 60
  weight_decay: {decay}
  constraint: {constraint}
  {more}
  log: {{every: 6}}
  track: [loss, accuracy, test_loss, test_accuracy, weight_norm, gradient_norm,
          cosine_to_init, cosine_gradient, zero_logits, entropy]
run: {{precision: float64}}
"""

BASE = {"activation": "relu", "bias": "false", "bias_init": "zero",
        "temperature": 1.0, "optimizer": "gd", "rate": 0.1, "batch": "full",
        "decay": 0.0, "constraint": "none", "more": ""}
CASES = {
    "gd": {},
    "gd_tanh_bias": {"activation": "tanh", "bias": "true",
                     "bias_init": "same"},
    "gd_decay_temperature": {"decay": 0.01, "temperature": 2.5},
    # Numbers grow until the loss is none; logged before that, and at once.
    "gd_overflows": {"rate": "1.0e+30"},
    "gd_far_away": {"rate": 1000},
    "momentum": {"optimizer": "momentum", "rate": 0.05},
    "momentum_tanh_batches": {"optimizer": "momentum", "activation": "tanh",
                              "batch": 25, "bias": "true", "rate": 0.02},
    "adam": {"optimizer": "adam", "rate": 0.01},
    "adam_batches_bias": {"optimizer": "adam", "rate": 0.003, "batch": 32,
                          "bias": "true", "decay": 0.02},
    "sgd": {"optimizer": "sgd", "batch": 32},
    "sgd_tanh_bias": {"optimizer": "sgd", "batch": 20, "activation": "tanh",
                      "bias": "true", "decay": 0.001},
    "nesterov_decay_linear": {
        "optimizer": "nesterov", "batch": 32, "decay": 0.01, "rate": 0.02,
        "more": "schedule: {decay: linear, floor: 0.1}"},
    "rmsprop_clip_cosine": {
        "optimizer": "rmsprop", "rate": 0.003, "decay": 0.01, "batch": 32,
        "more": "schedule: {warmup: 9, decay: cosine, floor: 0.05}\n"
                "  clip_norm: 0.3\n  smoothing: 0.9\n  epsilon: 1.0e-5"},
    "adamw_betas_step": {
        "optimizer": "adamw", "rate": 0.01, "decay": 0.1, "bias": "true",
        "more": "schedule: {warmup: 5, decay: step, every: 20, factor: 0.3}\n"
                "  betas: [0.8, 0.98]\n  epsilon: 1.0e-6"},
    "warmup_of_one_linear": {"more": "schedule: {warmup: 1, decay: linear}"},
    "warmup_of_one_cosine": {"more": "schedule: {warmup: 1, decay: cosine}"},
    "sphere_clip": {"constraint": "sphere", "more": "clip_norm: 0.05"},
    "sphere_gd": {"constraint": "sphere"},
    "sphere_adam_batches": {"constraint": "sphere", "optimizer": "adam",
                            "rate": 0.005, "batch": 40},
    "subspace_plane": {"constraint": "{subspace: {dim: 20}}", "rate": 0.5},
    "subspace_plane_sparse_adam": {
        "constraint": "{subspace: {dim: 30, directions: sparse-sign}}",
        "optimizer": "adam", "rate": 0.02, "batch": 32, "bias": "true"},
    "subspace_sphere": {"constraint": "{subspace: {dim: 20, surface: sphere}}",
                        "optimizer": "momentum", "rate": 0.1},
    # The last phase, from where the others led.
    "phases_sphere": {
        "optimizer": "sgd", "batch": 32, "more": "phases: [{labels: random, "
        "optimizer: adam, learning_rate: 0.01, steps: 20}, {constraint: sphere, "
        "steps: 40}]"},
}


@pytest.mark.parametrize("case", CASES)
def test_training(case, tmp_path):
    config = support.write(tmp_path / "study.yaml",
                           STUDY.format(**{**BASE, **CASES[case]}))
    point = tmp_path / "point.h5"
    support.succeed("point", config, "-o", point)
    found = pytorch_training.Training(point).differences()
    assert len(found) >= 12
    for name, gap in found.items():
        assert gap <= 1e-8, f"{name}: {gap}"


VALUES = """
study: values
grid: {{seed: [3]}}
data: {{set: function, train: 40, test: 20, normalize: none, target: {target}}}
network: {{kind: layers, bias: true, bias_init: same, init: normal, loss: mse,
          layers: [linear: 30, tanh, linear: {{out: classes, bias: false}}],
          std: 0.3}}
train: {{optimizer: {optimizer}, learning_rate: 0.01, batch: {batch},
        steps: 200, log: {{every: 20}},
        track: [loss, test_loss, weight_norm, gradient_norm, cosine_to_init]}}
run: {{precision: float64}}
"""
ONE = "{sin: [[1, 2, 0]], constant: 0.3}"
TWO = "[{sin: [[1, 2, 0]]}, {tanh: [[2, 3, 1]], relu: [[1, -1, 0.2]]}]"


@pytest.mark.parametrize("optimizer, batch", [
    ("gd", "full"), ("sgd", 16), ("adam", 16)])
@pytest.mark.parametrize("target", [ONE, TWO])
def test_mean_square(optimizer, batch, target, tmp_path):
    """200 steps to values in the place of classes, of one and of two outputs,
    that lower the loss."""
    config = support.write(tmp_path / "study.yaml", VALUES.format(
        optimizer=optimizer, batch=batch, target=target))
    point = tmp_path / "point.h5"
    support.succeed("point", config, "-o", point)
    training = pytorch_training.Training(point)
    losses = training.file["loss"]
    assert losses[-1] < 0.9 * losses[0]
    found = training.differences()
    assert len(found) >= 6
    for name, gap in found.items():
        assert gap <= 1e-8, f"{name}: {gap}"


IMAGES = """
study: training
grid: {{seed: [4]}}
data: {{set: fashion-mnist, path: {path}, train: 60, test: 20}}
network: {{depth: 1, width: 12}}
train: {{optimizer: {optimizer}, batch: {batch}, learning_rate: 0.05,
        steps: 10, log: {{every: 2}}, augment: {augment}}}
run: {{precision: float64}}
"""
AUGMENTED = {
    "flip_shift_batches": ("sgd", 25, "{flip: true, shift: 4}"),
    "flip_full": ("gd", "full", "{flip: true}"),
    "shift_batches": ("adam", 32, "{shift: 2}"),
}


@pytest.mark.skipif(not support.FASHION_MNIST.is_dir(), reason="no images")
@pytest.mark.parametrize("case", AUGMENTED)
def test_augmented(case, tmp_path):
    """Images turned and moved as the file says; and that does matter."""
    optimizer, batch, augment = AUGMENTED[case]
    config = support.write(tmp_path / "study.yaml", IMAGES.format(
        path=support.few(support.FASHION_MNIST), optimizer=optimizer,
        batch=batch,
        augment=augment))
    point = tmp_path / "point.h5"
    support.succeed("point", config, "-o", point)
    training = pytorch_training.Training(point)
    found = training.differences()
    assert len(found) >= 5
    for name, gap in found.items():
        assert gap <= 1e-8, f"{name}: {gap}"
    del training.file["augmentation"]
    assert training.differences()["final_theta"] > 1e-4


TRACKED = {
    "relu": {},
    "tanh_bias_temperature_batches": {
        "activation": "tanh", "bias": "true", "bias_init": "same",
        "temperature": 0.7, "optimizer": "sgd", "batch": 40, "rate": 0.05},
}


@pytest.mark.parametrize("case", TRACKED)
def test_curvature(case, tmp_path):
    """Sharpness as near the dense Hessian's largest eigenvalue as its
    residual says, curvature as V'HV by autograd."""
    text = STUDY.format(**{**BASE, **TRACKED[case]}).replace(
        "entropy]", "entropy, sharpness, curvature]")
    config = support.write(tmp_path / "study.yaml",
                           text + "curvature: {subspace: {dim: [4, 10]}}\n")
    point = tmp_path / "point.h5"
    support.succeed("point", config, "-o", point)
    found = pytorch_training.Training(point).differences()
    assert {"sharpness", "trace_over_norm", "positive_fraction"} <= set(found)
    for name, gap in found.items():
        assert gap <= 1e-8, f"{name}: {gap}"


PHASES = """
study: training
grid: {seed: [4]}
data: {set: circles, train: 60, test: 20}
network: {depth: 1, width: 12}
train: {learning_rate: 0.01, log: {count: 3}, phases: PHASES}
run: {precision: float64}
"""


@pytest.mark.parametrize("phases, is_logged", [
    ("[{steps: 30, stop: {loss: 100}}, {steps: 3}]", False),
    ("[{labels: random, steps: 30}, {steps: 9, start: {norm_of_phase: 1}}]",
     True)])
def test_phases(phases, is_logged, tmp_path):
    """The last one is repeated, also where none of its steps is logged, and it
    says that it is the last one."""
    config = support.write(tmp_path / "study.yaml",
                           PHASES.replace("PHASES", phases))
    point = tmp_path / "point.h5"
    support.succeed("point", config, "-o", point)
    training = pytorch_training.Training(point)
    found = training.differences()
    assert ("loss" in found) == is_logged
    assert {"final_theta", "final_loss", "phase_loss", "phase_step",
            "phase_theta"} <= set(found)
    for name, gap in found.items():
        assert gap <= 1e-8, f"{name}: {gap}"
    said = subprocess.run(
        [sys.executable, support.TOP / "analysis/verify_with_torch.py", point],
        stdout=subprocess.PIPE, text=True, check=True).stdout
    assert ", the last of 2 phases, those before are not repeated, " in said
    training.norms = training.norms * 1.001
    assert training.differences()["phase_theta"] > 5e-4


ENDS = """
study: ends
grid: {{seed: [3]}}
data: {{{data}}}
network: {{{network}}}
curvature:
  at: [start, {{step: 7}}, {{step: 19}}, end]
  subspace: {{dim: [3, 8], surface: {surface}}}
  extreme: {{count: 2, tolerance: 1e-9, steps: 400}}
  dense: true
  logit_gradients: 20
train: {{optimizer: momentum, learning_rate: 0.05, steps: 30, track: []}}
run: {{precision: float64}}
"""
MIXTURE = "set: mixture, features: 9, classes: 4, train: 60, test: 20"
IMAGE = (f"set: fashion-mnist, path: {support.few(support.FASHION_MNIST)}, "
         "train: 30, test: 10, normalize: published")
ENDED = {
    "relu": (MIXTURE, "depth: 2, width: 10", "plane"),
    "tanh_bias_sphere": (MIXTURE, "depth: 2, width: 9, activation: tanh, "
                         "bias: true, bias_init: same, temperature: 1.5",
                         "sphere"),
    "mse": ("set: function, target: sin, train: 40, test: 20",
            "depth: 2, width: 10, loss: mse, activation: tanh, bias: true",
            "plane"),
    "cnn": (IMAGE, "kind: cnn, channels: [3, 4], kernel: 3, stride: 2, "
            "padding: 1, bias: true, pool: 2, pooling: average", "plane"),
}


@pytest.mark.parametrize("case", ENDED)
def test_end(case, tmp_path):
    """Curvature where training ended, of the final weights, and on the way of
    those that PyTorch has there: eigenvalues, trace and norm in the subspace,
    both terms, the ends of the spectrum and all of it."""
    data, network, surface = ENDED[case]
    if data == IMAGE and not support.FASHION_MNIST.is_dir():
        pytest.skip("no fashion-mnist here")
    config = support.write(tmp_path / "study.yaml", ENDS.format(
        data=data, network=network, surface=surface))
    path = tmp_path / "point.h5"
    support.succeed("point", config, "-o", path)
    start, end = pytorch.Point(path), pytorch.Point(path, moment="end")
    assert float((end.theta - start.theta).norm()) > 0.05
    is_same = torch.equal(start.directions, end.directions)
    assert is_same == (surface == "plane")
    of_subspace = {f"curvature/{term}{name}" for term in ("", "g_", "h_")
                   for name in ("eigenvalues", "trace", "frobenius_norm",
                                "trace_over_norm", "spectral_norm")}
    names = {"full/full_largest_eigenvalues", "full/full_g_spectral_norm",
             "full/dense_eigenvalues", "full/dense_g_trace",
             "point/gradient_norm", "point/loss",
             "point/logit_gradient_residual_variance"}
    between = list(pytorch_training.Training(path).moments(path))
    assert len(between) == 2
    for point in (end, *between):
        found = point.differences()
        # a file has no directions of the sphere at moments
        assert names <= set(found) and (of_subspace <= set(found)) == (
            is_same or point is end)
        for name, gap in found.items():
            assert gap <= 1e-8, f"{name}: {gap}"


def verified(path):
    """How the script ends, and what it says."""
    done = subprocess.run(
        [sys.executable, support.TOP / "analysis/verify_with_torch.py", path],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False)
    return done.returncode, done.stdout


ENDED_EARLY = {
    # no number at the end
    "overflow": ("rate: 1e+30", MIXTURE, "logit_gradients: 20\n"
                 "  dense: true\n  extreme: {count: 2}"),
    # and of moments, which keep no eigenvectors
    "boundary": ("rate: 0.2, stop: {loss: 0.2}",
                 "set: clusters, normalize: none, train: 30, test: 9, blobs: ["
                 "{label: 0, mean: [2, -1], deviation: 0.5}, "
                 "{label: 1, mean: [-2, 0], deviation: 0.5}]",
                 "boundary: {eigenvectors: 2, grid: {count: 8}}"),
}


@pytest.mark.parametrize("case", ENDED_EARLY)
def test_ended_early(case, tmp_path):
    """Moments that training did not reach have no numbers, and one that is
    written there, or no number where there is one, is found."""
    train, data, statistics = ENDED_EARLY[case]
    config = support.write(tmp_path / "study.yaml", f"""
study: early
grid: {{seed: [3]}}
data: {{{data}}}
network: {{depth: 1, width: 6}}
curvature:
  at: [start, {{step: 1}}, {{step: 900}}, end]
  subspace: {{dim: [2, 4]}}
  {statistics}
train: {{optimizer: gd, learning_{train}, steps: 1000, log: {{every: 2}}}}
run: {{precision: float64}}
""")
    path = tmp_path / "point.h5"
    support.succeed("point", config, "-o", path)
    code, said = verified(path)
    assert code == 0, said
    for at, value in ((1, 0.5), (0, np.nan)):
        with h5py.File(path, "r+") as file:
            traces = file["moments/curvature/trace"]
            before = traces[at, 0]
            is_reached = at == 0
            assert np.isfinite(before) == is_reached
            traces[at, 0] = value
        code, said = verified(path)
        assert (code == 0) == (np.isnan(value) and not is_reached), said
        with h5py.File(path, "r+") as file:
            file["moments/curvature/trace"][at, 0] = before
