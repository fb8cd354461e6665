# SPDX-License-Identifier: MIT
"""A Fashion-MNIST grid by three processes, and the file as a notebook sees it.
"""
import os
import shutil
import subprocess

import numpy as np
import pytest

import support

xr = pytest.importorskip("xarray")
pytest.importorskip("h5netcdf")
pytest.importorskip("netCDF4")
if not support.FASHION_MNIST.is_dir():
    pytest.skip("no Fashion-MNIST here", allow_module_level=True)

RADII = np.geomspace(1e-1, 1e1, 25)
SHAPE = (2, 2, 2, 5, 25)
AXES = ("activation", "depth", "width", "seed", "relative_radius")
STUDY = f"""
study: e2e-grid
title: Seen by a notebook
grid:
  activation: [relu, tanh]
  depth: [1, 2]
  width: [20, 40]
  seed: {{count: 5}}
  relative_radius: {{from: 1e-1, to: 1e1, count: 25, spacing: log}}
data:
  set: fashion-mnist
  path: {support.few(support.FASHION_MNIST)}
  train: {50 if support.IS_QUICK else 200}
  test: 100
curvature:
  subspace: {{dim: {"[5, 10]" if support.IS_QUICK else "[10, 20]"}}}
"""
ROOT_ATTRIBUTES = [
    "Conventions", "title", "study", "config", "config_sha256",
    "schema_version", "program_version", "git_commit", "compiler",
    "libraries", "blas_core", "mpi_io", "command_line", "created"]
VARIABLES = """
parameters weight_norm norm_over_reference alpha loss accuracy test_loss
test_accuracy logit_spread entropy confidence gradient_norm zero_logits
prior_mismatch eigenvalues trace frobenius_norm trace_over_norm
positive_fraction uncertain_fraction spectral_norm status_measure
seconds_measure flops_measure rank_measure attempts_measure message_measure
""".split()


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("grid")
    study = support.write(folder / "study.yaml", STUDY)
    path = folder / "grid.h5"
    support.succeed("run", study, "-o", path, ranks=3)
    return path


@pytest.fixture(scope="module", params=["h5netcdf", "netcdf4"])
def ds(request, path):
    with xr.open_dataset(path, engine=request.param) as dataset:
        yield dataset


def test_axes_as_in_the_yaml(ds):
    assert ds.loss.dims == AXES
    assert ds.loss.shape == SHAPE
    assert ds.activation.values.tolist() == ["relu", "tanh"]
    assert ds.depth.values.tolist() == [1, 2]
    assert ds.width.values.tolist() == [20, 40]
    assert ds.seed.values.tolist() == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(ds.relative_radius.values, RADII, rtol=1e-12)


def test_all_is_done(ds):
    assert np.all(ds.status_measure.values == 1)
    for name in ("loss", "trace_over_norm", "eigenvalues", "g_trace"):
        values = ds[name]
        if name == "eigenvalues":
            values = values.isel(subspace_dim=-1)
        assert np.all(np.isfinite(values.values)), name


def test_variables(ds):
    names = VARIABLES + [twin + name for twin in ("g_", "h_") for name in (
        "eigenvalues", "trace", "frobenius_norm", "trace_over_norm",
        "positive_fraction", "uncertain_fraction", "spectral_norm")]
    for name in names:
        assert name in ds, name
        assert ds[name].dims[:5] == AXES, name
        assert ds[name].shape[:5] == SHAPE, name
        assert ds[name].attrs["long_name"], name
    assert ds.trace.dims[5:] == ("subspace_dim",)
    assert ds.eigenvalues.dims[5:] == ("subspace_dim", "eigen")


def test_sel_and_mean(ds):
    one = ds.sel(activation="tanh", depth=2)
    assert one.loss.dims == AXES[2:]
    np.testing.assert_array_equal(one.loss.values, ds.loss.values[1, 1])
    curve = ds.trace_over_norm.mean("seed")
    assert "seed" not in curve.dims
    np.testing.assert_allclose(curve.values,
                               ds.trace_over_norm.values.mean(3))
    near = ds.loss.sel(relative_radius=1.05, method="nearest")
    np.testing.assert_array_equal(near.values, ds.loss.values[..., 12])


def test_values_make_sense(ds):
    """What a point says of itself fits its place in the grid."""
    np.testing.assert_allclose(
        ds.norm_over_reference.values,
        np.broadcast_to(RADII, SHAPE), rtol=1e-5)
    parameters = 784 * ds.width + ds.width ** 2 * (ds.depth - 1) \
        + 10 * ds.width
    np.testing.assert_array_equal(
        ds.parameters.isel(activation=0, seed=0, relative_radius=0)
        .transpose("width", "depth").values,
        parameters.transpose("width", "depth").values)
    assert np.all(ds.loss.values > 0)
    assert len(np.unique(ds.loss.values)) == ds.loss.size
    spectra = ds.eigenvalues.isel(subspace_dim=-1).values
    assert np.all(np.diff(spectra) >= 0)
    np.testing.assert_allclose(spectra.sum(-1), ds.trace.values[..., -1],
                               rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(
        ds.positive_fraction.values[..., -1], (spectra > 0).mean(-1))


def test_smaller_dimensions_are_padded(ds):
    small = ds.eigenvalues.isel(subspace_dim=0).values
    d = int(ds.subspace_dim[0])
    assert np.all(np.isfinite(small[..., :d]))
    assert np.all(np.isnan(small[..., d:]))


def test_root_attributes(ds):
    for name in ROOT_ATTRIBUTES:
        assert str(ds.attrs[name]) != "", name
    assert ds.attrs["config"] == STUDY
    assert ds.attrs["study"] == "e2e-grid"
    assert ds.attrs["title"] == "Seen by a notebook"
    assert "run" in ds.attrs["command_line"]


def test_three_ranks_in_the_sessions(path):
    with xr.open_dataset(path, group="sessions",
                         engine="h5netcdf") as sessions:
        assert sessions.ranks.values[0] == 3
    with xr.open_dataset(path) as ds:
        assert set(np.unique(ds.rank_measure.values)) == {1, 2}


@pytest.mark.skipif(shutil.which("ncdump") is None, reason="no ncdump")
def test_ncdump(path):
    done = subprocess.run(["ncdump", "-h", os.fspath(path)], check=True,
                          capture_output=True, text=True)
    assert done.stderr == ""
    for word in ("activation = 2", "relative_radius = 25",
                 "double loss(activation, depth, width, seed, "
                 "relative_radius)"):
        assert word in done.stdout, word
