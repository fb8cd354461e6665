# SPDX-License-Identifier: MIT
"""What the tests share: the package, installed or not, and result files."""
import os
import pathlib
import sys

import numpy as np
import pytest
import xarray as xr

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import goldilocks  # noqa: E402

# Times as many made-up studies where a test counts how often it is right.
MORE = int(os.environ.get("GOLDILOCKS_STATISTICS", "1"))

STUDY = """
study: small
title: A <small> study & more
grid:
  zip: {depth: [1, 2], width: [24, 12]}
  activation: [relu, tanh]
  seed: {count: 5}
  relative_radius: {from: 0.1, to: 100, count: 10, spacing: log}
  exclude: [{activation: tanh, relative_radius: 100}]
data: {set: circles, train: 120, test: 60, normalize: none}
curvature: {at: [start, {step: 20}, end], subspace: {dim: [5, 12]}, split: false}
train: {steps: 20, log: {every: 5}, track: [loss, accuracy]}
"""


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """A result file that the program has written."""
    try:
        goldilocks.running.program()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("small")
    (folder / "small.yaml").write_text(STUDY)
    goldilocks.run(folder / "small.yaml", folder / "small.h5")
    return folder / "small.h5"


@pytest.fixture(scope="session")
def opened(small):
    """It as a dataset. To open a file takes longer than most of what is asked of
    it: of a copy, that may be changed."""
    return goldilocks.open_results(small)


IDENTITY = """study = made
network.kind = mlp
network.activation = relu
network.reference = xavier
data.set = mnist
data.train = 100
"""


def made(curves, x, dim=50):
    """A dataset as a file would give, of Tr/norm [seed, x]; no file."""
    shape = curves.shape
    ds = xr.Dataset(
        {"trace_over_norm": (("seed", "relative_radius", "subspace_dim"),
                             np.asarray(curves, float)[..., np.newaxis]),
         "logit_spread": (("seed", "relative_radius"),
                          np.broadcast_to(x, shape).copy()),
         "parameters": (("seed", "relative_radius"), np.full(shape, 1e6)),
         "status_measure": (("seed", "relative_radius"),
                            np.ones(shape, np.uint8))},
        coords={"seed": np.arange(shape[0]), "relative_radius": x,
                "subspace_dim": [dim]})
    ds.attrs["study_identity"] = IDENTITY
    return ds
