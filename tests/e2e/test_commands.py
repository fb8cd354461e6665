# SPDX-License-Identifier: MIT
"""table, status, plan, validate and point: what they print can be
read back, and is what the result file holds."""
import csv
import io
import json
import math
import pathlib

import numpy as np
import pytest

import support

xr = pytest.importorskip("xarray")
h5py = pytest.importorskip("h5py")
pytest.importorskip("h5netcdf")

STUDY = """
study: commands
title: 'A title with "quotes", commas and ümlauts'
grid:
  zip: {depth: [1, 2], width: [9, 6]}
  activation: [relu, tanh]
  bias: [false, true]
  data.scale: [0.5, 2]
  temperature: [1, 0.1]
  seed: [3, 1]
  scale: {from: 0.01, to: 100, count: 3, spacing: log}
  exclude: {activation: tanh, bias: true}
data: {set: circles, train: 60, test: 20}
curvature: {subspace: {dim: [3, 5]}}
run: {precision: float64}
"""
N_POINTS = 2 * 2 * 2 * 2 * 2 * 2 * 3
N_EXCLUDED = N_POINTS // 4


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("commands")
    support.write(folder / "study.yaml", STUDY)
    support.succeed("run", "study.yaml", "-o", "out.h5", "--quiet",
                    cwd=folder)
    return folder


@pytest.fixture(scope="module")
def ds(folder):
    with xr.open_dataset(folder / "out.h5", engine="h5netcdf") as dataset:
        yield dataset.load()


def table(folder, form):
    text = support.succeed("table", "out.h5", "--format", form,
                           cwd=folder).out
    if form == "csv":
        return list(csv.DictReader(io.StringIO(text)))
    return [json.loads(line) for line in text.splitlines()]


def number(value):
    return math.nan if value in (None, "") else float(value)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_table_is_the_file(folder, ds, form):
    rows = table(folder, form)
    states = ds.status_measure.values.ravel()
    assert len(rows) == N_POINTS
    words = {"pending": 0, "done": 1, "failed": 2, "excluded": 3}
    assert [words[row["status_measure"]] for row in rows] == states.tolist()
    n_compared = 0
    for name, variable in ds.data_vars.items():
        if variable.dims[-1:] == ("subspace_dim",):
            columns = {f"{name}_d{d}": variable.sel(subspace_dim=d)
                       for d in (3, 5)}
        else:
            columns = {name: variable}
        for column, values in columns.items():
            if column not in rows[0] or values.dtype.kind != "f":
                continue
            ours = np.array([number(row[column]) for row in rows])
            np.testing.assert_array_equal(ours, values.values.ravel(),
                                          err_msg=column)
            n_compared += 1
    assert n_compared > 40


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_table_has_whole_seeds(tmp_path, form):
    """Above 2^53 no two are one."""
    seeds = [2 ** 53, 2 ** 53 + 1]
    study = support.write(tmp_path / "study.yaml", f"""
study: seeds
grid: {{seed: {seeds}}}
data: {{set: circles, train: 20, test: 5}}
curvature: {{subspace: {{dim: 2}}}}
""")
    support.succeed("run", study, "-o", tmp_path / "out.h5", "--quiet")
    text = support.succeed("table", tmp_path / "out.h5", "--format", form).out
    assert all(str(seed) in text for seed in seeds)


def test_table_names_the_points(folder, ds):
    grid = ds.loss.dims
    rows = table(folder, "csv")
    n_compared = 0
    assert len(rows) == ds.loss.size
    for row, at in zip(rows, np.ndindex(ds.loss.shape)):
        for axis, i in zip(grid, at):
            label = ds[axis].values[i] if axis in ds.coords else None
            if axis in row and label is not None:
                if isinstance(label, str):
                    assert row[axis] == label
                else:
                    assert float(row[axis]) == float(label)
                n_compared += 1
    assert n_compared >= 2 * len(rows)


