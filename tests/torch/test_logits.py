# SPDX-License-Identifier: MIT
"""Statistics of logit gradients agree with a Jacobian from autograd: to 1e-9
when computed in float64, to 1e-4 in float32."""
import pathlib
import sys

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("h5py")

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests/e2e"), str(TOP / "analysis")]
import support  # noqa: E402
from goldilocks import pytorch, pytorch_logits  # noqa: E402

STUDY = """
study: logits
grid: {{seed: [{seed}], relative_radius: [{radius}]}}
data: {data}
network:
  {{activation: {activation}, bias: {bias}, bias_init: same, {shape},
   temperature: {temperature}}}
curvature: {{logit_gradients: {n}, subspace: {{dim: [2, 7]}}}}
run: {{precision: {precision}}}
"""

CASES = [
    {"activation": "relu", "bias": "false", "depth": 2, "radius": 3},
    {"activation": "tanh", "bias": "false", "depth": 2, "radius": 2},
    {"activation": "relu", "bias": "true", "depth": 3, "radius": 0.3},
    {"activation": "tanh", "bias": "true", "depth": 1, "radius": 5},
    {"activation": "sigmoid", "bias": "true", "depth": 2, "n": 25},
    {"activation": "leaky_relu", "bias": "false", "depth": 4, "classes": 2,
     "width": 20},
    {"activation": "identity", "bias": "false", "depth": 0, "n": 1},
    {"activation": "relu", "bias": "false", "depth": 3, "width": 2},
]
IMAGES = [
    {"activation": "relu", "bias": "true", "pooling": "max", "n": 25},
    {"activation": "tanh", "bias": "false", "pooling": "average", "n": 9},
]
REST = {"radius": 1, "n": "all", "classes": 5, "width": 30,
        "temperature": 1.5}


COMPARED = CASES[:3] + IMAGES[:1] if support.IS_QUICK else CASES + IMAGES
FEW = support.few(support.FASHION_MNIST)
DENSE = {
    "data": "{{set: mixture, train: 60, test: 20, features: 12,"
            " classes: {classes}}}",
    "shape": "depth: {depth}, width: {width}",
}
CONVOLUTIONAL = {
    "data": f"{{{{set: fashion-mnist, path: {FEW},"
            " train: 60, test: 20, normalize: published}}",
    "shape": "kind: cnn, channels: [3, 4], kernel: 3, stride: 2, padding: 1,"
             " pool: 2, pooling: {pooling}, head: [9]",
}


def point_of(case, precision, folder):
    if case in IMAGES and not support.FASHION_MNIST.is_dir():
        pytest.skip("no fashion-mnist here")
    options = {**REST, **case}
    kind = CONVOLUTIONAL if case in IMAGES else DENSE
    study = support.write(folder / "study.yaml", STUDY.format(
        **options, precision=precision, seed=(CASES + IMAGES).index(case),
        **{key: text.format(**options) for key, text in kind.items()}))
    support.succeed("point", study, "-o", folder / "point.h5")
    return pytorch.Point(folder / "point.h5")


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize(
    "case", COMPARED, ids=lambda case: "-".join(map(str, case.values())))
def test_statistics(case, precision, tmp_path):
    point = point_of(case, precision, tmp_path)
    assert len(point.theta) <= 3000
    differences = pytorch_logits.differences(point, pytorch.relative)
    if precision == "float32":
        # a sample on the border of two bins may count in either
        differences = {name: value for name, value in differences.items()
                       if "calibration" not in name}
    bad = {name: value for name, value in differences.items()
           if not value <= pytorch.tolerance_of(precision)}
    assert len(differences) > 10
    assert not bad


def test_dead_samples(tmp_path):
    """Two units a layer die for many samples: gradients of 0 are counted, and
    stay out of the cosines."""
    point = point_of(CASES[-1], "float64", tmp_path)
    share = float(point.file["point/zero_logit_gradients"])
    assert 0.05 < share < 1
    assert -1 <= float(point.file["point/cross_class_alignment"]) <= 1


def test_one_sample_has_no_pairs(tmp_path):
    point = point_of(CASES[-2], "float64", tmp_path)
    assert np.isnan(point.file["point/cross_class_alignment"])
    assert np.isnan(point.file["point/within_class_alignment"])
    assert float(point.file["point/logit_gradient_residual_variance"]) == 0
