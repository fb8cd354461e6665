# SPDX-License-Identifier: MIT
"""Results do not depend on who computed them, next to what, or in how many
sessions: bit for bit, and to rounding where radii were added to a line."""
import signal
import subprocess

import numpy as np
import pytest

import support
from moments import ALIVE, MEASURED, Moments, needed

xr = pytest.importorskip("xarray")
pytest.importorskip("h5netcdf")

# What tells of the work, not of the result.
WORK = {"seconds_measure", "rank_measure", "attempts_measure"}

STUDY = """
study: invariance
grid:
  activation: [relu, tanh]
  depth: {depths}
  width: {widths}
  seed: {seeds}
  relative_radius: {radii}
data: {{set: mixture, train: {samples}, test: 50, features: 12, classes: 5}}
curvature: {{subspace: {{dim: [4, 16], directions: {directions}}}}}
run: {{precision: {precision}}}
"""
BASE = {"depths": "[2, 3]", "widths": "[9, 16]", "seeds": "[0, 1]",
        "radii": "[0.1, 1.0, 3.0, 10.0]", "samples": 300,
        "directions": "gaussian", "precision": "float32"}


def sweep(folder, name, ranks=0, **changes):
    """Path of the result of the base study with changes."""
    study = support.write(folder / f"{name}.yaml",
                          STUDY.format(**{**BASE, **changes}))
    path = folder / f"{name}.h5"
    support.succeed("run", study, "-o", path, "--quiet", ranks=ranks)
    return path


def results(path):
    """Everything of a file that must not depend on the run."""
    with xr.open_dataset(path, engine="h5netcdf") as ds:
        return ds.load().drop_vars(WORK)


def assert_same_bits(a, b):
    assert set(a.variables) == set(b.variables)
    assert np.all(a.status_measure == 1)
    for name in a.variables:
        x, y = a[name].values, b[name].values
        assert x.dtype == y.dtype and x.shape == y.shape, name
        if x.dtype.kind == "f":
            x, y = x.view(np.uint64), y.view(np.uint64)
        assert np.array_equal(x, y), name


@pytest.fixture(scope="module", params=[
    ("float32", "gaussian"), ("float64", "gaussian"),
    ("float32", "sparse-sign")], ids="-".join)
def kind(request):
    return dict(zip(("precision", "directions"), request.param))


@pytest.fixture(scope="module")
def alone(kind, tmp_path_factory):
    return results(sweep(tmp_path_factory.mktemp("alone"), "alone", **kind))


def test_ranks(kind, alone, tmp_path):
    """All numbers of processes with one kind, and one with each."""
    is_first = kind["precision"] == "float32" and kind[
        "directions"] == "gaussian"
    for ranks in (1, 2, 3, 5) if is_first else (3,):
        path = sweep(tmp_path, f"ranks{ranks}", ranks, **kind)
        assert_same_bits(results(path), alone)


@pytest.mark.parametrize("changes, which", [
    ({"seeds": "[7, 0, 3, 1]"}, {"seed": [0, 1]}),
    ({"widths": "[5, 9, 40, 16]"}, {"width": [9, 16]}),
    ({"depths": "[1, 2, 3, 4]"}, {"depth": [2, 3]}),
], ids=["seeds", "widths", "depths"])
def test_base_axes_added(kind, alone, tmp_path, changes, which):
    larger = results(sweep(tmp_path, "larger", **kind, **changes))
    assert_same_bits(larger.sel(which), alone)


@pytest.mark.parametrize("radii", [
    "[0.01, 0.1, 0.3, 1.0, 2.0, 3.0, 5.0, 10.0, 100.0]",
    "{from: 0.1, to: 10, count: 11, spacing: log}", "[1.0]"])
def test_radii_added(kind, alone, tmp_path, radii):
    other = results(sweep(tmp_path, "radii", **kind, radii=radii))
    shared = [r for r in alone.relative_radius.values
              if np.isclose(other.relative_radius, r, rtol=1e-12).any()]
    assert shared
    other = other.sel(relative_radius=shared, method="nearest")
    part = alone.sel(relative_radius=shared)
    tolerance = 1e-9 if kind["precision"] == "float64" else 1e-4
    for name in alone.data_vars:
        if "fraction" in name or alone[name].dtype.kind != "f" \
                or name.startswith("flops"):
            continue
        worst = relative_difference(name, part, other)
        assert worst <= tolerance, f"{name}: {worst}"


