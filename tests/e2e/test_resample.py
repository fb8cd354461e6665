# SPDX-License-Identifier: MIT
"""Deviations over bases and over halves of the data stand in result files."""
import numpy as np
import pytest

import support

xr = pytest.importorskip("xarray")
pytest.importorskip("h5netcdf")

STUDY = """
study: resample
grid: {seed: [2], scale: [1.5, 3]}
data: {set: mixture, train: 81, test: 10, features: 4, classes: 3}
network: {activation: tanh, depth: 1, width: 6}
curvature: {resample: {directions: 4, data: 4}, subspace: {dim: [3, 42]}}
run: {precision: float64}
"""


def test_file(tmp_path):
    """All 42 directions span the same space in every basis, 3 of them do not;
    halves of the data differ in either. Nothing depends on who computes."""
    study = support.write(tmp_path / "study.yaml", STUDY)
    support.succeed("run", study, "-o", tmp_path / "run.h5", "--quiet")
    support.succeed("point", study, "--at", "scale=3", "-o",
                    tmp_path / "point.h5")
    with xr.open_dataset(tmp_path / "run.h5", engine="h5netcdf") as ds:
        ds.load()
    spread = ds.trace_over_norm_direction_std
    assert spread.dims == ("seed", "scale", "subspace_dim")
    assert np.all(spread.sel(subspace_dim=42) < 1e-12)
    assert np.all(spread.sel(subspace_dim=3) > 0.01)
    mean = ds.trace_over_norm_direction_mean
    assert np.allclose(mean.sel(subspace_dim=42),
                       ds.trace_over_norm.sel(subspace_dim=42), 1e-12)
    assert np.all(np.abs(mean - ds.trace_over_norm).sel(subspace_dim=3) > 0)
    assert np.all(ds.positive_fraction_data_std >= 0)
    assert np.all(ds.trace_over_norm_data_std > 1e-4)
    with xr.open_dataset(tmp_path / "point.h5", group="curvature",
                         engine="h5netcdf", phony_dims="sort") as point:
        alone = float(point.trace_over_norm_data_std)
    # the same numbers; one point is another line, which rounds otherwise
    assert alone == pytest.approx(float(
        ds.trace_over_norm_data_std.sel(scale=3, subspace_dim=42).item()),
        rel=1e-9)
