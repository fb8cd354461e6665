# SPDX-License-Identifier: MIT
"""What networks are fed with, from point files, against numpy on the bytes of
the files: every rule of `normalize`, every kind of subset."""
import functools
import gzip

import numpy as np
import pytest

import support

h5py = pytest.importorskip("h5py")

pytestmark = pytest.mark.skipif(not support.FASHION_MNIST.is_dir(),
                                reason="no Fashion-MNIST here")
IMAGES = support.few(support.FASHION_MNIST)
N_TRAIN, N_TEST = 70, 30
STUDY = """
study: normalize
grid: {{seed: [4, 5]}}
data: {{set: fashion-mnist, path: {path}, train: {train}, test: {test},
       normalize: {normalize}, subset: {subset}}}
network: {{depth: 1, width: 3}}
curvature: {{subspace: {{dim: 2}}}}
run: {{precision: float64}}
"""


@functools.lru_cache
def stored(half):
    """Pixels [n, 784], as numbers, and labels of all samples of a half."""
    start = {"train": "train", "test": "t10k"}[half]
    arrays = []
    for kind, head in (("images-idx3", 16), ("labels-idx1", 8)):
        path, = IMAGES.glob(f"{start}-{kind}-ubyte*")
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rb") as file:
            arrays.append(np.frombuffer(file.read(), np.uint8, offset=head))
    return arrays[0].reshape(len(arrays[1]), -1).astype(float), arrays[1]


def normalised(rule, x, training):
    if rule == "per-pixel":
        deviation = training.std(0)
        varies = training.min(0) < training.max(0)
        assert 0 < np.sum(~varies) < len(varies)
        return np.where(varies, (x - training.mean(0))
                        / np.where(varies, deviation, 1), 0)
    if rule == "per-image":
        return (x - x.mean(1, keepdims=True)) / x.std(1, keepdims=True)
    shift, divisor = {"none": (0, 1), "unit": (0, 255),
                      "published": (255 * 0.2860, 255 * 0.3530),
                      "standard": (training.mean(), training.std())}[rule]
    return (x - shift) / divisor


def point(folder, seed, **data):
    study = support.write(folder / "study.yaml", STUDY.format(
        **{"path": IMAGES, "train": N_TRAIN, "test": N_TEST,
           "subset": "first", **data}))
    path = folder / "point.h5"
    path.unlink(missing_ok=True)
    support.succeed("point", study, "--at", f"seed={seed}", "-o", path)
    with h5py.File(path) as file:
        return {f"{half}/{name}": file[f"data/{half}/{name}"][()]
                for half in ("train", "test") for name in ("inputs", "labels")}


@pytest.mark.parametrize("rule", ["standard", "published", "unit", "none",
                                  "per-pixel", "per-image"])
def test_rules(rule, tmp_path):
    found = point(tmp_path, 4, normalize=rule)
    training = stored("train")[0][:N_TRAIN]
    for half, n in (("train", N_TRAIN), ("test", N_TEST)):
        pixels, labels = stored(half)
        expected = normalised(rule, pixels[:n], training)
        inputs = found[f"{half}/inputs"].reshape(n, -1)
        assert np.array_equal(found[f"{half}/labels"], labels[:n])
        assert np.all(abs(inputs - expected) <= 1e-12 * (1 + abs(expected)))


def test_each_seed_has_its_own(tmp_path):
    """To the bit those of {random: SEED}; by all images where a rule takes
    its numbers from the training set."""
    for seed in (4, 5):
        own = point(tmp_path, seed, subset="{random: per-seed}",
                    normalize="published")
        given = point(tmp_path, seed, subset=f"{{random: {seed}}}",
                      normalize="published")
        for name, value in own.items():
            assert np.array_equal(value, given[name]), name
    assert not np.array_equal(
        own["train/inputs"], point(tmp_path, 4, subset="{random: per-seed}",
                                   normalize="published")["train/inputs"])
    mine = point(tmp_path, 5, subset="{random: per-seed}",
                 normalize="per-pixel")
    pixels, labels = stored("train")
    expected = normalised("per-pixel", pixels, pixels) \
        if pixels.std(0).min() == 0 else \
        (pixels - pixels.mean(0)) / pixels.std(0)
    sums = expected.sum(1)
    for row, label in zip(mine["train/inputs"].reshape(N_TRAIN, -1),
                          mine["train/labels"]):
        alike = np.flatnonzero(abs(sums - row.sum()) < 1e-6)
        found = [i for i in alike if np.allclose(expected[i], row, 1e-9, 1e-9)]
        assert found and label in labels[found]


def test_labels(tmp_path):
    """They swap in their group of classes, so that each class has as many."""
    group = np.array([0, 1, 0, 3, 4, 3, 3, 7, 8, 9])
    labels = stored("train")[1][:N_TRAIN]
    found = point(tmp_path, 4, normalize="none", subset="first, labels: {"
                  "permute: 3, within: [[2, 0], [3, 5, 6]]}")["train/labels"]
    assert np.array_equal(np.bincount(found), np.bincount(labels))
    assert np.array_equal(group[found], group[labels])
    moved = group[labels[found != labels]]
    assert set(moved) == {0, 3}
    in_all = point(tmp_path, 4, normalize="none",
                   subset="first, labels: {permute: 3}")["train/labels"]
    assert np.any(group[in_all] != group[labels])


def test_a_sweep_is_its_points(tmp_path):
    """Each seed of a run has the numbers that it has alone, in whatever order
    and with whatever other seeds."""
    xr = pytest.importorskip("xarray")
    study = support.write(tmp_path / "study.yaml", STUDY.format(
        path=IMAGES, train=N_TRAIN, test=N_TEST,
        subset="{random: per-seed}", normalize="published"))
    support.succeed("run", study, "-o", tmp_path / "both.h5", "--quiet",
                    ranks=3)
    support.succeed("run", study, "--set", "grid.seed=[9, 5]", "-o",
                    tmp_path / "other.h5", "--quiet")
    support.succeed("verify", tmp_path / "both.h5")
    with xr.open_dataset(tmp_path / "both.h5") as a, \
            xr.open_dataset(tmp_path / "other.h5") as b:
        assert float(a.loss.sel(seed=5)) == float(b.loss.sel(seed=5))
        assert float(a.test_loss.sel(seed=5)) == float(b.test_loss.sel(seed=5))
        assert float(a.loss.sel(seed=4)) != float(a.loss.sel(seed=5))
