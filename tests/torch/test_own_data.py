# SPDX-License-Identifier: MIT
"""Samples of one's own against PyTorch: 26 classes of small images in float,
and two outputs that are values; points to 1e-9, trainings to 1e-8."""
import pathlib
import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch")
h5py = pytest.importorskip("h5py")

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests/e2e"), str(TOP / "analysis")]
import support  # noqa: E402
from goldilocks import pytorch, pytorch_training  # noqa: E402

torch.set_num_threads(1)

STUDY = """
study: own
grid: {{seed: [2], relative_radius: [1.5]}}
data: {{set: file, path: own.h5, {data}}}
network: {{{network}, bias: true, bias_init: same}}
curvature: {{subspace: {{dim: [2, 5]}}, logit_gradients: 6}}
train: {{steps: 12, learning_rate: 0.05, log: {{every: 4}}, track: [{track}]}}
run: {{precision: float64}}
"""
CASES = {
    "letters": {"data": "test_share: 0.25",
                "network": "kind: cnn, channels: [4, 6], padding: 1, activation: tanh",
                "track": "loss, accuracy, test_loss, test_accuracy"},
    "values": {"data": "train: 30", "network": "width: 7, loss: mse",
               "track": "loss, test_loss, gradient_norm"},
}


@pytest.fixture(name="made", scope="module", params=CASES)
def fixture_made(request, tmp_path_factory):
    """The point of a case, and what its file holds."""
    folder = tmp_path_factory.mktemp(request.param)
    random = np.random.default_rng(8)
    with h5py.File(folder / "own.h5", "w") as file:
        if request.param == "letters":
            y = np.arange(104) % 26
            file["train/inputs"] = (random.normal(size=(104, 3, 8, 8))
                                    + 0.1 * y[:, None, None, None]
                                    ).astype("f4")
            file["train/labels"] = y
        else:
            for half, n in (("train", 40), ("test", 15)):
                x = random.normal(size=(n, 5))
                file[f"data/{half}/inputs"] = x
                file[f"data/{half}/targets"] = np.stack(
                    [np.sin(x[:, 0]), x[:, 1] * x[:, 2]], 1)
    support.write(folder / "study.yaml", STUDY.format(**CASES[request.param]))
    support.succeed("point", "study.yaml", "-o", "point.h5", cwd=folder)
    return request.param, folder / "point.h5"


def agree(differences, tolerance, least):
    assert len(differences) >= least
    assert not {name: value for name, value in differences.items()
                if not value <= tolerance}


def test_point(made):
    name, path = made
    point = pytorch.Point(path)
    with h5py.File(path) as file:
        layers = file["network"].attrs["layers"]
        assert ('"out":26' in layers.replace(" ", "")) == (name == "letters")
        assert ("targets" in file["data/train"]) == (name == "values")
    agree(point.differences(), 1e-9, 25)


def test_training(made):
    agree(pytorch_training.Training(made[1]).differences(), 1e-8, 6)
