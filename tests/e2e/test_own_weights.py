# SPDX-License-Identifier: MIT
"""Points that begin from parameters in a file: placed and moved like drawn
ones, the same in every command; what does not fit, or is damaged, is refused
with one message, and nothing is written."""
import os
import re

import numpy as np
import pytest

import support
from test_own_data import NOISE

h5py = pytest.importorskip("h5py")

CONFIG, IO = 3, 4
# 2 features, 3 units, 3 classes, with biases.
SHAPES = [(3, 2), (3,), (3, 3), (3,)]
NAMES = ["0.weight", "0.bias", "2.weight", "2.bias"]
N = 21
THETA = np.random.default_rng(5).normal(size=(2, N))
STUDY = """\
study: own
grid: {grid}
data: {{set: circles, train: 30, test: 10}}
network: {{width: 3, depth: 1, bias: true, init: {{file: weights.h5}}}}
curvature: {{subspace: {{dim: [2]}}, split: false}}
{train}
run: {{precision: float64}}
"""


def write(folder, theta=THETA, shapes=tuple(SHAPES), names=tuple(NAMES),
          grid="{seed: [1], scale: [1]}", train="", points=None, **options):
    with h5py.File(folder / "weights.h5", "w") as file:
        if theta is not None:
            file.create_dataset("parameters/theta", data=theta, **options)
        if shapes is not None:
            file["parameters/shapes"] = [(*one, *[0] * (4 - len(one)))
                                         for one in shapes]
        if names is not None:
            file["parameters/names"] = np.array(
                [name.encode() for name in names], "S64")
        if points is not None:
            file["parameters/points"] = points
    support.write(folder / "study.yaml", STUDY.format(grid=grid, train=train))


def table(folder, *columns):
    text = support.succeed("table", "result.h5", "--format", "csv",
                           cwd=folder).out.splitlines()
    head = text[0].split(",")
    return np.array([[float(line.split(",")[head.index(name)])
                      for name in columns] for line in text[1:]])


def test_placed(tmp_path):
    """Seeds have other directions and the same parameters; radii and scales
    move these; a training that is gone on with is the same."""
    write(tmp_path, grid="{point: [0, 1], seed: [3, 4], radius: [1, 2.5]}",
          train="train: {steps: 3, track: [loss]}")
    support.succeed("run", "study.yaml", "-o", "result.h5", "--quiet",
                    "--max-seconds", "1000", cwd=tmp_path)
    found = table(tmp_path, "point", "seed", "radius", "weight_norm", "alpha",
                  "loss", "trace_d2")
    np.testing.assert_allclose(found[:, 3], found[:, 2], rtol=1e-12)
    np.testing.assert_allclose(
        found[:, 4], found[:, 2] / np.linalg.norm(
            THETA[found[:, 0].astype(int)], axis=1), rtol=1e-12)
    losses, traces = (found[:, k].reshape(2, 2, 2) for k in (5, 6))
    np.testing.assert_array_equal(losses[:, 0], losses[:, 1])
    assert (traces[:, 0] != traces[:, 1]).all()
    assert (losses[0] != losses[1]).all()
    support.succeed("verify", "result.h5", cwd=tmp_path)
    support.succeed("run", "study.yaml", "-o", "result.h5", cwd=tmp_path)
    write(tmp_path, THETA + 1e-9,
          grid="{point: [0, 1], seed: [3, 4], radius: [1, 2.5]}",
          train="train: {steps: 3, track: [loss]}")
    result = support.run("run", "study.yaml", "-o", "result.h5", cwd=tmp_path)
    assert result.code == IO and "data" in result.err, result


def test_point_is_a_start(tmp_path):
    """A point file is read as one that somebody made: from where a training
    ended one of twice the steps goes on, bit for bit."""
    train = "train: {{steps: {}, learning_rate: 0.1, track: [loss]}}"
    write(tmp_path, train=train.format(10))
    support.succeed("point", "study.yaml", "-o", "twice.h5", cwd=tmp_path)
    support.succeed("point", "study.yaml", "-o", "once.h5", "--set",
                    "train.steps=5", cwd=tmp_path)
    with h5py.File(tmp_path / "once.h5", "r+") as file:
        file["parameters/theta"][...] = file["train/final_theta"][...]
    support.succeed("point", "study.yaml", "-o", "again.h5", "--set",
                    "train.steps=5", "--set", "network.init={file: once.h5}",
                    cwd=tmp_path)
    with h5py.File(tmp_path / "twice.h5") as twice, \
            h5py.File(tmp_path / "again.h5") as again:
        np.testing.assert_array_equal(again["train/final_theta"][...],
                                      twice["train/final_theta"][...])


@pytest.mark.parametrize("theta", [THETA[1], THETA[1:], THETA[1].astype(">f4")])
@pytest.mark.parametrize("options", [
    {"chunks": True, "compression": "gzip", "shuffle": True},
    {"shapes": None, "names": None}])
def test_stored(tmp_path, theta, options):
    write(tmp_path, theta, **options)
    support.succeed("point", "study.yaml", "-o", "point.h5", cwd=tmp_path)
    with h5py.File(tmp_path / "point.h5") as file:
        np.testing.assert_array_equal(file["parameters/theta"][...],
                                      theta.ravel().astype("f8"))


def test_names(tmp_path):
    """What the vectors are called, if anything."""
    for points, words in ((None, ""), (np.array([b"early", b"l\033te"], "S64"),
                                       ", point 0 early, 1 l\\x1bte")):
        write(tmp_path, points=points)
        said = support.succeed("validate", "study.yaml", cwd=tmp_path).out
        assert f"weights.h5: 2 vectors of 21 parameters{words}\n" in said, said