def relative_difference(name, part, other):
    """Against each point's own scale: a trace may cancel, its matrix does
    not; a spectrum is as large as its largest eigenvalue."""
    x = part[name].transpose(..., *part[name].dims[5:]).values
    y = other[name].transpose(..., *part[name].dims[5:]).values
    prefix = name[:2] if name[:2] in ("g_", "h_") else ""
    if name.endswith("trace_over_norm"):
        scale = 1.0
    elif name.endswith("trace"):
        scale = part[prefix + "frobenius_norm"].values
    elif name.endswith("eigenvalues"):
        scale = part[prefix + "spectral_norm"].values[..., np.newaxis]
    else:
        scale = np.abs(x)
    assert np.array_equal(np.isnan(x), np.isnan(y)), name
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(x == y, 0.0, np.abs(x - y) / scale)
    ratio = np.where(np.isnan(x), 0.0, ratio)
    return float(ratio.max())


LONG = {"seeds": "{count: 6}"}


@pytest.fixture(scope="module")
def long_alone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("long")
    return results(sweep(folder, "long", ranks=3, **LONG))


def n_done(path):
    with xr.open_dataset(path, engine="h5netcdf") as ds:
        return int((ds.status_measure == 1).sum())


def assert_stopped(process, path, whole, ranks):
    """In good order, with work left, which one more run does."""
    said = process.communicate(timeout=support.LIMIT)[0].decode()
    assert process.returncode == 75 and "points left" in said, said
    assert 0 < n_done(path) < whole.loss.size
    support.succeed("run", path.with_suffix(".yaml"), "-o", path, ranks=ranks)
    assert_same_bits(results(path), whole)


def begin(moments, path, ranks, *options):
    """A run in which each process that computes is at its ninth line."""
    study = support.write(path.with_suffix(".yaml"),
                          STUDY.format(**{**BASE, **LONG}))
    process = moments.start(MEASURED(9), "run", study, "-o", path, "--quiet",
                            *ALIVE, *options, ranks=ranks,
                            out=subprocess.PIPE)
    moments.reach(process, max(1, ranks - 1))
    return process


# Not SIGTERM with ranks: mpirun itself ends them then.
@needed
@pytest.mark.parametrize("ranks, number", [
    (0, signal.SIGTERM), (0, signal.SIGUSR1), (3, signal.SIGUSR1)])
def test_signal(long_alone, tmp_path, ranks, number):
    path = tmp_path / "long.h5"
    with Moments() as moments:
        process = begin(moments, path, ranks)
        assert moments.signal(process, number, max(1, ranks))
        moments.go()
        assert_stopped(process, path, long_alone, 2)


@needed
@pytest.mark.parametrize("ranks", [0, 3])
def test_max_seconds(long_alone, tmp_path, ranks):
    path = tmp_path / "long.h5"
    with Moments() as moments:
        process = begin(moments, path, ranks, "--max-seconds", 10000)
        moments.set_clock(20000)
        moments.go()
        assert_stopped(process, path, long_alone, ranks)


SAMPLES = """
study: samples
grid:
  data_train: {counts}
  seed: [0, 1]
  scale: [0.5, 2]
data: {{set: mixture, test: 20, features: 6, classes: 3, normalize: none}}
network: {{depth: 2, width: 7}}
curvature: {{subspace: {{dim: 4}}}}
train: {{optimizer: sgd, batch: 16, epochs: 3, log: {{count: 4}}}}
"""


def test_number_of_samples(tmp_path):
    """As an axis it gives what a study of that many samples alone gives."""
    def run(name, counts):
        study = support.write(tmp_path / f"{name}.yaml",
                              SAMPLES.format(counts=counts))
        path = tmp_path / f"{name}.h5"
        support.succeed("run", study, "-o", path, "--quiet")
        with xr.open_dataset(path, engine="h5netcdf") as ds:
            # The steps that are logged are those of the longest training.
            return ds.load().drop_vars([
                name for name in ds.variables if name.startswith(
                    ("seconds_", "rank_", "trajectory_", "best_"))])

    together = run("together", [40, 90])
    # 3 epochs of 3 and of 6 batches.
    assert together.final_step.values[:, 0, 0].tolist() == [9, 18]
    for n in (40, 90):
        assert_same_bits(together.sel(data_train=[n]), run(f"n{n}", [n]))
