# SPDX-License-Identifier: MIT
"""Result files as datasets: what is in them, and what is read of them."""
import shutil
import subprocess
import tracemalloc

import h5py
import numpy as np
import pytest
import xarray as xr
from conftest import IDENTITY

import goldilocks as gold
from goldilocks import parts as parts_of_studies
from goldilocks import plots
from goldilocks.files import divided


def test_everything_is_there(opened):
    ds = opened.copy()
    assert ds.status_measure.dims == ("depth_width", "activation", "seed",
                                      "relative_radius")
    assert list(ds.width.values) == [24, 12]
    assert list(ds.activation.values) == ["relu", "tanh"]
    assert ds.sizes["session"] == 1
    assert int(ds.session_ranks[0]) == 1
    assert ds.session_start[0] < ds.session_end[0]
    assert gold.setting(ds, "network.init") == "xavier-normal"
    assert gold.setting(ds, "no.such") is None
    assert gold.line_axis(ds) == "relative_radius"
    assert ds.relative_radius.attrs == {"long_name": "relative radius",
                                        "units": "1"}
    assert ds.activation.attrs == {"long_name": "activation"}


def test_opening_reads_no_results(shards):
    ds = gold.open_results(shards["whole"])
    gold.zone(ds)
    read = {name for name, variable in ds.variables.items()
            if variable._in_memory and variable.ndim >= 3}
    assert not read - {"status_measure"}, read


def test_groups(opened):
    ds = opened.copy()
    found = list(gold.groups(ds, over=("seed", "relative_radius")))
    assert len(found) == 4
    at, labels = found[1]
    assert at == {"depth_width": 0, "activation": 1}
    assert labels == {"depth": 1, "width": 24, "activation": "tanh"}


def test_excluded_and_undone_points_are_nan(opened):
    ds = opened.copy()
    loss = gold.done(ds, "loss").sel(activation="tanh")
    assert loss.isel(relative_radius=-1).isnull().all()
    assert loss.isel(relative_radius=-2).notnull().all()


def test_numbers_in_chunks(small, shards, parts):
    """By xarray alone, as texts have a fixed length there; and ours, with
    texts, those of labels too."""
    pytest.importorskip("dask")
    for group in (None, "sessions"):
        with xr.open_dataset(small, engine="h5netcdf", chunks="auto",
                             group=group, decode_times=False) as ds:
            name = "message_train" if group is None else "hosts"
            assert ds[name].dtype.kind == "S" and ds[name].chunks is not None
    ds = gold.open_results(shards["whole"], chunks="auto")
    assert ds.loss.chunks is not None
    assert ds.activation.values.tolist() == ["relu", "tanh"]
    assert ds.message_measure.dtype == object
    assert ds.message_measure.values[0, 0, 0] == ""
    assert ds.drop_vars("message_measure").identical(
        parts["whole"].drop_vars("message_measure"))
    chosen = divided(parts["whole"], {"seed": 1})
    assert chosen.loss.chunksizes["seed"] == (1, 1, 1)


def test_texts_of_files_that_tell_the_encoding(shards, parts, tmp_path):
    """As files of this program once did."""
    path = tmp_path / "old.h5"
    shutil.copy(shards["whole"], path)
    with h5py.File(path, "r+") as file:
        for name in ("message_measure", "message_train", "sessions/hosts"):
            file[name].attrs["_Encoding"] = "utf-8"
    assert gold.open_results(path).equals(parts["whole"])


SHARDS = """
study: shards
grid: {zip: {activation: [relu, tanh], width: [8, 12]}, seed: [0, 1, 2],
       relative_radius: [0.1, 1, 10],
       exclude: [{relative_radius: 10, activation: tanh}]}
data: {set: circles, train: 60, test: 20, normalize: none}
curvature: {subspace: {dim: [5]}, split: false}
train: {steps: 3, log: {every: 1}}
"""
NOT_SAME = ("seconds_", "rank_", "session_")


