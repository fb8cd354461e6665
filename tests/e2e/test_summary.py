# SPDX-License-Identifier: MIT
"""summary: its tables are what the result file holds, and say what was asked."""
import json
import re

import numpy as np
import pytest

import support

xr = pytest.importorskip("xarray")
h5py = pytest.importorskip("h5py")
pytest.importorskip("h5netcdf")


def test_summary_of_what_is_there(tmp_path):
    """The whole Hessian alone has no subspace, and so no zone; a file of which
    nothing is measured does not say that there is noise."""
    study = support.write(tmp_path / "whole.yaml", """
study: whole
grid: {seed: {count: 2}, relative_radius: [0.1, 1, 10]}
data: {set: circles, train: 20, test: 10}
network: {width: 3}
curvature: {dense: true}
""")
    path = tmp_path / "whole.h5"
    support.succeed("run", study, "-o", path)
    text = support.succeed("summary", path).out
    assert "Frobenius norm of the whole Hessian, mean" in text
    assert "Tr/|H|" in text and "zone" not in text
    with h5py.File(path) as file:
        mean = file["dense_trace_over_norm"][:, 2].mean()
        part = file["dense_positive_fraction"][:, 2].mean()
    row = " ".join(re.findall(r"^ +10 (.*)", text, re.MULTILINE))
    assert f" {mean:.3f} +- " in row and f"{part:.4f}" in row, row
    assert "positive fraction: mean" in text
    support.succeed("run", study, "-o", path, "--overwrite", "--set",
                    "grid.depth=[1, 2]")
    assert re.search("^ +least loss.*\n +at start ",
                     support.succeed("summary", path).out, re.M)
    support.run("run", study, "-o", path, "--overwrite", "--max-seconds", 1e-9,
                "--set", "curvature.subspace={dim: [2]}")
    said = json.loads(support.succeed("summary", path, "--json").out)
    assert said["zones"][0]["noise"] is None, said


def test_summary_of_losses(tmp_path):
    """Where no accuracy tells how training ended, losses do."""
    study = support.write(tmp_path / "values.yaml", """
study: values
grid: {seed: {count: 2}, relative_radius: [0.1, 1, 10]}
data: {set: function, target: sin, train: 20, test: 10}
network: {width: 4, loss: mse}
train: {steps: 9, learning_rate: 0.01, log: {count: 2}}
""")
    path = tmp_path / "values.h5"
    support.succeed("run", study, "-o", path, "--quiet")
    text = support.succeed("summary", path).out
    group, = json.loads(support.succeed("summary", path, "--json").out)["groups"]
    found = columns(text.replace("\n\n\n", "\n\n"))
    with h5py.File(path) as file:
        for name, head in (("final_loss", "final loss"),
                           ("final_test_loss", "test loss")):
            means = file[name][()].mean(0)
            assert [row[name]["mean"] for row in group["rows"]] == \
                pytest.approx(means, 1e-12)
            assert list(map(float, found[head][:3])) == \
                pytest.approx(means, 1e-3)
        assert f"{means.min():.4g} at " in found["least final test loss"][0]
    assert "least loss at start" in found
    assert "log10 of the mean test loss, final" in text
    # One output has no spread; of two there is a column.
    assert not any(head.endswith("spread z") for head in found)
    support.succeed("run", study, "-o", path, "--overwrite", "--quiet", "--set",
                    "data={set: circles, train: 20, test: 10}")
    found = columns(support.succeed("summary", path).out)
    assert any(head.endswith("spread z") for head in found), list(found)


WHOLE = """
study: whole
grid:
  activation: [relu, tanh]
  learning_rate: [0.1, 0.01]
  seed: {count: 3}
  relative_radius: [0.1, 1, 10]
data: {set: circles, train: 30, test: 10}
network: {width: 4}
curvature: {at: [start, end], subspace: {dim: [2]}, extreme: {count: 2},
            trace_probes: 4, density: {probes: 2, steps: 4}, dense: true}
train: {steps: 3, log: {count: 2}}
"""
# Heads of columns, the variable, and which of several numbers.
SHOWN = {"largest eigenvalue": ("full_largest_eigenvalues", 0),
         "smallest eigenvalue": ("full_smallest_eigenvalues", 0),
         "trace by probes": ("full_trace", ()),
         "norm by probes": ("full_frobenius_norm", ()),
         "trace by density": ("density_trace", ()),
         "norm by density": ("density_frobenius_norm", ()),
         "trace of all": ("dense_trace", ()),
         "norm of all": ("dense_frobenius_norm", ()),
         "test accuracy mean +- sd": ("final_test_accuracy", ()),
         "final Tr/|H| mean +- sd": ("final_trace_over_norm", 0),
         "final largest": ("final_full_largest_eigenvalues", 0)}