def test_excluded_points_stay_empty(ds):
    out = ds.status_measure == 3
    assert int(out.sum()) == N_EXCLUDED
    assert np.all(np.isnan(ds.loss.values[out.values]))
    assert np.all(np.isfinite(ds.loss.values[~out.values]))


def test_status(folder):
    status = json.loads(support.succeed("status", "out.h5", "--json",
                                        cwd=folder).out)
    assert status["study"] == "commands"
    assert status["title"] == 'A title with "quotes", commas and ümlauts'
    points = status["points"]
    assert points["total"] == N_POINTS
    assert points["done"] == N_POINTS - N_EXCLUDED
    assert points["excluded"] == N_EXCLUDED
    assert points["failed"] == points["pending"] == 0
    text = support.succeed("status", "out.h5", cwd=folder).out
    assert f"{points['done']} of {points['done']}" in text


def test_status_of_part_of_a_run(folder, tmp_path):
    """Also a file that another session has not finished."""
    partly = tmp_path / "partly.h5"
    partly.write_bytes((folder / "out.h5").read_bytes())
    with h5py.File(partly, "r+") as file:
        states = file["status_measure"][()]
        first = tuple(index[0] for index in np.nonzero(states == 1))
        file["status_measure"][first] = 0
        last = tuple(index[-1] for index in np.nonzero(states == 1))
        file["status_measure"][last] = 2
    points = json.loads(support.succeed("status", partly, "--json").out)[
        "points"]
    assert (points["pending"], points["failed"]) == (1, 1)
    support.succeed("status", partly, "--failed")
    support.succeed("summary", partly)


def test_summary(folder):
    text = support.succeed("summary", "out.h5", cwd=folder).out
    assert "commands" in text and "scale" in text
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "nan" not in text.lower().replace("dominant", "")


def test_plan(folder):
    plan = json.loads(support.succeed("plan", "study.yaml", "--json",
                                      "--ranks", "4", cwd=folder).out)
    assert plan["points"] == N_POINTS
    assert plan["excluded"] == N_EXCLUDED
    assert plan["ranks"] == 4
    for key in ("flops", "core_hours", "seconds", "memory_per_rank_bytes"):
        assert plan[key] > 0, key
    size = (folder / "out.h5").stat().st_size
    assert 0.5 < plan["file_bytes"] / size < 2
    assert "points" in support.succeed("plan", "study.yaml",
                                       cwd=folder).out


@pytest.mark.parametrize("activation, track", [
    ("relu", "loss"), ("tanh", "gradient_norm")])
@pytest.mark.parametrize("count", [2, 40])
def test_plan_knows_the_flops(tmp_path, activation, track, count):
    """Those of training are all counted. Of a measurement some are left out
    beforehand and others on the way, up to a third of networks so small."""
    support.write(tmp_path / "study.yaml", f"""
study: flops
grid:
  width: [16, 64]
  depth: [1, 3]
  relative_radius: {{from: 0.1, to: 10, count: {count}, spacing: log}}
data: {{set: mixture, train: 300, test: 100}}
network: {{activation: {activation}}}
curvature: {{subspace: {{dim: 20}}}}
train: {{optimizer: sgd, steps: 5, learning_rate: 0.01, batch: 50,
        log: {{every: 2}}, track: [{track}]}}
""")
    plan = json.loads(support.succeed("plan", "study.yaml", "--json",
                                      cwd=tmp_path).out)
    support.succeed("run", "study.yaml", "-o", "out.h5", "--quiet",
                    cwd=tmp_path)
    with h5py.File(tmp_path / "out.h5") as file:
        lines = file["flops_measure"][..., 0].sum()
        trained = file["flops_train"][()].sum()
    assert plan["train_flops"] == pytest.approx(trained, rel=0.01)
    assert 0.9 < plan["flops"] / lines < 1.4


