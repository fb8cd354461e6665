# SPDX-License-Identifier: MIT
"""Parameters that a result keeps are those of its points and trainings, however
the run came about; smaller networks leave the rest of their rows empty."""
import itertools
import json
import os
import random

import numpy as np
import pytest

import cells
import support
from moments import ALIVE, KEEP_ALL, KEEPS, TRAINED, WRITES, Moments, needed

h5py = pytest.importorskip("h5py")

STUDY = """\
study: kept
grid: {width: [2, 5], seed: {count: 3}, scale: [0.5, 1]}
data: {set: circles, train: 30, test: 10}
network: {depth: 1, bias: true}
train: {steps: 4, learning_rate: 0.1, track: [loss],
        keep: [initial, final, best]}
"""


def held(path):
    with h5py.File(path) as file:
        return {name: file[name][...] for name in (
            "initial_parameters", "final_parameters", "best_parameters",
            "weight_norm", "final_weight_norm", "parameters")}


@pytest.fixture(name="whole", scope="module")
def fixture_whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept")
    support.write(folder / "study.yaml", STUDY)
    support.succeed("run", "study.yaml", "-o", "whole.h5", "--quiet",
                    cwd=folder)
    return folder


def test_values(whole):
    found = held(whole / "whole.h5")
    assert found["final_parameters"].shape == (2, 3, 2, 33)
    for name, norm in (("initial_parameters", "weight_norm"),
                       ("final_parameters", "final_weight_norm")):
        np.testing.assert_array_equal(
            np.isfinite(found[name]).sum(-1), found["parameters"])
        np.testing.assert_allclose(np.sqrt(np.nansum(found[name] ** 2, -1)),
                                   found[norm], rtol=1e-6)
    support.succeed("point", "study.yaml", "--at", "width=2,seed=1,scale=0.5",
                    "-o", "point.h5", cwd=whole)
    with h5py.File(whole / "point.h5") as file:
        for name in ("initial", "final", "best"):
            theta = file[f"train/{name}_theta"][...]
            np.testing.assert_array_equal(
                found[f"{name}_parameters"][0, 1, 0, :len(theta)], theta)
            assert f"{name}_parameters" not in file["train"]


def test_ways(whole):
    """Shards, an end in between, several processes; verify compares them."""
    for i in (1, 2):
        support.succeed("run", "study.yaml", "-o", f"part{i}.h5", "--quiet",
                        "--shard", f"{i}/2", cwd=whole)
    support.succeed("merge", "merged.h5", "part1.h5", "part2.h5", cwd=whole)
    support.succeed("run", "study.yaml", "-o", "part1.h5", "--quiet",
                    cwd=whole)
    support.succeed("run", "study.yaml", "-o", "ranks.h5", "--quiet",
                    ranks=3, cwd=whole)
    expected = held(whole / "whole.h5")
    for name in ("merged", "part1", "ranks"):
        for key, values in held(whole / f"{name}.h5").items():
            np.testing.assert_array_equal(values, expected[key], name + key)
    support.succeed("verify", "merged.h5", "--sample", "12", cwd=whole)
    with h5py.File(whole / "merged.h5", "r+") as file:
        file["final_parameters"][1, 2, 1, 30] += 1e-3
    assert support.run("verify", "merged.h5", "--sample", "12",
                       cwd=whole).code == 6
    table = support.succeed("table", "whole.h5", cwd=whole).out
    assert "final_parameters" not in table


# What decides which entry of a log is the best, and a study where it is neither
# the first nor the last.
BEST = {
    "test_accuracy": "data: {set: circles, train: 30, test: 30}\n"
                     "network: {depth: 1, width: 6, activation: tanh}\n",
    "test_loss": "data: {set: function, target: {sin: [[1, 2, 0]]}, train: 20, "
                 "test: 20}\nnetwork: {depth: 1, width: 6, loss: mse}\n",
    "loss": "data: {set: file, path: own.h5}\nnetwork: {depth: 1, width: 6}\n",
}