def columns(text):
    """Columns of all tables in a text, by the two lines of their heads: of each
    the words in its cells."""
    found = {}
    for block in text.split("\n\n"):
        above, below, *rows = block.lstrip("\n").splitlines() + ["", ""]
        ends = [match.end() for match in re.finditer(r"\S+( \S+)*", below)]
        start = 0
        for end in ends:
            head = " ".join((above[start:end] + " " + below[start:end]).split())
            found[head] = [row[start:end].strip() for row in rows]
            start = end
    return found


def test_summary_of_parts(tmp_path):
    """A part of a study, along another axis, with all that was found of the
    whole Hessian; the same for programs."""
    study = support.write(tmp_path / "whole.yaml", WHOLE)
    path = tmp_path / "whole.h5"
    support.succeed("run", study, "-o", path, "--quiet")
    words = ("summary", path, "--at", "relative_radius=1.0005,activation=tanh",
             "--by", "learning_rate")
    text = support.succeed(*words).out
    said = json.loads(support.succeed(*words, "--json").out)
    rows, = (group["rows"] for group in said["groups"])
    assert [row["learning_rate"] for row in rows] == [0.01, 0.1]
    assert said["groups"][0]["at"] == {"activation": "tanh",
                                       "relative_radius": 1}
    with xr.open_dataset(path, engine="h5netcdf") as ds:
        part = ds.sel(activation="tanh", relative_radius=1).load()
    found = columns(text)
    for head, (name, item) in SHOWN.items():
        values = part[name].transpose("seed", "learning_rate", ...).values
        for k, row in enumerate(rows):
            numbers = values[:, 1 - k][(..., *np.atleast_1d(item).astype(int))]
            assert row[name]["mean"] == pytest.approx(numbers.mean(), 1e-12)
            assert row[name]["sd"] == pytest.approx(numbers.std(ddof=1), 1e-9,
                                                    abs=1e-12)
            mean, deviation = map(float, found[head][k].split(" +- "))
            assert mean == pytest.approx(numbers.mean(), 6e-3), head
            assert deviation == pytest.approx(numbers.std(ddof=1), 6e-3,
                                              abs=1e-4), head
    best = max(rows, key=lambda row: row["trace_over_norm"]["mean"])
    ends = " ".join(text.partition("\nends ")[2].partition("\n\n")[0].split())
    assert ends.startswith(f"at learning_rate {best['learning_rate']:g}, start "
                           f"-> end of training: loss {best['loss']['mean']:.4g}"
                           f" -> {best['final_loss']['mean']:.4g}, Tr/|H| ")
    # Of many networks the comparison, which is first also of few.
    text = support.succeed("summary", path).out
    assert text.index("\n== by activation, learning_rate\n") \
        < text.index("\n== activation=relu, learning_rate=0.1\n")
    assert "learning_rate=0.01" in text and "steps 3" in text
    for words, complaint in {("--by", "height"): "'height' is none; such are: activation, "
                             "learning_rate, seed, relative_radius\n",
                             ("--at", ""): "'' is not axis=value",
                             ("--at", "seed=0", "--at=seed=1"):
                                 "--at takes one value",
                             ("--at", "seed=0,seed=1"): "'seed' is given twice",
                             ("--at", "relative_radius=0.29"):
                                 "'relative_radius=0.29' names no value of axis "
                                 "'relative_radius'; it has relative_radius: "
                                 "0.1, 1, 10\n",
                             ("--at", "height=1"): "'height' is no axis",
                             ("--at", "learning_rate=0.5"): "names no value",
                             ("--at", "seed=1", "--by", "seed"):
                                 "'seed' is none"}.items():
        result = support.run("summary", path, *words)
        assert result.code == 2 and complaint in result.err, result


