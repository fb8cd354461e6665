# SPDX-License-Identifier: MIT
"""Result files as datasets: opened lazily, and what their axes mean."""
import contextlib
import itertools
import re

import h5netcdf  # noqa: F401  xarray reads with it
import h5py
import numpy as np
import pandas
import xarray as xr

from . import plain
from .arguments import NUMBER, PATHS, asked, known

LINES = ("radius", "relative_radius", "scale", "temperature")
DONE = 1
STATES = ("pending", "done", "failed", "excluded")
EPOCH = "seconds since 1970-01-01 00:00:00"
OF_TRAINING = ("trajectory_", "final_", "moment_", "best_", "steps_to_",
               "weight_change", "outcome", "learning_rate_applied")

# What is of the start alone, and says nothing of later.
OF_START = ("alpha", "seconds_measure", "flops_measure", "rank_measure",
            "attempts_measure", "message_measure")


class NotAResult(plain.Refusal):
    """The file is not one that `goldilocks run` has written."""


def in_rows(found, ds):
    """What was found about a dataset. Where it has no axis it gets one, of one
    place, so that to_dataframe() makes a row of it."""
    return found if found.dims else found.expand_dims(
        study=[setting(ds, "study")])


@asked(path=PATHS)
def open_results(path, chunks=None):
    """Everything in a result file as one dataset, finished or not.

    Variables of the file's root keep their names; those of a group get the
    group's name in front, so that `start` of `/sessions` is `session_start`.
    Rows of sessions that have not been are left out.

    The dataset is lazy: opening reads axes and attributes, and a variable, or
    the selected part of it, is read when its values are asked for. Select
    first, compute then. A file that is still being written opens too; its
    numbers are those of the moment they are read.

    `chunks`: as in xarray.open_dataset, "auto" for one; numbers are divided
    among tasks of dask, texts are not. Several paths are results of parts of
    one study, such as shards: see `parts.together`.
    """
    if isinstance(path, (list, tuple)):
        from .parts import together  # which reads files by this one
        ds = together([open_results(each) for each in path], path)
    else:
        ds = open_one(path)
    return ds if chunks is None else divided(ds, chunks)


def open_one(path):
    """One file as a dataset."""
    with plain.opened(path, NotAResult) as file:
        names = [name for name, item in file.items()
                 if isinstance(item, h5py.Group)]
        if "study_identity" not in file.attrs:
            raise NotAResult(f"{path}: not a result file of goldilocks run")
    try:
        parts = [with_texts(open_part(path))]
        parts += [open_group(path, name) for name in names]
        ds = xr.merge(parts, combine_attrs="override")
    except Exception as error:  # nobody says what xarray raises for damage
        raise NotAResult(f"{path}: {plain.DAMAGED}") from error
    check_meaning(ds, path)
    return with_names(ds)


def with_names(ds):
    """The dataset with names and units of its axes, which files do not have."""
    for name in ds.coords:
        is_text = ds[name].dtype.kind in "OSU"
        ds[name].attrs = {"long_name": name.replace("_", " "),
                          **({} if is_text else {"units": "1"}),
                          **ds[name].attrs}
    return ds


def check_meaning(ds, path):
    """Refuse what lacks what all results have, and all here rely on."""
    for name in ("study", "study_identity"):
        if not isinstance(ds.attrs.get(name), str):
            raise NotAResult(f"{path}: its attribute {name} is no text")
    if "status_measure" not in ds and "status_train" not in ds:
        raise NotAResult(f"{path}: does not say which points are done")


def open_part(path, **options):
    """The root of the file or a group, without attributes that are damaged: a
    program that added one while another wrote the file has lost it."""
    try:
        return xr.open_dataset(path, engine="h5netcdf", **options)
    except OSError:
        store = SoundStore.open(path, group=options.pop("group", None))
        return xr.open_dataset(store, **options)


class Sound:
    """A group or variable as it is, with those attributes that can be read."""

    def __init__(self, item):
        self._item = item
        self.attrs = {}
        for name in item.attrs:
            with contextlib.suppress(OSError):
                self.attrs[name] = item.attrs[name]

    def __getattr__(self, name):
        return getattr(self._item, name)


class SoundStore(xr.backends.H5NetCDFStore):
    """What xarray reads, without what cannot be read."""

    def get_attrs(self):
        return Sound(self.ds).attrs

    def open_store_variable(self, name, var):
        return super().open_store_variable(name, Sound(var))