@pytest.mark.parametrize("name", BEST)
def test_best(tmp_path, name):
    """The first of the best by test accuracy, or by a loss: there a training of
    so many steps ends."""
    with h5py.File(tmp_path / "own.h5", "w") as file:
        file["train/inputs"] = np.array([0.5, 1, 1.4])
        file["train/labels"] = [0, 1, 0]
    support.write(tmp_path / "study.yaml", f"""
study: best
grid: {{seed: [3]}}
{BEST[name]}
train: {{steps: 40, optimizer: momentum, learning_rate: 0.3,
        log: {{every: 1}}, track: [{name}]}}
""")
    support.succeed("point", "study.yaml", "-o", "all.h5", cwd=tmp_path)
    with h5py.File(tmp_path / "all.h5") as file:
        best = file["train/best_theta"][...]
        values = file[f"train/{name}"][...]
    step = int(values.argmax() if "accuracy" in name else values.argmin())
    assert 0 < step < 40, values
    support.succeed("point", "study.yaml", "-o", "some.h5", "--set",
                    f"train.steps={step}", cwd=tmp_path)
    with h5py.File(tmp_path / "some.h5") as file:
        np.testing.assert_array_equal(best, file["train/final_theta"][...])


def test_plan(whole):
    """The size that plan foretells has them in it."""
    sizes = []
    for keep in ("[]", "[initial, final, best]"):
        said = support.succeed("plan", "study.yaml", "--json", "--set",
                               f"train.keep={keep}", cwd=whole).out
        sizes.append(json.loads(said)["file_bytes"])
    assert sizes[1] - sizes[0] >= 3 * 12 * 33 * 8, sizes


# What a training keeps; and what is measured where it began and where it ended.
STUDIES = {"kept": STUDY, "ends": """\
study: ends
grid: {width: [3, 6], seed: {count: 3}, scale: [0.5, 1]}
data: {set: circles, train: 30, test: 10}
network: {depth: 1, bias: true}
curvature: {at: [start, {step: 2}, end], subspace: {dim: [2, 4]},
            trace_probes: 4,
            boundary: {eigenvectors: 3, grid: {count: 9}}}
train: {steps: 4, learning_rate: 0.5, track: [loss]}
"""}
RESULTS = {"kept": ["final_parameters", "best_parameters"],
           "ends": ["boundary_eigenvalues", "final_boundary_eigenvalues",
                    "final_alignment_energy", "final_eigenvalues",
                    "moment_eigenvalues", "moment_boundary_eigenvalues"]}
IS_FULL = os.environ.get("GOLDILOCKS_KEPT") == "full"
# Seeds: a quarter of the points. How often a shard is killed.
N_SEEDS = {"kept": 250, "ends": 75} if IS_FULL else {"kept": 10, "ends": 6}
N_KILLS = 10 if IS_FULL else 2


@needed
@pytest.mark.parametrize("name", STUDIES)
def test_killed(tmp_path, name):
    """Two shards, each killed again and again as it writes what a training
    kept, or a checkpoint, and resumed: merged, the bits of a single run."""
    n = N_SEEDS[name]
    study = support.write(tmp_path / "study.yaml", STUDIES[name].replace(
        "count: 3", f"count: {n}"))
    rng = random.Random(4)
    moments_of = itertools.cycle([
        lambda: TRAINED(rng.randint(1, 2 * n // N_KILLS // 2)),
        lambda: KEEPS(rng.randint(1, 3 * n // N_KILLS // 2)),
        lambda: WRITES(rng.randint(20, 100))])
    support.succeed("run", study, "-o", tmp_path / "whole.h5", "--quiet")
    parts = [tmp_path / f"part{i}.h5" for i in (1, 2)]
    for i, part in enumerate(parts):
        words = ("run", study, "-o", part, "--quiet", "--shard", f"{i + 1}/2")
        for kill in range(N_KILLS):
            with Moments() as moments:
                process = moments.start(next(moments_of)(), *words, *KEEP_ALL,
                                        *ALIVE, ranks=(0, 2)[kill % 2])
                moments.reach(process)
                support.kill_all(process)
        support.succeed(*words, ranks=2 * i)
    support.succeed("merge", tmp_path / "merged.h5", *parts)
    expected = cells.read(tmp_path / "whole.h5")
    cells.assert_equal(tmp_path / "merged.h5", expected)
    for key in RESULTS[name]:
        assert np.isfinite(expected[key]).sum(-1).min() > 0, key