def test_summary_says_what_was_asked(tmp_path):
    """Sizes of lists, channels, and what no key says by itself."""
    cases = {"""
network: {kind: resnet, channels: [4, 8], depth: 1, layer_gains: 2,
          scale_parameters: weights}
data: {set: fashion-mnist, train: 20, test: 10, subset: {random: 3}}
train: {optimizer: momentum, momentum: 0.5, steps: 1, batch: 10,
        stop: {accuracy: 0.9}, log: {count: 2}}
""": ("network resnet, relu, depth 1, bias false, xavier-normal, reference "
      "xavier, scale parameters weights, channels 4 8, layer gains 2",
      "data fashion-mnist, train 20, test 10, normalize standard, subset random "
      "3", "training momentum, learning rate 0.1, momentum 0.5, batch 10, steps "
      "1, log count 2, stop accuracy 0.9"), """
network: {widths: [3, 4]}
data: {set: circles, train: 20, test: 10}
curvature: {subspace: {dim: [2, 3]}, trace_probes: 2}
""": ("network mlp, relu, bias false, xavier-normal, reference xavier, widths 3 "
      "4", "curvature trace probes 2, subspace directions gaussian, subspace "
      "surface plane, subspace dim 2 3"), """
network: {layers: [flatten, linear: width, repeat: {times: depth, of: [relu]},
                   linear: classes], width: 5, depth: 1}
data: {set: circles, train: 20, test: 10}
train: {steps: 1, log: {count: 2}}
""": ("network layers, depth 1, width 5,", "repeat times depth")}
    for study, wanted in cases.items():
        if "fashion" in study and not support.FASHION_MNIST.is_dir():
            continue
        path = tmp_path / "out.h5"
        support.write(tmp_path / "s.yaml",
                      f"study: asked\ngrid: {{seed: [0]}}\n{study}")
        support.succeed("run", "s.yaml", "-o", path, "--overwrite", "--quiet",
                        cwd=tmp_path)
        text = " ".join(support.succeed("summary", path).out.split())
        for words in wanted:
            assert words in text, text


def test_summary_of_trainings_that_diverge(tmp_path):
    """They count with an accuracy of 0 and an infinite loss, and what fewer
    seeds have says of how many it is the mean."""
    study = support.write(tmp_path / "far.yaml", """
study: far
grid: {seed: {count: 4}, relative_radius: [1, 30, 200]}
data: {set: circles, train: 40, test: 20}
network: {width: 8, depth: 3}
curvature: {at: [start, end], subspace: {dim: [2]}}
train: {optimizer: gd, learning_rate: 0.3, steps: 30, log: {count: 3}}
""")
    path = tmp_path / "far.h5"
    support.succeed("run", study, "-o", path, "--quiet")
    found = columns(support.succeed("summary", path).out)
    group, = json.loads(support.succeed("summary", path, "--json").out)["groups"]
    with h5py.File(path) as file:
        diverged = file["outcome"][()].astype(int) >> 2 & 1 == 1
        accuracy = np.where(diverged, 0.0, file["final_test_accuracy"][()])
        loss = np.where(diverged, np.inf, file["final_loss"][()])
        left = np.isfinite(file["final_trace_over_norm"][..., 0]).sum(0)
    n = diverged.sum(0)
    assert np.any((n > 0) & (n < 4)) and n[0] == 0, diverged
    for k, row in enumerate(group["rows"]):
        assert row["final_test_accuracy"]["mean"] == pytest.approx(
            accuracy[:, k].mean(), 1e-12)
        shown = found["test accuracy mean +- sd"][k].split(" +- ")[0]
        assert float(shown) == pytest.approx(accuracy[:, k].mean(), abs=6e-5)
        assert float(found["final loss"][k]) == pytest.approx(
            loss[:, k].mean(), 1e-3)
        said = found["final Tr/|H| mean +- sd"][k]
        assert (f"({left[k]} of 4)" in said) == (0 < left[k] < 4), said
