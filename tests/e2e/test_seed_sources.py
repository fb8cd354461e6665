# SPDX-License-Identifier: MIT
"""What is drawn of which seed: with an axis for each source of chance, a step
along one changes what is drawn of it and nothing else, and where all of them are
the seed's the bits are those of a study that knows of none."""
import h5py
import numpy as np
import pytest

import support
from test_merge import contents

STUDY = """\
study: sources
grid: {seed: [1, 2], relative_radius: [0.5, 2]}
data: {set: file, path: own.h5, train: 20, test: 6, subset: {random: per-seed}}
network: {width: 4, depth: 1}
curvature: {subspace: {dim: [3]}, extreme: {count: 1}, trace_probes: 3,
            resample: {directions: 2, data: 2}}
train: {optimizer: sgd, batch: 5, steps: 8, log: {every: 2}}
run: {precision: float64}
"""
# Variables, and the axes along which each of them changes.
MEASURED = {"seed", "data_seed", "direction_seed"}
CHANGES = {
    "alpha": {"seed"},
    "loss": {"seed", "data_seed"},
    "test_loss": {"seed", "data_seed"},
    "probe_seed": {"direction_seed"},
    "eigenvalues": MEASURED,
    "full_trace": MEASURED,
    "trace_over_norm_direction_std": MEASURED,
    "trace_over_norm_data_std": MEASURED,
    "trajectory_loss": {"seed", "data_seed", "train_seed"},
    "final_test_loss": {"seed", "data_seed", "train_seed"},
}
AXES = ("seed", "relative_radius", "data_seed", "direction_seed", "train_seed")
MISMATCH = 4


def axes(**values):
    return [word for name in AXES[2:] for word in
            ("--set", f"grid.{name}={values.get(name, '[1, 2]')}")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sources")
    random = np.random.default_rng(5)
    with h5py.File(folder / "own.h5", "w") as file:
        for half, n in (("train", 60), ("test", 20)):
            file[f"{half}/inputs"] = random.normal(size=(n, 3))
            file[f"{half}/labels"] = random.integers(0, 2, n)
    support.write(folder / "study.yaml", STUDY)
    sweep(folder, "alone.h5")
    sweep(folder, "all.h5", *axes())
    return folder


def sweep(folder, name, *options):
    support.succeed("run", "study.yaml", "-o", name, "--quiet", *options,
                    cwd=folder)


def numbers(folder, name):
    with h5py.File(folder / name) as file:
        return {name: item[()] for name, item in file.items()
                if isinstance(item, h5py.Dataset) and item.dtype.kind == "f"
                and item.ndim >= 2 and not name.startswith("seconds_")}


@pytest.mark.parametrize("name", CHANGES)
def test_a_seed_changes_its_own_source(folder, name):
    """At every radius, whatever the other seeds are."""
    values = numbers(folder, "all.h5")[name]
    for place, axis in enumerate(AXES):
        if axis != "relative_radius":
            one, other = (values.take(i, place) for i in (0, 1))
            equal = one.reshape(16, -1) == other.reshape(16, -1)
            assert not equal.all(1).any() if axis in CHANGES[name] \
                else equal.all(), axis


def test_all_of_them_the_seed_is_the_seed_alone(folder):
    every, alone = (numbers(folder, name) for name in ("all.h5", "alone.h5"))
    assert every.keys() == alone.keys() and len(every) > 50
    for name, values in alone.items():
        for s in (0, 1):
            assert every[name][s, :, s, s, s].tobytes() == values[s].tobytes(), \
                name


def test_a_point_is_made_of_its_sources(folder):
    """Arrays of a point, of the seeds that they were drawn of."""
    at = "seed={},relative_radius=2"
    found = {}
    for name, place, options in (
            ("mixed", at.format(1) + ",data_seed=2,direction_seed=2,"
             "train.train_seed=2", axes()), ("one", at.format(1), ()),
            ("two", at.format(2), ())):
        support.succeed("point", "study.yaml", "--at", place, "-o",
                        f"{name}.h5", *options, cwd=folder)
        with h5py.File(folder / f"{name}.h5") as file:
            found[name] = {key: file[key][()].tobytes() for key in (
                "parameters/theta", "subspace/directions", "data/train/inputs",
                "data/test/inputs", "train/batch_order")}
    mixed, one, two = found.values()
    for key, value in mixed.items():
        same, other = (one, two) if key == "parameters/theta" else (two, one)
        assert value == same[key] and value != other[key], key


def test_more_of_an_axis_come_later(folder):
    """Into the same file, or out of two: the bits of all of them at once."""
    sweep(folder, "part.h5", *axes(direction_seed="[1]", train_seed="[2]"))
    sweep(folder, "part.h5", "--extend", *axes())
    assert contents(folder / "part.h5") == contents(folder / "all.h5")
    sweep(folder, "one.of.h5", *axes(data_seed="[1]"))
    sweep(folder, "two.of.h5", *axes(data_seed="[2]"))
    support.succeed("merge", "merged.h5", "one.of.h5", "two.of.h5", cwd=folder)
    assert contents(folder / "merged.h5") == contents(folder / "all.h5")


def test_a_seed_that_no_axis_sweeps(folder):
    """It is that of all points, and another study's file is not resumed."""
    fixed = ("--set", "network.direction_seed=2", "--set",
             "data.data_seed=1", "--set", "train.train_seed=2")
    sweep(folder, "fixed.h5", *fixed)
    every = numbers(folder, "all.h5")
    for name, values in numbers(folder, "fixed.h5").items():
        assert values.tobytes() == every[name][:, :, 0, 1, 1].tobytes(), name
    refused = support.run("run", "study.yaml", "-o", "alone.h5", *fixed,
                          cwd=folder)
    assert refused.code == MISMATCH
    for line in ("network.direction_seed: file has seed, study has 2",
                 "data.data_seed: file has seed, study has 1",
                 "train.train_seed: file has seed, study has 2"):
        assert line in refused.err
    said = support.succeed("plan", "study.yaml", *axes(), cwd=folder)
    assert "direction_seed" in said.out and "32, 0 excluded" in said.out
