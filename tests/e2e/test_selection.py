# SPDX-License-Identifier: MIT
"""Of groups of candidates the ones that were chosen are trained, whoever
measured them and however often the run was stopped."""
import numpy as np
import pytest

import support
from moments import ALIVE, MEASURED, TRAINED, Moments, needed

xr = pytest.importorskip("xarray")
pytest.importorskip("h5netcdf")

GROUP = 5
STUDY = """
study: selection
grid: {seed: {count: 20}, relative_radius: [0.5, 2]}
data: {set: mixture, train: 100, test: 50, features: 10, classes: 4}
network: {depth: 1, width: 10}
curvature: {subspace: {dim: [3, 10]}}
train: {optimizer: gd, steps: 20, log: {count: 4},
        select: {group: 5, by: [trace_over_norm, loss]}}
"""
DONE, EXCLUDED, STOPPED = 1, 3, 75


def read(path):
    with xr.open_dataset(path, engine="h5netcdf") as ds:
        return ds.load()


@pytest.fixture(scope="module", name="alone")
def fixture_alone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("selection")
    study = support.write(folder / "study.yaml", STUDY)
    support.succeed("run", study, "-o", folder / "alone.h5", "--quiet")
    return study, read(folder / "alone.h5")


def test_choice(alone):
    _, ds = alone
    assert ds.selected.attrs["flag_meanings"].split()[0] == (
        "highest_trace_over_norm")
    flags = ds.selected.values.astype(int)
    by = {0: ds.trace_over_norm.isel(subspace_dim=-1).values,
          2: ds.loss.values}
    for first in range(0, 20, GROUP):
        group = slice(first, first + GROUP)
        for criterion, values in by.items():
            highest = flags[group] >> 2 * criterion & 1
            lowest = flags[group] >> 2 * criterion & 2
            assert (highest.argmax(0) == values[group].argmax(0)).all()
            assert (lowest.argmax(0) == values[group].argmin(0)).all()
            assert (highest.sum(0) == 1).all() and (lowest.sum(0) == 2).all()
        assert ((flags[group] & 64).sum(0) == 64).all()
        assert (flags[group] & 12 == 0).all()
    states = ds.status_train.values
    assert np.array_equal(states, np.where(flags > 0, DONE, EXCLUDED))
    assert np.array_equal(np.isfinite(ds.final_loss.values), flags > 0)


# Half way through what is measured, when it is chosen, between choice and
# states, and half way through trainings: who is there then.
STOPS = [(MEASURED(2), 1, 2), ("H5Dwrite:selected:1", 0, 1),
         (TRAINED(1), 0, 1), (TRAINED(2), 1, 2)]


@needed
def test_however_it_ran(alone, tmp_path):
    study, ds = alone
    path = tmp_path / "stopped.h5"
    words = ("run", study, "-o", path, "--quiet")
    for k, (at, least, n) in enumerate(STOPS):
        # What a session took is what the next expects, so that has more time.
        limit = 1000 * 100 ** k
        with Moments() as moments:
            process = moments.start(at, *words, *ALIVE, "--max-seconds", limit,
                                    ranks=3, least=least)
            moments.reach(process, n)
            moments.set_clock(2 * limit)
            assert moments.finish(process) == STOPPED
    support.succeed(*words, ranks=3)
    other = read(path)
    work = [name for name in ds.variables
            if name.startswith(("seconds_", "rank_", "attempts_"))]
    xr.testing.assert_equal(ds.drop_vars(work), other.drop_vars(work))
