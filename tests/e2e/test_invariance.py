# SPDX-License-Identifier: MIT
"""Results do not depend on who computed them, next to what, or in how many
sessions: bit for bit, and to rounding where radii were added to a line."""
import signal
import time

import numpy as np
import pytest

import support

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
BASE = {"depths": "[2, 3]", "widths": "[9, 16]", "seeds": "[0, 1, 2]",
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


@pytest.mark.parametrize("ranks", [1, 2, 3, 5])
def test_ranks(kind, alone, tmp_path, ranks):
    assert_same_bits(results(sweep(tmp_path, "ranks", ranks, **kind)), alone)


@pytest.mark.parametrize("changes, which", [
    ({"seeds": "[7, 0, 1, 3, 2]"}, {"seed": [0, 1, 2]}),
    ({"widths": "[5, 9, 40, 16]"}, {"width": [9, 16]}),
    ({"depths": "[1, 2, 3, 4]"}, {"depth": [2, 3]}),
], ids=["seeds", "widths", "depths"])
def test_base_axes_added(kind, alone, tmp_path, changes, which):
    larger = results(sweep(tmp_path, "larger", **kind, **changes))
    assert_same_bits(larger.sel(which), alone)


@pytest.mark.parametrize("radii", [
    "[0.01, 0.1, 0.3, 1.0, 2.0, 3.0, 5.0, 10.0, 100.0]",
    "{from: 0.1, to: 10, count: 41, spacing: log}", "[1.0]"])
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


LONG = {"seeds": "{count: 16}", "samples": 200 if support.IS_QUICK else 900}


@pytest.fixture(scope="module")
def long_alone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("long")
    return results(sweep(folder, "long", ranks=3, **LONG))


def finish(study, path, ranks):
    """Submit again until all is done; how often that took."""
    for attempt in range(20):
        result = support.run("run", study, "-o", path, ranks=ranks)
        if result.code == 0:
            return attempt + 1
    raise AssertionError(result)


def n_done(path):
    with xr.open_dataset(path, engine="h5netcdf") as ds:
        return int((ds.status_measure == 1).sum())


# Not SIGTERM with ranks: mpirun itself ends them then.
@pytest.mark.parametrize("ranks, number", [
    (0, signal.SIGTERM), (0, signal.SIGUSR1), (3, signal.SIGUSR1)])
def test_signal(long_alone, tmp_path, ranks, number):
    study = support.write(tmp_path / "long.yaml",
                          STUDY.format(**{**BASE, **LONG}))
    path = tmp_path / "long.h5"
    # On a busy computer the run may be over before the signal gets there.
    for _ in range(8):
        process = support.start("run", study, "-o", path, "--quiet",
                                ranks=ranks)
        wait_for_some(process, path)
        process.send_signal(number)
        code = process.wait(600)
        if code == 75:
            break
        assert code == 0
        path.unlink()
    assert code == 75
    done = n_done(path)
    assert 0 < done < long_alone.loss.size
    assert finish(study, path, ranks=2) == 1
    assert_same_bits(results(path), long_alone)


def wait_for_some(process, path):
    """Until a few points are in the file, or all."""
    while process.poll() is None:
        time.sleep(0.05)
        if path.exists() and n_done(path) > 8:
            return


@pytest.mark.parametrize("ranks", [0, 3])
def test_max_seconds(long_alone, tmp_path, ranks):
    study = support.write(tmp_path / "long.yaml",
                          STUDY.format(**{**BASE, **LONG}))
    path = tmp_path / "long.h5"
    result = support.run("run", study, "-o", path, "--max-seconds", "0.4",
                         ranks=ranks)
    assert result.code == 75
    assert "left" in result.err
    assert n_done(path) < long_alone.loss.size
    finish(study, path, ranks)
    assert_same_bits(results(path), long_alone)


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
