# SPDX-License-Identifier: MIT
"""Samples of one's own against PyTorch: 26 classes of small images in float,
two outputs that are values, and files as QMNIST, EMNIST and CIFAR-100 have them;
points to 1e-9, trainings to 1e-8."""
import pathlib
import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch")
h5py = pytest.importorskip("h5py")

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests/e2e"), str(TOP / "analysis")]
import support  # noqa: E402
from goldilocks import convert, pytorch, pytorch_training  # noqa: E402

torch.set_num_threads(1)

STUDY = """
study: own
grid: {{seed: [2], relative_radius: [1.5]}}
data: {{set: file, path: own.h5, {data}}}
network: {{{network}, bias: true, bias_init: same}}
curvature: {{subspace: {{dim: [2, 5]}}, logit_gradients: 3}}
train: {{steps: 12, learning_rate: 0.05, log: {{every: 4}}, track: [{track}]}}
run: {{precision: float64}}
"""
CASES = {
    "letters": {"data": "test_share: 0.25",
                "network": "kind: cnn, channels: [4, 6], padding: 1, activation: tanh",
                "track": "loss, accuracy, test_loss, test_accuracy"},
    "values": {"data": "train: 30", "network": "width: 7, loss: mse",
               "track": "loss, test_loss, gradient_norm"},
    **{name: {"data": "train: 30, test: 20, normalize: per-pixel",
              "network": "width: 3",
              "track": "loss, accuracy, test_accuracy"}
       for name in ("qmnist", "emnist", "cifar100")},
}
CLASSES = {"letters": 26, "qmnist": 10, "emnist": 26, "cifar100": 100}
RANDOM = np.random.default_rng(8)


def make_letters(folder):
    y = np.arange(104) % 26
    with h5py.File(folder / "own.h5", "w") as file:
        file["train/inputs"] = (RANDOM.normal(size=(104, 3, 8, 8))
                                + 0.1 * y[:, None, None, None]).astype("f4")
        file["train/labels"] = y


def make_values(folder):
    with h5py.File(folder / "own.h5", "w") as file:
        for half, n in (("train", 40), ("test", 15)):
            x = RANDOM.normal(size=(n, 5))
            file[f"data/{half}/inputs"] = x
            file[f"data/{half}/targets"] = np.stack(
                [np.sin(x[:, 0]), x[:, 1] * x[:, 2]], 1)


def idx(code, array):
    return (bytes([0, 0, code, array.ndim])
            + np.array(array.shape, ">u4").tobytes() + array.tobytes())


def make_digits(folder, prefix, labels, code, **options):
    """IDX files of 52 training and 26 test images, and what is made of them."""
    for half, n in (("train", 52), ("test", 26)):
        images = RANDOM.integers(0, 256, (n, 7, 9)).astype("u1")
        (folder / f"{prefix}-{half}-images-idx3-ubyte").write_bytes(
            idx(0x08, images))
        (folder / f"{prefix}-{half}-labels-idx").write_bytes(
            idx(code, labels(n)))
    convert.convert([folder / prefix], folder / "own.h5", **options)


def make_qmnist(folder):
    make_digits(folder, "qmnist", lambda n: np.stack(
        [np.arange(n) % 10, *np.ones((7, n))], 1).astype(">i4"), 0x0c)


def make_emnist(folder):
    with pytest.warns(UserWarning, match="begin at 1"):
        make_digits(folder, "emnist-letters",
                    lambda n: (np.arange(n) % 26 + 1).astype("u1"), 0x08,
                    transpose=True)


def make_cifar100(folder):
    for half in ("train", "test"):
        records = RANDOM.integers(0, 256, (100, 2 + 3 * 32 * 32)).astype("u1")
        records[:, 1] = np.arange(100)
        (folder / f"{half}.bin").write_bytes(records.tobytes())
    convert.convert([folder], folder / "own.h5")



@pytest.fixture(name="made", scope="module", params=CASES)
def fixture_made(request, tmp_path_factory):
    """The point of a case, and what its file holds."""
    folder = tmp_path_factory.mktemp(request.param)
    globals()["make_" + request.param](folder)
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
        assert f'"out":{CLASSES.get(name, 2)}' in layers.replace(" ", "")
        assert ("targets" in file["data/train"]) == (name == "values")
    agree(point.differences(), 1e-9, 25)


def test_training(made):
    agree(pytorch_training.Training(made[1]).differences(), 1e-8, 6)