@pytest.mark.parametrize("data, network, count", [
    ("set: mixture, train: 100", "depth: 2, width: 16", 3),
    ("set: mixture, train: 150", "depth: 2, width: 40, bias: true, "
     "init: torch", 10),
    ("set: circles, train: 100", "depth: 1, width: 30, activation: tanh", 6)])
def test_plan_knows_eigenvectors(tmp_path, data, network, count):
    """How many products with the Hessian they take, before training and after
    it, no formula says: those of one task of each cost are counted, which are
    the same ones however fast the machine is."""
    support.write(tmp_path / "study.yaml", f"""
study: eigenvectors
grid: {{seed: {{count: 4}}}}
data: {{{data}, test: 20}}
network: {{{network}}}
curvature: {{at: [start, end], split: false,
            boundary: {{eigenvectors: {count}}}}}
train: {{optimizer: sgd, steps: 200, learning_rate: 0.2, batch: 50,
        log: {{count: 2}}}}
""")
    plan = json.loads(support.succeed("plan", "study.yaml", "--json",
                                      cwd=tmp_path).out)
    again = json.loads(support.succeed("plan", "study.yaml", "--json",
                                       cwd=tmp_path).out)
    support.succeed("run", "study.yaml", "-o", "out.h5", "--quiet",
                    cwd=tmp_path)
    with h5py.File(tmp_path / "out.h5") as file:
        measured = file["flops_measure"][()].sum()
        trained = file["flops_train"][()].sum()
    for flops in ("flops", "train_flops"):
        assert plan[flops] == again[flops]
    assert plan["flops"] == pytest.approx(measured, rel=0.25)
    assert plan["train_flops"] == pytest.approx(trained, rel=0.25)


def test_validate_and_help(folder):
    assert support.succeed("validate", "study.yaml", cwd=folder).err == ""
    for name in ("validate", "plan", "run", "status", "summary", "point",
                 "table", "bench", "template"):
        text = support.succeed(name, "--help").out
        assert text.startswith(f"goldilocks {name}"), name
        assert name in support.succeed("--help").out


def test_validate_looks_at_the_data(folder):
    """Unless it is told not to; and a note is no error."""
    missing = ("--set", "data={set: mnist, path: nowhere}")
    result = support.run("validate", "study.yaml", *missing, cwd=folder)
    assert result.code == 4 and "nowhere" in result.err
    support.succeed("validate", "study.yaml", *missing, "--no-data",
                    cwd=folder)
    noted = support.succeed("validate", "study.yaml", "--set", "grid.seed=8",
                            cwd=folder)
    assert "note: 'seed: 8' is one seed" in noted.err
    result = support.run("run", "study.yaml", "train.steps=5", cwd=folder)
    assert result.code == 2
    assert "'train.steps=5'; a setting is changed by --set train.steps=5" in (
        result.err)


def test_a_home_is_no_setting(folder):
    """What bash makes of --set title=~, and how to say what was meant."""
    home = pathlib.Path.home()
    for key in ("title", "train"):
        result = support.run("validate", "study.yaml", "--set", f"{key}={home}",
                             cwd=folder)
        assert result.code == 2 and f"--set {key}=null" in result.err
    result = support.run("validate", "study.yaml", "--set", f"data.path={home}",
                         cwd=folder)
    assert result.code != 2 and "null" not in result.err
    support.succeed("validate", "study.yaml", "--set", "title=x", "--set",
                    "title=null", cwd=folder)


@pytest.mark.skipif(not support.FASHION_MNIST.is_dir(), reason="no images")
def test_files_of_another_set(folder):
    """They have the same names; the labels tell."""
    images = support.few(support.FASHION_MNIST)
    found = support.succeed(
        "run", "study.yaml", "-o", "other.h5", "--set", "grid={seed: [0]}",
        "--set", f"data={{set: mnist, path: {images}, train: 20, test: 5}}",
        cwd=folder)
    assert "warning: data.set is mnist" in found.out
    assert "are those of fashion-mnist" in found.out


