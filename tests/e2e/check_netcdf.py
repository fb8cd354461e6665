#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check that a result file is what notebooks rely on.

check_netcdf.py FILE: opens it with xarray (engines h5netcdf and netcdf4), with
h5py and with `ncdump -h`, and checks dimensions, labels, .sel and .mean.
Nothing about one study is built in: whatever the file says of itself must fit.
"""
import shutil
import subprocess
import sys

try:
    import h5netcdf  # noqa: F401 (xarray's engine)
    import h5py
    import netCDF4  # noqa: F401 (xarray's engine)
    import numpy as np
    import xarray as xr
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

EXTRA = {"subspace_dim", "eigen", "message_character", "trajectory_step",
         "reached_loss", "layer"}
FLAGS = {"converged": 1, "patience": 2, "diverged": 4, "collapsed": 8,
         "lazy": 16}
STATES = {"pending": 0, "done": 1, "failed": 2, "excluded": 3}
TEXTS = ("Conventions", "title", "study", "config", "config_overrides",
         "config_sha256", "study_identity", "data_sha256", "schema_version",
         "program_version", "git_commit", "compiler", "libraries", "blas_core",
         "mpi_io", "command_line", "created")


def check_labels(ds, axes):
    """Each axis is a coordinate, in order, whose labels select."""
    assert axes, "no axes"
    for name in axes:
        labels = ds[name].values
        assert name in ds.coords, f"{name} is no coordinate"
        assert ds[name].dims == (name,), ds[name].dims
        assert len(set(labels.tolist())) == len(labels), f"{name}: {labels}"
        if labels.dtype.kind not in "if":
            assert all(type(x) is str for x in labels), f"{name}: {labels!r}"
        label = labels[-1]
        one = ds.loss.sel({name: label})
        assert one.dims == tuple(a for a in axes if a != name), one.dims
        assert np.array_equal(one.values,
                              ds.loss.isel({name: -1}).values, equal_nan=True)
        mean = ds.loss.mean(name).values
        index = axes.index(name)
        with np.errstate(all="ignore"):
            ours = np.nansum(ds.loss.values, index) / np.sum(
                ~np.isnan(ds.loss.values), index)
        assert np.allclose(mean, ours, equal_nan=True), f"mean over {name}"


def check_work(ds, axes, kind, result):
    """States of one kind of task, and what hangs on them."""
    state = ds[f"status_{kind}"]
    assert state.dtype == np.uint8, state.dtype
    meanings = dict(zip(state.attrs["flag_meanings"].split(),
                        np.atleast_1d(state.attrs["flag_values"]).tolist()))
    assert meanings == STATES, meanings
    settled = np.isin(state.values, (STATES["done"], STATES["failed"]))
    assert np.all(np.isnan(ds[result].values[~settled]))
    assert np.array_equal(~np.isnan(ds[f"seconds_{kind}"].values), settled)
    assert np.array_equal(~np.isnan(ds[f"rank_{kind}"].values), settled)
    assert np.array_equal(ds[f"attempts_{kind}"].values > 0, settled)
    messages = ds[f"message_{kind}"]
    assert messages.dims == tuple(axes), messages.dims
    assert messages.dtype.kind == "S", messages.dtype
    assert np.array_equal(messages.values != b"",
                          state.values == STATES["failed"])


def check_training(ds, axes):
    """What trainings leave, and how they ended."""
    if "status_train" not in ds:
        return
    check_work(ds, axes, "train", "final_loss")
    assert np.array_equal(ds.status_train.values == STATES["excluded"],
                          ds.status_measure.values == STATES["excluded"])
    steps = ds.trajectory_step
    assert steps.dtype == np.int64 and steps.dims == ("trajectory_step",)
    assert steps.values[0] == 0 and np.all(np.diff(steps.values) > 0)
    assert steps.attrs["long_name"]
    for name in ds.data_vars:
        if name.startswith("trajectory_"):
            assert ds[name].dims == (*axes, "trajectory_step"), ds[name].dims
    assert ds.outcome.encoding["dtype"] == np.uint8, ds.outcome.encoding
    flags = dict(zip(ds.outcome.attrs["flag_meanings"].split(),
                     ds.outcome.attrs["flag_masks"].tolist()))
    assert flags == FLAGS, flags
    assert np.array_equal(np.isnan(ds.outcome.values),
                          np.isnan(ds.final_loss.values))
    assert np.nanmax(ds.outcome.values) < 32
    if "steps_to_loss" in ds:
        assert ds.steps_to_loss.dims == (*axes, "reached_loss")
        assert ds.reached_loss.dtype == np.float64


def check_zipped(ds):
    """Keys of zipped axes are coordinates along their axis."""
    for name, coordinate in ds.coords.items():
        if name not in ds.dims:
            assert len(coordinate.dims) == 1, name
            assert name in ds.loss.coords, f"{name} does not come with loss"


def check_engine(path, engine):
    with xr.open_dataset(path, engine=engine) as ds:
        ds.load()
        for name in TEXTS:
            assert type(ds.attrs[name]) is str, (name, ds.attrs.get(name))
        axes = list(ds.loss.dims)
        shape = ds.loss.shape
        check_labels(ds, axes)
        check_work(ds, axes, "measure", "loss")
        check_training(ds, axes)
        check_zipped(ds)
        for name, variable in ds.data_vars.items():
            assert variable.attrs.get("long_name"), f"{name}: no long_name"
            assert "units" in variable.attrs, f"{name}: no units"
            assert list(variable.dims[:len(axes)]) == axes, variable.dims
            assert set(variable.dims[len(axes):]) <= EXTRA, variable.dims
            assert variable.shape[:len(axes)] == shape, variable.shape
        if "trace" in ds:
            assert ds.trace.dims[-1] == "subspace_dim"
            assert ds.eigenvalues.dims[-2:] == ("subspace_dim", "eigen")
            assert ds.subspace_dim.dtype == np.int64
            assert ds.eigen.size == ds.subspace_dim.max()
            assert ds.trace_over_norm.mean(axes[-1]).ndim == len(axes)
        summary = {name: (v.dims, str(v.dtype)) for name, v in
                   ds.variables.items()}
    with xr.open_dataset(path, engine=engine, group="sessions") as sessions:
        sessions.load()
        begun = sessions.start.notnull().values
        assert begun[0] and sessions.start.dtype.kind == "M"
        assert not np.any(np.diff(begun.astype(int)) > 0), "gaps in sessions"
        assert sessions.ranks.values[0] >= 1
        assert sessions.hosts.values[0] != b""
        assert np.all(sessions.hosts.values[~begun] == b"")
    return summary


def check_ncdump(path, names):
    if shutil.which("ncdump") is None:
        print("ncdump is not installed: left out")
        return
    shown = subprocess.run(["ncdump", "-h", path], check=True,
                           capture_output=True, text=True).stdout
    for name in names:
        assert f" {name}(" in shown, f"ncdump does not show {name}"
    assert "phony" not in shown, "a dimension without a name"
    for name in names:
        kind = subprocess.run(["ncdump", "-v", name, path],
                              capture_output=True, text=True)
        assert kind.returncode == 0, f"ncdump -v {name}: {kind.stderr}"


def check_h5py(path):
    with h5py.File(path, "r") as file:
        for name in TEXTS:
            assert type(file.attrs[name]) is str, name
        for name, dataset in file.items():
            if isinstance(dataset, h5py.Dataset):
                assert dataset.chunks is None, f"{name} is chunked"


def main():
    path = sys.argv[1]
    seen = {engine: check_engine(path, engine)
            for engine in ("h5netcdf", "netcdf4")}
    assert seen["h5netcdf"] == seen["netcdf4"], seen
    assert list(seen["h5netcdf"]) == list(seen["netcdf4"])
    check_ncdump(path, seen["netcdf4"])
    check_h5py(path)
    print(f"{path}: {len(seen['netcdf4'])} variables, both engines agree")


if __name__ == "__main__":
    main()
