# SPDX-License-Identifier: MIT
"""Many more processes than cores: the bits of one process alone, each task done
once, all processes there at the end."""
import numpy as np
import pytest

import support
from moments import ALIVE, MEASURED, Moments, needed

xr = pytest.importorskip("xarray")
pytest.importorskip("h5netcdf")

RANKS = 64
STUDY = """
study: many-ranks
grid:
  activation: [relu, tanh]
  depth: [2, 3]
  seed: {count: 40}
  relative_radius: [0.1, 1.0, 3.0, 10.0]
data: {set: mixture, train: 300, test: 50, features: 12, classes: 5}
network: {width: 16}
curvature: {subspace: {dim: [4, 16]}}
train: {optimizer: sgd, batch: 50, steps: 20, log: {count: 3}}
"""
# What tells of the work, not of the result.
WORK = {f"{name}_{kind}" for name in ("seconds", "rank", "attempts")
        for kind in ("measure", "train")}


def results(folder, name, ranks):
    path = folder / f"{name}.h5"
    study = support.write(folder / "study.yaml", STUDY)
    words = ("run", study, "-o", path, "--quiet", *ALIVE)
    if ranks == 0:
        support.succeed(*words)
    else:
        with Moments() as moments:
            process = moments.start(MEASURED(1), *words, ranks=ranks)
            moments.reach(process, ranks - 1)
            assert moments.finish(process) == 0
    with xr.open_dataset(path, engine="h5netcdf") as ds:
        return ds.load()


@needed
def test_same_bits(tmp_path):
    alone = results(tmp_path, "alone", 0)
    many = results(tmp_path, "many", RANKS)
    assert set(alone.variables) == set(many.variables)
    for name in set(alone.variables) - WORK:
        x, y = alone[name].values, many[name].values
        is_same = (x.tobytes() == y.tobytes() if x.dtype.kind == "f"
                   else np.array_equal(x, y))
        assert is_same, name
    for kind in ("measure", "train"):
        assert np.all(many[f"status_{kind}"] == 1)
        assert np.all(many[f"attempts_{kind}"] == 1)
        who = many[f"rank_{kind}"].values
        assert who.min() >= 1 and who.max() < RANKS
    # Nobody went on before all had something to write.
    assert len(np.unique(many.rank_measure)) == RANKS - 1
