# SPDX-License-Identifier: MIT
"""A file of 1.6 million trained points: nothing takes a gibibyte."""
import pathlib
import shutil
import subprocess
import sys

import h5py
import numpy as np
import pytest

POINTS = 1_600_000
MOST = 1 << 20  # KiB; of one correlation less
LESS = {"correlate": 500 << 10}
ANALYSIS = pathlib.Path(__file__).resolve().parents[1]
AT = 'at={"depth_width": 1, "activation": "relu"}'
ONE = 'ds.isel(depth_width=[0], activation=[1])'
ASKED = {
    "zone": "gold.zone(ds)", "report": "page.report(ds)",
    "correlate": f"gold.correlate({ONE}, 'loss', 'entropy')",
    "compare_zones": f"gold.compare_zones({ONE}, ds.isel(depth_width=[1], "
                     "activation=[1]))",
    "within_and_between": "gold.within_and_between(ds, 'loss', 'entropy')",
    "mean_over_seeds": "gold.mean_over_seeds(gold.trained(ds, 'trajectory_loss'))",
    "bands": "gold.mean_over_seeds(ds.loss, simultaneous='relative_radius')",
    "collapse": "gold.collapse(ds.isel(activation=[0]))",
    "project": "gold.project(ds, 1000).values",
    "paired": "gold.paired(*(ds.loss.isel(depth_width=i, activation=0, "
              "relative_radius=4) for i in (0, 1)))",
    "trained": "gold.trained(ds, 'final_loss').values",
    "zone_figure": "plots.zone_figure(ds, band='simultaneous')",
    "heat_map": "plots.heat_map(ds, y='activation')",
    "phase_diagram": "plots.phase_diagram(ds, y='activation')",
    "scatter": "plots.accuracy_against_curvature(ds)",
    "correlations": f"plots.correlations(ds, 'loss', 'entropy', {AT})",
    "fates": f"plots.fates(ds, {AT})", "density": f"plots.density(ds, {AT})",
    "spectra": f"plots.spectra(ds, {AT})", "ratios": f"plots.ratios(ds, {AT})",
    "training_curves": f"plots.training_curves(ds, {AT})"}
PROGRAM = """
import resource, sys
sys.path.insert(0, sys.argv[1])
import goldilocks as gold
from goldilocks import page, plots
ds = gold.open_results(sys.argv[2])
assert ds.status_train.size == int(sys.argv[3])
eval(sys.argv[4])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.fixture(scope="module")
def large(small, tmp_path_factory):
    """The seeds of a result over and over, under labels of their own."""
    path = tmp_path_factory.mktemp("large") / "large.h5"
    shutil.copy(small, path)
    with h5py.File(path, "r+") as file:
        names = {name: [scale.name for part in item.dims for scale in part.values()]
                 for name, item in file.items() if isinstance(item, h5py.Dataset)}
        names = {name: scales for name, scales in names.items()
                 if "/seed" in scales}
        times = POINTS // file["status_train"].size
        kept = {name: (file[name][()], [
            each for each in file[name].attrs.items()
            if each[0] not in ("DIMENSION_LIST", "_Netcdf4Dimid")])
            for name in names}
        n = len(file["seed"])
        for name in (*names, "seed"):
            del file[name]
        file["seed"] = np.arange(n * times)
        file["seed"].make_scale("seed")
        for name, (values, attributes) in kept.items():
            axis = names[name].index("/seed")
            shape = list(values.shape)
            shape[axis] *= times
            made = file.create_dataset(name, shape, values.dtype)
            for i in range(times // 100):
                made[(slice(None),) * axis + (slice(
                    100 * n * i, 100 * n * (i + 1)),)] = np.concatenate(
                        [values] * 100, axis)
            made.attrs.update(attributes)
            for dim, scale in zip(made.dims, names[name]):
                dim.attach_scale(file[scale])
    yield path
    path.unlink()


@pytest.mark.parametrize("name", ASKED)
def test_nothing_takes_a_gibibyte(large, name):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, ANALYSIS, large, str(POINTS),
         ASKED[name]], text=True, check=False, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < LESS.get(name, MOST)