def open_group(path, name):
    """A group of the file, its variables prefixed with its name."""
    ds = with_texts(open_part(path, group=name, decode_times=False))
    prefix = name.rstrip("s")
    if "start" in ds:
        began = np.flatnonzero(ds.start.notnull().values)
        # xarray cannot read the texts of an empty choice that is no slice.
        ds = ds.isel({prefix: began if len(began) else slice(0)})
    for key in ds.data_vars:
        # Not by xarray, which warns of the end that a session has not had.
        if ds[key].attrs.get("units", "") == EPOCH:
            times = pandas.to_datetime(ds[key].values, unit="s")
            ds[key] = (ds[key].dims, times)
    return ds.rename({key: f"{prefix}_{key}" for key in ds.variables
                      if not key.startswith(prefix)})


def with_texts(ds):
    """The dataset with texts for bytes, decoded as they are read."""
    names = [name for name in ds.data_vars if ds[name].dtype.kind == "S"]
    for name in names:
        ds[name].attrs["_Encoding"] = "utf-8"
    return ds.assign(xr.decode_cf(ds[names], decode_times=False).data_vars)


def divided(ds, chunks):
    """The dataset with its numbers in chunks. Of texts dask cannot tell the
    size."""
    numbers = [name for name in ds.data_vars if not ds[name].dtype.hasobject]
    in_chunks = ds[numbers].reset_coords(drop=True).chunk(chunks)
    return ds.assign(in_chunks.data_vars)


@asked
def setting(ds, key):
    """A setting of the study, such as data.set, from what the file says it
    ran; None where the study has no such setting."""
    if "study_identity" not in ds.attrs:
        raise ValueError("the dataset has lost its attributes, which say what "
                         "was run: keep_attrs=True keeps them")
    for row in ds.attrs["study_identity"].splitlines():
        name, _, value = row.partition(" = ")
        if name == key:
            return value
    return None


def grid_axes(ds):
    """Names of the study's axes, slowest first."""
    return tuple(ds[state_of(ds)].dims)


def state_of(ds, name=""):
    """The variable that says whether a cell of variable `name` is done."""
    is_training = name.startswith(OF_TRAINING) or name.endswith("_train")
    if is_training or "status_measure" not in ds:
        return known("variable", "status_train", ds.variables)
    return "status_measure"


@asked
def done(ds, name):
    """The values of a variable where its point is done, NaN elsewhere."""
    return ds[known("variable", name, ds.variables)].where(ds[state_of(ds, name)] == DONE)


def is_any_done(ds, work):
    """Is any point measured (work "measure") or trained ("train")?"""
    name = f"status_{work}"
    return name in ds and bool((ds[name] == DONE).any())


def count_states(ds, work):
    """{state: number of points} of "measure" or "train"."""
    counts = np.bincount(ds[f"status_{work}"].values.ravel(),
                         minlength=len(STATES))
    return dict(zip(STATES, counts.tolist()))


@asked
def line_axis(ds):
    """The axis along which points lie: radius, scale or temperature."""
    for name in LINES:
        if name in grid_axes(ds):
            return name
    raise ValueError("the grid has none of the axes " + ", ".join(LINES)
                     + ": plot its arrays themselves, as ds.trajectory_loss")


def ascending(ds, *axes):
    """The dataset with these axes in ascending order; as it is, and so read
    in one piece, where they are already."""
    wrong = [name for name in axes
             if np.any(ds[name].values[1:] < ds[name].values[:-1])]
    return ds.sortby(wrong) if wrong else ds


@asked
def largest_dim(ds, dim=None):
    """The dimension of the subspace to look at: `dim`, or the largest."""
    if "subspace_dim" not in ds:
        raise ValueError("the study measures no curvature in subspaces")
    dims = [int(d) for d in ds.subspace_dim.values]
    if dim is not None and dim not in dims:
        raise ValueError(f"no subspace of dimension {dim}; there are "
                         + ", ".join(map(str, dims)))
    return max(dims) if dim is None else dim


def pick(ds, name, dim=None):
    """Values that are done of a variable, in one subspace if it has several.

    Reads just these.
    """
    values = ds[known("variable", name, ds.variables)]
    if "subspace_dim" in values.dims:
        values = values.sel(subspace_dim=largest_dim(ds, dim))
    return values.where(ds[state_of(ds, name)] == DONE)