@pytest.fixture(scope="module", name="shards")
def fixture_shards(small, tmp_path_factory):
    """{name: path} of a study: whole, in two shards, and of other seeds."""
    folder = tmp_path_factory.mktemp("shards")
    (folder / "study.yaml").write_text(SHARDS)
    made = {"whole": (), "first": ("--shard", "1/2"),
            "second": ("--shard", "2/2"), "more": ("--set", "grid.seed=[5]"),
            "other": ("--set", "data.train=50")}
    for name, words in made.items():
        subprocess.run([gold.running.program(), "run", folder / "study.yaml",
                        "-o", folder / f"{name}.h5", "--quiet", *words],
                       check=True)
    return {name: folder / f"{name}.h5" for name in made}


@pytest.fixture(scope="module", name="parts")
def fixture_parts(shards):
    """{name: dataset}, each opened and read once, of those that are asked for."""
    return {name: gold.open_results(path).load()
            for name, path in shards.items() if name != "first"}


def together(parts, *names):
    return parts_of_studies.together([parts[name] for name in names], names)


def same_part(ds):
    """What does not depend on who ran it, and when."""
    part = ds[[name for name in ds.data_vars
               if not name.startswith(NOT_SAME)]]
    part.attrs = {}
    return part


def test_shards_together(shards, parts):
    whole = parts["whole"]
    found = gold.open_results([shards["first"], shards["second"]])
    assert same_part(found).identical(same_part(whole))
    assert list(found.data_vars) == list(whole.data_vars)
    assert found.sizes["session"] == 2
    assert (found.seconds_measure.notnull()
            == (found.status_measure == 1)).all()
    assert together(parts, "second").equals(parts["second"])
    assert same_part(together(parts, "whole", "second")).equals(
        same_part(found))


def test_more_seeds_together(parts):
    found = together(parts, "whole", "more")
    assert found.seed.values.tolist() == [0, 1, 2, 5]
    for name, seeds in (("whole", slice(0, 2)), ("more", slice(5, 5))):
        assert same_part(found.sel(seed=seeds)).equals(
            same_part(parts[name]))


def test_not_parts_of_one_study(shards, parts, tmp_path):
    with pytest.raises(ValueError, match="they differ in data.train"):
        together(parts, "whole", "other")
    changed = tmp_path / "changed.h5"
    shutil.copy(shards["whole"], changed)
    with h5py.File(changed, "r+") as file:
        file["loss"][0, 0, 0] += 1
    with pytest.raises(ValueError, match="changed.h5: conflicting .*'loss'"):
        gold.open_results([shards["whole"], changed])
    with pytest.raises(ValueError, match="no files"):
        gold.open_results([])


@pytest.mark.parametrize("ask, text", [
    (lambda ds: gold.done(ds, "los"), "no variable 'los'; did you mean 'loss'"),
    (lambda ds: gold.correlate(ds, "loss", "entropie"), "mean 'entropy'"),
    (lambda ds: gold.correlate(ds.isel(seed=0), "loss", "entropy"),
     "no axis 'seed'; there are depth_width"),
    (lambda ds: gold.mean_over_seeds(ds.loss.isel(seed=0)), "no axis 'seed'"),
    (lambda ds: gold.zone(ds.drop_vars("logit_spread")),
     "no variable 'logit_spread'"),
    (lambda ds: gold.zone(ds[["trace_over_norm", "logit_spread"]]),
     "no variable 'status_train'"),
    (lambda ds: gold.setting(ds.drop_attrs() if hasattr(ds, "drop_attrs")
                             else xr.Dataset(ds.variables), "study"),
     "keep_attrs=True"),
    (lambda ds: plots.heat_map(ds, "los"), "no axis 'width'; did you mean"),
    (lambda ds: plots.heat_map(ds, "los", y="activation"), "mean 'loss'"),
    (lambda ds: plots.spectra(ds, at={"activatoin": "relu"}),
     "no axis 'activatoin'; did you mean 'activation'"),
    (lambda ds: plots.spectra(ds, at={"activation": "rellu"}),
     "no value of activation 'rellu'; did you mean 'relu'"),
    (lambda ds: plots.spectra(ds.isel(depth_width=0, activation=0), seed=77),
     "no value of seed 77; there are 0, 1, 2, 3"),
    (lambda ds: plots.spectra(ds.isel(depth_width=0, activation=0), term="k"),
     "no term 'k'"),
    (lambda ds: plots.zone_figure(ds, band="std"), "no band 'std'; did you"),
    (lambda ds: plots.training_curves(ds, "acuracy"), "mean 'accuracy'"),
    (lambda ds: plots.accuracy_against_curvature(ds, accuracy="final_loss_"),
     "mean 'final_loss'"),
    (lambda ds: gold.project(ds.drop_vars("parameters"), 10),
     "no variable 'parameters'"),
])
def test_wrong_names_are_told(opened, ask, text):
    with pytest.raises(ValueError) as error:
        ask(opened.copy())
    assert text in str(error.value)


