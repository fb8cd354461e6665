# SPDX-License-Identifier: MIT
"""Parameters that a result keeps are those of its points and trainings, however
the run came about; smaller networks leave the rest of their rows empty."""
import numpy as np
import pytest

import support

h5py = pytest.importorskip("h5py")

STUDY = """\
study: kept
grid: {width: [2, 5], seed: {count: 3}, scale: [0.5, 1]}
data: {set: circles, train: 30, test: 10}
network: {depth: 1, bias: true}
train: {steps: 4, learning_rate: 0.1, track: [loss], keep: [initial, final]}
"""


def held(path):
    with h5py.File(path) as file:
        return {name: file[name][...] for name in (
            "initial_parameters", "final_parameters", "weight_norm",
            "final_weight_norm", "parameters")}


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
        for name in ("initial", "final"):
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