def test_what_is_read_stays(tmp_path):
    """A point file is what points begin from, or samples, there being none to
    test: the command that reads it does not replace it, by whatever name."""
    write(tmp_path)
    with h5py.File(tmp_path / "own.h5", "w") as file:
        file["train/inputs"] = np.arange(24.0).reshape(12, 2)
        file["train/labels"] = np.arange(12) % 3
    own = ("--set", "data={set: file, path: own.h5}")
    support.succeed("point", "study.yaml", "-o", "p.h5", *own, cwd=tmp_path)
    os.link(tmp_path / "p.h5", tmp_path / "hard.h5")
    os.symlink("p.h5", tmp_path / "soft.h5")
    before = (tmp_path / "p.h5").read_bytes()
    for changes in (("--set", "network.init={file: p.h5}"),
                    ("--set", "data={set: file, path: p.h5}")):
        for name in ("p.h5", "hard.h5", "soft.h5"):
            result = support.run("point", "study.yaml", "-o", name,
                                 "--overwrite", *changes, cwd=tmp_path)
            assert result.code == 2 and "one of the files that are read" in \
                result.err, result
        support.succeed("point", "study.yaml", "-o", "other.h5", "--overwrite",
                        *changes, cwd=tmp_path)
    assert (tmp_path / "p.h5").read_bytes() == before


def spoilt(where, value):
    theta = THETA.copy()
    theta[where] = value
    return theta


def missing(folder):
    write(folder)
    os.remove(folder / "weights.h5")


def cut(folder):
    write(folder)
    path = folder / "weights.h5"
    path.write_bytes(path.read_bytes()[:200])


def linked(folder):
    write(folder, None)
    with h5py.File(folder / "weights.h5", "r+") as file:
        file["parameters/theta"] = h5py.ExternalLink("/etc/passwd", "x")


def another(folder):
    """Result files have a dataset where files of vectors have a group."""
    write(folder)
    with h5py.File(folder / "weights.h5", "w") as file:
        file["parameters"] = 3


def of(**what):
    return lambda folder: write(folder, **what)


# name: how the file is made, exit code, what is said, overrides
REFUSED = {
    "no file": (missing, IO, "weights.h5: there is no such file"),
    "cut short": (cut, IO, "damaged"),
    "link": (linked, IO, "link into another file"),
    "no parameters": (of(theta=None), IO, "no parameters.*save_parameters"),
    "a result": (another, IO, "no parameters.*save_parameters"),
    "empty": (of(theta=THETA[:0]), IO, "empty"),
    "texts": (of(theta=np.array([b"a"] * N)), IO, "holds texts"),
    "a cube": (of(theta=THETA.reshape(2, 3, 7)), IO, "neither"),
    "not finite": (of(theta=spoilt((1, 4), np.nan)), IO,
                   "parameter 4 of vector 1 .*nan"),
    "infinite": (of(theta=spoilt((0, 20), np.inf)[0]), IO,
                 "parameter 20 of vector 0 .*inf"),
    "shapes of three": (of(shapes=None, theta=THETA), CONFIG,
                        "21 parameters, network 15", "network.width=2"),
    "sizes below 0": (of(shapes=[(3, -2), *SHAPES[1:]]), IO, "a size is -2"),
    "names of others": (of(names=NAMES[:2]), IO, "has not 4 names"),
    "one point's name": (of(points=np.array([b"early"], "S64")), IO,
                         "has not 2 names"),
    "names of any length": (of(points=["early", "late"]), IO,
                            "'parameters/points' is not of texts of 64 bytes"),
    "another width": (of(), CONFIG,
                      r"tensor 0, 0.weight: file has \[3, 2\], network has "
                      r"\[4, 2\].*tensor 2, 2.weight", "network.width=4"),
    "no biases": (of(), CONFIG, r"0.bias: file has \[3\].*network 2",
                  "network.bias=false"),
    "deeper": (of(), CONFIG, "file has none, network has", "network.depth=2"),
    "turned": (of(shapes=[(2, 3), *SHAPES[1:]]), CONFIG,
               r"\[2, 3\], network has \[3, 2\]"),
    "too many points": (of(), CONFIG, "point is 2 .*2 vectors",
                        "network.point=2"),
    "no name of a file": (of(), CONFIG, "init: {file: weights.h5}",
                          "network.init=file"),
    "gains": (of(), CONFIG, "layer_gains", "network.layer_gains=2"),
}


@pytest.mark.parametrize("command", [("point", "-o", "point.h5"),
                                     ("validate",)], ids=lambda words: words[0])
@pytest.mark.parametrize("name", REFUSED)
def test_refused(name, command, tmp_path):
    make, code, pattern, *changes = REFUSED[name]
    make(tmp_path)
    before = sorted(path.name for path in tmp_path.iterdir())
    words = [word for change in changes for word in ("--set", change)]
    result = support.run(*command, "study.yaml", *words, cwd=tmp_path)
    assert result.code == code, result
    assert re.search(pattern, result.err.replace("\n", " ")), result.err
    assert not NOISE.search(result.out + result.err)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_zeros_are_no_direction(tmp_path):
    """Which only the point that is placed there finds out."""
    write(tmp_path, theta=0 * THETA)
    result = support.run("point", "study.yaml", "-o", "point.h5", cwd=tmp_path)
    assert result.code == CONFIG and "are 0" in result.err, result
    assert not (tmp_path / "point.h5").exists()