def test_not_a_result(tmp_path):
    with pytest.raises(gold.NotAResult, match="none.h5"):
        gold.open_results(tmp_path / "none.h5")
    (tmp_path / "text.h5").write_text("no")
    with pytest.raises(gold.NotAResult, match="text.h5"):
        gold.open_results(tmp_path / "text.h5")
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["x"] = 1
    with pytest.raises(gold.NotAResult, match="not a result file"):
        gold.open_results(tmp_path / "other.h5")


def test_a_file_of_nothing_done(shards, tmp_path):
    """As it is just after the start: opens, and says that nothing is done."""
    path = tmp_path / "early.h5"
    shutil.copy(shards["whole"], path)
    with h5py.File(path, "r+") as file:
        file["status_measure"][...] = 0
        file["status_train"][...] = 0
        file["sessions/end"][0] = np.nan
    ds = gold.open_results(path)
    assert np.isnat(ds.session_end.values[0])
    assert gold.zone(ds).noise.all()
    with pytest.raises(ValueError, match="no point is done"):
        plots.zone_figure(ds)


def test_open_while_somebody_writes(shards, tmp_path):
    path = tmp_path / "open.h5"
    shutil.copy(shards["whole"], path)
    with h5py.File(path, "r+"):
        zone = gold.zone(gold.open_results(path))
    assert zone.sizes["activation_width"] == 2


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A study of 200,000 points; 160 MB of eigenvalues that nobody asks for
    (their chunks are never written)."""
    path = tmp_path_factory.mktemp("many") / "many.h5"
    x = np.logspace(-2, 2, 1000)
    random = np.random.default_rng(1)
    curve = 4 * np.exp(-np.log10(x) ** 2)
    shape = (200, 1000, 2)
    with h5py.File(path, "w") as file:
        file.attrs.update(study="made", study_identity=IDENTITY)
        seed = file.create_dataset("seed", data=np.arange(200))
        axis = file.create_dataset("relative_radius", data=x)
        dims = file.create_dataset("subspace_dim", data=[10, 50])
        eigen = file.create_dataset("eigen", data=np.arange(50))
        for scale in (seed, axis, dims, eigen):
            scale.make_scale()
        values = {"status_measure": np.ones(shape[:2], np.uint8),
                  "logit_spread": np.broadcast_to(x, shape[:2]),
                  "trace_over_norm": curve[:, None] + random.normal(
                      0, 0.2, shape),
                  "positive_fraction": np.full(shape, 0.5)}
        for name, value in values.items():
            file.create_dataset(name, data=value, chunks=True)
        file.create_dataset("eigenvalues", shape + (50,), "f8",
                            chunks=(1, 1000, 2, 50), fillvalue=0.5)
        for name in (*values, "eigenvalues"):
            for i, scale in enumerate((seed, axis, dims, eigen)[
                    :file[name].ndim]):
                file[name].dims[i].attach_scale(scale)
    return path


def test_many_points(many):
    """What is held is that of a few variables of the grid, far below all
    eigenvalues (160 MB)."""
    tracemalloc.start()
    ds = gold.open_results(many)
    figure = plots.zone_figure(ds)
    plots.spectra(ds, seed=3)
    zone = gold.zone(ds)
    largest = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert largest < 80e6
    assert len(figure.axes) == 2
    assert 0.9 < float(zone.peak) < 1.1
    assert isinstance(ds, xr.Dataset)