@asked
def groups(ds, over=("seed",)):
    """Each combination of the axes other than `over`, as (indices, labels).

    Labels are {axis or key: value}; an axis of several keys has them all. A
    dataset is narrowed to a combination with `ds.isel(indices)`.
    """
    others = [name for name in grid_axes(ds) if name not in over]
    for index in itertools.product(*(range(ds.sizes[n]) for n in others)):
        at = dict(zip(others, index))
        yield at, labels_at(ds, at)


def narrowed(ds, text):
    """The dataset at "KEY=VALUE,...", as `point --at` takes them; every axis
    stays one."""
    for word in re.split(r",(?![^\[]*\])", text):
        key, _, value = word.strip().partition("=")
        keys = [name for name in ds.coords if ds[name].ndim == 1
                and ds[name].dims[0] in grid_axes(ds)]
        axis = ds[known("axis", key, keys)]
        texts = [plain_text(each) for each in axis.values.tolist()]
        wanted = known(f"value of {key}", plain_text(value), texts)
        ds = ds.isel({axis.dims[0]: [text == wanted for text in texts]})
    return ds


def plain_text(value):
    """A value of an axis, a number in the shortest way."""
    try:
        return f"{float(value):g}"
    except ValueError:
        return str(value)


@asked
def at_end(ds):
    """The dataset of where trainings ended: what is measured at the start, such
    as trace_over_norm, is what it was there, and a point is done when it is
    trained. So `zone(at_end(ds))` and pictures are of the end. What training
    reached keeps its names (`final_accuracy`) beside; `norm_over_reference` is
    that of `weight_norm` there. What is of the start alone is left out: `alpha`
    and the work of measuring."""
    return measured_later(ds, "final", "where training ended", "end").assign_attrs(
        measured_at="end")


@asked(step=NUMBER)
def at_step(ds, step):
    """The same of where trainings were after so many steps, at which curvature
    was measured on the way."""
    found = measured_later(ds, "moment", "on the way", f"{{step: {step}}}, end")
    known("step of curvature.at", step, ds.moment.values.tolist())
    return found.sel(moment=step, drop=True).assign_attrs(measured_at=f"step {step}")


def measured_later(ds, prefix, where, word):
    """The dataset in which what is measured at the start is what it was later."""
    if "measured_at" in ds.attrs:
        raise ValueError("the dataset is one of later than the start already "
                         f"({ds.attrs['measured_at']}): give the one that "
                         "gold.open_results gives")
    later = {name: f"{prefix}_{name}" for name in ds.data_vars
             if f"{prefix}_{name}" in ds}
    if "gradient_norm" not in later:
        raise ValueError(f"curvature was not measured {where}: a study with "
                         f"curvature.at: [start, {word}] does")
    found = {name: ds[each] for name, each in later.items()}
    if "norm_over_reference" in ds and "weight_norm" in later:
        grown = ds[later["weight_norm"]] / ds.weight_norm  # of one network
        found["norm_over_reference"] = (
            ds.norm_over_reference * grown).assign_attrs(
                ds.norm_over_reference.attrs)
    return ds.drop_vars(OF_START, errors="ignore").assign(
        found | {"status_measure": ds.status_train})


def with_seeds(values):
    """Values with an axis of seeds, of one where there is none."""
    return values if "seed" in values.dims else values.expand_dims("seed")


def one_network(ds, along):
    """The dataset of one network along an axis, without the others, each of which
    has one place."""
    others = [name for name in grid_axes(ds) if name not in ("seed", along)]
    if any(ds.sizes[name] > 1 for name in others):
        raise ValueError("several networks: select a place of "
                         + ", ".join(others))
    return ds.squeeze(others)


def merits(ds):
    """What training reached: names of variables of test and training samples.
    Samples with values have no class, and no accuracy."""
    kind = "accuracy" if "final_accuracy" in ds else "loss"
    return f"final_test_{kind}", f"final_{kind}"


def keys_of(ds, axis):
    """The keys that an axis gives values to: itself, or several keys, and then it
    has places for values of its own."""
    keys = [key for key in ds.coords if ds[key].dims == (axis,)]
    return [key for key in keys if key != axis] or keys


def labels_at(ds, at):
    """{axis or key: value} at indices of axes."""
    return {key: ds[key].values[i] for name, i in at.items()
            for key in keys_of(ds, name)}