POINTS = [
    "depth=1,width=9,activation=relu,bias=false,data_scale=0.5,"
    "temperature=1,seed=3,scale=0.01",
    "depth=2,width=6,activation=tanh,bias=false,data_scale=2,"
    "temperature=0.1,seed=1,scale=1",
    "depth=2,width=6,activation=relu,bias=true,data_scale=2,"
    "temperature=1e-1,seed=3,scale=100",
]


@pytest.mark.parametrize("at", POINTS)
def test_point_is_the_file(folder, ds, tmp_path, at):
    """A point named by values of every kind of axis: integers, reals, words,
    booleans and zipped ones; it is what the sweep wrote, to rounding, since
    the sweep computed it next to the other scales of its line."""
    path = tmp_path / "point.h5"
    support.succeed("point", "study.yaml", "--at", at, "-o", path,
                    cwd=folder)
    index = index_of(ds, dict(part.split("=") for part in at.split(",")))
    n_compared = 0
    with h5py.File(path) as file:
        for group in ("point", "curvature"):
            for name, item in file[group].items():
                if name not in ds:
                    continue
                values = ds[name].values[index]
                if group == "curvature":
                    values = values[-1]
                scale = max(np.abs(values).max(), 1e-30)
                if name.endswith("trace"):
                    prefix = name[:2] if "_" in name else ""
                    scale = file[group][prefix + "frobenius_norm"][()]
                elif name.endswith(("over_norm", "fraction")):
                    scale = 1.0
                assert np.all(abs(item[()] - values) <= 1e-11 * scale), name
                n_compared += 1
        assert file.attrs["study"] == "commands"
    assert n_compared > 30


def index_of(ds, at):
    """Index of the cell; the zipped axis is the first."""
    index = [["1", "2"].index(at["depth"])]
    for axis in ds.loss.dims[1:]:
        labels = ds[axis].values.tolist()
        word = at[axis]
        index.append(labels.index(word) if word in labels else
                     int(np.argmin([abs(x - float(word)) for x in labels])))
    return tuple(index)


def test_point_of_images(tmp_path):
    """Images keep their shape in point files."""
    if not support.FASHION_MNIST.is_dir():
        pytest.skip("no Fashion-MNIST here")
    study = support.write(tmp_path / "study.yaml", f"""
study: images
grid: {{seed: [0]}}
data: {{set: fashion-mnist, path: {support.FASHION_MNIST}, train: 7, test: 3}}
curvature: {{subspace: {{dim: 2}}}}
""")
    support.succeed("point", study, "-o", tmp_path / "point.h5")
    with h5py.File(tmp_path / "point.h5") as file:
        assert file["data/train/inputs"].shape == (7, 1, 28, 28)
        assert file["data/test/inputs"].shape == (3, 1, 28, 28)
        assert file["data/train/labels"].shape == (7,)


def test_default_output(tmp_path, folder):
    """results/<study>.h5, and a second run finds nothing to do."""
    support.succeed("run", folder / "study.yaml", cwd=tmp_path)
    path = tmp_path / "results" / "commands.h5"
    before = {name: value.values for name, value in
              xr.open_dataset(path, engine="h5netcdf").load().items()}
    again = support.succeed("run", folder / "study.yaml", cwd=tmp_path)
    assert "0 tasks" in again.out
    after = xr.open_dataset(path, engine="h5netcdf").load()
    for name, value in before.items():
        np.testing.assert_array_equal(value, after[name].values, name)


def test_overwrite(folder, tmp_path):
    """--overwrite replaces the file of another study."""
    path = tmp_path / "out.h5"
    path.write_bytes((folder / "out.h5").read_bytes())
    support.succeed("run", "study.yaml", "-o", path, "--overwrite", "--set",
                    "grid.seed=[8]", cwd=folder)
    with xr.open_dataset(path, engine="h5netcdf") as ds:
        assert ds.seed.values.tolist() == [8]
        assert ds.attrs["config_overrides"] == "grid.seed=[8]"
