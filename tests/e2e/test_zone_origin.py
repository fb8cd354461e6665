# SPDX-License-Identifier: MIT
"""Where the zone comes from: configs/zone-origin.yaml in small, or as it is with
GOLDILOCKS_ZONE_ORIGIN=full. It begins where G outgrows the H-term, G then falls
to rank one and at last to nothing, and random subspaces show what the Hessian
of all parameters has."""
import os

import numpy as np
import pytest

import support

xr = pytest.importorskip("xarray")
pytest.importorskip("h5netcdf")

IS_FULL = os.environ.get("GOLDILOCKS_ZONE_ORIGIN", "") == "full"
DIM = 50
STUDY = f"""
study: zone-origin
grid:
  seed: {{count: 8}}
  scale: {{from: 0.1, to: 100, count: {13 if support.IS_QUICK else 25},
          spacing: log}}
data: {{set: mixture, train: 60, test: 10, features: 30, classes: 5}}
network: {{depth: 2, width: 20}}
curvature:
  subspace: {{dim: {DIM}}}
  resample: {{directions: 7}}
  extreme: {{count: 1, tolerance: 1e-3}}
  trace_probes: 400
run: {{precision: float64}}
"""


@pytest.fixture(scope="module", name="ds")
def fixture_ds(tmp_path_factory):
    folder = tmp_path_factory.mktemp("origin")
    study = support.write(folder / "study.yaml", STUDY)
    if IS_FULL:
        study = support.TOP / "configs" / "zone-origin.yaml"
    support.succeed("run", study, "-o", folder / "study.h5", "--quiet",
                    ranks=3 if IS_FULL else 0, timeout=7200)
    with xr.open_dataset(folder / "study.h5", engine="h5netcdf") as ds:
        return ds.isel(subspace_dim=0).load()


def scales(ds):
    """The axis: alpha, or the relative radius, which is close to it."""
    return ds.scale if "scale" in ds.dims else ds.relative_radius


def first_above(x, y, level):
    """Where y rises through a level for the first time, between points."""
    i = int(np.argmax(y > level))
    assert i > 0 and np.all(np.isfinite(y[:i + 1]))
    return float(np.interp(level, y[i - 1:i + 1], x[i - 1:i + 1]))


def test_terms_cross(ds):
    """G passes the H-term where trace over norm is half as high as it gets:
    to a third of a decade, where z grows by 10."""
    assert np.all(ds.full_extreme_converged == 1)
    x = np.log10(scales(ds).values)
    share = (ds.full_g_spectral_norm / ds.full_h_spectral_norm).mean("seed")
    height = ds.trace_over_norm.mean("seed").values
    crossing = first_above(x, share.values, 1.0)
    beginning = first_above(x, height, height.max() / 2.0)
    assert abs(crossing - beginning) <= 1.0 / 3.0
    ratio = ds.full_ratio.mean("seed").values
    assert np.all(share.values[ratio > 2.0] > 1.0)


def test_end_of_g(ds):
    """One sample is left in G, which has rank one, then none; what the H-term
    is grows on as alpha^(L-2), L = 3."""
    curvature = ds.g_trace_over_norm.values
    is_one = np.abs(curvature - 1.0) <= 0.05
    assert np.all(is_one.any(axis=1)), "in every seed, at some radius"
    # Probes of a matrix of rank one know R to sqrt(8 / probes) at best, and
    # nothing where its entries are below the least float.
    is_there = (ds.full_g_spectral_norm
                > 1e-10 * ds.full_h_spectral_norm).values
    one = ds.full_g_ratio.values[is_one & is_there]
    n_probes = 600 if IS_FULL else 400
    assert one.mean() == pytest.approx(
        1.0, abs=0.05 + 3.0 * np.sqrt(8.0 / n_probes / len(curvature)))
    axis = scales(ds)
    last = ds.isel({axis.name: -1})
    n_gone = int((last.full_g_spectral_norm
                  <= 1e-10 * last.full_h_spectral_norm).sum())
    assert n_gone == len(curvature)
    right = ds.full_h_spectral_norm.where(axis >= 30.0, drop=True).mean("seed")
    slope = np.polyfit(np.log10(axis[-len(right[axis.name]):]),
                       np.log10(right), 1)[0]
    assert slope == pytest.approx(1.0, abs=1e-3)


def test_two_ways_to_the_ratio(ds):
    """R = Tr^2/norm^2 from random vectors, and from subspaces by the inverse of
    c^2 = d R / (R + d + 1), wherever R > 1. At R = 1 a basis knows c to 0.2
    and the probes of a network know R to 14 %: so many bases and seeds
    that both means are known to 5 %, and better in full."""
    c = ds.trace_over_norm_direction_mean
    projected = (c ** 2 * (DIM + 1) / (DIM - c ** 2)).mean("seed").values
    ratio = ds.full_ratio.mean("seed").values
    is_high = ratio > 1.0
    assert is_high.sum() >= 3
    assert np.all(np.abs(projected[is_high] / ratio[is_high] - 1.0) <= 0.15)
