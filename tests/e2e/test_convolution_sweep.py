# SPDX-License-Identifier: MIT
"""Sweeps of convolutional networks on real images: measured and trained on
several processes, killed and resumed, read by xarray, shown by summary."""
import numpy as np
import pytest

import support
from moments import KEEP_ALL, KEEPS, Moments, needed
from test_train_kill import assert_equal, folder_of

xarray = pytest.importorskip("xarray")

if not support.CIFAR10.is_dir():
    pytest.skip(f"no {support.CIFAR10}", allow_module_level=True)

N_ALPHAS = 9 if support.IS_QUICK else 25
N_SEEDS = 2 if support.IS_QUICK else 3
SWEEP = f"""
study: lenet5
grid:
  seed: {{count: {N_SEEDS}}}
  scale: {{from: 1e-2, to: 1e2, count: {N_ALPHAS}, spacing: log}}
data: {{set: cifar10, path: {support.CIFAR10}, train: 60, test: 40,
       normalize: published}}
network: {{kind: lenet5, init: kaiming-normal}}
curvature: {{subspace: {{dim: 20, directions: sparse-sign}}}}
train: {{optimizer: sgd, batch: 20, learning_rate: 0.01,
        scale_learning_rate: homogeneous, steps: 6,
        log: {{count: 3}}, augment: {{flip: true, shift: 4}}}}
"""


@pytest.fixture(scope="module", name="sweep")
def fixture_sweep(tmp_path_factory):
    folder = tmp_path_factory.mktemp("convolution")
    study = support.write(folder / "study.yaml", SWEEP)
    support.succeed("run", study, "-o", folder / "sweep.h5", "--quiet",
                    ranks=3)
    return folder / "sweep.h5"


def test_xarray(sweep):
    with xarray.open_dataset(sweep) as ds:
        assert ds.sizes["seed"] == N_SEEDS and ds.sizes["scale"] == N_ALPHAS
        assert (ds.status_measure == 1).all()
        assert (ds.status_train == 1).all()
        assert (ds.parameters == 61770).all()
        assert np.isfinite(ds.trajectory_loss.isel(trajectory_step=0)).all()
        trace = ds.trace_over_norm.mean("seed").squeeze().values
    # Far to the left all directions curve up as often as down; in between
    # there is a zone.
    scatter = (2.0 / 21.0 / N_SEEDS) ** 0.5
    assert abs(trace[0]) < 5 * scatter
    assert trace.max() > 10 * scatter
    assert 0 < trace.argmax() < N_ALPHAS - 1


def test_summary(sweep):
    text = support.succeed("summary", sweep).out
    assert "zone" in text.lower()
    assert "Tr" in text or "trace" in text


def test_ranks_change_nothing(sweep, tmp_path):
    study = sweep.with_name("study.yaml")
    alone = tmp_path / "alone.h5"
    one = ("--set", "grid.seed=[0]", "--set", "grid.scale=[0.5, 1]")
    support.succeed("run", study, "-o", alone, "--quiet", *one)
    together = tmp_path / "together.h5"
    support.succeed("run", study, "-o", together, "--quiet", *one, ranks=3)
    assert_equal(alone, together)


@needed
def test_killed_and_resumed(sweep, tmp_path):
    """Killed half way through a training, the end is that of a run that nobody
    disturbed."""
    study = sweep.with_name("study.yaml")
    path = tmp_path / "killed.h5"
    longer = ("--set", "grid.scale=[0.5, 1, 2]", "--set", "train.steps=60",
              "--set", "grid.seed=[0]")
    whole = tmp_path / "whole.h5"
    support.succeed("run", study, "-o", whole, "--quiet", *longer)
    with Moments() as moments:
        moments.reach(moments.start(KEEPS(30), "run", study, "-o", path,
                                    "--quiet", *longer, *KEEP_ALL, ranks=2))
    assert any(folder_of(path).iterdir())
    support.succeed("run", study, "-o", path, "--quiet", *longer)
    assert_equal(path, whole)
